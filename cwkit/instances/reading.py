"""Instances read from what was pasted: text, bytes, a file, or parsed JSON. Never touches the network."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cwkit.elements import Element
from cwkit.errors import ReadError
from cwkit.instances.found import Found, mended, values_in
from cwkit.instances.kept_secrets import put_back, take_out
from cwkit.instances.model import Instance
from cwkit.instances.pasted import Source, text_of
from cwkit.instances.remembered import Remembered
from cwkit.instances.shapes import ORDER, Shape, as_answer, shaped
from cwkit.redaction import frameless

__all__ = ["Part", "instance_of", "parts_of", "read_instance", "read_instances"]

_HINTS = re.compile(
    r"configuration|token|propertyValue|provisionInteractions|eventsEnabled|elementId|idField|/hubs/"
    r"|connectwise|\"url\""
)
_TOLD: dict[Shape, str] = {
    "answer": "",
    "request": "This is a request for an instance, not the platform's answer: it has no id and no token.",
    "fields": "Only the configuration was there, as a list of fields.",
    "configuration": "Only the configuration was there.",
    "poller": "Only a poller configuration was there.",
}


@dataclass(frozen=True)
class Part:
    """Something that can be read as an instance: its shape, and its data as the platform would answer."""

    shape: Shape
    data: Mapping[str, Any]
    notes: tuple[str, ...]
    partial: bool


@frameless
def read_instance(source: Source, element: Element | None = None) -> Instance:
    """Read one instance from a text, bytes, a file or parsed JSON.

    The text may be a ticket, a log, a page of documentation, a HAR file; parts may be left out
    (``[...]``, ``}...,``) or blanked out (``xxxxxx``). ``instance.notes`` tells what was repaired.
    Of several the first is returned, answers of the platform before requests. ``element`` is the full
    definition, where it is at hand and not one of the two that come with cwkit.

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

    Where the platform's answers stand beside requests (as in its documentation), only the answers count.
    Raises ``ReadError`` where there is none.
    """
    return _instances(source, element)


def _instances(source: Source, element: Element | None) -> list[Instance]:
    parts = parts_of(source)
    best = ORDER[min(ORDER.index(part.shape) for part in parts)]
    remembered = Remembered()
    return [instance_of(part, element, remembered) for part in parts if part.shape == best]


def instance_of(part: Part, element: Element | None = None, remembered: Remembered | None = None) -> Instance:
    """Make the instance of a part, with everything noted that was done to read it."""
    instance = Instance.from_response(part.data, element, remembered)
    instance.mark_as_pasted(partial=part.partial, request=part.shape == "request")
    told = _TOLD[part.shape]
    instance.notes[:0] = [*part.notes, *([told] if told else [])]
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
    best = len(ORDER)
    for item in values_in(text, lambda part: bool(_HINTS.search(part))):
        for part in _shapes(item):
            best = min(best, ORDER.index(part.shape))
            yield part
    if best > 1 and re.match(r"""[\s,]*["'“][\w.]+["'”]\s*:""", text) and _HINTS.search(text):
        text, kept = take_out(text)
        whole = mended("{" + text.lstrip(" \t\r\n,"))
        if whole:
            whole = replace(whole, value=put_back(whole.value, kept))
            yield from _shapes(whole.told("The opening brace was missing."))


def _shapes(item: Found) -> Iterator[Part]:
    for shape, value in shaped(item.value):
        partial = item.partial or shape in ("configuration", "poller")
        yield Part(shape, as_answer(shape, value), item.notes, partial)


def _nothing(source: Source) -> ReadError:
    text = source if isinstance(source, str) else ""
    if isinstance(source, str) and not source.strip():
        return ReadError("There is nothing to read: the text is empty.", fix="Paste the platform's answer.")
    if re.search(r"(?i)<!doctype html|<html", text):
        return ReadError(
            "This is a web page, not an answer of the platform.",
            fix="Check the address that was called: it ends in /elements/api-v2/instances.",
        )
    if re.search(r"requestId|providerMessage", text):
        return ReadError(
            "This is an error message, not an instance.", fix="Give it to cwkit.explain_error(text)."
        )
    return ReadError(
        "There is no instance in this text.",
        fix='Paste the whole answer, from its first { to its last }: it holds "id" and "configuration".',
    )
