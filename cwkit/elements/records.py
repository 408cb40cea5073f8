"""The fields that the records of an element have, for the elements that come with cwkit."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

__all__ = ["record_fields"]


def record_fields(element_key: str, record_object: str) -> frozenset[str] | None:
    """Return the first-level fields of ``contacts``, ``incidents``, ...; ``None`` where unknown."""
    return _all().get(element_key, {}).get(record_object)


@cache
def _all() -> dict[str, dict[str, frozenset[str]]]:
    text = resources.files("cwkit.elements").joinpath("definitions", "record_fields.json").read_text("utf-8")
    return {
        element: {name: frozenset(fields) for name, fields in objects.items()}
        for element, objects in json.loads(text).items()
    }
