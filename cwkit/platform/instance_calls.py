"""The calls about instances: their paths, their lists in pages, and values as the text that travels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from cwkit.elements import configuration_text
from cwkit.errors import CwkitError, InputError, NotFound, NotThePlatform
from cwkit.instances import Instance
from cwkit.platform.call import Call, Outcome
from cwkit.platform.transport import Transport
from cwkit.redaction import Secret

__all__ = [
    "PAGE_SIZE",
    "instance_path",
    "is_absent",
    "items",
    "listed",
    "not_proven",
    "property_value",
]

PAGE_SIZE = 200
"""The most instances that the platform gives on one page (platform facts, section 3)."""


def listed(transport: Transport, path: str, params: Sequence[tuple[str, str]]) -> Iterator[Any]:
    """Yield the items of a list, page after page, or raise where it is not complete.

    A search without a result, which the platform answers with a 404 of its own on the first page, yields
    none (platform facts, section 3). Anything else that is not a JSON list proves nothing.
    """
    page_token = ""
    seen: set[str] = set()
    while True:
        paging = [("pageSize", str(PAGE_SIZE)), *([("nextPage", page_token)] if page_token else [])]
        outcome = transport.outcome(Call("GET", path, [*params, *paging]))
        if is_absent(outcome.error) and not page_token:
            return
        if outcome.error is not None and not isinstance(outcome.error, NotFound):
            raise outcome.error
        if not isinstance(outcome.data, list):
            raise _incomplete(path, outcome, transport)
        yield from outcome.data
        page_token = outcome.headers.get("elements-next-page-token", "")
        if not page_token:
            return
        if page_token in seen:
            raise _incomplete(path, outcome, transport)
        seen.add(page_token)


def is_absent(error: CwkitError | None) -> bool:
    """Return whether the platform itself says that something does not exist: its 404, with a request id."""
    return isinstance(error, NotFound) and bool(error.request_id)


def not_proven(error: NotFound, base_url: str) -> NotThePlatform:
    """Return the error for a 404 without a request id, which a gateway may have given."""
    return NotThePlatform(
        f"{base_url} responded with a 404 that is not the platform's own (it has no request id): "
        f"{error.message} So it is not known whether it exists.",
        fix="Try again; something between you and the platform answers in its place.",
    )


def _incomplete(path: str, outcome: Outcome, transport: Transport) -> CwkitError:
    if isinstance(outcome.error, NotFound) and not is_absent(outcome.error):
        return not_proven(outcome.error, transport.profile.base_url)
    return NotThePlatform(
        f"The list of GET {path} is not complete: a page of it is missing or is not a list "
        f"(status {outcome.status}).",
        fix="Try again. If it happens again, give the request to the platform's support.",
    )


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
