"""The element definitions that come with the package: both ConnectWise elements."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from cwkit.elements.model import Element
from cwkit.errors import UnknownElement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["record_fields", "shipped", "shipped_keys", "template"]

_KEYS = ("connectwisehd", "connectwisecrmrest")


def shipped_keys() -> tuple[str, ...]:
    """Return the keys of the elements whose definitions come with the package."""
    return _KEYS


@cache
def shipped(key: str) -> Element:
    """Return the definition of an element that comes with the package.

    Raises ``UnknownElement`` for any other key; those are fetched with ``platform.elements.get(key)``.
    """
    if key not in _KEYS:
        raise UnknownElement(
            f"The element {key!r} does not come with cwkit.",
            fix=f"Take one of {', '.join(_KEYS)}, or fetch it with platform.elements.get({key!r}).",
            field="element.key",
            value=key,
        )
    text = resources.files("cwkit.elements").joinpath("definitions", f"{key}.json").read_text("utf-8")
    return Element.model_validate(json.loads(text))


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


def template(element: str | Element) -> pd.DataFrame:
    """Return an empty DataFrame to fill in, one row an instance, for ``platform.instances.create_many``.

    Columns: ``element.key``, ``name``, ``tags`` (separated by commas), then the configuration fields that
    a person may set, required ones first. ``element`` is the key of an element that comes with cwkit, or
    any :class:`Element`, as ``platform.elements.get(key)`` gives it. Raises ``UnknownElement``.
    """
    import pandas as pd

    known = element if isinstance(element, Element) else shipped(element)
    sections = ("required", "events", "optional", "advanced")
    keys = [field.key for section in sections for field in known.section(section)]  # type: ignore[arg-type]
    return pd.DataFrame(columns=["element.key", "name", "tags", *keys], dtype="object")
