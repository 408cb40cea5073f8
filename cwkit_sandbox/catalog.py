"""The elements that the sandbox has: both ConnectWise elements and a few invented ones of other kinds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

from cwkit.elements.shipped import shipped_keys

__all__ = ["INTERNAL", "Definition", "definition", "definitions", "objects", "shape"]

_INVENTED = ("ledgerline", "mailroom", "docvault", "roadcrew", "chimeboard")


@dataclass(frozen=True)
class Definition:
    """One element as the platform gives it: plain JSON, not cwkit's model of it."""

    whole: dict[str, Any]

    @property
    def key(self) -> str:
        """The element's key."""
        return str(self.whole["key"])

    @property
    def hub(self) -> str:
        """The hub that the element belongs to."""
        return str(self.whole["hub"])

    @cached_property
    def fields(self) -> dict[str, dict[str, Any]]:
        """The configuration fields by key, in display order."""
        ordered = sorted(self.whole["configuration"], key=lambda field: field.get("displayOrder", 0))
        return {field["key"]: field for field in ordered}

    @cached_property
    def outline(self) -> dict[str, Any]:
        """The element as it stands in an instance: without its configuration fields."""
        outline = {key: value for key, value in self.whole.items() if key != "configuration"}
        return outline | {"parameters": []}

    @property
    def event_method(self) -> str | None:
        """How changes become known: ``polling``, ``webhook``, or ``None`` for an element without events."""
        if "event.poller.configuration" in self.fields:
            return "polling"
        return "webhook" if "event.notification.enabled" in self.fields else None

    def password(self, key: str) -> bool:
        """Say whether the value under a key comes back as stars."""
        return self.fields.get(key, {}).get("type") == "PASSWORD"


@cache
def definitions() -> dict[str, Definition]:
    """Return every element by key."""
    shipped = [_read("cwkit.elements", key) for key in shipped_keys()]
    return {one.key: one for one in [*shipped, *(_read("cwkit_sandbox", key) for key in _INVENTED)]}


def _read(package: str, key: str) -> Definition:
    text = resources.files(package).joinpath("definitions", f"{key}.json").read_text("utf-8")
    return Definition(json.loads(text))


def definition(key_or_id: str) -> Definition | None:
    """Return the element with this key or id, or ``None``."""
    found = definitions().get(key_or_id)
    if found is None and key_or_id.isdecimal():
        found = next((one for one in definitions().values() if str(one.whole["id"]) == key_or_id), None)
    return found


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
