"""Which ConnectWise request the CRM element makes for a call to one of its hub paths."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from cwkit.elements.connectwise.conditions import translate_where
from cwkit.elements.provider import TranslationWarning, VendorRequest

__all__ = [
    "HubResource",
    "date_style",
    "hub_objects",
    "hub_resources",
    "millisecond_fields",
    "vendor_request",
]

_TICKETS = "/service/tickets"
_TICKETS_ACCEPT = "application/vnd.connectwise.com+json; version=3.0.0"
_HUB = re.compile(r"^(?:.*/elements/api-v2)?/?(?:hubs/[^/]+/)?", re.I)


@dataclass(frozen=True, slots=True)
class HubResource:
    """One call that the element offers: its own method and path, and the vendor's."""

    method: str
    path: str
    vendor_method: str
    vendor_path: str
    query: frozenset[str]
    pattern: re.Pattern[str]


@cache
def hub_resources() -> tuple[HubResource, ...]:
    """Return every call of the CRM element, as its definition lists them."""
    entries = json.loads(files("cwkit.elements.connectwise").joinpath("resources.json").read_text("utf-8"))
    return tuple(
        HubResource(
            entry["method"],
            entry["path"],
            entry["vendorMethod"],
            entry["vendorPath"],
            frozenset(entry["query"]),
            re.compile(re.sub(r"\\\{\w+\\\}", "([^/]+)", re.escape(_without_hub(entry["path"])))),
        )
        for entry in entries
        if "type" not in entry  # the check of the credentials is no path of the hub
    )


def hub_objects() -> frozenset[str]:
    """Return the objects that the element can list, such as ``contacts``."""
    return frozenset(
        _without_hub(resource.path)
        for resource in hub_resources()
        if resource.method == "GET" and "{" not in resource.path
    )


def vendor_request(
    method: str, hub_path: str, query: Mapping[str, str] | None = None
) -> VendorRequest | None:
    """Return the ConnectWise request behind a hub call, or ``None`` where the element has no such call.

    ``hub_path`` is a path such as ``/hubs/crm/incidents/5/comments``; the hub's name in it does not count,
    nor whether it is there. ``query`` holds the call's parameters, decoded. The request goes under the
    instance's ``baseUrl``. Parameters that the element does not pass on are left out, a ``where`` with a
    warning. Raises ``FilterError`` for a ``where`` that cannot be read.
    """
    resource, ids = _match(method.upper(), hub_path)
    if resource is None:
        return None
    path = resource.vendor_path
    for part in ids:
        path = re.sub(r"\{\w+\}", part.replace("\\", r"\\"), path, count=1)
    parameters, warnings = _parameters(resource, query or {})
    headers: dict[str, str | None] = {"Authorization": None, "clientId": None}
    if path.startswith(_TICKETS):
        headers["Accept"] = _TICKETS_ACCEPT
    return VendorRequest(resource.vendor_method, path, parameters, headers, warnings)


def _parameters(
    resource: HubResource, query: Mapping[str, str]
) -> tuple[dict[str, str], tuple[TranslationWarning, ...]]:
    parameters: dict[str, str] = {}
    warnings: tuple[TranslationWarning, ...] = ()
    for name, value in query.items():
        if name == "where" and value.strip() and name not in resource.query:
            warnings += (
                TranslationWarning(
                    "where-ignored",
                    f"ConnectWise is not sent the filter: {resource.path} takes none.",
                    "Filter the records afterwards.",
                ),
            )
        elif name == "where" and value.strip():
            translation = translate_where(value)
            parameters[translation.parameter] = translation.conditions
            warnings += translation.warnings
        elif name in resource.query and name != "where":
            parameters[name] = value.replace(".", "/") if name == "orderBy" else value
    return parameters, warnings


@lru_cache(maxsize=1024)
def _match(method: str, hub_path: str) -> tuple[HubResource | None, tuple[str, ...]]:
    path = _without_hub(hub_path.partition("?")[0].strip()).rstrip("/")
    for resource in hub_resources():
        if resource.method == method and (match := resource.pattern.fullmatch(path)):
            return resource, match.groups()
    return None, ()


def _without_hub(path: str) -> str:
    return _HUB.sub("", path, count=1)


_HELPDESK_DATES = frozenset(
    {"lastUpdated", "lastUpdatedUTC", "birthDay", "anniversary", "timeStart", "timeEnd", "dateStart",
     "dateReq", "dateReqUtc", "dateRespondedUTC", "dateResplanUTC", "DateResolvedUTC", "requiredDate",
     "subDateAccepted", "subDateAcceptedUtc", "enteredDate", "closedDate"}
)  # fmt: skip
_MILLISECONDS = {"connectwisehd": _HELPDESK_DATES}


def millisecond_fields(element_key: str) -> frozenset[str]:
    """Return the names of the record fields that hold epoch milliseconds."""
    return _MILLISECONDS.get(element_key, frozenset())


def date_style(element_key: str) -> Literal["iso", "milliseconds"]:
    """Return how a date is written in a filter for the element; ISO-8601 for all but the helpdesk one."""
    return "milliseconds" if element_key in _MILLISECONDS else "iso"
