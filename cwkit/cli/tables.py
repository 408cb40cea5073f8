"""A DataFrame in a terminal: as a table that fits the window, or as CSV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["print_csv", "print_findings", "print_row", "print_table", "shown"]

# Escape sequences and other control signs could change what a terminal shows; they come from outside.
_CONTROL = re.compile(
    r"\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)
_SEVERITY = {"error": "red", "warning": "yellow", "info": "cyan"}


def shown(value: object, limit: int = 300) -> str:
    """Return a cell's text: blank for nothing, without control signs, cut at ``limit`` characters."""
    if value is None or value != value:  # NaN is the one value that differs from itself
        return ""
    text = _CONTROL.sub("", str(value))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def print_row(title: str, table: pd.DataFrame) -> None:
    """Print the first row of ``table`` downwards, a line for each column."""
    row = table.reset_index().iloc[0]
    click.secho(title, bold=True)
    width = max(len(str(name)) for name in row.index)
    for name, value in row.items():
        click.echo(f"  {str(name).replace('_', ' '):<{width}}  {shown(value)}".rstrip())


def print_findings(findings: pd.DataFrame) -> None:
    """Print findings one below the other, with equal ones told once for all their subjects."""
    click.secho("Findings", bold=True)
    alike = findings.groupby(["severity", "code", "message", "fix"], sort=False)["subject"].agg(list)
    for (severity, code, message, fix), subjects in alike.items():
        told = ", ".join(shown(subject) for subject in subjects if subject)
        click.secho(f"  {severity}", fg=_SEVERITY.get(severity), bold=True, nl=False)
        click.echo(f"  {told}  [{code}]")
        click.echo(f"      {shown(message, 1000)}")
        click.echo(f"      What to do: {shown(fix, 1000)}")


def print_table(title: str, table: pd.DataFrame) -> None:
    """Print ``table`` with its index (where it is named) as the first column."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    framed = table.reset_index() if table.index.name else table
    drawn = Table(title=title, title_justify="left", header_style="bold", show_lines=False)
    for column in framed.columns:
        drawn.add_column(Text(shown(column)), overflow="fold")
    for row in framed.itertuples(index=False):
        drawn.add_row(*(Text(shown(value)) for value in row))
    console = Console()
    # Into a file or a pipe there is no window whose width would matter.
    console.print(drawn, width=None if console.is_terminal else max(160, console.width))


def print_csv(table: pd.DataFrame) -> None:
    """Print ``table`` as CSV; a cell that a spreadsheet would take for a formula is made a text."""
    from cwkit.instances.export import to_csv

    click.echo(to_csv(table), nl=False)
