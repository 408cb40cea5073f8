"""All rows of a sheet checked before the first is sent: what will go out, what is wrong or doubtful."""

from __future__ import annotations

import difflib
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

from cwkit.elements import Element, Problem
from cwkit.elements.connectwise import right_key
from cwkit.errors import CwkitError
from cwkit.platform import keyring_store
from cwkit.platform.creation import Prepared, examine
from cwkit.provisioning.sheet import ELEMENT, Sheet, SheetRow, cell_text, tags_in
from cwkit.redaction import Secret, as_secret, frameless

__all__ = ["CheckedRow", "check_sheet", "named_secret"]

_EXACT_DIGITS = 1e15
"""Beyond it a spreadsheet has rounded the number."""


@dataclass(frozen=True)
class CheckedRow:
    """One row after the checks: what is sent (``None`` where that is not known), what is wrong or doubtful.

    ``fingerprint`` is the same whenever the same row is read again for the same platform, whatever the
    profile's name, and knows no secret.
    """

    row: SheetRow
    element_key: str
    name: str
    prepared: Prepared | None = None
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = field(default=())
    fingerprint: str = ""


@frameless
def check_sheet(
    sheet: Sheet,
    base_url: str,
    element_of: Callable[[str], Element],
    *,
    element_key: str = "",
) -> list[CheckedRow]:
    """Check every row; nothing is sent.

    ``element_of`` gives an element by its key or raises an error of cwkit; ``element_key`` is taken where
    a row names none. Two rows that would create the same are a problem of the later one.
    """
    known: dict[str, Element | Problem] = {}

    def element(key: str) -> Element | Problem:
        if key not in known:
            try:
                known[key] = element_of(key)
            except CwkitError as problem:
                known[key] = Problem(
                    ELEMENT, "unknown", problem.message, problem.fix, repr(key), certain=True
                )
        return known[key]

    keys = [str(cell_text(row.element_key or element_key)) for row in sheet.rows]
    elements = {key: element(key) for key in dict.fromkeys(keys) if key}
    others = [one for one in elements.values() if isinstance(one, Element)]
    checked = [
        _checked(row, key, elements.get(key), others, base_url)
        for row, key in zip(sheet.rows, keys, strict=True)
    ]
    return _without_twins(checked)


def _checked(
    row: SheetRow, key: str, element: Element | Problem | None, others: list[Element], base_url: str
) -> CheckedRow:
    name = "" if row.name is None else str(cell_text(row.name))
    if element is None:
        fix = f"Fill the column {ELEMENT}, or give create_many(..., element_key=...)."
        element = Problem(ELEMENT, "missing", "The row names no element.", fix, certain=True)
    if isinstance(element, Problem):
        return CheckedRow(row, key, name, problems=(element,))
    cells = [_cell(element, others, column, value) for column, value in row.values.items()]
    values = {cell.key: cell.value for cell in cells if cell.value is not None}
    wrong = [cell.problem for cell in cells if cell.problem is not None]
    notes = [cell.note for cell in cells if cell.note]
    if isinstance(row.name, Real):
        notes.append(_zeros_note("name", row.name))
    prepared, certain = examine(element, name, values, tags_in(row.tags))
    named = {problem.key for problem in wrong}
    problems = (*wrong, *(problem for problem in certain if problem.key not in named))
    fingerprint = _fingerprint(base_url, prepared)
    return CheckedRow(row, key, name, prepared, problems, (*notes, *prepared.notes), fingerprint)


@dataclass(frozen=True)
class _Cell:
    key: str
    value: str | Secret | None = None
    problem: Problem | None = None
    note: str = ""


def _cell(element: Element, others: list[Element], column: str, value: Any) -> _Cell:
    key = _field_for(element, column)
    if key is None:
        return _foreign(element, others, column)
    known = element.fields[key]
    text = cell_text(value)
    note = "" if key == column else f"The column {column} is taken for {key}."
    if element.is_secret(key):
        return _secret_cell(key, text, value, note)
    if isinstance(value, Real) and not isinstance(value, bool) and not known.is_boolean:
        if abs(float(value)) >= _EXACT_DIGITS:
            message = "The sheet has kept only the first digits of this long number."
            fix = "Format the column as text, and enter the value again."
            return _Cell(key, problem=Problem(key, "digits-lost", message, fix, certain=True))
        if not str(known.default_value or "").isdecimal():
            note = f"{note} {_zeros_note(key, value)}".strip()
    return _Cell(key, text, note=note)


