"""An error explained: what it probably comes from, in order, and how to check each cause."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from cwkit.errors import PlatformError, ReadError
from cwkit.instances.kept_secrets import stars
from cwkit.instances.pasted_json import values_in
from cwkit.redaction import frameless, mask_text
from cwkit.redaction import strip_control_characters as plain

if TYPE_CHECKING:
    from cwkit.instances.display import Table

__all__ = ["Cause", "ErrorExplanation", "explain_error", "is_unknown"]

_LONGEST = 200_000
_WORDS = {
    "bad request": 400, "unauthorized": 401, "forbidden": 403, "not found": 404, "method not allowed": 405,
    "not acceptable": 406, "conflict": 409, "unsupported media type": 415, "too many requests": 429,
    "internal server error": 500, "bad gateway": 502, "service unavailable": 503, "gateway timeout": 504,
}  # fmt: skip
_STATUS = re.compile(
    r"HTTP/[\d.]{1,4}\s+([1-5]\d\d)\b"
    r"|\b(?:status|code|error|answered|returned|responded|response)\w{0,8}"
    r"\W{0,12}(?:code\W{0,4})?([45]\d\d)\b",
    re.I,
)
_REQUEST_ID = re.compile(r"(?:request[\s_-]?id)\W{0,6}([\w-]{8,64})", re.I)
_PROVIDER = re.compile(r"provider[\s_-]?(?:message|says)\W{1,4}([^\r\n]{1,500})", re.I)
_HEADER = re.compile(
    r"authorization\W{1,4}((?:User|Organization|Element|Basic|Bearer)\b[^\r\n]{0,600})", re.I
)
_PAIRS = re.compile(r"\b(User|Organization|Element)\s+([^,\s]+)", re.I)
_FIELD = re.compile(
    r"\b((?:helpdesk\.connectwise|event|connectwise|public|private|base)[.][\w.]{2,60}|baseUrl)\b"
)


_KNOWN = tomllib.loads(resources.files("cwkit.instances").joinpath("error_causes.toml").read_text("utf-8"))
"""Patterns, statuses and what they imply, each with its causes: see error_causes.toml."""


@dataclass(frozen=True)
class Cause:
    """One probable cause, and how to find out whether it is the one."""

    cause: str
    check: str


@dataclass(frozen=True)
class ErrorExplanation:
    """What an error says and what it probably comes from, most likely cause first.

    ``status`` is 0 and ``request_id`` blank where the text has none. Secrets are masked.
    """

    message: str
    causes: tuple[Cause, ...]
    status: int = 0
    request_id: str = ""
    provider_message: str = ""

    def table(self) -> Table:
        """Return the causes: index ``rank`` from 1, columns ``cause``, ``check``."""
        import pandas as pd

        from cwkit.instances.display import Table

        rows = [(cause.cause, cause.check) for cause in self.causes]
        index = pd.RangeIndex(1, len(rows) + 1, name="rank")
        return Table(pd.DataFrame(rows, columns=["cause", "check"], index=index, dtype=object))

    def lines(self) -> list[str]:
        """What the error says: message, status, provider's message, request id (always told)."""
        lines = [f"Message: {self.message or 'none was given'}"]
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
    return bool(explanation.causes[0].cause == _KNOWN["unknown"]["causes"][0][0])


@frameless
def explain_error(error: str | BaseException | Mapping[str, Any]) -> ErrorExplanation:
    """Explain an error of the platform, of ConnectWise or of the network.

    ``error`` is a text as pasted (JSON, a ticket, a cURL transcript), an exception, or parsed JSON. Nothing
    is asked of anyone. Raises ``ReadError`` for a blank text.
    """
    if isinstance(error, PlatformError):
        said = _Said(error.message, error.status, error.request_id, error.provider_message)
        return _explained(said, f"{error.message}\n{error.provider_message}\n{error.method} {error.url}")
    if isinstance(error, BaseException):
        text = "\n".join(f"{type(item).__name__}: {item}" for item in _chain(error))
        return _explained(_said_in(text), text)
    if isinstance(error, Mapping):
        return _explained(_of_json(error) or _Said(), str(dict(error)))
    text = error[:_LONGEST]
    if not text.strip():
        raise ReadError("There is nothing to explain: the text is empty.", fix="Paste the error message.")
    return _explained(_said_in(text), text)


