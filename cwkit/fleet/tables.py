"""All instances in one table: what they are, their configuration, their pollers."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Literal

import pandas as pd

from cwkit.elements.event_settings import INTERVAL, POLLER
from cwkit.errors import PollerError
from cwkit.events import PollerConfiguration, PollerResource
from cwkit.events.poller import COLUMNS as POLLER_COLUMNS
from cwkit.instances import Instance
from cwkit.instances.display import Table
from cwkit.instances.remembered import Remembered
from cwkit.instances.tables import (
    CONFIGURATION_COLUMNS,
    SUMMARY_COLUMNS,
    configuration_rows,
    summary_row,
    typed,
)
from cwkit.redaction import safe_text
from cwkit.redaction import strip_control_characters as plain

__all__ = ["configuration_table", "instances_table", "pollers_table"]

_TYPES: dict[str, Any] = {
    **dict.fromkeys(("changed", "secret", "hidden", "internal"), "bool"),
    **dict.fromkeys(("created_tolerance_s", "poll_delay_s"), "float64"),
    "page_size": "Int64",
}


def instances_table(instances: Iterable[Instance]) -> Table:
    """Return one row per instance.

    Index ``id``; columns ``name``, ``element``, ``hub``, ``created`` (a timestamp in UTC), ``valid``,
    ``disabled``, ``events``, ``tags``, ``token`` (masked), ``configuration_keys``, ``changed`` (values
    that are not the element's default), ``polled_resources``.
    """
    counts = dict.fromkeys(("configuration_keys", "changed", "polled_resources"), "int64")
    remembered = Remembered()
    rows = [summary_row(instance, remembered) for instance in instances]
    table = _table(rows, SUMMARY_COLUMNS, counts, ["id"])
    table["created"] = pd.to_datetime(table["created"], utc=True, errors="coerce", format="ISO8601")
    return table


def configuration_table(instances: Iterable[Instance], shape: Literal["long", "wide"] = "long") -> Table:
    """Return the configuration of all instances; secrets are masked.

    ``long``: one row per value; index ``id``, ``key``; columns ``name``, ``element`` and those of
    ``instance.configuration_table()``. ``wide``: one row per instance; index ``id``; columns ``name``,
    ``element`` and one for each key, with the value typed for reading.
    """
    if shape == "wide":
        return _wide(instances)
    remembered = Remembered()
    cells: list[tuple[Any, ...]] = []
    about: list[tuple[Any, str, str]] = []
    for instance in instances:
        rows = list(configuration_rows(instance, remembered))
        cells += rows
        about += [(instance.id, *_names(instance))] * len(rows)
    columns = {name: [row[at] for row in about] for at, name in enumerate(("id", "name", "element"))}
    columns |= {name: [row[at] for row in cells] for at, name in enumerate(CONFIGURATION_COLUMNS)}
    return _framed(columns, _TYPES, ["id", "key"])


def _wide(instances: Iterable[Instance]) -> Table:
    rows = [
        dict(zip(("id", "name", "element"), (instance.id, *_names(instance)), strict=True))
        | {row[0]: row[2] for row in configuration_rows(instance)}
        for instance in instances
    ]
    columns = list(dict.fromkeys(name for row in rows for name in row)) or ["id", "name", "element"]
    return Table(pd.DataFrame(rows, columns=columns, dtype="object").set_index("id"))


def pollers_table(instances: Iterable[Instance]) -> Table:
    """Return one row per polled resource of all instances.

    Index ``id``, ``resource``; columns ``name`` and ``element`` of the instance, ``interval_min`` (minutes
    between polls; the text where it is not a number), those of ``poller.table()``, and ``problem``: why a
    poller cannot be read, in one row without a resource.
    """
    rows: list[tuple[Any, ...]] = []
    remembered = Remembered()
    for instance in instances:
        text = instance.configuration.get(POLLER)
        if not isinstance(text, str) or not text.strip():
            continue
        raw = instance.configuration.get(INTERVAL)
        interval = typed(raw) if isinstance(raw, str) else None
        about = (instance.id, *_names(instance), interval)
        rows.extend(
            (*about, *cells) for cells in remembered.get(text, partial(_poller_rows, text, remembered))
        )
    columns = ("id", "name", "element", "interval_min", "resource", *POLLER_COLUMNS, "problem")
    types = {name: kind for name, kind in _TYPES.items() if kind != "bool"}  # a problem's row has no flags
    return _table(rows, columns, types, ["id", "resource"])


def _poller_rows(text: str, remembered: Remembered) -> list[tuple[Any, ...]]:
    """Return one row per resource of a poller: name, its columns, problem."""
    try:
        poller = PollerConfiguration.parse(text)
    except PollerError as error:
        return [(None, *[None] * len(POLLER_COLUMNS), error.message)]
    return [remembered.get(resource, partial(_resource_row, resource)) for resource in poller.values()]


def _resource_row(resource: PollerResource) -> tuple[Any, ...]:
    return (plain(resource.name), *[_shown(getattr(resource, column)) for column in POLLER_COLUMNS], "")


def _names(instance: Instance) -> tuple[str, str]:
    return plain(instance.name), plain(instance.element_key)


def _shown(cell: Any) -> Any:
    return safe_text(cell) if isinstance(cell, str) else cell


def _table(
    rows: list[tuple[Any, ...]], columns: tuple[str, ...], types: dict[str, Any], index: list[str]
) -> Table:
    cells = {name: [row[at] for row in rows] for at, name in enumerate(columns)}
    return _framed(cells, types, index)


def _framed(cells: dict[str, list[Any]], types: dict[str, Any], index: list[str]) -> Table:
    columns = {name: pd.Series(values, dtype=types.get(name, "object")) for name, values in cells.items()}
    return Table(pd.DataFrame(columns).set_index(index))
