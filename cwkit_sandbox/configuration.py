"""An instance's configuration as the platform takes it: checked by field, defaults filled in, masked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from cwkit.redaction import MASK
from cwkit_sandbox.answers import ApiError
from cwkit_sandbox.catalog import Definition
from cwkit_sandbox.store import Stored

__all__ = ["changed", "checked", "entries", "masked", "name_in", "tags_in"]

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


LONGEST_NAME = 1000


def name_in(body: Mapping[str, Any]) -> str:
    """Return the name in a body, without HTML; 400 where there is none."""
    name = body.get("name")
    if name is None:
        raise ApiError(400, "Missing required field: name")
    if not isinstance(name, str):
        raise ApiError(400, "The name has to be a string.")
    name = _without_html(_short("name", name)).strip()
    if not name:
        raise ApiError(400, "Missing required field: name")
    return name


def tags_in(given: Any) -> list[str]:
    """Return a list of tags without HTML, each once; texts and ``{id, name}`` objects are taken."""
    if given is None:
        return []
    if not isinstance(given, list):
        raise ApiError(400, "The tags have to be a list.")
    names: list[str] = []
    for tag in given:
        name = tag.get("name") if isinstance(tag, dict) else tag
        if not isinstance(name, str):
            raise ApiError(400, "Every tag has to be a string.")
        names.append(_short("tag", name))
    return list(dict.fromkeys(filter(None, (_without_html(name).strip() for name in names))))


def _short(what: str, text: str) -> str:
    if len(text) > LONGEST_NAME:
        raise ApiError(400, f"The {what} has {len(text)} characters; at most {LONGEST_NAME} are allowed.")
    return text


class _Text(HTMLParser):
    """Keeps the text of a piece of HTML and drops its tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_entityref(self, name: str) -> None:
        self.parts.append(f"&{name};" if f"&{name};" in self.rawdata else f"&{name}")

    def handle_charref(self, name: str) -> None:
        self.parts.append(f"&#{name};" if f"&#{name};" in self.rawdata else f"&#{name}")


def _without_html(text: str) -> str:
    """Return a text without HTML tags, as the platform stores names and tags."""
    if "<" not in text:
        return text
    reader = _Text()
    reader.feed(text)
    reader.close()
    return "".join(reader.parts)
