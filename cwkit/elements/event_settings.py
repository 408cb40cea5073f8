"""Checks of the event settings that every element shares (``event.notification.*``, ``event.poller.*``)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from cwkit.elements.field_check import FieldCheck, Problem
from cwkit.profile import host_is_local

__all__ = ["rule_for", "together"]

ENABLED = "event.notification.enabled"
CALLBACK = "event.notification.callback.url"
USERNAME = "event.notification.basic.username"
PASSWORD = "event.notification.basic.password"  # noqa: S105 - a key, not a password
INTERVAL = "event.poller.refresh_interval"
POLLER = "event.poller.configuration"
NO_CALLBACK = frozenset({None, "", "false"})
"""What stands for "no callback": the CRM element's default is, oddly, the text ``false``."""


def rule_for(key: str) -> Callable[[FieldCheck], FieldCheck] | None:
    """Return the check for an event setting, or ``None`` for any other key."""
    return _RULES.get(key)


def together(values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong between event settings that are each right by themselves."""
    problems = []
    if values.get(ENABLED) == "true" and values.get(CALLBACK) in NO_CALLBACK:
        problems.append(
            Problem(
                CALLBACK,
                "no-callback",
                "Events are switched on, but nobody is told of them.",
                "Enter the address that is to be called, or switch events off.",
            )
        )
    if values.get(USERNAME) and not values.get(PASSWORD):
        problems.append(
            Problem(
                PASSWORD,
                "no-password",
                "There is a user name without its password.",
                "Enter both, or neither.",
            )
        )
    return problems


def _callback(check: FieldCheck) -> FieldCheck:
    if check.text.lower() == "false":
        return check.with_value("false")
    fix = "Enter an address that begins with https:// and can be reached from the internet."
    try:
        parts = urlsplit(check.text)
        host = parts.hostname or ""
    except ValueError:
        return check.refused("callback-form", f"is not an address: {check.shown}", fix)
    if not parts.scheme and "." in check.text:
        return _callback(check.repaired(f"https://{check.text.lstrip('/')}", "https:// was missing."))
    if parts.scheme not in ("http", "https") or not host:
        return check.refused("callback-form", f"is not an address: {check.shown}", fix)
    if parts.username or parts.password:
        return check.refused(
            "callback-login",
            "holds a user name or password.",
            f"Take it out of the address and enter it under {USERNAME}.",
        )
    if parts.scheme == "http" and not host_is_local(host):
        return check.refused("callback-http", f"is not encrypted: {check.shown}", "Use an https:// address.")
    return check


def _interval(check: FieldCheck) -> FieldCheck:
    text = check.text.removesuffix(".0")
    if not text.isdecimal() or not text.isascii() or int(text) < 1:
        return check.refused(
            "interval", f"is {check.shown}, not a whole number of minutes.", "Enter 1 or more; 15 is usual."
        )
    return check.with_value(str(int(text)))


def _poller(check: FieldCheck) -> FieldCheck:
    fix = "Correct it in the editor, or take the element's default again."
    try:
        value = json.loads(check.text)
    except (ValueError, RecursionError) as problem:
        line, column = getattr(problem, "lineno", 1), getattr(problem, "colno", 1)
        return check.refused("poller-json", f"is not JSON: line {line}, column {column}.", fix)
    if not isinstance(value, dict):
        return check.refused("poller-json", "is not a JSON object with one entry a resource.", fix)
    return check


_RULES: dict[str, Callable[[FieldCheck], FieldCheck]] = {
    CALLBACK: _callback,
    INTERVAL: _interval,
    POLLER: _poller,
}
