"""An error explained: who answered, what it probably comes from, in order, and how to check each cause."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cwkit.elements.shipped import record_objects
from cwkit.errors import PlatformError, ReadError
from cwkit.instances.error_text import KNOWN, ErrorText, said_by, said_in, said_in_json
from cwkit.redaction import frameless, mask_text
from cwkit.redaction import strip_control_characters as plain

if TYPE_CHECKING:
    from cwkit.instances.display import Table

__all__ = ["Cause", "ErrorExplanation", "explain_error", "is_unknown"]

_LONGEST = 200_000
_HEADER = re.compile(
    r"authorization\W{1,4}((?:User|Organization|Element|Basic|Bearer)\b[^\r\n]{0,600})", re.I
)
_PAIRS = re.compile(r"\b(User|Organization|Element)\s+([^,\s]+)", re.I)
_FIELD = re.compile(
    r"\b((?:helpdesk\.connectwise|event|connectwise|public|private|base)[.][\w.]{2,60}|baseUrl)\b"
)
_OBJECT = re.compile(
    r"/hubs/(?P<hub>\w+)/(?P<path>[\w-]+)"
    r"|\b(?:object|resource) ['\"]?(?P<after>[\w-]+)['\"]? (?:is |was |in )?"
    r"|\b(?:invalid|unknown|unsupported|no) (?:object|resource)(?: name| found for)?"
    r":? ['\"]?/?(?P<named>[\w-]+)",
    re.I,
)


@dataclass(frozen=True)
class Cause:
    """One probable cause, and how to find out whether it is the one."""

    cause: str
    check: str


@dataclass(frozen=True)
class ErrorExplanation:
    """What an error says and what it probably comes from, most likely cause first.

    ``who`` answered: ``"you"`` (nothing was sent), ``"network"``, ``"platform"``, ``"provider"``, or blank
    where the text does not show it. ``status`` is 0 and ``request_id`` blank where the text has none. Secrets
    are masked.
    """

    message: str
    causes: tuple[Cause, ...]
    status: int = 0
    request_id: str = ""
    provider_message: str = ""
    who: str = ""

    def table(self) -> Table:
        """Return the causes: index ``rank`` from 1, columns ``cause``, ``check``."""
        import pandas as pd

        from cwkit.instances.display import Table

        rows = [(cause.cause, cause.check) for cause in self.causes]
        index = pd.RangeIndex(1, len(rows) + 1, name="rank")
        return Table(pd.DataFrame(rows, columns=["cause", "check"], index=index, dtype=object))

    def lines(self) -> list[str]:
        """Return who answered and what the error says: message, status, provider's message, request id."""
        passed_on = self.who == "provider" and bool(self.provider_message)
        answered = KNOWN["answered"].get("passed_on" if passed_on else self.who, "not known from this text")
        lines = [f"Who answered: {answered}", f"Message: {self.message or 'none was given'}"]
        if self.status:
            lines.append(f"Status: {self.status}")
        if self.provider_message:
            lines.append(f"The provider says: {self.provider_message}")
        return [*lines, f"Request id: {self.request_id or 'none was given'}"]

    def __str__(self) -> str:
        causes = [f"{n}. {cause.cause}\n   Check: {cause.check}" for n, cause in enumerate(self.causes, 1)]
        return "\n".join([*self.lines(), "", "Probable causes, most likely first:", *causes])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        from cwkit.instances.display import as_html

        head = "".join(f"<div>{html.escape(line)}</div>" for line in self.lines())
        return f"{head}{as_html(self.table())}"


def is_unknown(explanation: ErrorExplanation) -> bool:
    """Return whether nothing is known of the error."""
    return bool(explanation.causes[0].cause == KNOWN["unknown"]["causes"][0][0])


@frameless
def explain_error(error: str | BaseException | Mapping[str, Any]) -> ErrorExplanation:
    """Explain an error of the platform, of its provider or of the network.

    ``error`` is a text as pasted (JSON, a ticket, a cURL transcript), an exception, or parsed JSON. Pure: no
    network. Raises ``ReadError`` for a blank text.
    """
    if isinstance(error, PlatformError):
        return _explained(said_by(error), f"{error.message}\n{error.method} {error.url}")
    if isinstance(error, BaseException):
        said = said_by(error)
        return _explained(said, said.words)
    if isinstance(error, Mapping):
        return _explained(said_in_json(error) or ErrorText(), str(dict(error)))
    text = error[:_LONGEST]
    if not text.strip():
        raise ReadError("There is nothing to explain: the text is empty.", fix="Paste the error message.")
    return _explained(said_in(text), text)


