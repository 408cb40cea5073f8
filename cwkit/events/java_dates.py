"""Java SimpleDateFormat patterns, taken apart into fields and text, and refused where Java refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, lru_cache

from cwkit.errors import DateError
from cwkit.events.time_zones import time_zone, zone_name
from cwkit.events.timestamps import EPOCH, Moment, shown
from cwkit.events.timestamps import moment as as_moment

__all__ = [
    "LETTERS",
    "LOCALE",
    "MILLISECONDS",
    "TIMESTAMP",
    "Field",
    "check_pattern",
    "format_date",
    "names",
    "pattern_parts",
]

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


LOCALE = "en_US"
"""The platform's locale: names are English, and a week begins on Sunday."""


def format_date(pattern: str, moment: Moment, zone: str = "GMT") -> str:
    """Write a moment as Java's ``SimpleDateFormat`` does (platform facts, section 5).

    ``pattern`` is a Java pattern, ``milliseconds`` or ``timestamp`` (seconds); ``moment`` a datetime,
    epoch milliseconds or ISO text; ``zone`` as :func:`cwkit.events.check_zone` takes it. Dates before
    October 1582, which Java counts by the Julian calendar, are written by the Gregorian one.

    Raises ``DateError`` where Java refuses the pattern, and for an unknown zone.

    >>> format_date("yyyy-MM-dd'T'HH:mm:ssX", 1569265234567, "PST")
    '2019-09-23T12:00:34-07'
    """
    when = as_moment(moment)
    if pattern == MILLISECONDS:
        return str((when - EPOCH) // timedelta(milliseconds=1))
    if pattern == TIMESTAMP:
        return str((when - EPOCH) // timedelta(seconds=1))
    parts = pattern_parts(pattern)
    try:
        local = when.astimezone(time_zone(zone))
    except OverflowError:
        local = None
    if local is None:
        raise DateError("This moment lies outside the years 1 to 9999.", fix="Check the year.")
    return "".join(
        part
        if isinstance(part, str)
        else zone_name(zone, local, long=part.count > 3)
        if part.letter == "z"
        else _WRITERS[part.letter](local, part.count)
        for part in parts
    )


@cache
def names(kind: str, width: str) -> dict[int | str, str]:
    """Return Babel's names: kind ``months`` (from 1), ``days`` (from Monday, 0), ``periods`` or ``eras``."""
    from babel import Locale

    locale = Locale.parse(LOCALE)
    if kind == "periods":
        return {key: locale.day_periods["format"][width][key].upper() for key in ("am", "pm")}
    table = locale.eras if kind == "eras" else getattr(locale, kind)["format"]
    return dict(table[width])


def _number(value: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda when, count: str(value(when)).zfill(count)


def _year(value: Callable[[datetime], int]) -> Callable[[datetime, int], str]:
    return lambda when, count: f"{value(when) % 100:02}" if count == 2 else str(value(when)).zfill(count)


def _month(when: datetime, count: int) -> str:
    if count < 3:
        return str(when.month).zfill(count)
    return names("months", "wide" if count > 3 else "abbreviated")[when.month]


def _weekday(when: datetime, count: int) -> str:
    return names("days", "wide" if count > 3 else "abbreviated")[when.weekday()]


def _offset_minutes(when: datetime) -> int:
    # Java divides milliseconds, dropping the seconds of a local mean time towards zero.
    return int((when.utcoffset() or timedelta()).total_seconds() / 60)


def _rfc_offset(when: datetime, count: int) -> str:
    minutes = _offset_minutes(when)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _iso_offset(when: datetime, count: int) -> str:
    if not when.utcoffset():
        return "Z"
    minutes = _offset_minutes(when)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}" + ("", f"{rest:02}", f":{rest:02}")[count - 1]


def first_day_of_week_year(year: int) -> date:
    """Return the Sunday on which a week year begins: the week that holds the first of January."""
    first = date(year, 1, 1)
    return first - timedelta(days=first.isoweekday() % 7)


def _week_year(when: datetime) -> int:
    day = when.date()
    # From 9999 on the next year does not exist for Python; its first days belong to no earlier week.
    return day.year + (day.year < 9999 and day >= first_day_of_week_year(day.year + 1))


def _week_of_year(when: datetime) -> int:
    start = date(_week_year(when), 1, 1)
    return ((when.date() - start).days + start.isoweekday() % 7) // 7 + 1


def _week_of_month(when: datetime) -> int:
    return (when.day - 1 + when.replace(day=1).isoweekday() % 7) // 7 + 1


_WRITERS: dict[str, Callable[[datetime, int], str]] = {
    "G": lambda when, count: names("eras", "abbreviated")[1],
    "y": _year(lambda when: when.year),
    "Y": _year(_week_year),
    "M": _month,
    "L": _month,
    "d": _number(lambda when: when.day),
    "D": _number(lambda when: when.timetuple().tm_yday),
    "F": _number(lambda when: (when.day - 1) // 7 + 1),
    "w": _number(_week_of_year),
    "W": _number(_week_of_month),
    "E": _weekday,
    "u": _number(lambda when: when.isoweekday()),
    "a": lambda when, count: names("periods", "abbreviated")["am" if when.hour < 12 else "pm"],
    "H": _number(lambda when: when.hour),
    "k": _number(lambda when: when.hour or 24),
    "K": _number(lambda when: when.hour % 12),
    "h": _number(lambda when: when.hour % 12 or 12),
    "m": _number(lambda when: when.minute),
    "s": _number(lambda when: when.second),
    "S": _number(lambda when: when.microsecond // 1000),
    "Z": _rfc_offset,
    "X": _iso_offset,
}
