"""Findings on the poller: what a poll cannot do, does not do, or does otherwise than one would think."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from cwkit.elements.provider import vendor_known, vendor_request
from cwkit.elements.shipped import record_fields
from cwkit.errors import FilterError, PollerError
from cwkit.events import PollerConfiguration, PollerResource, PollUrl, placeholders, split_url
from cwkit.instances.date_rules import date_findings, template_findings
from cwkit.instances.finding import CODES, Finding, make_finding
from cwkit.instances.remembered import Remembered
from cwkit.redaction import safe_text
from cwkit.redaction import strip_control_characters as plain

__all__ = ["LARGEST_PAGE", "poller_findings", "resource_findings"]

POLLER = "event.poller.configuration"
LARGEST_PAGE = 2000
"""The most records a page that the platform gives (platform facts, section 4)."""

_SAMPLE = "2026-01-05T09:00:00Z"
_LONGEST_URL = 4000


def poller_findings(
    text: str,
    element_key: str = "",
    hub: str = "",
    interval_minutes: int | None = None,
    remembered: Remembered | None = None,
) -> list[Finding]:
    """Return what is wrong with the text of ``event.poller.configuration``.

    ``element_key`` and ``hub`` are those of the instance; ``interval_minutes`` its polling interval.
    """
    poller, problem = None, ""
    try:
        poller = PollerConfiguration.parse(text, element_key=element_key or None)
    except PollerError as error:
        problem = error.message
    if poller is None:
        message = f"The poller configuration cannot be read. {safe_text(problem)}"
        return [make_finding("poller-json", POLLER, message)]
    kept, about = remembered or Remembered(), (element_key, hub, interval_minutes, tuple(poller))
    return [
        finding
        for resource in poller.values()
        for finding in kept.get((resource, about), partial(resource_findings, resource, *about))
    ]


def resource_findings(
    resource: PollerResource,
    element_key: str = "",
    hub: str = "",
    interval_minutes: int | None = None,
    others: tuple[str, ...] = (),
) -> list[Finding]:
    """Return what is wrong with one polled resource; ``others`` are the names of all resources beside it."""
    name, url = resource.name, resource.url
    findings: list[Finding] = list(
        _dates_and_ids(
            name, resource.id_field,
            resource.updated_field, resource.updated_format, resource.updated_zone,
            resource.created_field, resource.created_format, resource.created_zone,
        )
    )  # fmt: skip
    findings += _settings(resource, plain(name)[:200], interval_minutes)
    findings += _url_findings(name, url, element_key, hub, others)
    if vendor_known(element_key):
        findings += _fields(
            name, url, element_key, resource.id_field, resource.updated_field, resource.created_field
        )
    return findings


def _url_findings(
    name: str, url: str, element_key: str, hub: str, others: tuple[str, ...]
) -> tuple[Finding, ...]:
    name, url = plain(name)[:200], url.strip()
    if not url:
        return (make_finding("url-missing", name, "The resource has no URL, so there is nothing to poll."),)
    findings = list(_page_size("pageSize in the URL", _number(split_url(url).query.get("pageSize")), name))
    if len(url) > _LONGEST_URL:
        message = f"The URL has {len(url):,} characters, more than any service takes."
        return (make_finding("template-refused", name, message, "Shorten the URL."),)
    findings += _renamed(name, template_findings(url))
    findings += _target(split_url(url), name, hub, others)
    if vendor_known(element_key):
        findings += _renamed(name, _vendor_findings(element_key, url))
    return tuple(findings)


def _dates_and_ids(
    name: str,
    id_field: str | None,
    updated_field: str | None,
    updated_format: str | None,
    updated_zone: str | None,
    created_field: str | None,
    created_format: str | None,
    created_zone: str | None,
) -> tuple[Finding, ...]:
    name, findings = plain(name)[:200], []
    if not (id_field or "").strip():
        findings.append(
            make_finding("id-field-empty", name, "No id field is named, so its events carry no object id.")
        )
    if updated_field and updated_field == created_field:
        shown = safe_text(updated_field)[:80]
        message = (
            f"Created and updated date are both {shown}: "
            "every change is reported as CREATED, never as UPDATED."
        )
        findings.append(make_finding("created-is-updated", name, message))
    dates = date_findings(
        updated_field, updated_format, updated_zone, created_field, created_format, created_zone
    )
    return (*findings, *_renamed(name, dates))


def _renamed(name: str, findings: tuple[Finding, ...]) -> list[Finding]:
    """Put the resource's name into findings that were made without it."""
    return [finding._replace(subject=name) for finding in findings]


