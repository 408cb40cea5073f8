"""The load that the pollers of a fleet put on the sites behind it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from cwkit.errors import PollerError
from cwkit.events.poll_preview import refresh_interval
from cwkit.events.poller import PollerConfiguration
from cwkit.fleet.tables import INTERVAL_KEY, POLLER_KEY
from cwkit.instances import Instance
from cwkit.instances.display import Table
from cwkit.instances.plain_text import plain

__all__ = ["poller_load", "site_of"]

_USUAL_MINUTES = 15
_NO_SITE = "(no address)"


def poller_load(instances: Iterable[Instance]) -> Table:
    """Return how many requests an hour the pollers make, by site, the busiest first.

    Index ``site`` (the host of the instance's address); columns ``instances`` (that poll), ``resources``
    and ``requests_per_hour``: one request a resource and poll, as where nothing has changed; each full
    page of changes adds one. What does not poll counts as nothing: events off, disabled, no poller, or one
    that cannot be read (``audit`` tells of it).
    """
    rows = [(site_of(instance), *_polls(instance)) for instance in instances]
    table = pd.DataFrame(rows, columns=["site", "instances", "resources", "requests_per_hour"])
    summed = table.groupby("site").sum().sort_values("requests_per_hour", ascending=False, kind="stable")
    return Table(summed[summed["instances"] > 0])


def site_of(instance: Instance) -> str:
    """Return the host that an instance calls: of the first required field that holds an address."""
    for field in instance.definition.section("required"):
        value = instance.configuration.get(field.key)
        if "url" not in field.key.lower() or not isinstance(value, str) or not value.strip():
            continue
        text = value.strip()
        try:
            host = urlsplit(text if "://" in text else f"//{text}").hostname
        except ValueError:
            host = None
        if host:
            return plain(host)
    return _NO_SITE


def _polls(instance: Instance) -> tuple[int, int, float]:
    """Return 1 or 0 for whether the instance polls, its resources, and its requests an hour."""
    values = instance.configuration
    text: Any = values.get(POLLER_KEY)
    if instance.disabled or values.get("event.notification.enabled") != "true" or not isinstance(text, str):
        return 0, 0, 0.0
    try:
        resources = len(PollerConfiguration.parse(text))
        minutes = refresh_interval(values.get(INTERVAL_KEY) or _USUAL_MINUTES)
    except PollerError:
        return 0, 0, 0.0
    return (1, resources, resources * 60 / minutes) if resources else (0, 0, 0.0)
