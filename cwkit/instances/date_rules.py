"""Findings on the dates of a poller: its ``${...}``, date patterns and time zones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from cwkit.errors import DateError, TemplateError
from cwkit.events import check_pattern, check_zone, placeholders
from cwkit.events.poll_url import Placeholder, check_template
from cwkit.events.time_zones import time_zone
from cwkit.instances.finding import Finding, make_finding
from cwkit.redaction import safe_text

__all__ = ["date_findings", "template_findings"]

_LONGEST_PATTERN = 200
_SEASONS = (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC))


def template_findings(url: str) -> tuple[Finding, ...]:
    """Return what is wrong with the ``${...}`` of a URL; the subject is left blank."""
    slots = placeholders(url)
    findings = [finding for slot in slots for finding in _slot_findings(slot)]
    broken = any(slot.kind in ("unclosed", "unknown") for slot in slots)
    if not broken and not any(slot.kind == "last-poll" for slot in slots):
        findings.append(
            make_finding("no-last-poll", "", "The URL has no ${gmtDate:...}: every poll fetches everything.")
        )
    return tuple(findings)


def _slot_findings(slot: Placeholder) -> Iterator[Finding]:
    shown = safe_text(slot.text)[:100]
    if slot.kind == "unfilled":
        yield make_finding("placeholder-unfilled", "", f"{shown} in the URL is still a placeholder.")
    elif slot.kind == "unknown" and slot.meant:
        message = f"{shown}: the platform's spelling is {slot.meant}."
        yield make_finding("descriptor-case", "", message, f"Write {slot.meant}.")
    elif slot.kind in ("unclosed", "unknown"):
        yield _refused(slot)
    else:
        yield from _dated(slot, shown)


def _dated(slot: Placeholder, shown: str) -> Iterator[Finding]:
    pattern, zone = slot.pattern, slot.zone
    if pattern and slot.descriptor != "epoch" and (finding := _pattern(pattern)):
        yield finding
        return
    if zone and (finding := _zone(zone)):
        yield finding
    elif (refused := _template_error(slot)) is not None:
        yield refused
    elif zone and _marks_gmt(pattern) and not _is_gmt(zone):
        message = f"{shown} writes the time of {safe_text(zone)[:60]} and marks it Z, which means GMT."
        yield make_finding("zone-contradiction", "", message)
    elif slot.descriptor in ("date", "now") and _marks_gmt(pattern):
        message = f"{shown} is written in the server's zone and marked Z, as if it were GMT."
        right = "gmtDate" if slot.descriptor == "date" else "nowTimeZone:GMT"
        yield make_finding("date-not-gmt", "", message, f"Write {right} in place of {slot.descriptor}.")


def _template_error(slot: Placeholder) -> Finding | None:
    problem = None
    try:
        # Blanks in front keep the position that the message tells.
        check_template(" " * slot.position + slot.text)
    except TemplateError as error:
        problem = error
    if problem is None:
        return None
    return make_finding("template-refused", "", safe_text(problem.message), safe_text(problem.fix))


def _refused(slot: Placeholder) -> Finding:
    return _template_error(slot) or make_finding(
        "template-refused", "", f"{slot.text[:100]} is not filled in."
    )


def date_findings(
    updated_field: str | None,
    updated_format: str | None,
    updated_zone: str | None,
    created_field: str | None,
    created_format: str | None,
    created_zone: str | None,
) -> tuple[Finding, ...]:
    """Return what is wrong with the dates of a resource's records; the subject is left blank."""
    updated = _side("updatedDate", updated_field, updated_format, updated_zone)
    created = _side("createdDate", created_field, created_format, created_zone)
    return (*updated, *(finding for finding in created if finding not in updated))


def _side(name: str, field: str | None, pattern: str | None, zone: str | None) -> list[Finding]:
    pattern, zone, findings = (pattern or "").strip(), (zone or "").strip(), []
    if pattern and (finding := _pattern(pattern)):
        findings.append(finding)
    if zone and (finding := _zone(zone)):
        findings.append(finding)
    elif zone and not findings and _marks_gmt(pattern) and not _is_gmt(zone):
        message = (
            f"{name}Format marks the time Z, which means GMT, but {name}Timezone is {safe_text(zone)[:60]}."
        )
        findings.append(make_finding("zone-contradiction", "", message))
    return findings


def _pattern(pattern: str) -> Finding | None:
    if len(pattern) > _LONGEST_PATTERN:
        return make_finding(
            "pattern-refused", "", f"The date pattern has {len(pattern):,} characters.", "Shorten it."
        )
    problem = None
    try:
        check_pattern(pattern)
    except DateError as error:
        problem = error
    return (
        make_finding("pattern-refused", "", safe_text(problem.message), safe_text(problem.fix))
        if problem
        else None
    )


def _zone(zone: str) -> Finding | None:
    problem = None
    try:
        check_zone(zone)
    except DateError as error:
        problem = error
    return (
        make_finding("zone-unknown", "", safe_text(problem.message), safe_text(problem.fix))
        if problem
        else None
    )


def _marks_gmt(pattern: str) -> bool:
    return pattern.rstrip().endswith("'Z'")


def _is_gmt(zone: str) -> bool:
    hours = {moment.astimezone(time_zone(zone)).utcoffset() for moment in _SEASONS}
    return hours == {timedelta(0)}
