"""JSON found in a text of any kind: whole, between prose, in a cURL command, in a HAR file, broken."""

from __future__ import annotations

import ast
import base64
import binascii
import json
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import json_repair

from cwkit.instances.carriers import looks_quoted_printable, undo_carrier
from cwkit.instances.elisions import Notes, as_json
from cwkit.instances.kept_secrets import put_back, take_out
from cwkit.redaction import Secret

__all__ = ["Found", "repeated_keys", "values_in"]

_MOST_SPANS = 20_000
_MOST_LOOKED_AT = 2_000_000
"""How many characters of nested parts are looked at in a broken one before it is refused."""

_MOST_REPAIRS = 40
"""How many broken parts of one text are repaired; more are ignored."""

_LONGEST_REPAIR = 20_000
"""The longest part, in characters, that json-repair is given: its time can grow with the square."""

_LONGEST_LITERAL = 400_000

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

_OPENING = re.compile(r"""\{(?=\s*["'“”}\w.…<*/#(\[-])|\[(?=\s*[{\["'“\]])""")
"""A bracket that may begin JSON; ``[see below`` in prose does not."""


@dataclass(frozen=True)
class Found:
    """A value found in a text, what was repaired to read it, and whether a part of it may be missing."""

    value: Any
    notes: tuple[str, ...] = ()
    partial: bool = False
    inside: bool = False

    def told(self, *notes: str) -> Found:
        """Return the same with ``notes`` in front."""
        return replace(self, notes=(*notes, *self.notes))


def values_in(text: str, wanted: Callable[[str], bool]) -> Iterator[Found]:
    """Yield the JSON objects and lists in ``text``, in order.

    Valid JSON is parsed at once. Else what carried the text is undone, and parts between brackets are looked
    at; those that are not valid JSON are repaired only where ``wanted`` says that their text may contain what
    is looked for.
    """
    value = _loaded(text)
    if value and isinstance(value.value, str):
        text, value = value.value, _loaded(value.value)
    if value and isinstance(value.value, dict | list):
        if looks_quoted_printable(text):
            notes = Notes()
            for key, leaf in _leaves(value.value):
                if isinstance(leaf, str) and "=" in leaf:
                    notes.add("encoded", key)
            value = value.told(*notes.lines())
        yield from _unpacked(value, wanted)
        return
    told: list[str] = []
    outside = text
    for span in _spans(text):
        if _loaded(span):
            outside = outside.replace(span, "", 1)
    text, kept = take_out(undo_carrier(text, outside, told))
    kept = _on_one_line(text, kept, told)
    for item in _parts(text, wanted):
        said = tuple(put_back(list(item.notes), kept))
        item = replace(item, value=put_back(item.value, kept), notes=said)
        yield from _unpacked(item.told(*told), wanted)


def _on_one_line(text: str, kept: list[Secret], told: list[str]) -> list[Secret]:
    """Return secrets without line breaks; those with a break or a quote inside are noted by their keys."""
    notes, joined = Notes(), []
    for number, secret in enumerate(kept):
        whole = re.sub(r"[ \t]*[\r\n]+[ \t]*", "", secret.reveal())
        joined.append(Secret(whole))
        key = re.search(rf"([\w.$-]+)[^\w]{{0,20}}xKept{number}Secretx", text)
        if whole != secret.reveal():
            notes.add("wrapped", key[1] if key else "")
        if re.search(r"""["“”{}]|',|,'""", whole):
            notes.add("doubt", key[1] if key else "")
    told += notes.lines()
    return joined


def _loaded(text: str) -> Found | None:
    twice: dict[str, None] = {}
    value = _parsed(text, twice)
    if value is None:
        return None
    notes = Notes({"twice": twice} if twice else {})
    return Found(value, tuple(notes.lines()))


def repeated_keys(text: str) -> list[str]:
    """Return the keys that occur more than once in one object of a JSON text; none where it is not JSON."""
    twice: dict[str, None] = {}
    _parsed(text, twice)
    return list(twice)


def _parsed(text: str, twice: dict[str, None]) -> Any:

    def checked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice.update(dict.fromkeys(name for name in made if names.count(name) > 1))
        return made

    try:
        return json.loads(text, object_pairs_hook=checked)
    except (ValueError, RecursionError):
        return None


def _parts(text: str, wanted: Callable[[str], bool], repairs: int = 0) -> Iterator[Found]:
    for span in _spans(text):
        if found := _loaded(span):
            yield found
            continue
        if repairs < _MOST_REPAIRS and wanted(span):
            repairs += 1
            pieces = _pieces(span)
            for number, piece in enumerate(pieces):
                item = _mended(piece)
                if item is not None and number < len(pieces) - 1:
                    note = "The text ends before it is complete; another response begins after it."
                    item = replace(item.told(note), partial=True)
                if item is not None:
                    yield item