def _zeros_note(key: str, value: Any) -> str:
    return (
        f"{key} is the number {cell_text(value)} in the sheet; zeros in front of it, if it had any, are "
        "lost. Format the column as text and enter it again if so."
    )


def _secret_cell(key: str, text: str | Secret, value: Any, note: str) -> _Cell:
    if isinstance(text, Secret):
        return _Cell(key, text, note=note)
    if text.startswith(("env:", "keyring:")):
        try:
            return _Cell(key, named_secret(text), note=note)
        except CwkitError as problem:
            return _Cell(key, problem=Problem(key, "no-secret", problem.message, problem.fix, certain=True))
    doubts = [
        note,
        f"{key} stands in the sheet itself; env:NAME or keyring:SERVICE/USER keeps it out of there.",
    ]
    if isinstance(value, Real):
        doubts.append(f"{key} is a number in the sheet; zeros in front of it, if it had any, are lost.")
    return _Cell(key, as_secret(text), note=" ".join(filter(None, doubts)))


def _foreign(element: Element, others: list[Element], column: str) -> _Cell:
    """Say what a column is whose name is no field of the row's element."""
    if any(_field_for(other, column) for other in others if other is not element):
        return _Cell(column, note=f"The column {column} is no field of {element.key}; it is not sent.")
    names = {one.lower(): key for key, known in element.fields.items() for one in (key, known.label)}
    if near := difflib.get_close_matches(column.lower(), names, n=1, cutoff=0.8):
        right = names[near[0]]
        fix = f"Name the column {right}, or leave it out."
        message = f"There is no field {column!r}; {right} is meant, it seems."
        return _Cell(column, problem=Problem(column, "misspelt-column", message, fix, certain=True))
    return _Cell(column, note=f"The column {column} is no field of {element.key}; it is not sent.")


def _field_for(element: Element, column: str) -> str | None:
    """Return the field that a column means: its key in any spelling, or its label."""
    if right := right_key(element, column):
        return right
    labels = [key for key, known in element.fields.items() if known.label.casefold() == column.casefold()]
    return labels[0] if len(labels) == 1 else None


def named_secret(text: str) -> Secret:
    """Return the secret that ``env:NAME`` or ``keyring:SERVICE/USER`` names.

    Raises ``SecretUnavailable`` where there is none.
    """
    from cwkit.errors import SecretUnavailable

    kind, _, name = text.partition(":")
    if kind == "env":
        if found := os.environ.get(name.strip()):
            return as_secret(found)
        raise SecretUnavailable(
            f"The environment variable {name.strip()!r} is not set.", fix="Set it before you start Jupyter."
        )
    service, _, user = name.strip().rpartition("/")
    kept = keyring_store.read(service, user) if service else None
    if kept is None:
        raise SecretUnavailable(
            f"The keyring holds nothing under {name.strip()!r}.",
            fix="Put it there with `keyring set SERVICE USER`, and write keyring:SERVICE/USER in the sheet.",
        )
    return kept


def _fingerprint(base_url: str, prepared: Prepared) -> str:
    told = {key: value for key, value in prepared.configuration.items() if not isinstance(value, Secret)}
    parts = [base_url, prepared.element.key, prepared.name, sorted(prepared.tags), told]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode("utf-8")).hexdigest()


def _without_twins(rows: list[CheckedRow]) -> list[CheckedRow]:
    """Make a row that would create the same as an earlier one a problem; the same name alone is a doubt."""
    first: dict[str, CheckedRow] = {}
    names: dict[tuple[str, str], CheckedRow] = {}
    result = []
    for checked in rows:
        twin = first.setdefault(checked.fingerprint, checked) if checked.fingerprint else checked
        namesake = names.setdefault((checked.element_key, checked.name), checked)
        if twin is not checked:
            message = f"The row is the same as row {twin.row.label}."
            problem = Problem("name", "twice", message, "Leave one out, or name them apart.", certain=True)
            checked = replace(checked, problems=(*checked.problems, problem))
        elif namesake is not checked and checked.name:
            note = f"Row {namesake.row.label} has the same name, {checked.name!r}."
            checked = replace(checked, notes=(*checked.notes, note))
        result.append(checked)
    return result
