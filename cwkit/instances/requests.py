"""Requests for an instance, read from a JSON body or a cURL command as pasted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cwkit.elements import Element, check_values, shipped, shipped_keys
from cwkit.errors import ReadError
from cwkit.instances.carriers import Source, text_of
from cwkit.instances.configuration_rules import blanked
from cwkit.instances.finding import Finding, in_order, make_finding
from cwkit.instances.findings import findings_of, findings_table
from cwkit.instances.model import Instance
from cwkit.instances.reading import Part, instance_of, parts_of
from cwkit.redaction import MASK, Secret, frameless, safe_text

if TYPE_CHECKING:
    from cwkit.instances.display import Table

__all__ = ["PastedRequest", "read_request"]

_PATH_ELEMENT = re.compile(r"/elements/([\w.-]+)/instances\b")
_METHOD = re.compile(r"\bcurl\b.{0,200}?(?:-X|--request)[ =]*['\"]?([A-Z]{3,7})", re.S)
_ADDRESS = re.compile(r"https?://[^\s'\"\\<>|]{1,500}/instances[^\s'\"\\<>|]{0,200}")
_PAIR = re.compile(r"\b(User|Organization|Element)\s+([^\s,'\"\\]{4,})")


@dataclass(frozen=True)
class PastedRequest:
    """A request for an instance, read from a text.

    ``element_key``, ``name``, ``tags`` and ``configuration`` are as written, secrets wrapped; ``notes``
    say what was repaired to read it and what of it is not used. ``values`` are the same under the
    element's own keys, repaired where there
    is one meaning and without placeholders: what a form can be opened with.
    """

    element_key: str
    name: str
    tags: list[str]
    configuration: dict[str, str | Secret | None]
    method: str = ""
    url: str = ""
    notes: list[str] = field(default_factory=list)
    in_header: tuple[str, ...] = ()
    instance: Instance = field(default_factory=Instance, repr=False)

    @property
    def element(self) -> Element:
        """The element, as far as it is known."""
        return self.instance.definition

    @property
    def values(self) -> dict[str, str | Secret]:
        """What a form can be opened with: repaired values under the element's keys, no placeholders."""
        check = check_values(self.element, self.configuration)
        unusable = {problem.key for problem in check.problems if problem.code in ("placeholder", "missing")}
        stars = Secret(MASK)
        return {
            key: value
            for key, value in check.values.items()
            if value and key not in unusable and value not in (MASK, stars)
        }

    @property
    def repairs(self) -> list[str]:
        """What is repaired in ``values``, in plain words."""
        return [str(repair) for repair in check_values(self.element, self.configuration).repairs]

    def findings(self) -> Table:
        """Return what is wrong with the request: ``severity, code, subject, message, fix``."""
        return findings_table(self.all_findings())

    def all_findings(self) -> list[Finding]:
        """Return what is wrong with the request, most severe first."""
        findings = findings_of(self.instance, answered=False)
        for kind in self.in_header:
            message = f"The {kind} secret is readable in the Authorization header ({MASK} here)."
            findings.append(make_finding("secret-in-clear", "Authorization", message))
        if not self.element_key:
            message = "The request does not say for which element the instance is."
            fix = 'Add "element": {"key": "connectwisehd"} or another key.'
            findings.append(make_finding("missing", "element.key", message, fix))
        return in_order(findings)

    def __repr__(self) -> str:
        return f"<PastedRequest {self.name!r} for {self.element_key or 'an unknown element'}>"


@frameless
def read_request(source: Source, element: Element | None = None) -> PastedRequest:
    """Read a request for an instance: a JSON body, a cURL command, or a text that contains one.

    Of several the first is read. Where there is only a response of the platform, its values are taken, as
    for making another instance like it. ``element`` is the full definition, where it is available.

    Raises ``ReadError`` where there is neither.
    """
    if isinstance(source, str | bytes | bytearray) or hasattr(source, "read_bytes"):
        text = text_of(source)  # type: ignore[arg-type]
        parts = parts_of(text) if text.strip() else parts_of("")
    else:
        text, parts = "", parts_of(source)
    requests = [part for part in parts if part.shape == "request"]
    chosen = [part for part in parts if part.shape != "poller"]
    if not requests and not chosen:
        raise ReadError(
            "There is no request for an instance in this text.",
            fix='Paste the JSON body or the cURL command, with "element" and "configuration" in it.',
        )
    return _request(requests or chosen, text, element, from_response=not requests)


def _request(parts: list[Part], text: str, element: Element | None, *, from_response: bool) -> PastedRequest:
    in_path = _PATH_ELEMENT.search(text)
    if element is None and in_path and in_path[1] in shipped_keys():
        element = shipped(in_path[1])
    instance = instance_of(parts[0], element)
    instance.mark_as_pasted(partial=parts[0].partial, request=True)
    notes = [note for note in instance.notes if not note.startswith("This is a request")]
    if from_response:
        notes.append("This is a response of the platform; its values are taken as those of a request.")
    else:
        notes += _not_used(parts[0].data, text)
    if len(parts) > 1:
        notes.append(f"{len(parts)} requests were found; this is the first.")
    method, address = _METHOD.search(text), _ADDRESS.search(text)
    kinds = [match[1] for match in _PAIR.finditer(text) if not blanked(match[2]) and len(match[2]) >= 16]
    return PastedRequest(
        element_key=instance.element_key or (in_path[1] if in_path else ""),
        name=instance.name,
        tags=list(instance.tags),
        configuration=dict(instance.configuration),
        method=method[1] if method else ("POST" if text and not from_response else ""),
        url=address[0] if address else "",
        notes=notes,
        in_header=tuple(dict.fromkeys(kinds)),
        instance=instance,
    )


_USED = frozenset({"element", "elementKey", "name", "tags", "configuration"})
_QUERY = re.compile(r"/instances\?([^\s'\"#]{1,500})")


def _not_used(data: Mapping[str, Any], text: str) -> list[str]:
    """Return notes that name what a request contains beside the values of an instance."""
    names = [str(name) for name in data if name not in _USED]
    element = data.get("element")
    if isinstance(element, Mapping):
        names += [f"element.{name}" for name in element if name not in ("key", "id", "name")]
    notes = (
        [f"In the request, but not used: {', '.join(safe_text(name) for name in names)}."] if names else []
    )
    if query := _QUERY.search(text):
        asked = [safe_text(part.split("=")[0]) for part in query[1].split("&")]
        notes.append(f"Parameters of the address, not used: {', '.join(asked)}.")
    return notes
