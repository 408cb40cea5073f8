"""An instance's configuration as the platform takes it: checked by field, defaults filled in, masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cwkit.redaction import MASK
from cwkit_sandbox.catalog import Definition
from cwkit_sandbox.store import Stored
from cwkit_sandbox.wire import ApiError

__all__ = ["changed", "checked", "entries", "masked"]

Values = dict[str, str | None]
_LENGTH = re.compile(r"TEXTFIELD_(\d+)")
_UNFILLED = re.compile(r"[{}<>]")


def checked(element: Definition, given: Any) -> Values:
    """Return the configuration of a new instance: every field of the element, then what else was given.

    A required field counts as filled in by its default, unless that is blank or itself a template
    (``https://{siteUrl}/...``). 400 names the first field that is missing or wrong.
    """
    values = _texts(element, given)
    result: Values = {}
    for key, field in element.fields.items():
        value = values.pop(key, None)
        if value in (None, ""):
            value = field.get("defaultValue")
            if field.get("required") and (not value or _UNFILLED.search(str(value))):
                raise ApiError(400, f"Missing required configuration: {key}")
        result[key] = value
    return result | values


def changed(element: Definition, present: Values, given: Any) -> Values:
    """Return a configuration in which the given values replace the old ones.

    The stars of a masked password mean that it stays as it is.
    """
    values = _texts(element, given)
    for key, value in values.items():
        if element.fields.get(key, {}).get("required") and value in (None, ""):
            raise ApiError(400, f"Missing required configuration: {key}")
    kept = {k: v for k, v in values.items() if not (element.password(k) and v == MASK)}
    return present | kept


def masked(element: Definition, values: Mapping[str, str | None]) -> Values:
    """Return the values as they are read: a PASSWORD comes back as eight stars."""
    return {key: MASK if value and element.password(key) else value for key, value in values.items()}


def entries(element: Definition, instance: Stored) -> list[dict[str, Any]]:
    """Return the configuration list of an instance; an entry's id is the instance's, then its position."""
    known = list(element.fields)
    keys = known + [key for key in instance.configuration if key not in element.fields]
    shown = masked(element, instance.configuration)
    result = []
    for position, key in enumerate(keys, 1):
        field = element.fields.get(key, {})
        result.append(
            {
                "id": instance.id * 1000 + position,
                "key": key,
                "name": field.get("name", key),
                "description": field.get("description", ""),
                "type": field.get("type", "TEXTFIELD_1000"),
                "required": bool(field.get("required")),
                "propertyValue": shown.get(key),
                "hideFromConsole": bool(field.get("hideFromConsole")),
                "internal": bool(field.get("internal")),
                "displayOrder": field.get("displayOrder", 0),
                "active": True,
            }
        )
    return result


def _texts(element: Definition, given: Any) -> Values:
    if not isinstance(given, dict):
        raise ApiError(400, "The configuration has to be a JSON object.")
    return {key: _text(element.fields.get(key, {}), key, value) for key, value in given.items()}


def _text(field: Mapping[str, Any], key: str, value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dict | list):
        raise ApiError(400, f"The value of {key} has to be a string.")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    length = _LENGTH.fullmatch(field.get("type", ""))
    if length and len(text) > int(length[1]):
        raise ApiError(
            400, f"The value of {key} has {len(text)} characters; at most {length[1]} are allowed."
        )
    if text and field.get("type") in ("BOOLEAN", "BOOLEAN_YESNO") and text not in ("true", "false"):
        raise ApiError(400, f"The value of {key} has to be true or false.")
    choices = [option["value"] for option in field.get("options", [])]
    if text and field.get("type") == "COMBO" and choices and text not in choices:
        raise ApiError(400, f"The value of {key} has to be one of: {', '.join(choices)}.")
    return text


def kept_passwords(element: Definition, present: Values, given: Any) -> Any:
    """Return given values in which the stars of a masked password are the password that is stored."""
    if not isinstance(given, dict):
        return given
    return {
        key: present.get(key) if element.password(key) and value == MASK else value
        for key, value in given.items()
    }
