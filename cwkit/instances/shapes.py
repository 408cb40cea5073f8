"""What a JSON value is: an instance, a request for one, its configuration, or a poller alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal

from cwkit.elements import shipped, shipped_keys

__all__ = ["ORDER", "Shape", "as_answer", "shaped"]

Shape = Literal["answer", "request", "fields", "configuration", "poller"]

ORDER: tuple[Shape, ...] = ("answer", "request", "fields", "configuration", "poller")
"""From what tells most of an instance to what tells least."""

_DEEPEST = 12
_MARKS = frozenset(
    {
        "token", "element", "elementId", "elementKey", "valid", "disabled", "provisionInteractions",
        "eventsEnabled", "createdDate", "cachingEnabled", "traceLoggingEnabled",
    }
)  # fmt: skip


def shaped(value: Any, depth: int = 0) -> Iterator[tuple[Shape, Any]]:
    """Yield every part of ``value`` that can be read as an instance, with its shape; outermost first."""
    shape = _shape(value)
    if shape:
        yield shape, value
    elif depth < _DEEPEST and isinstance(value, Mapping):
        for item in value.values():
            if isinstance(item, Mapping | list):
                yield from shaped(item, depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for item in value:
            if isinstance(item, Mapping | list):
                yield from shaped(item, depth + 1)


def as_answer(shape: Shape, value: Any) -> Mapping[str, Any]:
    """Return a part that :func:`shaped` found in the form of the platform's answer."""
    if shape == "fields":
        return {"configuration": {str(item.get("key")): item.get("propertyValue") for item in value}}
    if shape == "configuration":
        return {"configuration": value}
    if shape == "poller":
        return {"configuration": {"event.poller.configuration": value}}
    return value  # type: ignore[no-any-return]


def _shape(value: Any) -> Shape | None:
    if isinstance(value, list):
        fields = [item for item in value if isinstance(item, Mapping) and "propertyValue" in item]
        return "fields" if fields and len(fields) == len(value) else None
    if not isinstance(value, Mapping) or not value:
        return None
    marks = sum(name in value for name in _MARKS)
    if isinstance(value.get("configuration"), Mapping):
        if "id" in value or "token" in value or marks >= 3:
            return "answer"
        if marks or "name" in value or "tags" in value:
            return "request"
        return None
    if "id" in value and marks >= 3:
        return "answer"
    if _is_poller(value):
        return "poller"
    if sum(name in _known_keys() for name in value) >= 2:
        return "configuration"
    return None


def _is_poller(value: Mapping[str, Any]) -> bool:
    resources = [item for item in value.values() if isinstance(item, Mapping)]
    return bool(resources) and len(resources) == len(value) and any(map(_is_resource, resources))


def _is_resource(item: Mapping[str, Any]) -> bool:
    url = item.get("url")
    told = "idField" in item or "datesConfiguration" in item
    return told or (isinstance(url, str) and ("/hubs/" in url or "${" in url))


@cache
def _known_keys() -> frozenset[str]:
    return frozenset(key for name in shipped_keys() for key in shipped(name).fields)
