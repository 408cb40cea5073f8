"""All instances in one table: what they are, their configuration, their pollers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from cwkit.errors import PollerError
from cwkit.events import PollerConfiguration, PollerResource
from cwkit.events.poller import COLUMNS as POLLER_COLUMNS
from cwkit.fleet.configuration import long_table
from cwkit.instances import Instance
from cwkit.instances.collector import collector_paused
from cwkit.instances.display import Table
from cwkit.instances.exporting import export
from cwkit.instances.plain_text import plain
from cwkit.instances.tables import (
    SUMMARY_COLUMNS,
    configuration_rows,
    safe_text,
    summary_row,
    typed,
)

__all__ = ["INTERVAL_KEY", "POLLER_KEY", "configuration_table", "export", "instances_table", "pollers_table"]

POLLER_KEY = "event.poller.configuration"
INTERVAL_KEY = "event.poller.refresh_interval"
_NUMBERS = {"created_tolerance_s": "float64", "page_size": "Int64", "poll_delay_s": "float64"}


@collector_paused()
def instances_table(instances: Iterable[Instance]) -> Table:
    """Return one row an instance.

    Index ``id``; columns ``name``, ``element``, ``hub``, ``created`` (a timestamp in UTC), ``valid``,
    ``disabled``, ``events``, ``tags``, ``token`` (masked), ``configuration_keys``, ``changed`` (values
    that are not the element's default), ``polled_resources``.
    """
    frame = _frame([summary_row(instance) for instance in instances], SUMMARY_COLUMNS)
    frame["created"] = pd.to_datetime(frame["created"], utc=True, errors="coerce", format="ISO8601")
    frame = frame.astype(dict.fromkeys(("configuration_keys", "changed", "polled_resources"), "int64"))
    return Table(frame.set_index("id"))


def configuration_table(instances: Iterable[Instance], shape: Literal["long", "wide"] = "long") -> Table:
    """Return the configuration of all instances; secrets are masked.

    ``long``: one row a value; index ``id``, ``key``; columns ``name``, ``element`` and those of
    ``instance.configuration_table()``. ``wide``: one row an instance; index ``id``; columns ``name``,
    ``element`` and one for each key, with the value typed for reading.
    """
    return long_table(instances) if shape == "long" else _wide(instances)


def _wide(instances: Iterable[Instance]) -> Table:
    rows = [
        {"id": instance.id, "name": plain(instance.name), "element": plain(instance.element_key)}
        | {row[0]: row[2] for row in configuration_rows(instance)}
        for instance in instances
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["id", "name", "element"]
    return Table(pd.DataFrame(rows, columns=columns, dtype="object").set_index("id"))


@collector_paused()
def pollers_table(instances: Iterable[Instance]) -> Table:
    """Return one row a polled resource of all instances.

    Index ``id``, ``resource``; columns ``name`` and ``element`` of the instance, ``interval_min`` (minutes
    between polls; the text where it is no number), those of ``poller.table()``, and ``problem``: why a
    poller cannot be read, in one row with no resource.
    """
    rows: list[tuple[Any, ...]] = []
    for instance in instances:
        text = instance.configuration.get(POLLER_KEY)
        if not isinstance(text, str) or not text.strip():
            continue
        about = (instance.id, plain(instance.name), plain(instance.element_key))
        raw = instance.configuration.get(INTERVAL_KEY)
        interval = typed(raw) if isinstance(raw, str) else None
        rows.extend((*about, interval, *cells) for cells in _poller_rows(text))
    columns = ("id", "name", "element", "interval_min", "resource", *POLLER_COLUMNS, "problem")
    return Table(_frame(rows, columns, _NUMBERS).set_index(["id", "resource"]))


@lru_cache(maxsize=512)
def _poller_rows(text: str) -> tuple[tuple[Any, ...], ...]:
    """Return a row for each resource of a poller: name, its columns, problem."""
    try:
        poller = PollerConfiguration.parse(text)
    except PollerError as error:
        return ((None, *[None] * len(POLLER_COLUMNS), error.message),)
    return tuple(_resource_row(resource) for resource in poller.resources.values())


_ROWS: dict[Any, tuple[Any, ...]] = {}
_MOST_KEPT = 4096


def _resource_row(resource: PollerResource) -> tuple[Any, ...]:
    """Return the row of a resource; it is kept, for the instances of a fleet have most of theirs alike."""
    mark = resource.fingerprint()
    row = _ROWS.get(mark) if mark is not None else None
    if row is None:
        row = (plain(resource.name), *[_seen(getattr(resource, column)) for column in POLLER_COLUMNS], "")
        if mark is not None:
            if len(_ROWS) >= _MOST_KEPT:
                _ROWS.clear()
            _ROWS[mark] = row
    return row


def _seen(cell: Any) -> Any:
    return safe_text(cell) if isinstance(cell, str) else cell


def _frame(
    rows: list[tuple[Any, ...]], columns: tuple[str, ...], types: Mapping[str, Any] = MappingProxyType({})
) -> pd.DataFrame:
    """Make a table column by column, which is quicker than from rows and keeps equal texts one."""
    cells = list(zip(*rows, strict=True)) if rows else [() for _ in columns]
    return pd.DataFrame(
        {
            name: pd.Series(list(values), dtype=types.get(name, "object"))
            for name, values in zip(columns, cells, strict=True)
        }
    )
