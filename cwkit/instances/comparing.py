"""What differs between instances, an instance and its element's defaults, or one instance at two times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cwkit.elements import Element
from cwkit.errors import InputError, PollerError
from cwkit.events import PollerConfiguration
from cwkit.instances.display import Table
from cwkit.instances.model import Instance
from cwkit.instances.plain_text import plain
from cwkit.instances.reading import read_instance
from cwkit.instances.tables import typed
from cwkit.redaction import MASK, Secret

__all__ = ["compare"]

POLLER = "event.poller.configuration"
_ABSENT = "(not there)"
_STARS = Secret(MASK)
_OWN = frozenset((name, "") for name in ("name", "element", "tags", "valid", "disabled", "eventsEnabled"))

_Values = dict[tuple[str, str], Any]


def compare(*things: Any) -> Table:
    """Return what differs between two or more instances; what is the same is left out.

    Each is an :class:`Instance`, an :class:`Element` (its defaults), or anything that ``read_instance``
    takes. Index ``key``; column ``setting`` (resource and setting, for keys of a poller, else blank), then
    one column for each thing, named after it. Pollers are compared setting by setting, blank and missing
    values are the same, and secrets are masked: where they differ it is said so.

    Raises ``InputError`` for fewer than two things.
    """
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
