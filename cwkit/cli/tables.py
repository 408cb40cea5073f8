"""A DataFrame in a terminal: as a table that fits the window, or as CSV."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from cwkit.redaction import strip_control_characters

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["print_csv", "print_findings", "print_frame", "print_row", "print_table", "shown"]

_SEVERITY = {"error": "red", "warning": "yellow", "info": "cyan"}


def shown(value: object, limit: int = 300) -> str:
    """Return a cell's text: blank for nothing, without control signs, cut at ``limit`` characters."""
    if value is None or value != value:  # NaN is the one value that differs from itself
        return ""
    text = strip_control_characters(str(value))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def print_row(title: str, names: Sequence[str], row: Sequence[object]) -> None:
    """Print one row downwards, a line for each column."""
    click.secho(title, bold=True)
    width = max(len(name) for name in names)
    for name, value in zip(names, row, strict=True):
        click.echo(f"  {name.replace('_', ' '):<{width}}  {shown(value)}".rstrip())


def print_findings(findings: Iterable[tuple[str, str, str, str, str]]) -> None:
    """Print findings one below the other, with equal ones told once for all their subjects.

    A finding is its severity, code, subject, message and fix.
    """
    click.secho("Findings", bold=True)
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for severity, code, subject, message, fix in findings:
        alike.setdefault((severity, code, message, fix), []).append(subject)
    for (severity, code, message, fix), subjects in alike.items():
        told = ", ".join(shown(subject) for subject in subjects if subject)
        click.secho(f"  {severity}", fg=_SEVERITY.get(severity), bold=True, nl=False)
        click.echo(f"  {told}  [{code}]")
        click.echo(f"      {shown(message, 1000)}")
        click.echo(f"      What to do: {shown(fix, 1000)}")


def print_frame(title: str, table: pd.DataFrame) -> None:
    """Print a DataFrame with its index (where it is named) as the first column."""
    framed = table.reset_index() if table.index.name else table
    print_table(title, [str(name) for name in framed.columns], framed.itertuples(index=False))


def print_table(title: str, names: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as a table that fits the window."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", header_style="bold", show_lines=False)
    for name in names:
        drawn.add_column(Text(shown(name)), overflow="fold")
    for row in rows:
        drawn.add_row(*(Text(shown(value)) for value in row))
    console = Console()
    # Into a file or a pipe there is no window whose width would matter.
    console.print(drawn, width=None if console.is_terminal else max(160, console.width))


def print_csv(table: pd.DataFrame) -> None:
    """Print ``table`` as CSV; a cell that a spreadsheet would take for a formula is made a text."""
    from cwkit.instances.display import to_csv

    click.echo(to_csv(table), nl=False)
