"""Findings on the poller: what a poll cannot do, does not do, or does differently than expected."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

from cwkit.elements.connectwise.where import read_where
from cwkit.elements.event_settings import POLLER
from cwkit.elements.provider import vendor_known, vendor_request
from cwkit.elements.shipped import record_fields
from cwkit.errors import FilterError, PollerError, TemplateError
from cwkit.events import PollerConfiguration, PollerResource, PollUrl, placeholders, render, split_url
from cwkit.events.poll_url import Placeholder
from cwkit.instances.date_rules import placeholder_findings, record_date_findings
from cwkit.instances.finding import CODES, Finding, make_finding
from cwkit.instances.remembered import Remembered

__all__ = ["LARGEST_PAGE", "poller_findings", "resource_findings"]

LARGEST_PAGE = 2000
"""The most records a page that the platform gives (platform facts, section 4)."""

_LONGEST_URL = 4000
_SAMPLE = "2026-01-05T09:00:00Z"
_TIMES = ("2026-01-05T09:00:00Z", "2026-11-23T19:45:56.789Z", "2027-12-30T00:00:00.001Z")
"""Times of polls that every pattern prints differently."""

_RESOURCE_KEYS = (
    "url", "idField", "datesConfiguration", "filterByUpdatedDate", "filterByCreatedDate",
    "createdCheckTolerance", "pageSize", "pollDelay", "xPath",
)  # fmt: skip
_DATE_KEYS = (
    "updatedDateField", "updatedDateFormat", "updatedDateTimezone", "createdDateField",
    "createdDateFormat", "createdDateTimezone", "createdCheckTolerance",
)  # fmt: skip
"""Every key seen in the published pollers (platform facts, section 5)."""

_CHANGES = re.compile(r"(?:^|[/_-])(?:changes?|changed|delta|poll|polling)(?:$|[/_-])", re.I)
_CHANGES_ASKED = re.compile(r"\bfetchChanges\b", re.I)
_UPDATED_NAME = re.compile(r"updat|modif|chang|last|edit", re.I)
_CREATED_NAME = re.compile(r"creat|enter|added", re.I)
_CREATION_FIELDS = ("dateEntered", "enteredDate")


class Settings(NamedTuple):
    """What a resource says, as far as the rules look at it."""

    name: str
    url: str
    id_field: str
    updated: tuple[str, str, str]
    created: tuple[str, str, str]
    filter_by_updated: bool
    page_size: int | None
    poll_delay_s: float
    oddities: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    date_keys: tuple[str, ...]


class Context(NamedTuple):
    """What a resource is judged against: the instance's element, hub and interval, the other resources."""

    element_key: str = ""
    hub: str = ""
    interval_minutes: int | None = None
    others: tuple[str, ...] = ()


def poller_findings(
    text: str,
    element_key: str = "",
    hub: str = "",
    interval_minutes: int | None = None,
    remembered: Remembered | None = None,
) -> list[Finding]:
    """Return what is wrong with the text of ``event.poller.configuration``.

    ``element_key`` and ``hub`` are those of the instance; ``interval_minutes`` its polling interval. Findings
    on equal settings are shared in ``remembered``.
    """
    try:
        poller = PollerConfiguration.parse(text, element_key=element_key or None)
    except PollerError as error:
        return [make_finding("poller-json", POLLER, reason=error.message)]
    kept, context = remembered or Remembered(), Context(element_key, hub, interval_minutes, tuple(poller))
    findings: list[Finding] = []
    for resource in poller.values():
        settings = _settings(resource)
        findings += kept.get((settings, context), partial(_settings_findings, settings, context))
    return findings


def resource_findings(
    resource: PollerResource,
    element_key: str = "",
    hub: str = "",
    interval_minutes: int | None = None,
    others: tuple[str, ...] = (),
) -> list[Finding]:
    """Return what is wrong with one polled resource; ``others`` are the names of all resources beside it."""
    context = Context(element_key, hub, interval_minutes, others)
    return _settings_findings(_settings(resource), context)


def _settings(resource: PollerResource) -> Settings:
    dates = resource.data.get("datesConfiguration")
    return Settings(
        name=resource.name,
        url=resource.url.strip(),
        id_field=_text(resource.id_field),
        updated=(_text(resource.updated_field), _text(resource.updated_format), _text(resource.updated_zone)),
        created=(_text(resource.created_field), _text(resource.created_format), _text(resource.created_zone)),
        filter_by_updated=resource.filter_by_updated,
        page_size=resource.page_size,
        poll_delay_s=resource.poll_delay_s,
        oddities=tuple(resource.oddities()),
        keys=tuple(resource.data),
        date_keys=tuple(dates) if isinstance(dates, Mapping) else (),
    )


