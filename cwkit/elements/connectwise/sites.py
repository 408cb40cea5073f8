"""The ConnectWise sites a person can pick, and the address that a pick makes for each field."""

from __future__ import annotations

from dataclasses import dataclass

from cwkit.elements.connectwise.fields import CRM, HELPDESK, REST_PATH, SITES, base_url_for

__all__ = ["Site", "SiteChoices", "site_choices"]

_NAMES = {"na": "North America", "eu": "Europe", "au": "Australia", "staging": "Staging"}


@dataclass(frozen=True)
class Site:
    """One of ConnectWise's own sites: its short name, what a person reads, the address it makes."""

    name: str
    label: str
    address: str


@dataclass(frozen=True)
class SiteChoices:
    """What can be picked for a field; ``own_host`` is the address with ``{host}`` for one's own site."""

    sites: tuple[Site, ...]
    own_host: str


def site_choices(element_key: str, key: str) -> SiteChoices | None:
    """Return the sites to pick from for a field, or ``None`` where the field is no site's address."""
    if (element_key, key) == (CRM, "baseUrl"):
        sites = tuple(_site(name, base_url_for(name)) for name in SITES)
        return SiteChoices(sites, f"https://{{host}}{REST_PATH}")
    if (element_key, key) == (HELPDESK, "helpdesk.connectwise.server.url"):
        return SiteChoices(
            tuple(_site(name, f"https://{host}") for name, host in SITES.items()), "https://{host}"
        )
    return None


def _site(name: str, address: str) -> Site:
    return Site(name, f"{_NAMES.get(name, name)} ({SITES[name]})", address)
