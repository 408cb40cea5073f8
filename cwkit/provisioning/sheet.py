"""Reading the sheet from which many instances are created: a DataFrame, a CSV or Excel file, or dicts."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cwkit.errors import ReadError, how_to_install
from cwkit.redaction import Secret, frameless

__all__ = ["ELEMENT", "NAME", "TAGS", "Sheet", "SheetRow", "cell_text", "read_sheet", "tags_in"]

ELEMENT, NAME, TAGS = "element.key", "name", "tags"
_COLUMNS = {
    "elementkey": ELEMENT,
    "element": ELEMENT,
    "name": NAME,
    "instancename": NAME,
    "tags": TAGS,
    "tag": TAGS,
}
_EXCEL = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})


@dataclass(frozen=True)
class SheetRow:
    """One row: ``label`` is how a person finds it (the spreadsheet's row number, or the DataFrame's index).

    ``values`` has the configuration cells that are not blank, by column.
    """

    label: Hashable
    element_key: Any
    name: Any
    tags: Any
    values: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Sheet:
    """All rows that are not blank, the configuration columns, and how many rows were blank."""

    rows: list[SheetRow]
    columns: list[str]
    blank: int = 0


@frameless
def read_sheet(source: Any) -> Sheet:
    """Return the rows of a DataFrame, a CSV or Excel file, or an iterable of mappings.

    The columns for the element, the name and the tags are known in several spellings. Blank rows
    are left out. Raises ``ReadError`` for what is not a sheet, and for a column that is there twice.
    """
    if isinstance(source, str | Path):
        header, body = _from_file(Path(source))
    elif hasattr(source, "columns") and hasattr(source, "itertuples"):
        header = [str(column) for column in source.columns]
        body = [(row[0], list(row[1:])) for row in source.itertuples(index=True, name=None)]
    elif isinstance(source, Mapping) or not isinstance(source, Iterable):
        raise ReadError(
            f"A {type(source).__name__} is not a sheet.",
            fix="Give a DataFrame, the path of a CSV or Excel file, or a list of dicts.",
        )
    else:
        header, body = _from_mappings(list(source))
    return _sheet(header, body)


def _from_mappings(items: list[Any]) -> tuple[list[str], list[tuple[Hashable, list[Any]]]]:
    for position, item in enumerate(items):
        if not isinstance(item, Mapping):
            raise ReadError(
                f"Row {position} is a {type(item).__name__}, not a mapping of columns.",
                fix="Give every row as a dict, such as {'element.key': ..., 'name': ...}.",
            )
    header = list(dict.fromkeys(str(key) for item in items for key in item))
    texts = [{str(key): value for key, value in item.items()} for item in items]
    return header, [(i, [item.get(column) for column in header]) for i, item in enumerate(texts)]


def _sheet(header: Sequence[str], body: Sequence[tuple[Hashable, list[Any]]]) -> Sheet:
    columns = [_column(text) for text in header]
    twice = sorted({column for column in columns if column and columns.count(column) > 1})
    if twice:
        raise ReadError(f"The column {twice[0]!r} is there twice.", fix="Keep one of them.")
    rows = []
    for label, cells in body:
        row = {c: v for c, v in zip(columns, cells, strict=False) if c and not _is_blank(v)}
        if row:
            head = (row.pop(ELEMENT, None), row.pop(NAME, None), row.pop(TAGS, None))
            rows.append(SheetRow(label, *head, row))
    configuration = [column for column in columns if column and column not in (ELEMENT, NAME, TAGS)]
    return Sheet(rows, configuration, len(body) - len(rows))


def _column(text: str) -> str:
    tidy = str(text).strip().strip("\ufeff\u00a0").strip()
    return _COLUMNS.get(re.sub(r"[\s._-]", "", tidy).lower(), tidy)


def _is_blank(value: Any) -> bool:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    if isinstance(value, Secret):
        return not value
    if isinstance(value, str):
        return not value.strip().strip("\u00a0\u200b\ufeff")
    return type(value).__name__ in ("NAType", "NaTType")


def cell_text(value: Any) -> str | Secret:
    """Return what a cell means as a text: ``15.0`` is ``15``, ``TRUE`` is ``true``; a Secret stays one."""
    if isinstance(value, Secret):
        return value
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value).strip()


def tags_in(value: Any) -> list[str]:
    """Return the tags of a cell: separated by commas or semicolons, or a list already."""
    if _is_blank(value):
        return []
    if isinstance(value, list | tuple | set):
        return [str(tag).strip() for tag in value]
    return [tag.strip() for tag in re.split(r"[,;]", str(cell_text(value))) if tag.strip()]


def _from_file(path: Path) -> tuple[list[str], list[tuple[Hashable, list[Any]]]]:
    lines = _excel_lines(path) if path.suffix.lower() in _EXCEL else _csv_lines(path)
    filled = [(number, line) for number, line in enumerate(lines, 1) if not all(map(_is_blank, line))]
    if not filled:
        raise ReadError(f"{path} has no rows.", fix="Begin with cwkit.template(element_key), and fill it in.")
    first, header = filled[0]
    width = max(len(line) for _, line in filled)
    named = ["" if _is_blank(text) else str(text) for text in header] + [""] * (width - len(header))
    # Blank lines in the middle keep their number, so that the row numbers are those of the spreadsheet.
    return named, [(number, list(line)) for number, line in enumerate(lines, 1) if number > first]


def _csv_lines(path: Path) -> list[list[Any]]:
    raw = _read(path)
    encodings = ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    text = ""
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            text = raw.decode(encoding)
            break
    lines = text.splitlines()
    separator = max(",;\t", key=lines[0].count) if lines else ","
    width = 1 + max((line.count(separator) for line in lines), default=0)  # no line has more cells

    def read(pd: Any) -> Any:
        return pd.read_csv(
            io.StringIO(text), sep=separator, names=range(width), skip_blank_lines=False, **_AS_WRITTEN
        )

    return _lines(path, read, "a CSV file", "Save it again as CSV (UTF-8).")


def _excel_lines(path: Path) -> list[list[Any]]:
    content = _read(path)

    def read(pd: Any) -> Any:
        return pd.read_excel(io.BytesIO(content), **{**_AS_WRITTEN, "dtype": object})

    fix = "Open it in Excel and save it again as .xlsx, or as CSV (UTF-8)."
    return _lines(path, read, "an Excel file", fix)


_AS_WRITTEN: dict[str, Any] = {"header": None, "dtype": str, "keep_default_na": False}


def _lines(path: Path, read: Callable[[Any], Any], kind: str, fix: str) -> list[list[Any]]:
    import pandas as pd

    try:
        return [list(row) for row in read(pd).itertuples(index=False, name=None)]
    except pd.errors.EmptyDataError:
        return []
    except ImportError:
        problem = "reading it needs openpyxl"
        fix = f"{how_to_install('data')} Or save the sheet as CSV (UTF-8)."
    except Exception as reason:  # noqa: BLE001 - the readers raise what they like
        problem = f"it cannot be read as {kind} ({type(reason).__name__})"
    raise ReadError(f"{path}: {problem}.", fix=fix)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as reason:
        kind = type(reason).__name__
    what = "There is no file" if kind == "FileNotFoundError" else f"Cannot read ({kind})"
    raise ReadError(f"{what} {str(path)!r}.", fix="Give the path of a CSV or Excel file.")
