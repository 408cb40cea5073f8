"""Findings on the poller: what a poll cannot do, does not do, or does otherwise than one would think."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from cwkit.elements.records import record_fields
from cwkit.elements.vendor import vendor_known, vendor_request
from cwkit.errors import FilterError, PollerError
from cwkit.events import PollerConfiguration, PollerResource
from cwkit.instances.codes import CODES
from cwkit.instances.date_rules import date_findings, template_findings
from cwkit.instances.display import plain
from cwkit.instances.finding import Finding, found
from cwkit.instances.tables import safe_text

__all__ = ["LARGEST_PAGE", "poller_findings", "resource_findings"]

POLLER = "event.poller.configuration"
LARGEST_PAGE = 2000
"""The most records a page that the platform gives (platform facts, section 4)."""

_SAMPLE = "2026-01-05T09:00:00Z"
_LONGEST_URL = 4000


@lru_cache(maxsize=1024)
def poller_findings(
    text: str, element_key: str = "", hub: str = "", interval_minutes: int | None = None
) -> tuple[Finding, ...]:
    """Return what is wrong with the text of ``event.poller.configuration``.

    ``element_key`` and ``hub`` are those of the instance; ``interval_minutes`` its polling interval. What
    is said of equal texts is kept, for the instances of an element mostly share one.
    """
    poller, problem = None, ""
    try:
        poller = PollerConfiguration.parse(text, element_key=element_key or None)
    except PollerError as error:
        problem = error.message
    if poller is None:
        return (
            found("poller-json", POLLER, f"The poller configuration cannot be read. {safe_text(problem)}"),
        )
    findings: list[Finding] = []
    for resource in poller.resources.values():
        findings += resource_findings(resource, element_key, hub, interval_minutes, tuple(poller.resources))
    return tuple(findings)


def resource_findings(
    resource: PollerResource,
    element_key: str = "",
    hub: str = "",
    interval_minutes: int | None = None,
    others: tuple[str, ...] = (),
) -> list[Finding]:
    """Return what is wrong with one polled resource; ``others`` are the names of all resources beside it."""
    name = plain(resource.name)[:200]
    url = resource.url.strip()
    findings = [*_identity(resource, name), *_settings(resource, name, interval_minutes)]
    dates = (
        resource.updated_field, resource.updated_format, resource.updated_zone,
        resource.created_field, resource.created_format, resource.created_zone,
    )  # fmt: skip
    findings += _renamed(name, date_findings(*dates))
    if not url:
        return [
            *findings,
            found("url-missing", name, "The resource has no URL, so there is nothing to poll."),
        ]
    if len(url) > _LONGEST_URL:
        message = f"The URL has {len(url):,} characters, more than any service takes."
        return [*findings, found("template-refused", name, message, "Shorten the URL.")]
    findings += _renamed(name, template_findings(url))
    findings += _target(resource, name, hub, others)
    if vendor_known(element_key):
        findings += _renamed(name, _vendor_findings(element_key, url))
        findings += _fields(resource, name, element_key)
    return findings


def _renamed(name: str, findings: tuple[Finding, ...]) -> list[Finding]:
    """Put the resource's name into findings that were made, and kept, without it."""
    return [finding._replace(subject=name) for finding in findings]


def _identity(resource: PollerResource, name: str) -> Iterator[Finding]:
    if not (resource.id_field or "").strip():
        yield found("id-field-empty", name, "No id field is named, so its events carry no object id.")
    if resource.same_date_field:
        field = safe_text(resource.updated_field or "")[:80]
        message = (
            f"Created and updated date are both {field}: every change is told as CREATED, never as UPDATED."
        )
        yield found("created-is-updated", name, message)


def _settings(resource: PollerResource, name: str, interval_minutes: int | None) -> Iterator[Finding]:
    for key, wanted in resource.oddities():
        yield found("setting-odd", name, f"{plain(key)} is not {wanted}.", f"Write {wanted}.")
    delay = resource.poll_delay_s
    if interval_minutes and delay > interval_minutes * 60:
        message = (
            f"The poll delay of {delay:g} seconds is longer than the interval of {interval_minutes} minutes."
        )
        yield found("delay-too-long", name, message)
    sizes = (
        ("pageSize", resource.page_size),
        ("pageSize in the URL", _number(resource.address.query.get("pageSize"))),
    )
    for key, size in sizes:
        if size is not None and size > LARGEST_PAGE:
            yield found(
                "page-size", name, f"{key} is {size:,}; at most {LARGEST_PAGE:,} records come at once."
            )


def _number(text: str | None) -> int | None:
    return int(text) if text and len(text) < 12 and text.isascii() and text.isdecimal() else None


def _target(resource: PollerResource, name: str, hub: str, others: tuple[str, ...]) -> Iterator[Finding]:
    address = resource.address
    if hub and address.hub and address.hub.lower() != hub.lower() and "{" not in address.hub:
        yield found(
            "other-hub",
            name,
            f"The URL names the hub {safe_text(address.hub)[:80]}; the instance's is {hub}.",
        )
    target = address.object
    if not target or _names_the_same(resource.name, target, address.path):
        return
    message = f"The URL fetches {safe_text(target)[:80]}, but its events are told as {name}."
    # Certain only where the object has an entry of its own; else the name may just be a friendlier one.
    yield found("other-object", name, message, severity="warning" if target in others else "info")


def _names_the_same(name: str, target: str, path: str) -> bool:
    """Say whether both mean one thing: ``leads`` and ``lead-changes``, ``newOrders`` and ``orders``."""
    one, other = _plain(name).rstrip("s"), _plain(target).rstrip("s")
    return bool(one and other) and (one in _plain(path) or other in one)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


@lru_cache(maxsize=4096)
def _vendor_findings(element_key: str, url: str) -> tuple[Finding, ...]:
    """What becomes of the call at the service behind an element of which that is known."""
    from cwkit.events.templates import placeholders
    from cwkit.events.urls import split_url

    for slot in reversed(placeholders(url)):
        url = url[: slot.position] + _SAMPLE + url[slot.end :]
    address = split_url(url)
    problem = None
    try:
        request = vendor_request(element_key, "GET", address.path, address.query)
    except FilterError as error:
        problem = error
    if problem:
        return (found("where-unreadable", "", safe_text(problem.message), safe_text(problem.fix)),)
    if request is None:
        path = safe_text(address.path)[:120]
        return (found("object-unknown", "", f"{element_key} has nothing to fetch at {path}."),)
    known = [warning for warning in request.warnings if warning.code in CODES]
    return tuple(found(w.code, "", safe_text(w.message), safe_text(w.fix)) for w in known)


def _fields(resource: PollerResource, name: str, element_key: str) -> Iterator[Finding]:
    known = record_fields(element_key, resource.address.object or "")
    if known is None:
        return
    settings = (
        ("idField", resource.id_field),
        ("updatedDateField", resource.updated_field),
        ("createdDateField", resource.created_field),
    )
    for key, field in settings:
        if field and field.strip() and field.split(".")[0] not in known:
            shown = safe_text(field)[:80]
            yield found(
                "field-unknown", name, f"{key} is {shown}, which {resource.address.object} do not have."
            )
