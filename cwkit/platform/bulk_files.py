"""The files of bulk downloads: one JSON record a line, or CSV, read and written without secrets."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from cwkit.errors import InputError, NotThePlatform
from cwkit.redaction import MASK, is_secret_key, mask_mapping

__all__ = ["kind_of", "masked_csv", "masked_lines", "records_in", "write_whole"]


def kind_of(target: Path) -> Literal["csv", "json"]:
    """Return what a file is to hold, by its ending. Raises ``InputError`` for any other."""
    suffix = target.suffix.lower()
    if suffix == ".csv":
        return "csv"
    if suffix in (".json", ".jsonl", ".ndjson"):
        return "json"
    raise InputError(
        f"Bulk files are CSV or JSON; the name {target.name!r} says neither.",
        fix="Name it .csv or .json. For Excel and Parquet, take to_frame() and save the table.",
        field="path",
    )


def records_in(content: bytes | str) -> Iterator[dict[str, Any]]:
    """Yield the records of a download: one JSON record a line, or one list of records.

    Raises ``NotThePlatform`` with the number of the line that holds no record.
    """
    raw = content.encode("utf-8") if isinstance(content, str) else content
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except (ValueError, RecursionError):
            data = None
        items = data if isinstance(data, list) else [data]
        if not all(isinstance(item, dict) for item in items):
            raise NotThePlatform(
                f"Line {number} of the bulk download is no record.", fix="Download it again."
            )
        yield from items


def masked_lines(content: str) -> str:
    """Return one JSON record a line, with the values under keys that name a secret masked."""
    return "".join(
        json.dumps(mask_mapping(record), ensure_ascii=False) + "\n" for record in records_in(content)
    )


def masked_csv(content: str) -> str:
    """Return CSV with the columns whose name names a secret masked."""
    rows = csv.reader(io.StringIO(content, newline=""))
    header = next(rows, [])
    secret = [index for index, name in enumerate(header) if is_secret_key(name.rpartition(".")[2])]
    if not secret:
        return content
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        for index in secret:
            if index < len(row) and row[index]:
                row[index] = MASK
        writer.writerow(row)
    return out.getvalue()


def write_whole(target: Path, text: str) -> None:
    """Write a file that appears whole or not at all. Raises ``InputError`` where it cannot be written."""
    unfinished = target.with_name(target.name + ".part")
    problem = ""
    try:
        unfinished.write_text(text, encoding="utf-8", newline="")
        unfinished.replace(target)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    if problem:
        raise InputError(
            f"{target} cannot be written: {problem}.",
            fix="Choose a folder that exists and where you may write.",
            field="path",
        )