def _text(value: str | None) -> str:
    return (value or "").strip()


def _settings_findings(settings: Settings, context: Context) -> list[Finding]:
    misspelt = dict(_misspelt_keys(settings))
    findings = [_misspelling(settings.name, key, right) for key, right in misspelt.items()]
    meant = {right.rsplit(".", 1)[-1] for right in misspelt.values()}
    findings += _ids_and_dates(settings, context.element_key, meant)
    findings += _values(settings, context.interval_minutes)
    if settings.url:
        findings += _url_findings(settings, context, meant)
    elif "url" not in meant:
        findings.append(make_finding("url-missing", settings.name))
    return findings


def _misspelt_keys(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield each misspelt or misplaced key, and where it belongs: ``idField``, ``datesConfiguration.…``."""
    levels = (
        (settings.keys, "", _RESOURCE_KEYS, _DATE_KEYS),
        (settings.date_keys, "datesConfiguration.", _DATE_KEYS, _RESOURCE_KEYS),
    )
    for keys, prefix, own, foreign in levels:
        for key in keys:
            if key in own:
                continue
            if right := _nearest(key, own):
                yield prefix + key, prefix + right
            elif right := _nearest(key, foreign):
                yield prefix + key, right if prefix else f"datesConfiguration.{right}"


def _nearest(key: str, known: tuple[str, ...]) -> str:
    plain = {_letters(name): name for name in known}
    close = difflib.get_close_matches(_letters(key), plain, n=1, cutoff=0.86)
    return plain[close[0]] if close else ""


def _misspelling(name: str, key: str, right: str) -> Finding:
    misplaced = key.rsplit(".", 1)[-1] == right.rsplit(".", 1)[-1]
    return make_finding("setting-misspelt", name, "misplaced" if misplaced else "", key=key, right=right)


def _ids_and_dates(settings: Settings, element_key: str, meant: set[str]) -> Iterator[Finding]:
    name = settings.name
    if not settings.id_field and "idField" not in meant:
        yield make_finding("id-field-empty", name)
    field = settings.updated[0]
    if field and field == settings.created[0]:
        yield from _one_date(settings, field, element_key)
    yield from record_date_findings(name, settings.updated, settings.created)
    known = record_fields(element_key, split_url(settings.url).object or "") if settings.url else None
    if known is not None:
        fields = {
            "idField": settings.id_field,
            "updatedDateField": field,
            "createdDateField": settings.created[0],
        }
        for key, value in fields.items():
            if value and value.split(".")[0] not in known:
                target = split_url(settings.url).object
                yield make_finding("field-unknown", name, key=key, field=value, object=target)


def _one_date(settings: Settings, field: str, element_key: str) -> Iterator[Finding]:
    """Yield what follows from one field for both dates, with the fix that fits its meaning."""
    if not _UPDATED_NAME.search(field):
        if settings.filter_by_updated:  # otherwise only the date of creation counts, and it is right
            variant = "creation" if _CREATED_NAME.search(field) else "unclear"
            yield make_finding("created-is-updated", settings.name, variant, field=field)
        return
    known = record_fields(element_key, split_url(settings.url).object or "") or frozenset()
    right = next((name for name in _CREATION_FIELDS if name in known), "")
    variant = "known" if right else ""
    yield make_finding("created-is-updated", settings.name, variant, field=field, right=right)


def _values(settings: Settings, interval_minutes: int | None) -> Iterator[Finding]:
    name, delay = settings.name, settings.poll_delay_s
    for key, wanted in settings.oddities:
        yield make_finding("setting-odd", name, "wanted", key=key, wanted=wanted)
    if interval_minutes and delay > interval_minutes * 60:
        yield make_finding("delay-too-long", name, delay=f"{delay:g}", minutes=interval_minutes)
    in_url = split_url(settings.url).query.get("pageSize") or ""
    short = len(in_url) < 12 and in_url.isascii() and in_url.isdecimal()
    sizes = {"pageSize in the URL": int(in_url) if short else None, "pageSize": settings.page_size}
    for key, size in sizes.items():
        if size is not None and size > LARGEST_PAGE:
            yield make_finding("page-size", name, key=key, size=f"{size:,}", limit=f"{LARGEST_PAGE:,}")


def _url_findings(settings: Settings, context: Context, meant: set[str]) -> Iterator[Finding]:
    name, url = settings.name, settings.url
    if len(url) > _LONGEST_URL:
        yield make_finding("template-refused", name, "long", count=f"{len(url):,}")
        return
    slots, address = placeholders(url), split_url(url)
    for slot in slots:
        yield from placeholder_findings(name, url, slot)
    dated = bool(
        settings.updated[0]
        or settings.created[0]
        or any("Date" in key for key in meant)
        or "datesConfiguration" in meant
    )
    yield from _found_changes(name, address, slots, url, dated=dated)
    yield from _target(address, name, context)
    if not any(slot.kind == "unclosed" for slot in slots):
        yield from _where_findings(name, url, slots, context.element_key)


def _found_changes(
    name: str, address: PollUrl, slots: tuple[Placeholder, ...], url: str, *, dated: bool
) -> Iterator[Finding]:
    """Yield whether and how the platform can find out what has changed since the last poll."""
    broken = any(slot.kind in ("unclosed", "unknown") or slot.text.startswith("${{") for slot in slots)
    filtered = any(slot.kind == "last-poll" or slot.text.startswith("${") for slot in slots)
    if broken or _CHANGES.search(address.path) or _CHANGES_ASKED.search(url):
        return
    if not dated:
        yield make_finding("no-dates", name, "filtered" if filtered else "")
    elif not filtered:
        newest_first = re.search(r"\bdesc\b", url, re.I)
        yield make_finding("no-last-poll", name, "sorted" if newest_first else "")


def _target(address: PollUrl, name: str, context: Context) -> Iterator[Finding]:
    hub, own = address.hub or "", context.hub
    if hub and own and hub.lower() != own.lower() and "{" not in hub:
        yield make_finding("other-hub", name, hub=hub, own=own)
    target = address.object
    if target and not _names_the_same(name, target, address.path):
        # Certain only where the object has an entry of its own. Otherwise the name may be a friendlier one.
        variant = "" if target in context.others else "friendly"
        yield make_finding("other-object", name, variant, object=target, name=name)


def _names_the_same(name: str, target: str, path: str) -> bool:
    """Return whether both mean one thing: ``leads`` and ``lead-changes``, ``newOrders`` and ``orders``."""
    one, other = _letters(name).rstrip("s"), _letters(target).rstrip("s")
    return bool(one and other) and (one in _letters(path) or other in one)


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _where_findings(
    name: str, url: str, slots: tuple[Placeholder, ...], element_key: str
) -> Iterator[Finding]:
    """Yield what is wrong with the where clause, and what the element makes of it where that is known."""
    try:
        if not vendor_known(element_key):
            read_where(split_url(_filled(url, slots, _TIMES[1])).query.get("where") or "")
            return
        address = split_url(_filled(url, slots, None))
        request = vendor_request(element_key, "GET", address.path, address.query)
    except FilterError as error:
        yield make_finding("where-unreadable", name, fix=error.fix, reason=error.message)
        return
    if request is None:
        yield make_finding("object-unknown", name, element=element_key, path=address.path)
        return
    for warning in request.warnings:
        if warning.code in CODES:
            yield make_finding(warning.code, name, fix=warning.fix, reason=warning.message)
    yield from _unrecognised_dates(name, url, slots, element_key)


def _unrecognised_dates(
    name: str, url: str, slots: tuple[Placeholder, ...], element_key: str
) -> Iterator[Finding]:
    """Yield the placeholder that does not reach the provider as a date in brackets, if there is one.

    What is left of the conditions without brackets must be the same at every time: then all that a
    placeholder prints is in them.
    """
    dates = [slot for slot in slots if slot.kind in ("last-poll", "now")]
    outside = set()
    for time in _TIMES if dates else ():
        address = split_url(_filled(url, slots, time))
        try:
            request = vendor_request(element_key, "GET", address.path, address.query)
        except FilterError:
            request = None
        parameters = request.parameters if request else {}
        conditions = [value for key, value in parameters.items() if key.lower().endswith("conditions")]
        outside.add(re.sub(r"\[[^\]]*\]", "[]", " ".join(conditions)))
    if len(outside) > 1:
        printed = _printed(dates[0], _TIMES[1])
        yield make_finding("date-not-recognised", name, value=dates[0].text, example=printed)


def _filled(url: str, slots: tuple[Placeholder, ...], time: str | None) -> str:
    """Return the URL as polled at a time, or with a sample for every date."""
    for slot in reversed(slots):
        url = url[: slot.position] + (_printed(slot, time) if time else _sample(slot)) + url[slot.end :]
    return url


def _printed(slot: Placeholder, time: str) -> str:
    try:
        return render(slot.text, time, time)
    except TemplateError:
        return _sample(slot)


def _sample(slot: Placeholder) -> str:
    return _SAMPLE if slot.text.startswith("${") else "x"
