"""Findings on the dates of a poller: its ``${...}``, date patterns and time zones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cwkit.errors import DateError, TemplateError
from cwkit.events import check_pattern, check_zone
from cwkit.events.java_dates import MILLISECONDS, TIMESTAMP, Field, pattern_parts
from cwkit.events.poll_url import Placeholder, check_template
from cwkit.events.time_zones import time_zone
from cwkit.instances.finding import Finding, make_finding

__all__ = ["placeholder_findings", "record_date_findings"]

_LONGEST_PATTERN = 200
_SEASONS = (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC))
_FIXED = re.compile(r"(Z|([+-])(\d\d):?(\d\d))\s*$")
"""A zone written as text at the end of a date: always the same, whatever the date's own zone."""
_BEHIND = re.compile(r"(?:Z|[+-]\d\d:?\d\d)(?=['\"&)\s]|$)")


def placeholder_findings(name: str, url: str, slot: Placeholder) -> Iterator[Finding]:
    """Yield what is wrong with one ``${...}`` or blank of the URL of the resource ``name``."""
    if slot.kind == "unfilled":
        yield make_finding("placeholder-unfilled", name, value=slot.text)
    elif slot.kind == "unknown" and slot.meant:
        yield make_finding("descriptor-case", name, "right", value=slot.text, right=slot.meant)
    elif slot.kind in ("unclosed", "unknown"):
        yield from _refused(name, slot)
    else:
        yield from _dated(name, url, slot)


def _dated(name: str, url: str, slot: Placeholder) -> Iterator[Finding]:
    pattern = slot.pattern if slot.descriptor != "epoch" else ""
    wrong = [
        *_pattern_findings(name, pattern),
        *(_zone_findings(name, slot.zone) if slot.zone else ()),
    ] or list(_refused(name, slot))
    yield from wrong
    if any(finding.code != "pattern-meaning" for finding in wrong) or not pattern:
        return
    behind = _BEHIND.match(url[slot.end :])
    mark = behind[0] if behind else _fixed_zone(pattern)
    if not mark:
        return
    server = slot.descriptor in ("date", "now")
    if server and _offset(mark) == timedelta(0):
        right = "gmtDate" if slot.descriptor == "date" else "nowTimeZone:GMT"
        yield make_finding(
            "date-not-gmt", name, "right", value=slot.text, right=right, descriptor=slot.descriptor
        )
    elif _offsets(slot.zone) != {_offset(mark)}:
        zone = slot.zone or ("the server, which is GMT" if server else "GMT")
        yield make_finding("zone-contradiction", name, value=slot.text, zone=zone, mark=mark)


def _refused(name: str, slot: Placeholder) -> Iterator[Finding]:
    try:
        # Spaces in front keep the position that the message names.
        check_template(" " * slot.position + slot.text)
    except TemplateError as error:
        yield make_finding("template-refused", name, fix=error.fix, reason=error.message)


def record_date_findings(
    name: str, updated: tuple[str, str, str], created: tuple[str, str, str]
) -> Iterator[Finding]:
    """Yield what is wrong with the dates of records, each given as field, format and time zone."""
    yield from _side(name, "updatedDate", *updated)
    # What both have in common is one fault.
    yield from _side(name, "createdDate", *created) if created[1:] != updated[1:] else ()


def _side(name: str, side: str, field: str, pattern: str, zone: str) -> Iterator[Finding]:
    if field and not pattern:
        yield make_finding("date-format-missing", name, side=side, field=field)
    wrong = [*_pattern_findings(name, pattern, read=True), *(_zone_findings(name, zone) if zone else ())]
    yield from wrong
    if not pattern or any(finding.code != "pattern-meaning" for finding in wrong):
        return
    mark = _fixed_zone(pattern)
    if mark and _offsets(zone) != {_offset(mark)}:
        zone = zone or "blank, which means GMT"
        yield make_finding("zone-contradiction", name, "records", side=side, zone=zone, mark=mark)


def _pattern_findings(name: str, pattern: str, *, read: bool = False) -> Iterator[Finding]:
    if len(pattern) > _LONGEST_PATTERN:
        yield make_finding("pattern-refused", name, "long", count=f"{len(pattern):,}")
        return
    if not pattern.strip():
        return
    try:
        check_pattern(pattern)
    except DateError as error:
        yield make_finding("pattern-refused", name, fix=error.fix, reason=error.message)
        return
    if reasons := " ".join(_misunderstandings(pattern, read=read)):
        yield make_finding("pattern-meaning", name, pattern=pattern, reason=reasons)


def _misunderstandings(pattern: str, *, read: bool) -> Iterator[str]:
    """Yield what letters of a pattern mean in Java and hardly in the mind of who wrote it.

    ``read``: dates are read with the pattern, not written.
    """
    if pattern in (MILLISECONDS, TIMESTAMP):
        return
    fields = [part for part in pattern_parts(pattern) if isinstance(part, Field)]
    letters = {field.letter for field in fields}
    around = zip([None, *fields], fields, [*fields[1:], None], strict=False)
    if "Y" in letters and "w" not in letters:
        yield "YYYY is the year of the week, which differs around New Year. Write yyyy."
    if "u" in letters and not letters & set("yY"):
        yield "u is the number of the weekday. Write yyyy for the year."
    if "D" in letters and "M" in letters:
        yield "DD is the day of the year. Write dd."
    for before, field, after in around:
        previous, following = before.letter if before else "", after.letter if after else ""
        if field.letter == "m" and previous not in tuple("HhKk") and following != "s":
            yield "mm are minutes. Write MM for the month."
        if field.letter == "M" and previous in tuple("HhKk"):
            yield "MM is the month. Write mm for minutes."
        if field.letter == "S" and previous == "m":
            yield "SS are milliseconds. Write ss for seconds."
        if read and field.letter == "S" and field.count > 3:
            yield "S are milliseconds, so .123456 is read as 123 seconds. Java reads no finer times than SSS."
    if letters & set("hK") and "a" not in letters:
        yield "hh counts to 12 and needs a for AM and PM. Write HH for hours from 0 to 23."
    if "k" in letters:
        yield "kk counts from 1 to 24. Write HH for hours from 0 to 23."


def _zone_findings(name: str, zone: str) -> Iterator[Finding]:
    try:
        check_zone(zone)
    except DateError as error:
        yield make_finding("zone-unknown", name, fix=error.fix, reason=error.message)


def _fixed_zone(pattern: str) -> str:
    """Return the zone that a pattern writes as text at its end, such as ``Z`` or ``-0800``, or nothing."""
    if pattern in (MILLISECONDS, TIMESTAMP):
        return ""
    parts = pattern_parts(pattern)
    match = _FIXED.search(parts[-1]) if parts and isinstance(parts[-1], str) else None
    return match[1] if match else ""


def _offset(mark: str) -> timedelta:
    match = _FIXED.search(mark)
    if match is None or match[1] == "Z":
        return timedelta(0)
    return (-1 if match[2] == "-" else 1) * timedelta(hours=int(match[3]), minutes=int(match[4]))


def _offsets(zone: str) -> set[timedelta | None]:
    return {moment.astimezone(time_zone(zone)).utcoffset() for moment in _SEASONS}
