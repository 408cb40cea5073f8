"""Every usual way to write a text: what a secret looks like in a URL, in JSON, HTML, XML, CSV or base64."""

from __future__ import annotations

import base64
import html.entities
import re
from collections.abc import Iterator

__all__ = ["spelling_pattern"]

_ENTITIES: dict[int, list[str]] = {}
for _name, _value in html.entities.html5.items():
    if _name.endswith(";") and len(_value) == 1:
        _ENTITIES.setdefault(ord(_value), []).append(_name)
_ESCAPES = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f", "/": "/"}


def spelling_pattern(text: str) -> str:
    """Return a regular expression that finds ``text`` in every usual way to write it.

    In plain, URL, JSON, HTML, XML and CSV spelling, also applied repeatedly or to a part of its characters,
    and in base64, also as a part of something longer. Three letters are found only where no letter or digit
    is beside them, because they can be a part of any word.
    """
    spelt = "".join(map(_spelt, text))
    if len(text) < 4:
        spelt = rf"(?<![^\W_]){spelt}(?![^\W_])"
    raw = text.encode("utf-8", "surrogatepass")
    encoded = sorted(set(_base64_forms(raw)), key=len, reverse=True) if len(text) > 2 else []
    return "|".join([spelt, *("".join(c if c.isalnum() else _spelt(c) for c in form) for form in encoded)])


def _spelt(character: str) -> str:
    """Return a pattern for one character of a secret in every usual way to write it."""
    raw, point = character.encode("utf-8", "surrogatepass"), ord(character)
    ways = []
    ways.append("".join(f"%(?:25)*(?i:{byte:02x})" for byte in raw))  # URL encoding, once or repeatedly
    names = "".join(f"{name[:-1]}|" for name in _ENTITIES.get(point, ()))
    ways.append(rf"&(?:amp;)*(?:{names}#0*{point}|#[xX]0*(?i:{point:x}));")
    units = character.encode("utf-16-be", "surrogatepass").hex()
    escaped = "".join(rf"\\{{1,8}}u(?i:{units[i : i + 4]})" for i in range(0, len(units), 4))
    ways += [escaped, rf"\\{{1,8}}U(?i:{point:08x})"]
    if point < 256:
        ways.append(rf"\\{{1,8}}x(?i:{point:02x})")
    if character in _ESCAPES:
        ways.append(rf"\\{{1,8}}{_ESCAPES[character]}")
    if character in "'\"":
        ways.insert(0, rf"(?:\\{{0,8}}{character}){{1,2}}")  # doubled in CSV and SQL
    elif character == "\\":
        ways.insert(0, r"\\{1,8}")
    elif character in " +":
        ways.append("(?:[ +]|%(?:25)*2[0bB])")  # a form reads one for the other
    elif point > 127:
        ways.append(re.escape(raw.decode("latin-1")))
    ways.append(re.escape(character))  # last: a percent sign is also the beginning of its code
    return f"(?:{'|'.join(ways)})"


def _base64_forms(raw: bytes) -> Iterator[str]:
    """Yield what base64 makes of a secret, alone and as a part of something longer."""
    for offset in range(3 if len(raw) >= 6 else 1):
        whole = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        # The characters at its ends also depend on what is beside it.
        inner = whole[(0, 2, 3)[offset] : len(whole) - ((offset + len(raw)) % 3 > 0)]
        for form in {inner, whole} if not offset else {inner}:
            if len(form) >= min(8, len(whole)):
                yield form
                yield form.translate(str.maketrans("+/", "-_"))
