"""What is wrong with ConnectWise values of an instance that exists: old hosts, other versions, other keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cwkit.elements.connectwise.fields import CRM, HELPDESK, SITES
from cwkit.elements.field_check import Problem
from cwkit.elements.model import Element

__all__ = ["REPAIR_CODES", "cannot_work", "foreign_element", "harmless_repair", "problems_in", "wsdl_version"]

SERVER_URL = "helpdesk.connectwise.server.url"
WSDL_PATH = "helpdesk.connectwise.wsdl.path"

REPAIR_CODES: dict[str, str] = {
    SERVER_URL: "url-repairable",
    "baseUrl": "url-repairable",
    WSDL_PATH: "wsdl-form",
}
"""The code of a value that could be repaired, by key; any other is merely untidy."""

_VERSION = re.compile(r"(?:^|/)(v\d+_\d+(?:_release)?|v\d{4}_\d+)(?:/|$)", re.I)
_OLD_DOMAINS = ("myconnectwise.com", "connectwise.com", "connectwise.net")
_REGION = re.compile(rf"(?:api-)?(na|eu|au|staging)\.({'|'.join(map(re.escape, _OLD_DOMAINS))})", re.I)


def wsdl_version(text: str) -> str:
    """Return the version in a WSDL path, a ConnectWise address or its codebase (``v2017_2``), or nothing."""
    match = _VERSION.search(text)
    return match[1].lower() if match else ""


def problems_in(element: Element, values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong with ConnectWise values besides their form: old hosts, contradicting versions."""
    problems: list[Problem] = []
    for key in (SERVER_URL, "baseUrl"):
        text = values.get(key)
        if isinstance(text, str) and key in element.fields:
            problems += _old_host(key, text)
    server, path = values.get(SERVER_URL), values.get(WSDL_PATH)
    if element.key == HELPDESK and isinstance(server, str) and isinstance(path, str):
        problems += _other_version(server, path)
    return problems


def _old_host(key: str, text: str) -> tuple[Problem, ...]:
    host = re.sub(r"^[a-z]+://", "", text.strip(), flags=re.I).split("/")[0]
    match = _REGION.fullmatch(host)
    if not match:
        return ()
    right = SITES[match[1].lower()]
    message = f"{host} is not where ConnectWise's interface answers; that is {right}."
    return (Problem(key, "url-old-host", message, f"Write {right} in place of {host}.", text),)


def _other_version(server: str, path: str) -> list[Problem]:
    site, given = wsdl_version(server), wsdl_version(path)
    if not site or not given or site == given:
        return []
    message = f"The WSDL path is for {given}, but the site's address says {site}."
    return [Problem(WSDL_PATH, "wsdl-version", message, f"Set {WSDL_PATH} to /{site}/apis/2.0/.", path)]


def cannot_work(key: str, before: str) -> bool:
    """Return whether a value that could be repaired cannot work as it is: an address as WSDL path."""
    return key == WSDL_PATH and "://" in before


def harmless_repair(key: str, before: str, after: str) -> bool:
    """Return whether a working instance may well hold the value as it is.

    The helpdesk element's server URL is seen in answers with and without scheme and ``api-`` (platform
    facts, section 2), and a closing slash does no harm.
    """
    if key == SERVER_URL:
        return _bare(before) == _bare(after)
    return before.rstrip("/").lower() == after.rstrip("/").lower()


def _bare(address: str) -> str:
    return re.sub(r"^(?:https?://)?(?:api-)?", "", address.strip().lower()).rstrip("/")


_OWN_KEYS = {
    HELPDESK: frozenset(
        f"helpdesk.connectwise.{name}"
        for name in ("server.url", "company", "username", "password", "wsdl.path")
    ),
    CRM: frozenset({"baseUrl", "company", "public.key", "private.key", "connectwise.clientid"}),
}


def foreign_element(element: Element, key: str) -> str:
    """Return the other ConnectWise element whose key this is, or nothing."""
    if element.key not in _OWN_KEYS or key in element.fields:
        return ""
    return next((name for name, keys in _OWN_KEYS.items() if name != element.key and key in keys), "")