_RESPONSE = re.compile(
    r"""(?<![\w$])\{\s*(?:(?://|\#)[^\n]*\s*)*["'“]?(?:id|token|createdDate|elementId|name|element|configuration)["'”]?\s*:"""
)
_IDENTIFIED = re.compile(r"""["'“](?:id|token|name|element)["'”]\s*:""")
_ONCE = re.compile(
    r"""["'“](token|provisionInteractions|valid|disabled|eventsEnabled|cachingEnabled|configuration)["'”]\s*:(?!\s*\[)"""
)


def _pieces(span: str) -> list[str]:
    """Return the responses in a broken part: one that was cut off would swallow the next."""
    starts, looked_at = [0], 0
    for opening in _RESPONSE.finditer(span, 1):
        inside = span[opening.start() : _closing(span, opening.start())]
        looked_at += len(inside)
        if looked_at > _MOST_LOOKED_AT:
            return []
        own = {match[1] for match in _ONCE.finditer(inside)}
        if "configuration" in own and _IDENTIFIED.search(inside):
            starts.append(opening.start())
    return [span[start:end] for start, end in zip(starts, [*starts[1:], len(span)], strict=True)]


def _mended(span: str) -> Found | None:
    """Return the value of one part that is not valid JSON, or ``None`` where nothing can be made of it."""
    if (printed := _python(span)) is not None:
        return printed
    notes = Notes()
    text = as_json(span, notes)
    if found := _loaded(text):
        twice = found.notes
        if twice and _mixed(text):
            return None
        for key in _odd_keys(found.value):
            notes.add("doubt", key)
        return Found(found.value, (*notes.lines(), *twice), notes.partial or bool(twice))
    if len(text) > _LONGEST_REPAIR or _mixed(text):
        return None
    try:
        value = json_repair.loads(text, skip_json_loads=True)
    except (ValueError, RecursionError, IndexError, TypeError, KeyError):
        return None
    if not isinstance(value, dict | list) or not value:
        return None
    notes.texts.append("It was not valid JSON: brackets, quotes or commas were corrected.")
    _name_doubts(text, value, notes)
    return Found(value, tuple(notes.lines()), partial=True)


def _mixed(text: str) -> bool:
    """Return whether a broken part contains what one response has once more than once."""
    names = [match[1] for match in _ONCE.finditer(text)]
    return any(names.count(name) > 1 for name in ("token", "configuration", "provisionInteractions"))


_PAIR = re.compile(
    r"""("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*
        (?: ("[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|true|false|null) (?=\s*(?:,\s*["}\]]|[}\]])) | )""",
    re.X | re.S,
)


def _name_doubts(text: str, value: Any, notes: Notes) -> None:
    """Note each key whose value is not, once and whole, in the text, and each key that is lost."""
    written: dict[str, set[str]] = {}
    for match in _PAIR.finditer(text):
        with suppress(ValueError):
            key = json.loads(match[1], strict=False)
            told = json.dumps(json.loads(match[2], strict=False)) if match[2] else ""
            written.setdefault(key, set()).add(told)
    read: set[str] = set()
    for key, leaf in _leaves(value):
        read.add(key)
        odd = isinstance(leaf, str) and bool(re.search(r'["{}]|^[\W_]*$', leaf))
        if odd or written.get(key) != {json.dumps(leaf)}:
            notes.add("doubt", key)
    for key in written:
        if key not in read and "" not in written[key]:
            notes.add("lost", key)


def _odd_keys(value: Any) -> Iterator[str]:
    """Yield keys with quotes or braces inside: parts of what was around them."""
    for name, item in value.items() if isinstance(value, dict) else ():
        if re.search(r'["{}]', name):
            yield name
        yield from _odd_keys(item)


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(item, str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, key)
    else:
        yield key, value


def _python(span: str) -> Found | None:
    """Return what Python printed (``repr`` or ``pprint``), whose texts may be split over lines."""
    if len(span) > _LONGEST_LITERAL or not re.search(r"'[^'\n]*':", span):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            value = ast.literal_eval(span)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if not isinstance(value, dict | list):
        return None
    found = _loaded(json.dumps(value, default=str))
    return found and found.told("Single quotes were read as double quotes: Python printed the text.")


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


def _unpacked(found: Found, wanted: Callable[[str], bool], depth: int = 0) -> Iterator[Found]:
    """Yield the value itself, and what is written as text inside its fields (a log's message, a HAR file)."""
    yield found
    if depth > 3:
        return
    for path, text in _texts(found.value, ()):
        if not wanted(text):
            continue
        where = "the HAR file" if path[:2] == ("log", "entries") else "the field " + ".".join(path[-3:])
        for item in values_in(text, wanted):
            yield replace(item.told(*found.notes, f"Found inside {where}."), inside=True)


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        if isinstance(value.get("configuration"), dict) or len(path) > 20:
            return  # an instance: its texts are its own
        for name, item in value.items():
            if isinstance(item, str) and value.get("encoding") == "base64" and name == "text":
                with suppress(binascii.Error, ValueError):
                    item = base64.b64decode(item).decode("utf-8", "replace")
            if name != "event.poller.configuration":
                yield from _texts(item, (*path, str(name)))
    elif isinstance(value, list) and len(path) <= 20:
        for item in value:
            yield from _texts(item, path)
    elif isinstance(value, str) and "{" in value:
        yield path, value
