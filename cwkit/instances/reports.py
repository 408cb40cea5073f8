"""A report for a ticket: what it is, what was found, its tables, redacted, as Markdown and as HTML."""

from __future__ import annotations

import html
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwkit.elements import Element
from cwkit.errors import InputError, PollerError
from cwkit.events import PollerConfiguration
from cwkit.instances.findings import findings_table
from cwkit.instances.model import Instance
from cwkit.instances.reading import read_instance, read_instances
from cwkit.instances.requests import PastedRequest
from cwkit.instances.tables import typed
from cwkit.redaction import MASK, Secret, frameless, mask_text
from cwkit.redaction import strip_control_characters as plain
from cwkit.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from cwkit.instances.display import Table

__all__ = ["Report", "compare", "report"]

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
    from cwkit.instances.display import STYLE

    read: list[Instance | PastedRequest] = []
    for thing in things:
        if isinstance(thing, Instance | PastedRequest):
            read.append(thing)
        else:
            read.extend(read_instances(thing))
    sections = [section for thing in read for section in _sections(thing)]
    sections.append(_Section("Made with", (f"cwkit {__version__}, Python {platform.python_version()}",)))
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
    import pandas as pd

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
    from cwkit.instances.display import cells

    def row(values: Iterable[Any]) -> str:
        return f"| {' | '.join(_escaped(_text(value)) for value in values)} |"

    names, rows = cells(table)
    return "\n".join([row(names), f"|{' --- |' * len(names)}", *map(row, rows)])


def _text(cell: Any) -> str:
    import pandas as pd

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
    from cwkit.instances.display import as_html

    parts = [f"<h3>{html.escape(plain(section.title))}</h3>"]
    if section.lines:
        parts.append(f"<ul>{''.join(f'<li>{html.escape(plain(line))}</li>' for line in section.lines)}</ul>")
    if section.table is not None and len(section.table):
        parts.append(as_html(section.table, style=False))
    return "".join(parts)


POLLER = "event.poller.configuration"
_ABSENT = "(not there)"
_STARS = Secret(MASK)
_OWN = frozenset((name, "") for name in ("name", "element", "tags", "valid", "disabled", "eventsEnabled"))

_Values = dict[tuple[str, str], Any]


@frameless
def compare(*things: Any) -> Table:
    """Return what differs between two or more instances; what is the same is left out.

    Each is an :class:`Instance`, an :class:`Element` (its defaults), or anything that ``read_instance``
    takes. Index ``key``; column ``setting`` (resource and setting, for keys of a poller, else blank), then
    one column for each thing, named after it. Pollers are compared setting by setting, blank and missing
    values are the same, and secrets are masked: where they differ it is said so.

    Raises ``InputError`` for fewer than two things.
    """
    import pandas as pd

    from cwkit.instances.display import Table

    if len(things) < 2:
        raise InputError("There is nothing to compare with.", fix="Give two, or one and its element.")
    read = [thing if isinstance(thing, Instance | Element) else read_instance(thing) for thing in things]
    sides = [_values(thing) for thing in read]
    defaults = any(isinstance(thing, Element) for thing in read)
    keys = _keys(read, sides)
    rows = []
    for key in keys:
        values = [side.get(key) for side in sides]
        masked = defaults and _STARS in values  # of a masked value nobody knows whether it is the default
        if not masked and not _all_same(values):
            rows.append((*key, *_shown(values)))
    columns = ["key", "setting", *_names(read)]
    return Table(pd.DataFrame(rows, columns=columns, dtype=object).set_index("key"))


def _keys(read: list[Instance | Element], sides: list[_Values]) -> list[tuple[str, str]]:
    """The keys to look at: beside an element's defaults only what an instance has, and no name or state."""
    with_defaults = any(isinstance(thing, Element) for thing in read)
    chosen = [side for thing, side in zip(read, sides, strict=True) if isinstance(thing, Instance)]
    keys = dict.fromkeys(key for side in chosen or sides for key in side)
    return [key for key in keys if not (with_defaults and key in _OWN)]


def _names(things: list[Instance | Element]) -> list[str]:
    names: list[str] = []
    for thing in things:
        if isinstance(thing, Element):
            name = f"{thing.key or thing.name} (defaults)"
        else:
            name = plain(thing.name) or "instance"
            name = f"{name} ({plain(str(thing.id))})" if thing.id is not None else name
        taken = sum(other == name or other.startswith(f"{name} #") for other in names)
        names.append(f"{name} #{taken + 1}" if taken else name)
    return names


def _values(thing: Instance | Element) -> _Values:
    if isinstance(thing, Element):
        given: Mapping[str, Any] = {field.key: field.default_value for field in thing.fields.values()}
        return dict(_flat(given))
    own = {
        ("name", ""): thing.name,
        ("element", ""): thing.element_key,
        ("tags", ""): ", ".join(sorted(thing.tags)),
        ("valid", ""): thing.valid,
        ("disabled", ""): thing.disabled,
        ("eventsEnabled", ""): thing.events_enabled,
    }
    return {**own, **dict(_flat(thing.configuration))}


def _flat(configuration: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Any]]:
    for key, value in configuration.items():
        poller = _poller(value) if key == POLLER else None
        if poller is None:
            yield (key, ""), value
            continue
        for name, resource in poller.resources.items():
            for setting, item in _settings("", resource.data):
                yield (key, f"{name}: {setting}"), item


def _poller(value: Any) -> PollerConfiguration | None:
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        return PollerConfiguration.parse(value)
    except PollerError:
        return None


def _settings(prefix: str, data: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        path = f"{prefix}.{name}" if prefix else str(name)
        if isinstance(value, Mapping) and value:
            yield from _settings(path, value)
        else:
            yield path, value


def _all_same(values: list[Any]) -> bool:
    plain_values = [_comparable(value) for value in values]
    return all(value == plain_values[0] for value in plain_values[1:])


def _comparable(value: Any) -> Any:
    # Blank, null and missing mean the same to the platform; true and "true" as well.
    if value is None or value == "" or value == Secret(""):
        return ""
    if isinstance(value, Secret):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(values: list[Any]) -> list[Any]:
    secrets = {value for value in values if isinstance(value, Secret) and value}
    return [_cell(value, secrets) for value in values]


def _cell(value: Any, secrets: set[Secret]) -> Any:
    if isinstance(value, Secret):
        if not value:
            return ""
        if len(secrets) < 2:
            return MASK
        # The platform masks: its stars differ from a value that was typed, and may still be the same.
        return f"{MASK} (masked by the platform)" if value == _STARS else f"{MASK} (differs)"
    if value is None:
        return _ABSENT
    return typed(value) if isinstance(value, str) else typed(str(value)) if isinstance(value, Path) else value