def _settings(resource: PollerResource, name: str, interval_minutes: int | None) -> Iterator[Finding]:
    for key, wanted in resource.oddities():
        yield make_finding("setting-odd", name, f"{plain(key)} is not {wanted}.", f"Write {wanted}.")
    delay = resource.poll_delay_s
    if interval_minutes and delay > interval_minutes * 60:
        message = (
            f"The poll delay of {delay:g} seconds is longer than the interval of {interval_minutes} minutes."
        )
        yield make_finding("delay-too-long", name, message)
    yield from _page_size("pageSize", resource.page_size, name)


def _page_size(setting: str, size: int | None, name: str) -> Iterator[Finding]:
    if size is not None and size > LARGEST_PAGE:
        yield make_finding(
            "page-size", name, f"{setting} is {size:,}; at most {LARGEST_PAGE:,} records come at once."
        )


def _number(text: str | None) -> int | None:
    return int(text) if text and len(text) < 12 and text.isascii() and text.isdecimal() else None


def _target(address: PollUrl, name: str, hub: str, others: tuple[str, ...]) -> Iterator[Finding]:
    if hub and address.hub and address.hub.lower() != hub.lower() and "{" not in address.hub:
        yield make_finding(
            "other-hub",
            name,
            f"The URL names the hub {safe_text(address.hub)[:80]}; the instance's is {hub}.",
        )
    target = address.object
    if not target or _names_the_same(name, target, address.path):
        return
    message = f"The URL fetches {safe_text(target)[:80]}, but its events are reported as {name}."
    # Certain only where the object has an entry of its own; else the name may just be a friendlier one.
    yield make_finding("other-object", name, message, severity="warning" if target in others else "info")


def _names_the_same(name: str, target: str, path: str) -> bool:
    """Return whether both mean one thing: ``leads`` and ``lead-changes``, ``newOrders`` and ``orders``."""
    one, other = _plain(name).rstrip("s"), _plain(target).rstrip("s")
    return bool(one and other) and (one in _plain(path) or other in one)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _vendor_findings(element_key: str, url: str) -> tuple[Finding, ...]:
    """What becomes of the call at the service behind an element of which that is known."""
    for slot in reversed(placeholders(url)):
        url = url[: slot.position] + _SAMPLE + url[slot.end :]
    address = split_url(url)
    problem = None
    try:
        request = vendor_request(element_key, "GET", address.path, address.query)
    except FilterError as error:
        problem = error
    if problem:
        return (make_finding("where-unreadable", "", safe_text(problem.message), safe_text(problem.fix)),)
    if request is None:
        path = safe_text(address.path)[:120]
        return (make_finding("object-unknown", "", f"{element_key} has nothing to fetch at {path}."),)
    known = [warning for warning in request.warnings if warning.code in CODES]
    return tuple(make_finding(w.code, "", safe_text(w.message), safe_text(w.fix)) for w in known)


def _fields(
    name: str, url: str, element_key: str, id_field: str | None, updated: str | None, created: str | None
) -> tuple[Finding, ...]:
    target = split_url(url).object or ""
    known = record_fields(element_key, target)
    if known is None:
        return ()
    settings = (("idField", id_field), ("updatedDateField", updated), ("createdDateField", created))
    return tuple(
        make_finding(
            "field-unknown",
            plain(name)[:200],
            f"{key} is {safe_text(field)[:80]}, which {target} do not have.",
        )
        for key, field in settings
        if field and field.strip() and field.split(".")[0] not in known
    )
