"""A record as it is sent: dotted names nested again, dates and numpy values as JSON takes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from cwkit.errors import InputError
from cwkit.platform.record_match import as_moment
from cwkit.redaction import Secret

__all__ = ["nested"]


def nested(record: Mapping[str, Any], dates: Literal["iso", "milliseconds"]) -> dict[str, Any]:
    """Return a record with dotted names turned into objects: the reverse of flattening.

    Dates become ISO-8601 in GMT or epoch milliseconds, missing values (``NaN``, ``NaT``) null. Takes a
    mapping or a row of a table. Raises ``InputError`` for what JSON cannot hold, or where a name is both
    a value and an object.
    """
    body: dict[str, Any] = {}
    for name, value in record.items():
        *outer, last = str(name).split(".")
        place = body
        for part in outer:
            place = place.setdefault(part, {})
            if not isinstance(place, dict):
                raise InputError(
                    f"{part!r} is a value and has parts ({name}).",
                    fix=f"Leave one of them away: {part!r} or {name!r}.",
                    field=str(name),
                )
        place[last] = _sendable(value, dates, str(name))
    return body


def _sendable(value: Any, dates: Literal["iso", "milliseconds"], name: str) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _sendable(item, dates, f"{name}.{key}") for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_sendable(item, dates, name) for item in value]
    if type(value).__module__ == "numpy" and hasattr(value, "item"):
        value = value.item()
    if value is None or type(value).__name__ == "NAType" or value != value:  # pandas' ways of saying nothing
        return None
    if isinstance(value, date):
        moment = as_moment(value)
        text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
        return round(moment.timestamp() * 1000) if dates == "milliseconds" else text.replace("+00:00", "Z")
    if isinstance(value, str | int | float | Secret):
        return value
    raise InputError(
        f"{name} is {type(value).__name__}, which cannot be sent.",
        fix="Use texts, numbers, True or False, dates, None, lists and mappings.",
        field=name,
    )
