"""Poller configurations as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from cwkit.events.poller import PollerConfiguration

__all__ = ["COLUMNS", "poller_table"]

COLUMNS = (
    "hub", "path", "where", "id_field", "updated_field", "updated_format", "updated_zone", "created_field",
    "created_format", "created_zone", "filter_by_updated", "created_tolerance_s", "page_size", "poll_delay_s",
    "url",
)  # fmt: skip
"""The columns of a poller's table; each is an attribute of ``PollerResource``."""

_TYPES: dict[str, Any] = {
    "filter_by_updated": "bool",
    "created_tolerance_s": "float64",
    "page_size": "Int64",
    "poll_delay_s": "float64",
}


def poller_table(poller: PollerConfiguration) -> pd.DataFrame:
    """Return one row a resource; see ``PollerConfiguration.table``."""
    resources = poller.resources.values()
    columns = {
        name: pd.Series([getattr(resource, name) for resource in resources], dtype=_TYPES.get(name, "object"))
        for name in COLUMNS
    }
    table = pd.DataFrame(columns)
    table.index = pd.Index(list(poller.resources), name="resource", dtype="object")
    return table
