"""Dates written as Java's SimpleDateFormat writes them, over Babel's CLDR names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache

from cwkit.errors import DateError
from cwkit.events.moments import EPOCH, Moment
from cwkit.events.moments import moment as as_moment
from cwkit.events.patterns import MILLISECONDS, TIMESTAMP, pattern_parts
from cwkit.events.zones import time_zone

__all__ = ["LOCALE", "format_date", "names"]

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
        part if isinstance(part, str) else _WRITERS[part.letter](local, part.count) for part in parts
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


def _zone_name(when: datetime, count: int) -> str:
    name = when.tzname() or ""
    if count < 4 or name.startswith(("GMT", "UTC")):
        if name[:1] in "+-":  # a zone that has no abbreviation
            return f"GMT{_iso_offset(when, 3).replace('Z', '')}"
        return name
    from babel.dates import get_timezone_name

    return str(get_timezone_name(when, width="long", locale=LOCALE))


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
    "z": _zone_name,
    "Z": _rfc_offset,
    "X": _iso_offset,
}
