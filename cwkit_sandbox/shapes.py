"""The shapes of records: which objects an element has, and their properties with their types."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

__all__ = ["INTERNAL", "objects", "shape"]

INTERNAL = frozenset({"comments", "schedule"})
"""Objects that are reached through another one only."""


@cache
def _shapes() -> dict[str, dict[str, dict[str, str]]]:
    text = resources.files("cwkit_sandbox").joinpath("definitions", "shapes.json").read_text("utf-8")
    shapes: dict[str, dict[str, dict[str, str]]] = json.loads(text)
    return shapes


def objects(element_key: str) -> list[str]:
    """Return the names of an element's objects."""
    return sorted(name for name in _shapes().get(element_key, {}) if name not in INTERNAL)


def shape(element_key: str, name: str) -> dict[str, str] | None:
    """Return the properties of an object with their types, or ``None`` where there is no such object.

    Types: ``string``, ``integer``, ``number``, ``boolean``, ``object``, ``array``.
    """
    return _shapes().get(element_key, {}).get(name)
