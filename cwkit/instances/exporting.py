"""Tables written to files: no secret, and no text that a spreadsheet would run as a formula."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pandas as pd

from cwkit.errors import InputError
from cwkit.instances.plain_text import plain
from cwkit.redaction import Secret

__all__ = ["export", "harmless", "to_csv"]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NEEDS = {".xlsx": "openpyxl", ".parquet": "pyarrow"}


def harmless(value: Any) -> Any:
    """Return a cell as it may stand in a file that a spreadsheet opens.

    A secret becomes stars; a text that a spreadsheet would take for a formula (it starts with ``=``, ``+``,
    ``-``, ``@``, a tab or a line end) gets an apostrophe in front; a plain negative number stays.
    """
    if isinstance(value, Secret):
        return str(value)
    if not isinstance(value, str):
        return value
    text = plain(value)
    if text.lstrip(" \n").startswith(_FORMULA) and not _is_number(text):
        return f"'{text}"
    return text


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).isdecimal()


def _safe(table: pd.DataFrame) -> pd.DataFrame:
    named = [name for name in table.index.names if name is not None]
    levels = range(table.index.nlevels if named else 0)
    parts: list[Any] = [table.index.get_level_values(level) for level in levels]
    parts += [table.iloc[:, position] for position in range(table.shape[1])]
    names = [*(table.index.names if named else ()), *table.columns]
    # Numbered at first, for two columns may have one name.
    safe = pd.DataFrame({position: _harmless_part(part) for position, part in enumerate(parts)})
    safe.columns = pd.Index([harmless(str(name)) for name in names], dtype=object)
    return safe


def _harmless_part(part: pd.Series | pd.Index) -> Any:
    if pd.api.types.is_object_dtype(part.dtype) or isinstance(part.dtype, pd.StringDtype):
        return pd.Series([harmless(cell) for cell in part], dtype=object)
    return part.array


def to_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV, its index first; see :func:`harmless`."""
    return str(_safe(table).to_csv(index=False, lineterminator="\n"))


def export(table: pd.DataFrame, path: str | Path) -> Path:
    """Write a table to a file; its ending says how: ``.csv``, ``.xlsx`` or ``.parquet``.

    Raises ``InputError`` for another ending, where the library for it is not installed, and where the
    file cannot be written.
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending == ".csv":
        text = to_csv(table)
        # The byte order mark tells Excel that it is UTF-8.
        _written(target, lambda to: to.write_text(text, encoding="utf-8-sig", newline=""))
        return target
    if ending not in _NEEDS:
        raise InputError(
            f"A table cannot be written as {ending or 'a file without an ending'}.",
            fix="Give a path that ends in .csv, .xlsx or .parquet.",
            field="path",
            value=str(path),
        )
    if importlib.util.find_spec(_NEEDS[ending]) is None:
        raise InputError(
            f"Writing {ending} needs {_NEEDS[ending]}, which is not installed.",
            fix="Install it with: pip install 'cwkit[data]' - or write .csv.",
            field="path",
            value=str(path),
        )
    safe = _safe(table)
    if ending == ".xlsx":
        _written(target, lambda to: _without_zones(safe).to_excel(to, index=False, freeze_panes=(1, 1)))
    else:
        _written(target, lambda to: _uniform(safe).to_parquet(to, index=False))
    return target


def _without_zones(table: pd.DataFrame) -> pd.DataFrame:
    """Make moments GMT without saying so, for Excel knows no time zones."""
    for position, dtype in enumerate(table.dtypes):
        if isinstance(dtype, pd.DatetimeTZDtype):
            table.isetitem(position, table.iloc[:, position].dt.tz_convert("UTC").dt.tz_localize(None))
    return table


def _uniform(table: pd.DataFrame) -> pd.DataFrame:
    """Make mixed columns text, for a Parquet column has one type."""
    for position, dtype in enumerate(table.dtypes):
        column = table.iloc[:, position]
        if pd.api.types.is_object_dtype(dtype) and column.dropna().map(type).nunique() > 1:
            table.isetitem(position, [None if cell is None else str(cell) for cell in column])
    return table


def _written(target: Path, write: Any) -> None:
    reason = ""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write(target)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
    if reason:
        raise InputError(
            f"The file {target} cannot be written: {reason}.",
            fix="Close it where it is open, or choose another place.",
            field="path",
            value=str(target),
        )