def _explained(said: ErrorText, text: str) -> ErrorExplanation:
    known = [one for one in KNOWN["pattern"] if _fits(one, said)]
    who = said.who or (_first_who(known) if known and not said.host else "")
    known = [one for one in known if not who or who in one.get("who", (who,))]
    objects = list(_object_causes(said, text))
    causes = [*_header_causes(text), *objects, *_field_causes(said)]
    alone = [one for one in known if one.get("alone")][:1]
    for one in alone or known:
        causes += [Cause(*pair) for pair in one["causes"]]
    if said.host:
        foreign = KNOWN["foreign"]
        causes.append(Cause(foreign["cause"].format(host=said.host), foreign["check"]))
    elif not alone and not objects:
        causes += _status_causes(said, who, meant=said.status or (0 if causes else _implied(said)))
    if not causes:
        causes = [Cause(*pair) for pair in KNOWN["unknown"]["causes"]]
    return ErrorExplanation(
        message=_clean(said.message),
        causes=tuple(dict.fromkeys(causes)),
        status=said.status,
        request_id=_clean(said.request_id),
        provider_message=_clean(said.provider_message),
        who=who,
    )


def _fits(known: Mapping[str, Any], said: ErrorText) -> bool:
    answered = not said.who or said.who in known.get("who", (said.who,))
    return answered and bool(re.search(known["pattern"], said.words, re.I))


def _first_who(known: list[Any]) -> str:
    return str(known[0].get("who", [""])[0])


def _implied(said: ErrorText) -> int:
    for one in KNOWN["implied"]:
        if re.search(one["pattern"], f"{said.message} {said.provider_message}", re.I):
            return int(one["status"])
    return 0


def _status_causes(said: ErrorText, who: str, meant: int) -> list[Cause]:
    """Return what the status may come from: the provider's own, or the one it gave the platform, first."""
    if who == "network" and meant != 407:
        return []
    tables = [("status", meant)] if who else [("status", meant), ("provider", meant)]
    if who == "provider":
        tables = [("provider", said.provider_status or meant)]
        if said.provider_message:
            tables.append(("status", 502 if meant == 502 else 0))
    causes = [Cause(*pair) for name, status in tables for pair in _of_status(name, status)]
    if meant == 401 and re.search(r"\belement\b|\btoken\b", said.words, re.I):
        causes.sort(key=lambda cause: "token" not in cause.cause)  # the message is about the token
    return causes


def _of_status(table: str, status: int) -> list[list[str]]:
    known: list[list[str]] = KNOWN[table].get(str(status), {}).get("causes", [])
    return known


def _clean(text: str) -> str:
    return plain(mask_text(text))[:1000]


def _field_causes(said: ErrorText) -> Iterator[Cause]:
    """Yield the fields that the provider or the platform names, each with its rule."""
    for field in said.fields[:5]:
        check = KNOWN["rule"].get(field.code, KNOWN["rule"]["other"])
        shown = " ".join(filter(None, (field.message, f"({field.code})" if field.code else "")))
        yield Cause(_clean(f"{field.field or 'A field'} is not accepted: {shown}"), check)
    if said.status in (0, 400):
        text = f"{said.message} {said.provider_message}"
        for name in list(dict.fromkeys(match[1] for match in _FIELD.finditer(text)))[:3]:
            cause = f"The value under {name} is missing or not accepted."
            yield Cause(cause, f"Compare {name} with the element's field.")


def _object_causes(said: ErrorText, text: str) -> Iterator[Cause]:
    """Yield the nearest name for an object of a hub that does not exist."""
    if said.status not in (0, 400, 404) or said.who in ("provider", "network"):
        return
    known = record_objects()
    for match in _OBJECT.finditer(f"{said.message}\n{text}"):
        name = match["path"] or match["after"] or match["named"]
        near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.75)
        if name not in known and near:
            texts = KNOWN["object"]
            yield Cause(texts["cause"].format(name=name, right=near[0]), texts["check"].format(right=near[0]))
            return


def _header_causes(text: str) -> list[Cause]:
    """What is visibly wrong with an Authorization header in a transcript."""
    match = _HEADER.search(text)
    if not match:
        return []
    causes, header = [], match[1]
    pairs = {kind.capitalize(): value for kind, value in _PAIRS.findall(header)}
    if header.lower().startswith(("basic", "bearer")) and not pairs:
        causes.append(
            Cause(
                "The header has Basic or Bearer, which the platform does not accept.",
                "Write: Authorization: User <user secret>, Organization <organization secret>.",
            )
        )
    elif "User" not in pairs:
        causes.append(
            Cause("The header has no User secret.", "Every call needs User, and Organization or Element.")
        )
    elif len(pairs) == 1:
        causes.append(
            Cause(
                "The header contains only the User secret.",
                "Add Organization, or Element for calls of an instance.",
            )
        )
    if (
        pairs
        and len(set(pairs.values())) < len(pairs)
        and not any("*" in value or "<" in value for value in pairs.values())
    ):
        causes.append(
            Cause("Two parts of the header are the same secret.", "Copy each again into its own place.")
        )
    if any(value[0] in "\"'“<" and not value.startswith("<INSERT") for value in pairs.values()):
        causes.append(Cause("There are quotes or brackets around a secret.", "Write it without them."))
    return causes
