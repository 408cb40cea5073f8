"""Dates read as Java's SimpleDateFormat reads them: leniently, and no further than the pattern goes.

Like Java: text after the end of the pattern is ignored, a month 13 is next January, spaces before a field
are skipped, names are read in any case, and ``S`` is a number of milliseconds whatever its length, so that
six digits of it are minutes. Unlike Java: a number has no minus sign (Java takes ``2019--9-3`` for a
date in 2018), and moments outside the years 1 to 9999 are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache

from cwkit.errors import DateError
from cwkit.events.java_dates import (
    LOCALE,
    MILLISECONDS,
    TIMESTAMP,
    Field,
    first_day_of_week_year,
    names,
    pattern_parts,
)
from cwkit.events.time_zones import ABBREVIATIONS, time_zone
from cwkit.events.timestamps import EPOCH, is_missing, shown

__all__ = ["parse_date", "read_date"]

_NUMERIC = "yYdDFwWuHkKhmsS"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_DIGITS = re.compile(r"[0-9]+")
_OFFSETS = {
    "Z": re.compile(r"([+-])(\d\d)(\d\d)"),
    "GMT": re.compile(r"gmt(?:([+-])(\d\d?):(\d\d))?", re.I),
    "X1": re.compile(r"([+-])(\d\d)"),
    "X2": re.compile(r"([+-])(\d\d)(\d\d)"),
    "X3": re.compile(r"([+-])(\d\d):(\d\d)"),
}


class _Mismatch(Exception):
    """The text does not go on as the pattern does."""

    def __init__(self, position: int, wanted: str) -> None:
        self.position, self.wanted = position, wanted


def parse_date(pattern: str, text: str, zone: str = "GMT") -> datetime:
    """Read a text as Java's ``SimpleDateFormat`` does; return a datetime in UTC.

    ``pattern`` is a Java pattern, ``milliseconds`` or ``timestamp`` (seconds); ``zone`` counts where the
    text names none. A time that a change of clocks leaves out or repeats is read as standard time.

    Raises ``DateError`` where the text does not fit the pattern (``position`` is where in the text), and
    for a pattern or zone that Java does not know.

    >>> parse_date("MM/dd/yyyy hh:mm:ss a", "09/23/2019 12:00:00 PM", zone="PST").isoformat()
    '2019-09-23T19:00:00+00:00'
    """
    if pattern in (MILLISECONDS, TIMESTAMP):
        return _epoch(pattern, text)
    parts, place = pattern_parts(pattern), time_zone(zone)
    failed = None
    try:
        return _assemble(_read(parts, text), place)
    except _Mismatch as mismatch:
        failed = mismatch
    except (OverflowError, ValueError):
        pass
    if failed is None:
        raise DateError(
            f"{shown(text)} lies outside the years 1 to 9999.", fix="Check the year.", value=shown(text)
        )
    raise DateError(
        f"{shown(text)} does not fit the date format {shown(pattern)}: "
        f"{failed.wanted} was expected at character {failed.position + 1}.",
        fix="Take the format that the record's dates are written in.",
        value=shown(text),
        position=failed.position,
    )


def read_date(value: object, pattern: str, zone: str = "GMT") -> datetime | None:
    """Return the moment in a record's field, ``None`` where it is empty.

    A datetime, as in a table whose dates have been read already, is taken as it is; anything else as
    :func:`parse_date` takes its text. Raises ``DateError``.
    """
    if is_missing(value):
        return None
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=time_zone(zone))
        return EPOCH + (aware - EPOCH)
    return parse_date(pattern, str(value).strip(), zone)


def _epoch(pattern: str, text: str) -> datetime:
    number = _NUMBER.fullmatch(text.strip())
    if number and len(text) < 30:
        unit = "seconds" if pattern == TIMESTAMP else "milliseconds"
        amount = float(number[0]) if "." in number[0] else int(number[0])
        try:
            return EPOCH + timedelta(**{unit: amount})
        except OverflowError:
            pass
    raise DateError(
        f"{shown(text)} does not fit the date format {pattern!r}: a number was expected.",
        fix="Take the format that the record's dates are written in.",
        value=shown(text),
        position=0,
    )


def _read(parts: tuple[Field | str, ...], text: str) -> dict[str, int | tzinfo]:
    """Return what each field says, under the field's letter."""
    found: dict[str, int | tzinfo] = {}
    position = 0
    for index, part in enumerate(parts):
        if isinstance(part, str):
            if not text.startswith(part, position):
                raise _Mismatch(position, shown(part))
            position += len(part)
            continue
        following = parts[index + 1] if index + 1 < len(parts) else ""
        position += len(text[position:]) - len(text[position:].lstrip(" \t"))
        limit = part.count if isinstance(following, Field) and _is_number(following) else None
        value, position = _reader(part)(part, text, position, limit)
        letter = "M" if part.letter == "L" else "X" if part.letter in "zZX" else part.letter
        found.pop(letter, None)  # the order of the keys is the order in which the fields were set
        found[letter] = value
    return found


