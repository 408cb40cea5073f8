"""Findings on the instance itself and on its event settings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from cwkit.elements import Element
from cwkit.elements.event_settings import (
    CALLBACK,
    ENABLED,
    INTERVAL,
    PASSWORD,
    POLLER,
    USERNAME,
)
from cwkit.instances.configuration_rules import Flags, blanked
from cwkit.instances.finding import Finding, make_finding
from cwkit.profile import host_is_local
from cwkit.redaction import MASK, Secret

__all__ = ["event_findings", "instance_findings", "interval_minutes"]

SIGNATURE = "event.notification.signature.key"
_SHORTEST, _LONGEST = 5, 1440
_OWN_EVENTS = re.compile(r"/elements/api-v2/events(?:/|$)", re.I)
"""The platform's address for events of providers (platform facts, section 9)."""


def instance_findings(
    element_key: str, flags: Flags, readable_token: Secret | None = None
) -> Iterator[Finding]:
    """Yield what the platform says of the instance and its element.

    ``readable_token`` is the instance's token where people may have read it in a text.
    """
    if flags.valid is False:
        yield make_finding("not-valid", "valid")
    if flags.disabled:
        yield make_finding("disabled", "disabled")
    if flags.element_deleted:
        yield make_finding("element-deleted", "element", element=element_key)
    elif flags.element_active is False:
        yield make_finding("element-inactive", "element", element=element_key)
    if flags.trace_logging:
        yield make_finding("trace-logging", "traceLoggingEnabled")
    if readable_token and not blanked(readable_token.reveal()):
        yield make_finding("secret-in-clear", "token", "token", mask=MASK)


def event_findings(
    element: Element, values: Mapping[str, str | Secret | None], flags: Flags
) -> Iterator[Finding]:
    """Yield what is wrong with event settings: callback, switches, signature, interval."""
    flag = _text(values, ENABLED).lower()
    enabled = flag == "true" or (not flag and flags.events_enabled is True)
    if flag in ("true", "false") and flags.events_enabled is (flag != "true"):
        yield make_finding("events-disagree", ENABLED, key=ENABLED, flag=flag, reported=_json(flag != "true"))
    yield from _polled(element, values, flags, flag, enabled=enabled)
    callback = _text(values, CALLBACK)
    if callback and callback.lower() != "false":
        yield from _callback(callback, enabled=enabled)
    elif enabled and (CALLBACK in values or not flags.partial):
        yield make_finding("no-callback", CALLBACK, "false" if callback else "")
    elif callback:
        yield make_finding("callback-false", CALLBACK)
    if not flags.partial:
        if enabled and SIGNATURE in element.fields and not values.get(SIGNATURE):
            yield make_finding("no-signature-key", SIGNATURE)
        if _text(values, USERNAME) and not values.get(PASSWORD):
            yield make_finding("no-password", PASSWORD)
    yield from _interval(_text(values, INTERVAL))


def _json(value: bool) -> str:
    return str(value).lower()


def _polled(
    element: Element,
    values: Mapping[str, str | Secret | None],
    flags: Flags,
    flag: str,
    *,
    enabled: bool,
) -> Iterator[Finding]:
    if element.event_method != "polling":
        return
    nothing = _text(values, POLLER) in ("", "{}")
    if enabled and nothing and (POLLER in values or not flags.partial):
        yield make_finding("poller-missing", POLLER)
    if flag == "false" and not nothing:
        yield make_finding("events-off", ENABLED)


def _callback(callback: str, *, enabled: bool) -> Iterator[Finding]:
    if blanked(callback) and "://" not in callback:
        yield make_finding("blanked-out", CALLBACK, label="The callback", value=callback)
        return
    if not enabled:
        yield make_finding("callback-unused", CALLBACK, value=callback)
    try:
        parts = urlsplit(callback)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", callback):
        yield make_finding("callback-form", CALLBACK, value=callback)
        return
    if parts.username or parts.password:
        yield make_finding("callback-login", CALLBACK, value=callback)
    if host_is_local(host):
        yield make_finding("callback-local", CALLBACK, host=host)
    elif _OWN_EVENTS.search(parts.path):
        yield make_finding("callback-platform", CALLBACK, value=callback)
    elif parts.scheme == "http":
        yield make_finding("callback-http", CALLBACK, value=callback)


def interval_minutes(text: str) -> int | None:
    """Return the polling interval in minutes, or ``None`` where it is none."""
    text = text.strip().removesuffix(".0")
    minutes = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    return minutes or None


def _interval(text: str) -> Iterator[Finding]:
    if not text or blanked(text):
        return
    minutes = interval_minutes(text)
    if minutes is None:
        yield make_finding("interval", INTERVAL, value=text[:60])
    elif minutes < _SHORTEST:
        yield make_finding("interval-unsuitable", INTERVAL, minutes=minutes)
    elif minutes > _LONGEST:
        yield make_finding("interval-unsuitable", INTERVAL, "long", hours=f"{minutes / 60:.0f}")


def _text(values: Mapping[str, str | Secret | None], key: str) -> str:
    value = values.get(key)
    return value.strip() if isinstance(value, str) else ""
