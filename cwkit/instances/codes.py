"""Every code that a finding can have: how grave it is, what it means, where it comes from, what to do."""

from __future__ import annotations

from cwkit.instances.code import Code
from cwkit.instances.configuration_codes import CONFIGURATION
from cwkit.instances.poller_codes import POLLER, WHERE

__all__ = ["AREAS", "CODES", "Code"]

_INSTANCE = {
    "not-valid": Code(
        "error",
        "The platform marks the instance as not valid: its credentials were refused when last checked.",
        "A password or key was changed, or the account was locked.",
        "Enter the credentials again with a PUT or PATCH that authenticates again.",
    ),
    "disabled": Code(
        "error",
        "The instance is disabled: calls through it answer 403, and its events stand still.",
        "Someone switched it off, or the platform did after too many failures.",
        "Enable it: PUT /instances/{id}/enabled.",
    ),
    "element-inactive": Code(
        "error",
        "The element of the instance is not active.",
        "It was withdrawn from the catalog.",
        "Create an instance of the element that took its place.",
    ),
    "element-deleted": Code(
        "error",
        "The element of the instance is deleted.",
        "It was removed from the catalog; instances of it answer only for a while.",
        "Create an instance of the element that took its place.",
    ),
    "trace-logging": Code(
        "warning",
        "Trace logging is on: requests and answers, customers' data included, are kept in logs.",
        "It was switched on to look into something, and left on.",
        "Switch it off when it is not needed any more.",
    ),
}

_EVENTS = {
    "events-off": Code(
        "info",
        "Events are switched off, so nothing is polled and nobody is told of changes.",
        "It is the default.",
        "Set event.notification.enabled to true, with a callback, if changes are to be told.",
    ),
    "no-callback": Code(
        "error",
        "Events are on, but there is no address to send them to.",
        "The callback was left out, or still has its default, the text false.",
        "Enter the callback's address, or switch events off.",
    ),
    "callback-false": Code(
        "info",
        "The callback is the text false, which is this element's default and no address.",
        "It was never set.",
        "Enter an https address before switching events on.",
    ),
    "callback-form": Code(
        "error",
        "The callback is not an address.",
        "A name or a path was entered.",
        "Enter an address that begins with https:// and can be reached from the internet.",
    ),
    "callback-login": Code(
        "warning",
        "The callback holds a user name or password.",
        "Authentication was written into the address, where logs show it.",
        "Enter it under event.notification.basic.username and .password.",
    ),
    "callback-http": Code(
        "warning",
        "The callback is not encrypted.",
        "The address begins with http://.",
        "Use an https:// address: events carry customers' data.",
    ),
    "callback-local": Code(
        "error",
        "The callback is this machine or a private network, which the platform cannot reach.",
        "An address for trying things out was left in.",
        "Enter an address that can be reached from the internet.",
    ),
    "callback-unused": Code(
        "warning",
        "There is a callback, but events are switched off.",
        "One of the two settings was forgotten.",
        "Set event.notification.enabled to true, or take the callback out.",
    ),
    "events-disagree": Code(
        "warning",
        "eventsEnabled and event.notification.enabled say different things.",
        "One was changed without the other.",
        "Set event.notification.enabled again; the platform then brings both together.",
    ),
    "no-signature-key": Code(
        "warning",
        "Notifications are not signed, so the receiver cannot tell real ones from forged ones.",
        "event.notification.signature.key was left blank.",
        "Set a long random signature key, and check the signature where notifications arrive.",
    ),
    "no-password": Code(
        "error",
        "There is a user name for the callback without its password.",
        "One of the two was forgotten.",
        "Enter both, or neither.",
    ),
    "poller-missing": Code(
        "error",
        "Events are on and the element polls, but no resource is set up to be polled.",
        "event.poller.configuration was blanked.",
        "Take the element's default again, and adapt it.",
    ),
    "interval": Code(
        "error",
        "The polling interval is not a whole number of minutes above zero.",
        "Seconds, a word or a fraction was entered.",
        "Enter whole minutes; 15 is usual.",
    ),
    "interval-unsuitable": Code(
        "warning",
        "The polling interval is unusually short or long.",
        "Under 5 minutes the service's call limit is used up by polling; beyond a day events come very late.",
        "15 minutes are usual.",
    ),
}

AREAS: dict[str, dict[str, Code]] = {
    "Configuration": CONFIGURATION,
    "Instance": _INSTANCE,
    "Events": _EVENTS,
    "Poller": POLLER,
    "Filters on ConnectWise CRM REST": WHERE,
}
"""The codes by what they are about."""

CODES: dict[str, Code] = {code: about for area in AREAS.values() for code, about in area.items()}
"""Every code of a finding."""
