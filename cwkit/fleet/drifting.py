"""Drift: where instances differ from one that is as it should be."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import pandas as pd

from cwkit.instances import Instance
from cwkit.instances.display import Table
from cwkit.instances.plain_text import plain
from cwkit.instances.tables import safe_text
from cwkit.redaction import MASK, Secret, mask_mapping

__all__ = ["drift"]

_COLUMNS = ("id", "name", "key", "kind", "value", "reference")


def drift(
    reference: Instance,
    instances: Iterable[Instance],
    *,
    keys: Collection[str] | None = None,
    ignore: Collection[str] = (),
) -> Table:
    """Return where instances differ in their configuration from ``reference``.

    Index ``id``, ``key``; columns ``name``, ``kind`` (``changed``, ``missing``, ``extra``), ``value`` and
    ``reference`` as they travel. JSON, such as a poller, is compared by its parts, named as
    ``event.poller.configuration › contacts.url``; blank and missing are the same. ``keys`` are looked at
    alone; otherwise all but ``ignore``, the element's required fields, which are each customer's own, and
    what the platform sets by itself. Secrets are never told, only that one is there or not. Instances of
    another element are left out; ``attrs["skipped"]`` holds their ids.
    """
    definition = reference.definition
    own = {field.key for field in definition.fields.values() if field.required or field.internal}
    left_out = frozenset(ignore) | (own if keys is None else frozenset())
    wanted = frozenset(keys) if keys is not None else None
    right = _parts(reference, wanted, left_out)
    rows: list[tuple[Any, ...]] = []
    skipped: list[Any] = []
    for instance in instances:
        if instance.element_key != reference.element_key:
            skipped.append(instance.id)
        elif instance is not reference:
            about = (instance.id, plain(instance.name))
            rows.extend((*about, *row) for row in _differences(_parts(instance, wanted, left_out), right))
    table = Table(pd.DataFrame(rows, columns=list(_COLUMNS), dtype="object").set_index(["id", "key"]))
    table.attrs["skipped"] = skipped
    return table


def _differences(found: Mapping[str, str], right: Mapping[str, str]) -> Iterator[tuple[str, str, Any, Any]]:
    for key, wanted in right.items():
        value = found.get(key, "")
        if value != wanted:
            yield key, "changed" if value else "missing", value, wanted
    for key, value in found.items():
        if key not in right:
            yield key, "extra", value, ""


def _parts(instance: Instance, wanted: frozenset[str] | None, left_out: frozenset[str]) -> dict[str, str]:
    """Return what is compared: every value that is not blank, JSON by its parts."""
    parts: dict[str, str] = {}
    for key, raw in instance.configuration.items():
        if key in left_out or (wanted is not None and key not in wanted) or not raw:
            continue
        if isinstance(raw, Secret):
            parts[key] = MASK
        elif raw[0] == "{":
            parts.update((f"{plain(key)} › {name}", value) for name, value in _json_parts(raw))
        else:
            parts[plain(key)] = safe_text(raw)
    return parts


@lru_cache(maxsize=512)
def _json_parts(text: str) -> tuple[tuple[str, str], ...]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return (("(no JSON)", safe_text(text)),)
    return tuple(_leaves(mask_mapping(data), ""))


def _leaves(data: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, f"{name}.{key}" if name else str(key))
    elif data not in (None, "", {}):
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        yield plain(name), safe_text(text)
