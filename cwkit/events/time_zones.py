"""Time zones by the names that Java knows them by, its three-letter abbreviations included."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from importlib import resources

from cwkit.errors import DateError
from cwkit.events.timestamps import shown

__all__ = ["ABBREVIATIONS", "check_zone", "time_zone", "zone_name"]

ABBREVIATIONS: dict[str, str | int] = {
    "ACT": "Australia/Darwin", "AET": "Australia/Sydney", "AGT": "America/Argentina/Buenos_Aires",
    "ART": "Africa/Cairo", "AST": "America/Anchorage", "BET": "America/Sao_Paulo", "BST": "Asia/Dhaka",
    "CAT": "Africa/Harare", "CNT": "America/St_Johns", "CST": "America/Chicago", "CTT": "Asia/Shanghai",
    "EAT": "Africa/Addis_Ababa", "ECT": "Europe/Paris", "EST": -5, "HST": -10,
    "IET": "America/Indiana/Indianapolis", "IST": "Asia/Kolkata", "JST": "Asia/Tokyo", "MIT": "Pacific/Apia",
    "MST": -7, "NET": "Asia/Yerevan", "NST": "Pacific/Auckland", "PLT": "Asia/Karachi",
    "PNT": "America/Phoenix", "PRT": "America/Puerto_Rico", "PST": "America/Los_Angeles",
    "SST": "Pacific/Guadalcanal", "VST": "Asia/Ho_Chi_Minh",
}  # fmt: skip
"""
Java's three-letter zones: a zone of the tz database, or whole hours from GMT without daylight saving.

Note EST, MST and HST, which have none, and AST, BST, IST, which are not what many expect.
"""

_GMT = frozenset({"GMT", "UTC", "UT", "Z", "GMT0"})
_OFFSET = re.compile(r"(?:GMT)?([+-])(\d{1,2})(?::?(\d\d))?")


@lru_cache(maxsize=512)
def time_zone(name: str) -> tzinfo:
    """Return the time zone that Java means by ``name``.

    Takes ids of the tz database, :data:`ABBREVIATIONS`, ``GMT+5:30`` and a bare offset such as ``-8:00``;
    blank means GMT. Raises ``DateError`` for a name that does not exist. Java would not: it takes GMT
    without a word, which is why such a mistake goes unseen.
    """
    text = name.strip()
    if not text or text.upper() in _GMT:
        return UTC
    if text in ABBREVIATIONS:
        known = ABBREVIATIONS[text]
        return zoneinfo.ZoneInfo(known) if isinstance(known, str) else timezone(timedelta(hours=known), text)
    if offset := _OFFSET.fullmatch(text):
        hours, minutes = int(offset[2]), int(offset[3] or 0)
        if hours <= 23 and minutes <= 59:
            label = f"GMT{offset[1]}{hours:02}:{minutes:02}"
            return timezone((-1 if offset[1] == "-" else 1) * timedelta(hours=hours, minutes=minutes), label)
    elif text in _ids():
        return zoneinfo.ZoneInfo(text)
    raise DateError(
        f"There is no time zone {shown(text)}. The platform takes GMT for it, without saying so.",
        fix=_suggestion(text),
        value=shown(text),
    )


def check_zone(zone: str) -> None:
    """Raise ``DateError`` where ``zone`` is not a time zone that Java knows; blank is GMT."""
    time_zone(zone)


def zone_name(zone: str, when: datetime, *, long: bool) -> str:
    """Return the English name that Java gives a zone at ``when``, a datetime in that zone.

    Short names as ``PDT``, long ones as ``Pacific Daylight Time``; a bare offset is ``GMT-08:00``.
    """
    text = zone.strip() or "GMT"
    names = _zone_names().get("GMT" if text.upper() in _GREENWICH else text)
    if names is None:  # an offset, or a zone younger than Java's table
        minutes = int((when.utcoffset() or timedelta()).total_seconds() / 60)
        sign = "-" if minutes < 0 else "+"
        return f"GMT{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}" if minutes else "GMT"
    saving = when.dst() or timedelta()
    # These zones call their summer time the standard and go back in winter; Java names them by the season.
    daylight = (not saving) if text in _WINTER_SAVING else saving > timedelta()
    return names[(2 if daylight else 0) + long]


_GREENWICH = frozenset({"UT", "Z"})
_WINTER_SAVING = frozenset({"Europe/Dublin", "Eire"})


@cache
def _zone_names() -> dict[str, tuple[str, ...]]:
    """Return short, long, short daylight and long daylight name of each zone (as JDK 17 prints them)."""
    table = resources.files("cwkit.events").joinpath("zone_names.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in table.splitlines()[1:])
    return {zone: tuple(names) for *names, zones in rows for zone in zones.split()}


@cache
def _ids() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _suggestion(text: str) -> str:
    plain = text.casefold()
    summer = {"pdt": "PST", "edt": "America/New_York", "cdt": "CST", "mdt": "America/Denver"}
    meant = summer.get(plain) or next(
        (known for known in (*ABBREVIATIONS, *sorted(_ids())) if known.casefold() == plain), ""
    )
    if meant:
        return f"Write {meant}."
    return "Write GMT, an offset such as GMT-8:00, or a name such as America/Los_Angeles."
