"""Instances read from what was pasted: text, bytes, a file, or parsed JSON. Never touches the network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from cwkit.elements import Element, shipped, shipped_keys
from cwkit.errors import ReadError
from cwkit.instances.carriers import Source, text_of
from cwkit.instances.model import Instance
from cwkit.instances.pasted_json import Found, repeated_keys, values_in
from cwkit.instances.remembered import Remembered
from cwkit.redaction import frameless

__all__ = ["Part", "instance_of", "parts_of", "read_instance", "read_instances"]

Shape = Literal["response", "request", "fields", "configuration", "poller"]

_ORDER: tuple[Shape, ...] = ("response", "request", "fields", "configuration", "poller")
"""From what tells most of an instance to what tells least."""

_DEEPEST = 12
_RESPONSE_NAMES = frozenset(
    {
        "token", "element", "elementId", "elementKey", "valid", "disabled", "provisionInteractions",
        "eventsEnabled", "createdDate", "cachingEnabled", "traceLoggingEnabled",
    }
)  # fmt: skip
_HINTS = re.compile(
    r"configuration|token|propertyValue|provisionInteractions|eventsEnabled|elementId|idField|/hubs/"
    r"|connectwise|\"url\""
)
_NO_BRACE = re.compile(r"""[\s,]*["'“][\w.]+["'”]\s*:""")
_SHAPE_NOTES: dict[Shape, str] = {
    "response": "",
    "request": "This is a request for an instance, not the platform's response: it has no id and no token.",
    "fields": "Only the configuration was there, as a list of fields.",
    "configuration": "Only the configuration was there.",
    "poller": "Only a poller configuration was there.",
}


@dataclass(frozen=True)
class Part:
    """Something that can be read as an instance: its shape, and its data as in a response of the platform."""

    shape: Shape
    data: Mapping[str, Any]
    notes: tuple[str, ...]
    partial: bool


@frameless
def read_instance(source: Source, element: Element | None = None) -> Instance:
    """Read one instance from a text, bytes, a file or parsed JSON.

    The text may be a ticket, a log, a page of documentation, a HAR file; parts may be left out
    (``[...]``, ``}...,``) or blanked out (``xxxxxx``). ``instance.notes`` says what was
    repaired and what is doubtful.
    Of several the first is returned, responses of the platform before requests. ``element`` is the full
    definition, where it is available and not one of the two that come with cwkit.

    Raises ``ReadError`` where there is no instance.
    """
    found = _instances(source, element)
    first = found[0]
    if len(found) > 1:
        first.notes.append(
            f"{len(found)} instances were found; this is the first. cwkit.read_instances reads them all."
        )
    return first


@frameless
def read_instances(source: Source, element: Element | None = None) -> list[Instance]:
    """Read every instance in a text, bytes, a file or parsed JSON, in order; see :func:`read_instance`.

    Where the platform's responses stand beside requests (as in its documentation), only the answers count.
    Raises ``ReadError`` where there is none.
    """
    return _instances(source, element)


def _instances(source: Source, element: Element | None) -> list[Instance]:
    parts = parts_of(source)
    best = _ORDER[min(_ORDER.index(part.shape) for part in parts)]
    remembered = Remembered()
    return [instance_of(part, element, remembered) for part in parts if part.shape == best]


def instance_of(part: Part, element: Element | None = None, remembered: Remembered | None = None) -> Instance:
    """Make the instance of a part, with everything noted that was done to read it."""
    instance = Instance.from_response(part.data, element, remembered)
    instance.mark_as_pasted(partial=part.partial, request=part.shape == "request")
    note = _SHAPE_NOTES[part.shape]
    instance.notes[:0] = [*part.notes, *([note] if note else [])]
    return instance


def parts_of(source: Source) -> list[Part]:
    """Return everything in a source that can be read as an instance or a request, never empty."""
    try:
        parts = list(_parts(source))
    except RecursionError:
        parts = []
        deep = True
    else:
        deep = False
    if parts:
        return parts
    if deep:
        raise ReadError(
            "The text is nested too deeply to be read.", fix="Paste only the part with the instance in it."
        )
    raise _nothing(source)


def _parts(source: Source) -> Iterator[Part]:
    if isinstance(source, Mapping | list | tuple):
        value = list(source) if isinstance(source, tuple) else source
        yield from _shapes(Found(value))
        return
    text = text_of(source)
    best = len(_ORDER)
    for item in values_in(text, lambda part: bool(_HINTS.search(part))):
        for part in _shapes(item):
            best = min(best, _ORDER.index(part.shape))
            yield part
    if best > 1 and _NO_BRACE.match(text) and _HINTS.search(text):
        for item in values_in("{" + text.lstrip(" \t\r\n,"), lambda part: bool(_HINTS.search(part))):
            yield from _shapes(item.told("The opening brace was missing."))
            return


def _shapes(item: Found) -> Iterator[Part]:
    for shape, value in _shaped(item.value):
        data = _as_response(shape, value)
        partial = item.partial or shape in ("configuration", "poller")
        notes = (*item.notes, *_poller_notes(data))
        if shape == "response" and not isinstance(data.get("configuration"), Mapping):
            notes, partial = (*notes, "The text has no configuration."), True
        yield Part(shape, data, notes, partial)


def _poller_notes(data: Mapping[str, Any]) -> Iterator[str]:
    configuration = data.get("configuration")
    text = configuration.get("event.poller.configuration") if isinstance(configuration, Mapping) else None
    if isinstance(text, str) and (names := repeated_keys(text)):
        yield f"Twice in event.poller.configuration, the last is used: {', '.join(names)}."


def _shaped(value: Any, depth: int = 0) -> Iterator[tuple[Shape, Any]]:
    """Yield every part of ``value`` that can be read as an instance, with its shape; outermost first."""
    shape = _shape(value)
    if shape:
        yield shape, value
    elif depth < _DEEPEST and isinstance(value, Mapping):
        for item in value.values():
            if isinstance(item, Mapping | list):
                yield from _shaped(item, depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for item in value:
            if isinstance(item, Mapping | list):
                yield from _shaped(item, depth + 1)


def _as_response(shape: Shape, value: Any) -> Mapping[str, Any]:
    """Return a part that :func:`shaped` found in the form of the platform's answer."""
    if shape == "fields":
        return {"configuration": {str(item.get("key")): item.get("propertyValue") for item in value}}
    if shape == "configuration":  # what is beside the values where the line between was left out
        around = {name: item for name, item in value.items() if name in _RESPONSE_NAMES | {"id"}}
        return {**around, "configuration": {k: item for k, item in value.items() if k not in around}}
    if shape == "poller":
        return {"configuration": {"event.poller.configuration": value}}
    return value  # type: ignore[no-any-return]


def _shape(value: Any) -> Shape | None:
    if isinstance(value, list):
        fields = [item for item in value if isinstance(item, Mapping) and "propertyValue" in item]
        return "fields" if fields and len(fields) == len(value) else None
    if not isinstance(value, Mapping) or not value:
        return None
    names = sum(name in value for name in _RESPONSE_NAMES)
    if isinstance(value.get("configuration"), Mapping):
        if "id" in value or "token" in value or names >= 3:
            return "response"
        if names or "name" in value or "tags" in value:
            return "request"
        return None
    if "id" in value and names >= 3:
        return "response"
    if _is_poller(value):
        return "poller"
    if sum(name in _known_keys() for name in value) >= 2:
        return "configuration"
    return None


def _is_poller(value: Mapping[str, Any]) -> bool:
    resources = [item for item in value.values() if isinstance(item, Mapping)]
    return bool(resources) and len(resources) == len(value) and any(map(_is_resource, resources))


def _is_resource(item: Mapping[str, Any]) -> bool:
    url = item.get("url")
    polled = "idField" in item or "datesConfiguration" in item
    return polled or (isinstance(url, str) and ("/hubs/" in url or "${" in url))


@cache
def _known_keys() -> frozenset[str]:
    return frozenset(key for name in shipped_keys() for key in shipped(name).fields)


def _nothing(source: Source) -> ReadError:
    text = source if isinstance(source, str) else ""
    if isinstance(source, str) and not source.strip():
        return ReadError("There is nothing to read: the text is empty.", fix="Paste the platform's response.")
    if re.search(r"(?i)<!doctype html|<html", text):
        return ReadError(
            "This is a web page, not a response of the platform.",
            fix="Check the address that was called: it ends in /elements/api-v2/instances.",
        )
    if re.search(r"requestId|providerMessage", text):
        return ReadError(
            "This is an error message, not an instance.", fix="Give it to cwkit.explain_error(text)."
        )
    return ReadError(
        "There is no instance in this text.",
        fix='Paste the whole response, from its first { to its last }: it contains "id" and "configuration".',
    )