def _is_number(field: Field) -> bool:
    return field.letter in _NUMERIC or (field.letter in "ML" and field.count < 3)


def _reader(field: Field) -> Callable[[Field, str, int, int | None], tuple[int | tzinfo, int]]:
    if _is_number(field):
        return _read_number
    return _read_name if field.letter in "GMLEa" else _read_zone


def _read_number(field: Field, text: str, position: int, limit: int | None) -> tuple[int, int]:
    end = len(text) if limit is None else position + limit
    match = _DIGITS.match(text, position, end)
    if not match:
        raise _Mismatch(position, f"a number ({field.letter * field.count})")
    if len(match[0]) > 12:
        raise OverflowError
    value = int(match[0])
    if field.letter in "yY" and field.count <= 2 and len(match[0]) == 2:
        value = _full_year(value)
    return value, match.end()


def _full_year(two_digits: int) -> int:
    # Java's century begins eighty years before today.
    start = datetime.now(UTC).year - 80
    return start - start % 100 + two_digits + (100 if two_digits < start % 100 else 0)


def _read_name(field: Field, text: str, position: int, limit: int | None) -> tuple[int, int]:
    rest = text[position:].casefold()
    hits = [(name, number) for name, number in _names_read(field.letter) if rest.startswith(name)]
    if not hits:
        kind = {"G": "AD", "a": "AM or PM", "E": "the name of a weekday"}.get(
            field.letter, "the name of a month"
        )
        raise _Mismatch(position, kind)
    name, number = max(hits, key=lambda hit: len(hit[0]))
    return number, position + len(name)


@cache
def _names_read(letter: str) -> tuple[tuple[str, int], ...]:
    if letter == "a":
        return (("am", 0), ("pm", 1))
    if letter == "G":
        return (("ad", 1),)
    kind = "days" if letter == "E" else "months"
    return tuple(
        (name.casefold(), int(number))
        for width in ("wide", "abbreviated")
        for number, name in names(kind, width).items()
    )


def _read_zone(field: Field, text: str, position: int, limit: int | None) -> tuple[tzinfo, int]:
    if field.letter == "X":
        if text.startswith("Z", position):
            return UTC, position + 1
        match = _OFFSETS[f"X{field.count}"].match(text, position)
        wanted = "Z or an offset such as " + ("-08", "-0800", "-08:00")[field.count - 1]
    else:
        match = _OFFSETS["Z"].match(text, position) or _OFFSETS["GMT"].match(text, position)
        wanted = "an offset such as -0800, or the name of a time zone"
    if match:
        sign, hours, minutes = [*match.groups(), None][:3]
        if int(hours or 0) > 23 or int(minutes or 0) > 59:
            raise _Mismatch(position, wanted)
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        return timezone(-offset if sign == "-" else offset), match.end()
    if field.letter != "X":
        rest = text[position:].casefold()
        hits = [(name, offset) for name, offset in _zone_names() if rest.startswith(name)]
        if hits:
            name, hours_off = max(hits, key=lambda hit: len(hit[0]))
            return timezone(timedelta(hours=hours_off)), position + len(name)
    raise _Mismatch(position, wanted)


@cache
def _zone_names() -> tuple[tuple[str, float], ...]:
    """Return the English names of zones that a date may hold, with their hours from GMT."""
    from babel import Locale

    found: dict[str, float] = {"utc": 0, "ut": 0, "utc0": 0}
    summer = {"PDT": -7, "MDT": -6, "CDT": -5, "EDT": -4, "AKDT": -8, "AKST": -9, "CET": 1, "CEST": 2}
    winter = datetime(2020, 1, 1)
    for name in ABBREVIATIONS:
        offset = time_zone(name).utcoffset(winter) or timedelta()
        found[name.casefold()] = offset.total_seconds() / 3600
    found |= {name.casefold(): hours for name, hours in summer.items()}
    long_names = Locale.parse(LOCALE).meta_zones
    for meta, hours in {"America_Pacific": -8, "America_Mountain": -7, "America_Central": -6,
                        "America_Eastern": -5, "GMT": 0}.items():  # fmt: skip
        table = long_names[meta]["long"]
        found[table["standard"].casefold()] = hours
        if "daylight" in table:
            found[table["daylight"].casefold()] = hours + 1
    return tuple(found.items())


