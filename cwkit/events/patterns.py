"""Java SimpleDateFormat patterns, taken apart into fields and text, and refused where Java refuses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cwkit.errors import DateError
from cwkit.events.moments import shown

__all__ = ["LETTERS", "MILLISECONDS", "TIMESTAMP", "Field", "check_pattern", "pattern_parts"]

LETTERS = "GyMdkHmsSEDFwWahKzZYuXL"
"""The letters that SimpleDateFormat knows; any other letter outside quotes is refused."""

MILLISECONDS = "milliseconds"
TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class Field:
    """A run of one pattern letter: ``yyyy`` is ``Field("y", 4, position)``."""

    letter: str
    count: int
    position: int


def check_pattern(pattern: str) -> None:
    """Raise ``DateError``, with the position, where Java would refuse ``pattern``.

    ``milliseconds`` and ``timestamp`` are formats of the platform's own, and right.
    """
    if pattern not in (MILLISECONDS, TIMESTAMP):
        pattern_parts(pattern)


@lru_cache(maxsize=1024)
def pattern_parts(pattern: str) -> tuple[Field | str, ...]:
    """Return the fields and literal texts of a pattern, in order.

    Raises ``DateError`` for an unknown letter, a quote without its end, and more than three ``X``.
    """
    parts: list[Field | str] = []
    index, quoted_from = 0, -1
    while index < len(pattern):
        letter = pattern[index]
        if letter == "'":
            if pattern[index + 1 : index + 2] == "'":  # two quotes are one, within quotes and without
                _literal(parts, "'")
                index += 2
                continue
            quoted_from = index if quoted_from < 0 else -1
            parts.append("")  # what stands before and after is not one run of letters
            index += 1
        elif quoted_from >= 0 or not (letter.isascii() and letter.isalpha()):
            _literal(parts, letter)
            index += 1
        else:
            count = len(pattern[index:]) - len(pattern[index:].lstrip(letter))
            _check_field(pattern, letter, count, index)
            parts.append(Field(letter, count, index))
            index += count
    if quoted_from >= 0:
        raise _refused(
            pattern, quoted_from, "a quote that is opened here is never closed", "Close the quote."
        )
    return tuple(part for part in parts if part)


def _literal(parts: list[Field | str], text: str) -> None:
    if parts and isinstance(parts[-1], str):
        parts[-1] += text
    else:
        parts.append(text)


def _check_field(pattern: str, letter: str, count: int, position: int) -> None:
    if letter not in LETTERS:
        raise _refused(
            pattern,
            position,
            f"the letter {letter} means nothing",
            f"Put text in single quotes, as in 'T', or use one of the letters {' '.join(LETTERS)}.",
        )
    if letter == "X" and count > 3:
        raise _refused(pattern, position, f"{count} X in a row are too many", "Write X, XX or XXX.")


def _refused(pattern: str, position: int, reason: str, fix: str) -> DateError:
    return DateError(
        f"Java refuses the date pattern {shown(pattern)}: {reason} (character {position + 1} of it).",
        fix=fix,
        value=shown(pattern),
        position=position,
    )
