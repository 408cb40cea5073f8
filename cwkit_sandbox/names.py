"""Names and tags as the platform stores them: short texts without HTML tags (platform facts, section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from cwkit_sandbox.wire import ApiError

__all__ = ["name_in", "tags_in"]

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