def _assemble(found: dict[str, int | tzinfo], place: tzinfo) -> datetime:
    numbers = {letter: value for letter, value in found.items() if isinstance(value, int)}
    clock = timedelta(
        hours=_hour(numbers),
        minutes=numbers.get("m", 0),
        seconds=numbers.get("s", 0),
        milliseconds=numbers.get("S", 0),
    )
    wall = datetime.combine(_day(numbers), datetime.min.time()) + clock
    zone = found.get("X", place)
    assert isinstance(zone, tzinfo)
    later = wall.replace(tzinfo=zone, fold=1)
    moment = EPOCH + (later.replace(tzinfo=None) - datetime(1970, 1, 1) - (later.utcoffset() or timedelta()))
    if moment.astimezone(zone).replace(tzinfo=None) != wall:  # the clocks were put forward over this time
        earlier = wall.replace(tzinfo=zone, fold=0)
        moment = EPOCH + (wall - datetime(1970, 1, 1) - (earlier.utcoffset() or timedelta()))
    return moment


# Java's GregorianCalendar resolves fields that contradict each other by which of them was set last. What
# follows does the same, so that a pattern which means something else than it seems gives Java's result.


def _hour(numbers: dict[str, int]) -> int:
    """Return the hour of the day: by the 24-hour field, or by the 12-hour field with its half of the day."""
    order = {letter: place for place, letter in enumerate(numbers, 1)}
    whole = max(order.get("H", 0), order.get("k", 0))
    half = max(order.get("K", 0), order.get("h", 0))
    both = max(half, order["a"]) if half and "a" in order else 0
    if whole and whole >= both:
        if whole == order.get("H"):
            return numbers["H"]
        return 0 if numbers["k"] == 24 else numbers["k"]
    letter = "K" if half and half == order.get("K") else "h"
    hour = numbers.get(letter, 0)
    return (0 if letter == "h" and hour == 12 else hour) + 12 * numbers.get("a", 0)


def _day(numbers: dict[str, int]) -> date:
    """Return the day that the fields name, the fields set last deciding."""
    order = {letter: place for place, letter in enumerate(numbers, 1)}
    weekday = _weekday(numbers, order)
    if "Y" in order and order["Y"] > order.get("y", 0):
        weeks = numbers.get("w", 1) - 1
        if order.get("u", 0) > order.get("E", 0):  # 1 is Monday; 8 is the Monday after, 0 the Sunday before
            further, day = divmod(numbers["u"] - 1, 7)
            weeks, weekday = weeks + further, (day + 1) % 7
        return first_day_of_week_year(numbers["Y"]) + timedelta(weeks=weeks, days=weekday or 0)
    year = numbers.get("y", 1970)
    by = _resolved_by(order)
    if by == "D":
        return date(year, 1, 1) + timedelta(days=numbers["D"] - 1)
    if by == "w":
        start = first_day_of_week_year(year)
        return start + timedelta(weeks=numbers["w"] - 1, days=weekday or 0)
    years, month = divmod(numbers.get("M", 1) - 1, 12)
    first = date(year + years, month + 1, 1)
    if by == "W":
        sunday = first - timedelta(days=first.isoweekday() % 7)
        return sunday + timedelta(weeks=numbers["W"] - 1, days=weekday or 0)
    if by == "F":
        last = first + timedelta(days=7 * numbers.get("F", 1) - 1)
        return last - timedelta(days=(last.isoweekday() % 7 - (weekday or 0)) % 7)
    return first + timedelta(days=numbers.get("d", 1) - 1)


def _weekday(numbers: dict[str, int], order: dict[str, int]) -> int | None:
    """Return the day of the week, from Sunday (0). Java counts an impossible ``u`` from Sunday on."""
    if "u" not in order and "E" not in order:
        return None
    if order.get("u", 0) > order.get("E", 0):
        return numbers["u"] % 7 if 1 <= numbers["u"] <= 7 else (numbers["u"] - 1) % 7
    return (numbers["E"] + 1) % 7


def _resolved_by(order: dict[str, int]) -> str:
    """Return the letter of the field by which Java finds the day: d, D, w, W or F."""
    weekday = max(order.get("u", 0), order.get("E", 0))

    def with_weekday(letter: str) -> int:
        return max(order[letter], weekday) if letter in order and weekday else 0

    stamps = {"d": order.get("d", 0), **{letter: with_weekday(letter) for letter in "WF"}}
    stamps |= {"D": order.get("D", 0), "w": with_weekday("w")}
    best = max(stamps.values())
    if not best:
        alone = {"W": order.get("W", 0), "F": max(order.get("F", 0), weekday), "w": order.get("w", 0)}
        best = max(alone.values())
        if not best:
            return "d"
        stamps = {"d": 0, "D": 0, **alone}
    if best == stamps["d"]:
        return "d"
    in_month = [
        letter for letter in "WF" if best == stamps[letter] and order.get(letter, 0) >= order.get("w", 0)
    ]
    if in_month:
        if stamps["W"] == stamps["F"]:
            return "W" if order.get("W", 0) >= order.get("F", 0) else "F"
        return "W" if best == stamps["W"] else "F"
    return "D" if best == stamps["D"] else "w"
