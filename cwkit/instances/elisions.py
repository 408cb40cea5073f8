"""Elisions and foreign spellings in pasted JSON, put back into JSON.

Parts left out (``[...]``, ``}...,``, ``<snip>``), values without quotes (``xxxxxx``), typographic and single
quotes, Python's words, comments, extra commas, values wrapped over lines. Linear in the length of the text.
What was done is noted, with the keys it was done to.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field

__all__ = ["Notes", "as_json"]

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<stray>\\+["'“”„‟]?)   # an escaped quote begins no text; else every one would be scanned from
    | (?P<unescaped>"(?=\{\s*"\w) | (?<=[}\]])"(?=\s*[,}\]]|\s*\Z))
    | (?P<string>"[^"\\\n\r]*(?:\\.[^"\\\n\r]*)*")
    | (?P<wrapped>"[^"\\]*(?:\\.[^"\\]*)*"(?=\s*[,:}\]]|\s*\Z))
    | (?P<single>'[^'\\\n\r]*(?:\\.[^'\\\n\r]*)*'(?=\s*[,:}\])]|\s*\Z))
    | (?P<curly>[“”„‟][^“”„‟\\]*(?:\\.[^“”„‟\\]*)*[“”„‟])
    | (?P<unfinished>["“”„‟][^"“”„‟\\]*(?:\\.[^"“”„‟\\]*)*\\?\Z)
    | (?P<comment>(?<![:\w])(?://|\#\s)[^\n]*|/\*[^*]{0,2000}\*/|<!--.{0,2000}?-->)
    | (?P<elision>
        [\[(<{*~\-]{0,9}[ \t]*(?:snip\w*|truncated|omitted|removed|shortened|redacted|cut
          |\d+[ ]more[^\n,"{}]{0,40}|and[ ]so[ ]on|etc\.?)[ \t]*[\])>}*~\-]{0,9}(?=\s*(?:[,}\]"'.…]|\Z))
      | [\[(<][ \t]*(?:\.{2,}|…)[ \t]*[\])>] | \*{3,}(?=\s*(?:[,}\]"]|\Z)) | -{3,}(?=\s*(?:[,}\]"]|\Z))
      | \.{2,} | … )
    | (?P<open>[{\[])
    | (?P<close>[}\]])
    | (?P<comma>,)
    | (?P<colon>:)
    | (?P<number>-?(?:0|[1-9]\d{0,400})(?:\.\d{1,400})?(?:[eE][+-]?\d{1,3})?(?=[\s,}\]]|\Z))
    | (?P<bare>(?:(?!\.{2,})(?:[^\s,:{}\[\]"“”„‟…\\]|:(?=//)))+)
    | (?P<rest>.)
    """,
    re.X | re.S | re.I,
)
_WORDS = {"true": "true", "false": "false", "null": "null"}
_FOREIGN = {"True": "true", "False": "false", "None": "null", "undefined": "null", "NaN": "null"}
_HEX = "[0-9a-fA-F]"
_ESCAPE = re.compile(
    rf'\\(?:["\\/bfnrt]|u{_HEX}{{4}}|x({_HEX}{{2}})|U(00(?:0{_HEX}|10){_HEX}{{4}})|(.))', re.S
)
"""An escape in a text; Python's are the first two groups, what nobody knows is the third."""

LEFT_OUT = "left out"
NO_QUOTES = "no quotes"
UNFINISHED = "unfinished"
_TEXTS = {
    LEFT_OUT: "Left out in the text: {}.",
    UNFINISHED: "The text ends in the middle of: {}.",
    NO_QUOTES: "Written without quotes, read as text: {}.",
    "single": "Single quotes were read as double quotes.",
    "curly": "Typographic quotes were read as plain ones.",
    "python": "Python's True, False and None were read as JSON's.",
    "comment": "Comments were ignored.",
    "comma": "Extra commas were removed.",
    "wrapped": "Values that went over more than one line were joined: {}.",
    "words": "Joined over a line break with a space, which may not have been there: {}.",
    "twice": "Twice in the text, the last is used: {}.",
    "doubt": "Doubtful, because the text around it is broken: {}.",
    "encoded": "It may be quoted-printable (=3D for =), and is read as written: {}.",
    "lost": "In the text, but not understood: {}.",
    "unescaped": "Quotes inside a value were not escaped: {}.",
    "escape": "Backslashes that JSON does not know were kept as text: {}.",
}


@dataclass
class Notes:
    """What had to be done to read a text: kinds of repair, each with the keys it was done to."""

    kinds: dict[str, dict[str, None]] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)

    def add(self, kind: str, key: str = "") -> None:
        """Note a repair of ``kind`` at ``key``."""
        keys = self.kinds.setdefault(kind, {})
        if key:
            keys[key] = None

    @property
    def partial(self) -> bool:
        """Return whether a part of a configuration was left out or cut off."""
        left_out = self.kinds.get(LEFT_OUT, {})
        return UNFINISHED in self.kinds or any(key.split(".")[-1] == "configuration" for key in left_out)

    def lines(self) -> list[str]:
        """Return the notes in plain words."""
        return [*self.texts, *(_TEXTS[kind].format(_listed(list(keys))) for kind, keys in self.kinds.items())]


