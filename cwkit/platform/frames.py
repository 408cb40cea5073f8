"""Records as a DataFrame: nested ones flattened with dotted names, dates as timestamps, secrets masked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

import pandas as pd

from cwkit.errors import InputError
from cwkit.platform.record_match import as_moment
from cwkit.redaction import MASK, Secret, is_secret

__all__ = ["Columns", "nested", "records_frame"]

_ISO = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)"
)
_NOTHING: dict[str, Any] = {}
_NONE = type(None)
_LARGEST = 2**63 - 1


class Columns:
    """Records gathered column by column, page by page.

    Nested objects become columns with dotted names; lists stay as they are. A record that lacks a field
    has ``None`` there. Where one record has an object and its neighbour a plain value, both are kept:
    the value under ``field``, the object's parts under ``field.part``. Keeping columns and not records
    is what makes reading quick: a page's texts are let go as soon as the page is in.
    """

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {}
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Append the records of one page."""
        page: dict[str, list[Any]] = {}
        _flatten(records, "", page)
        count = len(records)
        for name, values in page.items():
            if (column := self._columns.get(name)) is None:
                column = self._columns[name] = [None] * self._rows
            column.extend(values)
        self._rows += count
        for column in self._columns.values():
            if len(column) < self._rows:
                column.extend([None] * (self._rows - len(column)))

    def frame(self, *, millisecond_fields: Iterable[str] = (), dates: bool = True) -> pd.DataFrame:
        """Return the DataFrame; its index counts the rows from 0.

        With ``dates``, ISO-8601 texts with a zone and the epoch milliseconds in ``millisecond_fields``
        become timestamps in UTC. A column in which one value is no date stays as it is; ``attrs["notes"]``
        tells of it. Values under a key that names a secret (``portalPassword``) are masked.
        """
        names = frozenset(millisecond_fields)
        notes: list[str] = []
        data: dict[str, Any] = {}
        for name, values in self._columns.items():
            leaf = name.rpartition(".")[2]
            if is_secret(leaf):
                values = [
                    MASK if value not in (None, "") and value is not False else value for value in values
                ]
            kinds = set(map(type, values))
            typed = _as_dates(name, values, kinds, leaf in names, notes) if dates else None
            data[name] = _with_gaps(values, kinds) if typed is None else typed
        frame = pd.DataFrame(data, index=pd.RangeIndex(self._rows), copy=False)
        if notes:
            frame.attrs["notes"] = notes
        return frame


def records_frame(
    records: Iterable[Mapping[str, Any]], *, millisecond_fields: Iterable[str] = (), dates: bool = True
) -> pd.DataFrame:
    """Return records as a DataFrame: see :class:`Columns`."""
    columns = Columns()
    columns.add(list(records))
    return columns.frame(millisecond_fields=millisecond_fields, dates=dates)


def _flatten(records: Sequence[Mapping[str, Any]], prefix: str, page: dict[str, list[Any]]) -> None:
    # Column by column, not record by record: a list comprehension over one key is several times
    # quicker than a loop over the items of each record.
    names: dict[str, Any] = {}
    for record in records:
        names.update(record)
    for name in names:
        values = [record.get(name) for record in records]
        kinds = set(map(type, values))
        label = prefix + name
        if dict not in kinds:
            page[label] = values
            continue
        if kinds - {dict, _NONE}:
            page[label] = [None if type(value) is dict else value for value in values]
        _flatten([value if type(value) is dict else _NOTHING for value in values], label + ".", page)


def _as_dates(name: str, values: list[Any], kinds: set[type], milliseconds: bool, notes: list[str]) -> Any:
    """Return timestamps, or ``None`` where the values are no dates."""
    if milliseconds and int in kinds and kinds <= {int, _NONE} and _fits_64_bits(values):
        return _stamps(pd.Series(values, dtype="Int64"), unit="ms")
    first = next((value for value in values if value is not None), None)
    if type(first) is not str or not _ISO.fullmatch(first):
        return None
    fits = [value is None or (type(value) is str and _ISO.fullmatch(value) is not None) for value in values]
    if not all(fits):
        odd = next(value for value, fit in zip(values, fits, strict=True) if not fit)
        notes.append(
            f"{name} stays as it is: {fits.count(False)} of its values are no dates, such as {odd!r}."
        )
        return None
    return _stamps(values, format="ISO8601")


def _stamps(values: Any, **how: Any) -> Any:
    try:
        return pd.to_datetime(values, utc=True, **how)
    except (ValueError, OverflowError):
        return None  # a date beyond what a timestamp can hold


def _with_gaps(values: list[Any], kinds: set[type]) -> Any:
    """Keep whole numbers whole, and yes and no yes and no, where some records lack them."""
    if kinds == {int, _NONE} and _fits_64_bits(values):
        return pd.array(values, dtype="Int64")
    return pd.array(values, dtype="boolean") if kinds == {bool, _NONE} else values


def _fits_64_bits(values: list[Any]) -> bool:
    return all(value is None or -_LARGEST <= value <= _LARGEST for value in values)


def nested(record: Mapping[str, Any], dates: Literal["iso", "milliseconds"]) -> dict[str, Any]:
    """Return a record with dotted names turned into objects: the reverse of flattening.

    Dates become ISO-8601 in GMT or epoch milliseconds, missing values (``NaN``, ``NaT``) null. Takes a
    mapping or a row of a table. Raises ``InputError`` for what JSON cannot hold, or where a name is both
    a value and an object.
    """
    body: dict[str, Any] = {}
    for name, value in record.items():
        *outer, last = str(name).split(".")
        place = body
        for part in outer:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise InputError(
                    f"{part!r} is a value and has parts ({name}).",
                    fix=f"Leave one of them away: {part!r} or {name!r}.",
                    field=str(name),
                )
        place[last] = _sendable(value, dates, str(name))
    return body


def _sendable(value: Any, dates: Literal["iso", "milliseconds"], name: str) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _sendable(item, dates, f"{name}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_sendable(item, dates, name) for item in value]
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    if value is None or type(value).__name__ == "NAType" or value != value:  # pandas' ways of saying nothing
        return None
    if isinstance(value, date):
        moment = as_moment(value)
        text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
        return round(moment.timestamp() * 1000) if dates == "milliseconds" else text.replace("+00:00", "Z")
    if isinstance(value, str | int | float | Secret):
        return value
    raise InputError(
        f"{name} is {type(value).__name__}, which cannot be sent.",
        fix="Use texts, numbers, True or False, dates, None, lists and mappings.",
        field=name,
    )
