"""The configuration of many instances as one long table, made column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cwkit.instances import Instance
from cwkit.instances.collector import collector_paused
from cwkit.instances.display import Table
from cwkit.instances.plain_text import plain
from cwkit.instances.tables import Described, cells_of, described_keys, unknown_key
from cwkit.redaction import Secret

__all__ = ["long_table"]

_TOLD = ("label", "default", "group", "hidden", "internal")
_MADE = ("value", "changed", "raw", "secret")
_FLAGS = frozenset({"changed", "secret", "hidden", "internal"})
_Cell = tuple[Any, bool, str | None, bool]
_COLUMNS = ("label", "value", "default", "changed", "group", "secret", "hidden", "internal", "raw")


class _Shape:
    """Instances of one element with the same keys in the same order, by their places in the fleet."""

    def __init__(self, about: Sequence[Described], keys: Sequence[str], names: Sequence[str]) -> None:
        self.about = about
        self.keys = keys
        self.names = names
        self.places: list[int] = []
        self.values: list[Iterable[str | Secret | None]] = []


@collector_paused()
def long_table(instances: Iterable[Instance]) -> Table:
    """Return one row a value: see :func:`cwkit.fleet.configuration_table`.

    A fleet has few shapes, so most columns are repeated, and the others are looked at key by key: equal
    values are typed, compared with the default and searched for secrets once.
    """
    ids: list[Any] = []
    names: list[str] = []
    elements: list[str] = []
    shapes: dict[tuple[int, tuple[str, ...]], _Shape] = {}
    counts: list[int] = []
    for place, instance in enumerate(instances):
        ids.append(instance.id)
        names.append(plain(instance.name))
        elements.append(plain(instance.element_key))
        values = instance.configuration
        definition = instance.definition
        keys = tuple(values)
        shape = shapes.get((id(definition), keys))
        if shape is None:
            known = described_keys(definition)
            about = [known.get(key) or unknown_key(key) for key in keys]
            shape = shapes[id(definition), keys] = _Shape(about, keys, [plain(key) for key in keys])
        shape.places.append(place)
        shape.values.append(values.values())
        counts.append(len(keys))
    ends = np.cumsum(counts, dtype=np.intp)
    total = int(ends[-1]) if counts else 0
    starts = ends - np.array(counts, dtype=np.intp)
    columns = {name: np.empty(total, dtype=bool if name in _FLAGS else object) for name in _COLUMNS}
    levels: dict[str, int] = {}
    codes = np.empty(total, dtype=np.intp)
    for shape in shapes.values():
        rows = starts[shape.places][:, np.newaxis] + np.arange(len(shape.keys), dtype=np.intp)
        codes[rows] = [levels.setdefault(name, len(levels)) for name in shape.names]
        _fill(columns, shape, rows)
    index = _index(ids, counts, levels, codes)
    front = {
        "name": np.repeat(np.array(names, dtype=object), counts),
        "element": np.repeat(np.array(elements, dtype=object), counts),
    }
    data = {
        name: pd.Series(cells, index=index, dtype=cells.dtype, copy=False)
        for name, cells in (front | columns).items()
    }
    return Table(pd.DataFrame(data, index=index, copy=False))


def _fill(columns: dict[str, Any], shape: _Shape, rows: Any) -> None:
    for name in _TOLD:
        told = np.empty(len(shape.about), dtype=columns[name].dtype)
        told[:] = [getattr(about, name) for about in shape.about]
        columns[name][rows] = told
    made = {name: np.empty(rows.shape, dtype=columns[name].dtype) for name in _MADE}
    for column, (about, values) in enumerate(zip(shape.about, zip(*shape.values, strict=True), strict=True)):
        cells, codes = _cells(about, values)
        for name, parts in zip(_MADE, zip(*cells, strict=True), strict=True):
            if len(parts) == 1:
                made[name][:, column] = parts[0]
                continue
            different = np.empty(len(parts), dtype=columns[name].dtype)
            different[:] = parts
            made[name][:, column] = different[codes]
    for name, block in made.items():
        columns[name][rows] = block


def _cells(about: Described, values: Sequence[str | Secret | None]) -> tuple[list[_Cell], Any]:
    """Return the different cells of one key, and for each value which of them is its own."""
    if Secret in set(map(type, values)):
        # A secret is told by what may be seen of it; to compare two of them takes long, by intent.
        marks: Sequence[Any] = [cells_of(about, value) for value in values]
        known: dict[Any, int] = dict.fromkeys(marks, 0)
        cells = list(known)
    else:
        marks, known = values, dict.fromkeys(values, 0)
        cells = [(*about.new_cell(value), about.secret) for value in known]
    for code, mark in enumerate(known):
        known[mark] = code
    return cells, np.fromiter(map(known.__getitem__, marks), dtype=np.intp, count=len(marks))


def _index(ids: list[Any], counts: list[int], keys: dict[str, int], codes: np.ndarray) -> pd.MultiIndex:
    """Make the index from its levels, which spares looking for the equal ones among all rows."""
    known: dict[Any, int] = {}
    codes_of_ids = [-1 if one is None else known.setdefault(one, len(known)) for one in ids]
    first = pd.Index(np.array(list(known), dtype=object) if known else [], dtype=object)
    second = pd.Index(list(keys), dtype=object)
    levels: Any = [first, second]
    places: Any = [np.repeat(np.array(codes_of_ids, dtype=np.intp), counts), codes]
    return pd.MultiIndex(
        levels=levels,
        codes=places,
        names=["id", "key"],
        verify_integrity=False,
    )
