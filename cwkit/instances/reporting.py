"""A report for a ticket: what it is, what was found, its tables, redacted, as Markdown and as HTML."""

from __future__ import annotations

import html
import platform
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

import cwkit
from cwkit.instances.display import STYLE, as_html, cells
from cwkit.instances.findings import findings_table
from cwkit.instances.model import Instance
from cwkit.instances.plain_text import plain
from cwkit.instances.reading import read_instances
from cwkit.instances.requests import PastedRequest
from cwkit.redaction import Secret, mask_text

__all__ = ["Report", "report"]

_LONGEST_CELL = 600
_SPECIAL = re.compile(r"([\\`*_{}\[\]#|~!])")


@dataclass(frozen=True)
class Report:
    """A redacted text for a ticket, as ``markdown`` and as ``html`` (a fragment with its own style)."""

    markdown: str
    html: str

    def __str__(self) -> str:
        return self.markdown

    def __repr__(self) -> str:
        return f"<Report of {len(self.markdown):,} characters: .markdown, .html>"

    def _repr_html_(self) -> str:
        return self.html


@dataclass(frozen=True)
class _Section:
    """One heading with lines of text and a table below it."""

    title: str
    lines: tuple[str, ...] = ()
    table: pd.DataFrame | None = None


def report(*things: Any) -> Report:
    """Return a report on instances or requests, without any secret.

    Each is an :class:`Instance`, a :class:`PastedRequest`, or anything that ``read_instances`` takes.
    """
    read: list[Instance | PastedRequest] = []
    for thing in things:
        if isinstance(thing, Instance | PastedRequest):
            read.append(thing)
        else:
            read.extend(read_instances(thing))
    sections = [section for thing in read for section in _sections(thing)]
    sections.append(
        _Section("Made with", (f"cwkit {cwkit.__version__}, Python {platform.python_version()}",))
    )
    secrets = [secret for thing in read for secret in _secrets(thing)]
    return Report(
        markdown=_masked("\n\n".join(_markdown(section) for section in sections) + "\n", secrets),
        html=_masked(STYLE + "".join(_html(section) for section in sections), secrets),
    )


def _masked(text: str, secrets: Iterable[Secret]) -> str:
    return mask_text(text, secrets)


def _secrets(thing: Instance | PastedRequest) -> list[Secret]:
    """The secrets that no ordinary word is like; short ones are masked in their own field only."""
    instance = thing.instance if isinstance(thing, PastedRequest) else thing
    values = [*instance.configuration.values(), instance.token]
    return [value for value in values if isinstance(value, Secret) and len(value.reveal()) >= 8]


def _sections(thing: Instance | PastedRequest) -> list[_Section]:
    if isinstance(thing, PastedRequest):
        instance, title = thing.instance, f"Request for {thing.element_key or 'an unknown element'}"
        findings, notes = findings_table(thing.all_findings()), thing.notes
    else:
        instance, notes = thing, thing.notes
        number = "" if instance.id is None else f" {instance.id}"
        title = f"Instance{number} of {instance.element_key or 'an unknown element'}"
        findings = instance.findings()
    counts = findings["severity"].value_counts()
    told = ", ".join(f"{counts[kind]} {kind}" for kind in ("error", "warning", "info") if kind in counts)
    sections = [
        _Section(title, (f"Name: {instance.name or 'none'}", *notes), _summary(instance)),
        _Section("Findings", (told or "Nothing wrong was found.",), findings if len(findings) else None),
        _Section("Configuration", (), _configuration(instance)),
    ]
    poller = instance.poller
    if poller is not None and len(poller):
        table = poller.table().drop(columns=["url"], errors="ignore")
        sections.append(_Section("Event poller", (), table))
    return sections


def _summary(instance: Instance) -> pd.DataFrame:
    row = instance.summary().iloc[0]
    index = pd.Index([str(name) for name in row.index], name="what")
    return pd.DataFrame({"value": list(row)}, index=index, dtype=object)


def _configuration(instance: Instance) -> pd.DataFrame:
    table = instance.configuration_table()[["label", "value", "default", "changed"]]
    return table[table.index != "event.poller.configuration"]


def _markdown(section: _Section) -> str:
    parts = [f"## {_escaped(section.title)}"]
    if section.lines:
        parts.append("\n".join(f"- {_escaped(line)}" for line in section.lines))
    if section.table is not None and len(section.table):
        parts.append(_markdown_table(section.table))
    return "\n\n".join(parts)


def _markdown_table(table: pd.DataFrame) -> str:
    def row(values: Iterable[Any]) -> str:
        return f"| {' | '.join(_escaped(_text(value)) for value in values)} |"

    names, rows = cells(table)
    return "\n".join([row(names), f"|{' --- |' * len(names)}", *map(row, rows)])


def _text(cell: Any) -> str:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and pd.isna(cell)):
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    text = str(cell)
    return text if len(text) <= _LONGEST_CELL else f"{text[: _LONGEST_CELL - 1]}…"


def _escaped(text: Any) -> str:
    """Return a text of which Markdown makes nothing but text, on one line."""
    one_line = re.sub(r"\s+", " ", plain(str(text)))
    return _SPECIAL.sub(r"\\\1", html.escape(one_line, quote=False))


def _html(section: _Section) -> str:
    parts = [f"<h3>{html.escape(plain(section.title))}</h3>"]
    if section.lines:
        parts.append(f"<ul>{''.join(f'<li>{html.escape(plain(line))}</li>' for line in section.lines)}</ul>")
    if section.table is not None and len(section.table):
        parts.append(as_html(section.table, style=False))
    return "".join(parts)
