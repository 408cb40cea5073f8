"""Findings on the instance itself and on its event settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cwkit.elements.event_settings import (
    CALLBACK,
    ENABLED,
    INTERVAL,
    PASSWORD,
    POLLER,
    USERNAME,
)
from cwkit.instances.configuration_rules import blanked
from cwkit.instances.finding import Finding, make_finding
from cwkit.profile import host_is_local
from cwkit.redaction import MASK, safe_text

if TYPE_CHECKING:
    from cwkit.instances.model import Instance

__all__ = ["event_findings", "instance_findings", "interval_minutes"]

SIGNATURE = "event.notification.signature.key"
_SHORTEST, _LONGEST = 5, 1440


def instance_findings(instance: Instance) -> Iterator[Finding]:
    """Yield what the platform says of the instance and its element."""
    if instance.valid is False:
        yield make_finding("not-valid", "valid", "The platform marks the instance as not valid.")
    if instance.disabled:
        yield make_finding(
            "disabled", "disabled", "The instance is disabled: calls through it are refused (403)."
        )
    element = instance.element
    if element and element.deleted:
        yield make_finding("element-deleted", "element", f"The element {instance.element_key} is deleted.")
    elif element and element.active is False:
        yield make_finding(
            "element-inactive", "element", f"The element {instance.element_key} is not active."
        )
    if instance.other("traceLoggingEnabled") in (True, "true"):
        yield make_finding("trace-logging", "traceLoggingEnabled", "Trace logging is on.")
    if instance.pasted and instance.token and not blanked(instance.token.reveal()):
        message = f"The token is readable in the text ({MASK} here); it gives access to the customer's data."
        fix = "Remove it from the ticket; create the instance again if the text went further."
        yield make_finding("secret-in-clear", "token", message, fix)


def event_findings(instance: Instance) -> Iterator[Finding]:
    """Yield what is wrong with event settings: callback, switches, signature, interval."""
    values = instance.configuration
    flag = _text(instance, ENABLED).strip().lower()
    enabled = flag == "true" or (not flag and instance.events_enabled is True)
    yield from _switches(instance, flag, enabled)
    callback = _text(instance, CALLBACK).strip()
    if callback and callback.lower() != "false":
        yield from _callback(callback, enabled)
    elif enabled and (CALLBACK in values or not instance.partial):
        shown = " (it is the text false)" if callback else ""
        yield make_finding("no-callback", CALLBACK, f"Events are on, but there is no callback{shown}.")
    elif callback:
        yield make_finding(
            "callback-false", CALLBACK, "The callback is the text false, which is not an address."
        )
    if (
        enabled
        and SIGNATURE in instance.definition.fields
        and not values.get(SIGNATURE)
        and not instance.partial
    ):
        yield make_finding("no-signature-key", SIGNATURE, "Events are on, but notifications are not signed.")
    if _text(instance, USERNAME).strip() and not values.get(PASSWORD) and not instance.partial:
        yield make_finding(
            "no-password", PASSWORD, "There is a user name for the callback without its password."
        )
    yield from _interval(_text(instance, INTERVAL).strip())


def _switches(instance: Instance, flag: str, enabled: bool) -> Iterator[Finding]:
    told = instance.events_enabled
    if flag in ("true", "false") and told is not None and told != (flag == "true"):
        message = f"{ENABLED} is {flag}, but eventsEnabled is {str(told).lower()}."
        yield make_finding("events-disagree", ENABLED, message)
    polls = instance.definition.event_method == "polling"
    poller = _text(instance, POLLER).strip()
    if (
        enabled
        and polls
        and poller in ("", "{}")
        and (POLLER in instance.configuration or not instance.partial)
    ):
        yield make_finding("poller-missing", POLLER, "Events are on, but no resource is set up to be polled.")
    if flag == "false" and polls and poller not in ("", "{}"):
        yield make_finding(
            "events-off", ENABLED, "Events are off: the resources of the poller are not polled."
        )


def _callback(callback: str, enabled: bool) -> Iterator[Finding]:
    if blanked(callback) and "://" not in callback:
        yield make_finding(
            "blanked-out", CALLBACK, f"The callback was blanked out: {safe_text(callback)[:120]}"
        )
        return
    shown = safe_text(callback)[:200]
    if not enabled:
        yield make_finding("callback-unused", CALLBACK, f"There is a callback ({shown}), but events are off.")
    try:
        parts = urlsplit(callback)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    if parts.scheme not in ("http", "https") or not host or re.search(r"\s", callback):
        yield make_finding("callback-form", CALLBACK, f"The callback is not an address: {shown}")
        return
    if parts.username or parts.password:
        yield make_finding(
            "callback-login", CALLBACK, f"The callback contains a user name or password: {shown}"
        )
    if host_is_local(host):
        yield make_finding(
            "callback-local", CALLBACK, f"The platform cannot reach {host}: it is local or private."
        )
    elif parts.scheme == "http":
        yield make_finding("callback-http", CALLBACK, f"The callback is not encrypted: {shown}")


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
        yield make_finding(
            "interval", INTERVAL, f"The interval is {safe_text(text)[:60]!r}, not whole minutes."
        )
    elif minutes < _SHORTEST:
        yield make_finding(
            "interval-unsuitable", INTERVAL, f"Polling every {minutes} minutes uses up the call limit."
        )
    elif minutes > _LONGEST:
        yield make_finding(
            "interval-unsuitable", INTERVAL, f"Events come up to {minutes / 60:.0f} hours late."
        )


def _text(instance: Instance, key: str) -> str:
    value = instance.configuration.get(key)
    return value if isinstance(value, str) else ""
