"""The element definitions that come with the package: both ConnectWise elements."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources

from cwkit.elements.model import Element
from cwkit.errors import UnknownElement

__all__ = ["shipped", "shipped_keys"]

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
