"""JSON found in a text of any kind: whole, between prose, in a cURL command, in a HAR file, broken."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from cwkit.instances.kept_secrets import put_back, take_out
from cwkit.instances.marks import Notes, as_json
from cwkit.instances.pasted import tidied, unescaped
from cwkit.instances.repair import Budget, repaired

__all__ = ["Found", "mended", "values_in"]

_MOST_SPANS = 20_000
_MOST_REPAIRS = 40
"""How many broken parts of one text are repaired; more are passed over."""

_BRACKETS = re.compile(
    r"""
      \\.
    | "[^"\\\n\r]*(?:\\.[^"\\\n\r]*)*"
    | (?<=[\s{\[,:(])'[^'\\\n\r]*(?:\\.[^'\\\n\r]*)*'(?=\s*[,:}\])])
    | '[^'\\\n\r{}]*(?:\\.[^'\\\n\r{}]*)*'
    | [{}\[\]]
    """,
    re.X | re.S,
)

_OPENING = re.compile(r"""\{(?=\s*["'“”}\w.…<])|\[(?=\s*[{\["'“\]])""")
"""A bracket that may begin JSON; ``[see below`` in prose does not."""


@dataclass(frozen=True)
class Found:
    """A value found in a text, what was repaired to read it, and whether a part of it may be missing."""

    value: Any
    notes: tuple[str, ...] = ()
    partial: bool = False

    def told(self, *notes: str) -> Found:
        """Return the same with ``notes`` in front."""
        return replace(self, notes=(*notes, *self.notes))


def values_in(text: str, wanted: Callable[[str], bool]) -> Iterator[Found]:
    """Yield the JSON objects and lists in ``text``, in order.

    Valid JSON is parsed at once. Else parts between brackets are looked at; those that are not valid
    JSON are repaired only where ``wanted`` says that their text may hold what is looked for.
    """
    value = _loaded(text)
    if isinstance(value, str):
        text, value = value, _loaded(value)
    if isinstance(value, dict | list):
        yield from _unpacked(Found(value), wanted)
        return
    told: list[str] = []
    text, kept = take_out(text)
    text = tidied(text, told)
    if (plain := unescaped(text)) is not None:
        text = plain
        told.append('The text was escaped as a whole (\\"); it was read without.')
    for item in _parts(text, wanted):
        item = replace(item, value=put_back(item.value, kept))
        yield from _unpacked(item.told(*told), wanted)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _parts(text: str, wanted: Callable[[str], bool]) -> Iterator[Found]:
    repairs, budget = 0, Budget()
    for span in _spans(text):
        value = _loaded(span)
        if value is not None:
            yield Found(value)
        elif repairs < _MOST_REPAIRS and wanted(span):
            repairs += 1
            if (item := mended(span, budget)) is not None:
                yield item


def mended(span: str, budget: Budget | None = None) -> Found | None:
    """Return the value of one part that is not valid JSON, or ``None`` where nothing can be made of it."""
    notes = Notes()
    text = as_json(span, notes)
    try:
        return Found(json.loads(text, strict=False), tuple(notes.lines()), notes.partial)
    except RecursionError:
        return None
    except json.JSONDecodeError as problem:
        reason = problem.msg[0].lower() + problem.msg[1:]
    except ValueError:
        reason = "a number is too long"
    value = repaired(text, budget or Budget())
    if not isinstance(value, dict | list) or not value:
        return None
    notes.texts.append(f"It was not valid JSON ({reason}): brackets, quotes or commas were put right.")
    return Found(value, tuple(notes.lines()), partial=True)


def _spans(text: str) -> Iterator[str]:
    """Yield the outermost parts between ``{`` or ``[`` and their closing bracket.

    Quotes count only inside a part, so that an apostrophe in prose hides nothing. A part that never
    closes goes on to the end of the text.
    """
    position, count = 0, 0
    while count < _MOST_SPANS:
        opening = _OPENING.search(text, position)
        if opening is None:
            return
        position = _closing(text, opening.start())
        count += 1
        yield text[opening.start() : position]


def _closing(text: str, start: int) -> int:
    depth = 0
    for match in _BRACKETS.finditer(text, start):
        sign = match[0]
        if sign in ("{", "["):
            depth += 1
        elif sign in ("}", "]"):
            depth -= 1
            if depth == 0:
                return match.end()
    return len(text)


def _unpacked(found: Found, wanted: Callable[[str], bool]) -> Iterator[Found]:
    """Yield the value itself, or the values in the bodies of a HAR file."""
    log = found.value.get("log") if isinstance(found.value, dict) else None
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list):
        yield found
        return
    for number, entry in enumerate(entries, 1):
        for body in _bodies(entry):
            value = _loaded(body)
            note = f"Found in entry {number} of the HAR file."
            if isinstance(value, dict | list):
                yield Found(value, (*found.notes, note), found.partial)
            elif wanted(body):
                for item in _parts(body, wanted):
                    yield item.told(*found.notes, note)


def _bodies(entry: Any) -> Iterator[str]:
    request = _inside(entry, "request", "postData")
    response = _inside(entry, "response", "content")
    for content in (request, response):
        text = content.get("text") if isinstance(content, dict) else None
        if not isinstance(text, str):
            continue
        if content.get("encoding") == "base64":
            try:
                text = base64.b64decode(text, validate=False).decode("utf-8", "replace")
            except (binascii.Error, ValueError):
                continue
        yield text


def _inside(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value
