"""The calls about instances: their paths, their lists in pages, and values as the text that travels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from cwkit.elements import configuration_text
from cwkit.errors import InputError, NotFound
from cwkit.instances import Instance
from cwkit.platform.call import Call
from cwkit.platform.transport import Transport
from cwkit.redaction import Secret

__all__ = ["PAGE_SIZE", "instance_path", "items", "listed", "property_value"]

PAGE_SIZE = 200
"""The most instances that the platform gives on one page (platform facts, section 3)."""


def listed(transport: Transport, path: str, params: Sequence[tuple[str, str]]) -> Iterator[Mapping[str, Any]]:
    """Yield the items of a list, page after page; a search without a find, which is a 404, yields none."""
    page_token = ""
    seen: set[str] = set()
    while True:
        paging = [("pageSize", str(PAGE_SIZE)), *([("nextPage", page_token)] if page_token else [])]
        outcome = transport.outcome(Call("GET", path, [*params, *paging]))
        if isinstance(outcome.error, NotFound):
            return
        if outcome.error is not None:
            raise outcome.error
        # Not every item is an object in the field; what is not one holds no instance.
        yield from (item for item in items(outcome.data) if isinstance(item, Mapping))
        page_token = outcome.headers.get("elements-next-page-token", "")
        if not page_token or page_token in seen:
            return
        seen.add(page_token)


def instance_path(instance_id: int | str | Instance) -> str:
    """Return the path of an instance; raises ``InputError`` for what is no id."""
    given = instance_id.id if isinstance(instance_id, Instance) else instance_id
    text = "" if given is None else str(given).strip()
    if text in ("", ".", ".."):
        raise InputError(
            f"{given!r} is not an instance id.",
            fix="Give the number that platform.instances.list() shows, or an Instance.",
            field="id",
        )
    return f"/instances/{quote(text, safe='')}"


def items(data: Any) -> list[Any]:
    """Return what an answer holds as a list, one item or many."""
    return data if isinstance(data, list) else [data] if isinstance(data, Mapping) else []


def property_value(row: Mapping[str, Any]) -> str | Secret | None:
    """Return the value of an entry of a configuration list, a secret still wrapped."""
    value = row.get("propertyValue")
    return value if value is None or isinstance(value, Secret) else configuration_text(value)
