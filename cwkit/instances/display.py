"""Tables shown with care in a notebook: everything escaped, long JSON folded, readable in a dark theme."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pandas as pd

from cwkit.instances.plain_text import plain

__all__ = ["Table", "as_html", "cells", "show"]

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


def show(table: pd.DataFrame) -> Table:
    """Return a table that a notebook shows with care: long JSON folded, everything escaped."""
    return Table(table)


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
