"""Tables shown with care in a notebook: everything escaped, long JSON folded, readable in a dark theme."""

from __future__ import annotations

import html
import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from cwkit.errors import InputError, how_to_install
from cwkit.redaction import Secret
from cwkit.redaction import strip_control_characters as plain

__all__ = ["Table", "as_html", "cells", "harmless", "to_csv", "write"]

_MOST_ROWS = 500
_LONG = 160
_WORD = re.compile(r"[\w.-]{1,40}")
"""A key, code or name, which is not broken over two lines."""

STYLE = """<style>
.cwkit-tables{overflow-x:auto;max-width:100%}
.cwkit-table{border-collapse:collapse;font-size:13px;
 color:var(--jp-ui-font-color1,inherit);font-family:var(--jp-content-font-family,sans-serif)}
.cwkit-table th,.cwkit-table td{text-align:left!important;vertical-align:top;padding:4px 10px;
 border-bottom:1px solid var(--jp-border-color2,#8884);max-width:40em;min-width:3em;
 overflow-wrap:break-word;white-space:normal}
.cwkit-table thead th{border-bottom:2px solid var(--jp-border-color1,#888);white-space:nowrap}
.cwkit-table tbody th{font-weight:600;font-family:var(--jp-code-font-family,monospace);white-space:nowrap}
.cwkit-table .changed th{border-left:3px solid var(--jp-brand-color1,#1976d2)}
.cwkit-table .none{opacity:.5}
.cwkit-table .word{white-space:nowrap}
.cwkit-table summary{cursor:pointer;font-family:var(--jp-code-font-family,monospace);min-width:14em}
.cwkit-table pre{margin:4px 0 0;max-height:24em;overflow:auto;white-space:pre-wrap;
 background:var(--jp-layout-color2,#8881);color:inherit;padding:6px}
.cwkit-table .error,.cwkit-table .warning,.cwkit-table .info{font-weight:600;white-space:nowrap}
.cwkit-table .error{color:var(--jp-error-color1,#c62828)}
.cwkit-table .warning{color:var(--jp-warn-color0,#b26a00)}
.cwkit-table .info{color:var(--jp-info-color0,#0277bd)}
</style>"""

_SEVERITIES = {"error": "✖ error", "warning": "▲ warning", "info": "● info"}


class Table(pd.DataFrame):
    """A DataFrame like any other, but for how a notebook shows it."""

    @property
    def _constructor(self) -> Callable[..., Table]:
        return Table

    def _repr_html_(self) -> str:
        return as_html(self)


def cells(table: pd.DataFrame) -> tuple[list[str], list[tuple[Any, ...]]]:
    """Return the names of index and columns, and the rows with their index in front.

    Unlike ``reset_index`` it guesses no types: half a character from a garbled text would make that fail.
    """
    named = any(name is not None for name in table.index.names)
    names = [*(table.index.names if named else ()), *table.columns]
    rows = []
    for index, values in zip(table.index, table.to_numpy(object), strict=True):
        labels = index if isinstance(index, tuple) else (index,)
        rows.append((*(labels if named else ()), *values))
    return [plain(str(name)) for name in names], rows


def as_html(table: pd.DataFrame, *, style: bool = True) -> str:
    """Return a table as HTML; at most 500 rows, and how many there are beyond them."""
    names = [str(name) if name is not None else "" for name in table.index.names]
    head = "".join(f"<th>{html.escape(plain(str(name)))}</th>" for name in [*names, *table.columns])
    changed = list(table.columns).index("changed") if "changed" in table.columns else None
    rows = []
    for index, values in zip(table.index[:_MOST_ROWS], table.iloc[:_MOST_ROWS].to_numpy(object), strict=True):
        labels = index if isinstance(index, tuple) else (index,)
        cells = [f"<th>{_cell(label)}</th>" for label in labels] + [f"<td>{_cell(v)}</td>" for v in values]
        mark = " class='changed'" if changed is not None and values[changed] is True else ""
        rows.append(f"<tr{mark}>{''.join(cells)}</tr>")
    more = len(table) - len(rows)
    foot = f"<p>… and {more:,} more rows</p>" if more > 0 else ""
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    drawn = f"<div class='cwkit-tables'><table class='cwkit-table'>{body}</table></div>"
    return (STYLE if style else "") + drawn + foot


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return "<span class='none'>–</span>"
    if isinstance(value, bool):
        return "true" if value else "<span class='none'>false</span>"
    text = plain(str(value))
    if text in _SEVERITIES:
        return f"<span class='{text}'>{_SEVERITIES[text]}</span>"
    if len(text) > _LONG and text.lstrip()[:1] in ("{", "["):
        return _folded(text)
    shown = html.escape(text).replace("\n", "<br>")
    return f"<span class='word'>{shown}</span>" if _WORD.fullmatch(text) else shown


def _folded(text: str) -> str:
    try:
        value = json.loads(text)
        pretty = json.dumps(value, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        value, pretty = None, text
    if isinstance(value, dict):
        names = ", ".join(str(name) for name in list(value)[:6]) + (", …" if len(value) > 6 else "")
        label = f"{{ {names} }}"
    else:
        label = f"{text[:60]}…"
    return f"<details><summary>{html.escape(label)}</summary><pre>{html.escape(pretty)}</pre></details>"


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


def write(table: pd.DataFrame, path: str | Path) -> Path:
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
            fix=f"{how_to_install('data')} Or write .csv.",
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