@dataclass(frozen=True)
class _Said:
    message: str = ""
    status: int = 0
    request_id: str = ""
    provider_message: str = ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _explained(said: _Said, text: str) -> ErrorExplanation:
    causes = [*_header_causes(text), *_field_causes(said, text)]
    for known in _KNOWN["pattern"]:
        if re.search(known["pattern"], text, re.I):
            causes += [Cause(*pair) for pair in known["causes"]]
    meant = said.status
    if not meant and not causes:
        told = f"{said.message} {said.provider_message}"
        meant = next((one["status"] for one in _KNOWN["implied"] if re.search(one["pattern"], told, re.I)), 0)
    general = [Cause(*pair) for pair in _KNOWN["status"].get(str(meant), {"causes": ()})["causes"]]
    if meant == 401 and re.search(r"element|token", said.message, re.I):
        general.sort(key=lambda cause: "token" not in cause.cause)  # the message speaks of the token
    causes += general
    if not causes:
        causes = [Cause(*pair) for pair in _KNOWN["unknown"]["causes"]]
    return ErrorExplanation(
        message=_clean(said.message),
        causes=tuple(dict.fromkeys(causes)),
        status=said.status,
        request_id=_clean(said.request_id),
        provider_message=_clean(said.provider_message),
    )


def _clean(text: str) -> str:
    return plain(mask_text(text))[:1000]


def _said_in(text: str) -> _Said:
    told = None
    try:
        for item in values_in(text, lambda part: "message" in part or "requestId" in part):
            told = told or _of_json(item.value)
    except RecursionError:
        told = None
    told = told or _Said()
    shown = mask_text(stars(text))  # with what is around each part, which says what is secret
    provider, request_id = _PROVIDER.search(shown), _REQUEST_ID.search(shown)
    line = next((line.strip() for line in shown.splitlines() if re.search(r"\w", line)), "")
    return _Said(
        message=told.message or line,
        status=told.status or _status_in(text),
        request_id=told.request_id or (request_id[1] if request_id else ""),
        provider_message=told.provider_message or (provider[1].strip(" \"'") if provider else ""),
    )


def _status_in(text: str) -> int:
    found = [int(match[1] or match[2]) for match in _STATUS.finditer(text)]
    failed = [status for status in found if status >= 400]
    if failed:
        return failed[-1]
    small = text.lower()
    return next((status for words, status in _WORDS.items() if re.search(rf"\b{words}\b", small)), 0)


def _of_json(value: Any, depth: int = 0) -> _Said | None:
    """Read the platform's error, or ConnectWise's, out of parsed JSON, also from within a list or object."""
    if isinstance(value, list) and depth < 6:
        return next((said for item in value[:50] if (said := _of_json(item, depth + 1))), None)
    if not isinstance(value, Mapping):
        return None
    message = value.get("message") or value.get("error_description") or value.get("error")
    if isinstance(message, str) and (len(value) < 12 or "requestId" in value):
        code = value.get("code")
        status = next(
            (_number(value.get(key)) for key in ("status", "statusCode", "code") if _number(value.get(key))),
            0,
        )
        named = f"{code}: {message}" if isinstance(code, str) and not code.isdecimal() else message
        provider = value.get("providerMessage")
        return _Said(
            named,
            status or _WORDS.get(str(code).lower(), 0),
            str(value.get("requestId") or ""),
            provider if isinstance(provider, str) else "",
        )
    if depth >= 6:
        return None
    return next((said for item in value.values() if (said := _of_json(item, depth + 1))), None)


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if re.fullmatch(r"[45]\d\d", text) else 0


def _field_causes(said: _Said, text: str) -> list[Cause]:
    """The configuration fields that the message names."""
    if said.status not in (0, 400):
        return []
    names = dict.fromkeys(match[1] for match in _FIELD.finditer(f"{said.message} {said.provider_message}"))
    return [
        Cause(
            f"The value under {name} is missing or not accepted.", f"Compare {name} with the element's field."
        )
        for name in list(names)[:3]
    ]


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
                "The header has Basic or Bearer, which the platform does not take.",
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
                "The header has only the User secret.",
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
