"""Comparing the value in a record with the value in a filter, as the service behind the platform does."""

from __future__ import annotations

import operator as python
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

__all__ = ["as_moment", "compares", "look_up"]

_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "=": python.eq, "!=": python.ne, "<": python.lt, "<=": python.le, ">": python.gt, ">=": python.ge,
}  # fmt: skip


def as_moment(value: date) -> datetime:
    """Return a date as a moment in GMT; one without a zone is taken as GMT."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def look_up(record: Mapping[str, Any], field: str) -> Any:
    """Return the value of a field; dots reach into objects. ``None`` where there is none."""
    found: Any = record
    if field in record:
        return record[field]
    for name in field.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def compares(found: Any, operator: str, value: Any) -> bool:
    """Say whether ``found operator value`` holds; values that cannot be compared only differ."""
    if operator == "LIKE":
        pattern = ".*".join(re.escape(part) for part in str(value).split("%"))
        return re.fullmatch(pattern, str(found), re.I | re.S) is not None
    left, right = _comparable(found, value)
    if type(left) is not type(right):
        return operator == "!="
    return _ORDER[operator](left, right)


def _comparable(found: Any, value: Any) -> tuple[Any, Any]:
    if isinstance(value, date) or (isinstance(value, str) and _ISO_DATE.fullmatch(value)):
        left, right = _epoch(found), _epoch(value)
        if left is not None and right is not None:
            return left, right
    if isinstance(value, bool) or isinstance(found, bool):
        return str(found).lower(), str(value).lower()
    if isinstance(value, int | float | Decimal):
        try:
            return float(found), float(value)
        except (TypeError, ValueError):
            pass
    return str(found).casefold(), str(value).casefold()


def _epoch(value: Any) -> float | None:
    """Return epoch milliseconds for a date, ISO text or a number that is one already."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date):
        return as_moment(value).timestamp() * 1000
    return float(value) if isinstance(value, int | float) else None
