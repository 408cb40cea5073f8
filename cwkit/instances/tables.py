"""An instance's configuration and summary as tables: values typed for reading, secrets masked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from cwkit.elements import ConfigurationField, Element
from cwkit.instances.remembered import Remembered
from cwkit.redaction import MASK, Secret, is_secret, safe_text
from cwkit.redaction import strip_control_characters as plain

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cwkit.instances.display import Table
    from cwkit.instances.model import Instance

__all__ = [
    "CONFIGURATION_COLUMNS",
    "SUMMARY_COLUMNS",
    "configuration_rows",
    "configuration_table",
    "export",
    "show",
    "summary",
    "summary_row",
    "typed",
]

CONFIGURATION_COLUMNS = (
    "key", "label", "value", "default", "changed", "group", "secret", "hidden", "internal", "raw",
)  # fmt: skip
"""What :func:`configuration_rows` gives, in order; ``key`` is the table's index."""

SUMMARY_COLUMNS = (
    "id", "name", "element", "hub", "created", "valid", "disabled", "events", "tags", "token",
    "configuration_keys", "changed", "polled_resources",
)  # fmt: skip
"""What :func:`summary_row` gives, in order; ``id`` is the table's index."""

_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,14})")
_STARS = Secret(MASK)


def typed(raw: str | None, *, numbers: bool = True) -> Any:
    """Return a configuration value as it is read: ``"true"`` is ``True``, ``"15"`` is ``15``.

    With ``numbers=False`` digits stay text: a company named ``0042`` is not a number. Blank is ``""``.
    """
    if raw is None:
        return None
    if raw in ("true", "false"):
        return raw == "true"
    return int(raw) if numbers and _WHOLE.fullmatch(raw) else safe_text(raw)


@dataclass(slots=True)
class _Described:
    """What a table says of a key."""

    label: str
    default: Any
    default_raw: str | None
    group: str
    secret: bool
    hidden: bool
    internal: bool
    numbers: bool


def _describe(config_field: ConfigurationField) -> _Described:
    return _Described(
        label=config_field.label,
        default=typed(config_field.default_value),
        default_raw=config_field.default_value,
        group=config_field.group_name or config_field.section,
        secret=config_field.is_secret,
        hidden=config_field.hide_from_console,
        internal=config_field.internal,
        numbers=not config_field.required,
    )


def _unknown_key(key: str) -> _Described:
    return _Described(plain(key), None, None, "unknown", is_secret(key), False, False, True)


def _safe(raw: str | None) -> str | None:
    return raw if raw is None else safe_text(raw)


def _differs(raw: str | None, default: str | None) -> bool:
    if (raw or "") == (default or ""):
        return False
    if raw and default and raw[0] == "{" == default[0]:
        return not _same_json(raw, default)
    return True


def _same_json(one: str, other: str) -> bool:
    try:
        return bool(json.loads(one) == json.loads(other))
    except (ValueError, RecursionError):
        return False


def _cells(about: _Described, raw: str | Secret | None) -> tuple[Any, bool, str | None, bool]:
    """Return ``value``, ``changed``, ``raw`` and ``secret`` for a value."""
    if not isinstance(raw, Secret):
        value = typed(raw, numbers=about.numbers)
        text = value if isinstance(value, str) else _safe(raw)
        return value, _differs(raw, about.default_raw), text, about.secret
    # The platform returns stars even for a blank password: only a required one is surely set.
    changed = bool(raw) and (about.group == "required" or raw != _STARS)
    shown = MASK if raw else ""
    return shown, changed, shown, True


def configuration_rows(instance: Instance, remembered: Remembered | None = None) -> Iterator[tuple[Any, ...]]:
    """Yield one tuple for each configuration key, in the order of ``CONFIGURATION_COLUMNS``.

    A secret is ``********`` in ``value`` and ``raw``, or blank where there is none. ``changed``: not the
    element's default, where blank and missing are the same and JSON is compared as JSON. Equal values
    share the rows in ``remembered``.
    """
    definition, kept = instance.definition, remembered or Remembered()
    for name, raw in instance.configuration.items():
        # Of a secret only counts whether there is one, and whether it is the platform's stars.
        value = (bool(raw), raw == _STARS) if isinstance(raw, Secret) else raw
        yield kept.get(("row", id(definition), name, value), partial(_row, definition, name, raw))


def _row(definition: Element, name: str, raw: str | Secret | None) -> tuple[Any, ...]:
    field = definition.fields.get(name)
    about = _unknown_key(name) if field is None else _describe(field)
    value, changed, text, secret = _cells(about, raw)
    key = plain(name) if field is None else name
    flags = (about.hidden, about.internal)
    return key, about.label, value, about.default, changed, about.group, secret, *flags, text


def configuration_table(instance: Instance) -> Table:
    """Return an instance's configuration as a table.

    Index ``key``; columns ``label``, ``value`` (typed for reading), ``default``, ``changed``, ``group``,
    ``secret``, ``hidden``, ``internal``, ``raw`` (the text that travels). Secrets are masked; keys that the
    element does not know are in the group ``unknown``.
    """
    import pandas as pd

    from cwkit.instances.display import Table

    rows = list(configuration_rows(instance))
    frame = pd.DataFrame(rows, columns=list(CONFIGURATION_COLUMNS), dtype=object)
    flags = dict.fromkeys(("changed", "secret", "hidden", "internal"), bool)
    return Table(frame.astype(flags).set_index("key"))


def summary_row(instance: Instance, remembered: Remembered | None = None) -> tuple[Any, ...]:
    """Return what one line tells of an instance, in the order of ``SUMMARY_COLUMNS``."""
    poller = instance.configuration.get("event.poller.configuration")
    changed = sum(bool(row[4]) and not row[8] for row in configuration_rows(instance, remembered))
    return (
        instance.id,
        plain(instance.name),
        plain(instance.element_key),
        instance.hub,
        instance.created_date,
        instance.valid,
        instance.disabled,
        instance.events_enabled,
        plain(", ".join(instance.tags)),
        MASK if instance.token else "",
        len(instance.configuration),
        changed,
        _resources(poller) if isinstance(poller, str) else 0,
    )


def _resources(poller: str) -> int:
    try:
        value = json.loads(poller)
    except (ValueError, RecursionError):
        return 0
    return len(value) if isinstance(value, dict) else 0


def summary(instance: Instance) -> Table:
    """Return what an instance is, on one line.

    Index ``id``; columns ``name``, ``element``, ``hub``, ``created``, ``valid``, ``disabled``, ``events``,
    ``tags``, ``token`` (masked), ``configuration_keys``, ``changed`` (how many values are not the element's
    default), ``polled_resources``.
    """
    import pandas as pd

    from cwkit.instances.display import Table

    frame = pd.DataFrame([summary_row(instance)], columns=list(SUMMARY_COLUMNS), dtype=object)
    return Table(frame.set_index("id"))


def show(table: pd.DataFrame) -> Table:
    """Return ``table`` as a notebook shows our own: no wider than the page, its text escaped."""
    from cwkit.instances.display import Table

    return Table(table)


def export(table: pd.DataFrame, path: str | Path) -> Path:
    """Write a table to ``.csv``, ``.xlsx`` or ``.parquet``; no secret in it, and no cell is a formula.

    Returns the path. Raises ``InputError`` for another ending, or where the file cannot be written.
    """
    from cwkit.instances.display import write

    return write(table, path)