def _listed(keys: list[str]) -> str:
    shown = [key if len(key) <= 60 else f"{key[:57]}..." for key in keys[:40]]
    more = [f"{len(keys) - 40} more"] if len(keys) > 40 else []
    return ", ".join([*shown, *more]) or "a part"


def as_json(text: str, notes: Notes) -> str:
    """Return ``text`` with elisions, foreign quotes, comments and words put into JSON; other faults stay."""
    writer = _Writer(notes)
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "rest"
        if kind != "space":
            writer.token(kind, match[0])
    return writer.text()


class _Writer:
    """Writes tokens out as JSON; knows which key it is at, to tell where something was done."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._out: list[str] = []
        self._keys: list[str] = []
        self._last = "start"
        self._last_text = ""
        self._comma = False

    def text(self) -> str:
        return "".join(self._out)

    def token(self, kind: str, text: str) -> None:
        """Write one token."""
        if kind in ("comment", "unescaped"):
            self._notes.add(kind, self._key())
        elif kind == "elision" and self._last == "colon" and text[0] == "[":
            self._put("[]", "value")
            self._notes.add(LEFT_OUT, self._key())
        elif kind in ("elision", "unfinished"):
            self._left_out(LEFT_OUT if kind == "elision" else UNFINISHED)
        elif kind == "comma":
            if self._comma or self._last not in ("value", "close", "elision"):
                self._notes.add("comma")
            self._comma = self._last not in ("open", "start")
        elif kind == "colon":
            self._colon()
        elif kind == "close":
            self._close(text)
        elif kind == "open":
            self._put(text, "open")
            self._keys.append("")
        else:
            self._put(self._value(kind, text), "value")

    def _key(self, end: int | None = None) -> str:
        return ".".join(key for key in self._keys[-6:][:end] if key)

    def _put(self, text: str, kind: str) -> None:
        if self._comma:
            self._out.append(",")
            self._comma = False
        self._out.append(text)
        self._last, self._last_text = kind, text

    def _colon(self) -> None:
        if self._keys and self._last == "value":
            try:
                self._keys[-1] = str(json.loads(self._last_text))
            except ValueError:
                self._keys[-1] = ""
        self._out.append(":")
        self._last = "colon"

    def _left_out(self, kind: str) -> None:
        empty = self._last == "colon"
        if empty:
            self._put("null", "value")
        # After a value it is a part of the object around that is left out, not of the value.
        self._notes.add(kind, self._key(-1 if self._last == "value" and not empty else None))
        if self._last != "open":
            self._last = "elision"

    def _close(self, text: str) -> None:
        if self._comma:
            self._comma = False
            if self._last != "elision":
                self._notes.add("comma")
        if self._last == "colon":
            self._put("null", "value")
        self._put(text, "close")
        if self._keys:
            self._keys.pop()

    def _value(self, kind: str, text: str) -> str:
        if kind == "string":
            return self._escaped(text)
        if kind == "number":
            return text
        if kind in ("single", "curly", "wrapped"):
            spaced = kind != "single" and _breaks_at_space(text)
            self._notes.add("words" if spaced else kind, self._key())
            return _requoted(kind, text, " " if spaced else "")
        if text in _WORDS:
            return text
        if text in _FOREIGN:
            self._notes.add("python")
            return _FOREIGN[text]
        at_value = self._last == "colon" or (self._last in ("open", "value", "close") and kind == "bare")
        if at_value and kind == "bare":
            self._notes.add(NO_QUOTES, self._key())
            return json.dumps(text)
        return text

    def _escaped(self, text: str) -> str:
        if "\\" not in text:
            return text
        known = _ESCAPE.sub(_kept_backslash, text)
        if known != text:
            self._notes.add("escape", self._key())
        return known


def _kept_backslash(match: re.Match[str]) -> str:
    if code := match[1] or match[2]:
        return json.dumps(chr(int(code, 16)))[1:-1]
    if match[3] is None:
        return match[0]
    return "'" if match[3] == "'" else rf"\\{match[3]}"


_LINE_BREAK = re.compile(r"[ \t]*[\r\n]+[ \t]*")


def _breaks_at_space(text: str) -> bool:
    """Return whether a value over two lines was wrapped between words, as mail programs do."""
    return bool(_LINE_BREAK.search(text)) and not re.search(r"[/=&?%@<>:_$.\d]", text)


def _requoted(kind: str, text: str, between: str) -> str:
    inner = text[1:-1]
    if kind == "single":
        try:
            return json.dumps(str(ast.literal_eval(text)))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return json.dumps(inner)
    inner = _LINE_BREAK.sub(between, inner)
    if kind == "wrapped":
        return f'"{inner}"'
    inner = re.sub(r"\\[“”„‟]", r"\"", inner).translate({0x2018: "'", 0x2019: "'", 0x201A: "'"})
    return '"' + re.sub(r'(?<!\\)"', r"\"", inner) + '"'
