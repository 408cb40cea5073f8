"""The sandbox's public demo values: its account, its ConnectWise sites, and who is let in there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from cwkit.elements import shipped
from cwkit.elements.connectwise import CRM, HELPDESK, SITES

__all__ = [
    "DEMO",
    "ORGANIZATION_SECRET",
    "USER_SECRET",
    "company_named",
    "credentials_valid",
    "is_demo_value",
    "known_site",
    "practice_sheet",
]

# Everybody may know these: they open nothing but a sandbox on the same machine.
USER_SECRET = "sandboxUserDemo+0Zm9yTGVhcm5pbmc/Tm90UmVhbA="  # noqa: S105
ORGANIZATION_SECRET = "sandboxOrgDemo/1Zm9yTGVhcm5pbmcrTm90UmVhbA="  # noqa: S105

COMPANY = "brightwater"
_USERNAME = "cwkit-integration"
_PASSWORD = "Sand-and-Sea-2026"  # noqa: S105
_PUBLIC_KEY = "Qm7vT2kLx9RbW4Zc"
_PRIVATE_KEY = "hY3nP8sDf6GjK1aM"
CLIENT_ID = "3f0c8a52-7d41-4b9e-9a66-5e1d2c7b8f04"

DEMO: dict[str, dict[str, str]] = {
    HELPDESK: {
        "helpdesk.connectwise.server.url": f"https://{SITES['na']}",
        "helpdesk.connectwise.company": COMPANY,
        "helpdesk.connectwise.username": _USERNAME,
        "helpdesk.connectwise.password": _PASSWORD,
        "helpdesk.connectwise.wsdl.path": "/v4_6_release/apis/2.0/",
    },
    CRM: {
        "baseUrl": f"https://{SITES['na']}/v4_6_release/apis/3.0",
        "company": COMPANY,
        "public.key": _PUBLIC_KEY,
        "private.key": _PRIVATE_KEY,
        "connectwise.clientid": CLIENT_ID,
    },
    "ledgerline": {
        "company.code": "BWM",
        "api.key": "demo-ledgerline-key",
        "region": "us",
        "sandbox.account": "true",
    },
    "mailroom": {"username": "demo@brightwater.example", "password": "demo-mailroom-password"},
    "docvault": {"vault.name": "brightwater", "client.secret": "demo-docvault-secret"},
    "roadcrew": {"account.id": "brightwater", "access.token": "demo-roadcrew-token"},
    "chimeboard": {"workspace": "brightwater", "bot.token": "demo-chimeboard-token"},
}
"""By element: the configuration with which an instance can be created here."""

_SITES = frozenset(
    {
        *SITES.values(),
        "api-cloudelements.connectwisedev.com",
        # The documentation's example hosts, so that its requests work here as they are printed.
        "api-myconnectwise.com",
        "api-myconnectwise.net",
        "sample.connectwisedev.com",
        "insert_connectwise_server_url",
    }
)
_DOCUMENTATION_COMPANIES = frozenset({"cloudelements", "<insert_connectwise_company>"})
_PLACEHOLDER = re.compile(r"x{4,}|<[A-Z_ ]+>", re.I)
_NAMES = {COMPANY: "Brightwater Managed Services", "cloudelements": "Cloud Elements Documentation"}


def known_site(address: str) -> str | None:
    """Return the host of a ConnectWise address, or ``None`` where the sandbox has no such site."""
    text = re.sub(r"[<>]", "", address.strip())
    try:
        host = urlsplit(text if "://" in text else f"https://{text}").hostname or ""
    except ValueError:
        return None
    return host if host in _SITES else None


def company_named(company: str) -> str | None:
    """Return the full name of a company that the sandbox's ConnectWise knows."""
    return _NAMES.get(company.lower())


def credentials_valid(company: str, user: str, password: str) -> bool:
    """Say whether ConnectWise lets this pair in: a user with password, or a public with its private key.

    There are two companies: the demo company, and the documentation's, whose users are placeholders.
    """
    if company.lower() == COMPANY:
        return (user, password) in {(_USERNAME, _PASSWORD), (_PUBLIC_KEY, _PRIVATE_KEY)}
    return (
        (company.lower() in _DOCUMENTATION_COMPANIES or bool(_PLACEHOLDER.fullmatch(company)))
        and bool(_PLACEHOLDER.fullmatch(user))
        and bool(_PLACEHOLDER.fullmatch(password))
    )


def knows_client(client_id: str) -> bool:
    """Say whether a client id is registered with the sandbox's ConnectWise."""
    return client_id.lower() == CLIENT_ID or bool(_PLACEHOLDER.fullmatch(client_id))


def is_demo_value(values: Mapping[str, str | None], element_key: str) -> bool:
    """Say whether the demo values of an element (other than the ConnectWise ones) are all there."""
    return all(values.get(key) == value for key, value in DEMO.get(element_key, {}).items())


_CUSTOMERS = ("Harbor", "Summit", "Pine", "Delta", "Crown", "Maple", "Vertex", "Canal", "Quarry", "Lark")
_KINDS = ("Clinic", "Logistics", "Bakery", "Print", "Legal", "Studio", "Dental", "Garden", "Motors", "Foods")
_INTERVALS = ("15", "15", "15", "30", "60", "5")


def practice_sheet(
    accounts: Mapping[str, Mapping[str, Any]], counts: Mapping[str, int], tag: str
) -> pd.DataFrame:
    """Return a sheet for ``create_many`` in which every row is another customer's instance.

    ``accounts`` holds the configuration to sign in with, by element (``sandbox.demo``); ``counts`` how many
    rows of each element. Columns ``element.key``, ``name``, ``tags`` (``tag``) and the configuration.
    Among those that poll, intervals differ, events are still off though a callback is set, some
    callbacks are not encrypted or cannot be reached, and a few have another setting changed.
    """
    rows = [
        {"element.key": element, "name": _name(number), "tags": tag}
        | dict(accounts[element])
        | _events(element, number)
        for element, count in counts.items()
        for number in range(count)
    ]
    order = sorted(range(len(rows)), key=lambda place: (place * 37) % max(len(rows), 1))
    return pd.DataFrame([rows[place] for place in order]).rename_axis("row")


def _name(number: int) -> str:
    again = f" {number // 100 + 1}" if number >= 100 else ""
    return f"{_CUSTOMERS[number % 10]} {_KINDS[number // 10 % 10]}{again}"


def _events(element: str, number: int) -> dict[str, str]:
    fields = shipped(element).fields
    if "event.poller.configuration" not in fields:
        return {}
    address = "http://hooks.example.com" if number % 17 == 3 else "https://hooks.example.com"
    if number % 31 == 7:
        address = "https://192.168.10.4"  # an address for trying things out, left in
    events = {
        "event.notification.enabled": "false",
        "event.notification.callback.url": f"{address}/customers/{number}",
        "event.poller.refresh_interval": _INTERVALS[number % len(_INTERVALS)],
    }
    return events | ({"filter.response.nulls": "false"} if number % 23 == 5 else {})
