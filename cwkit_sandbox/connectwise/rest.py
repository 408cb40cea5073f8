"""ConnectWise's REST paths: records listed, read, made, changed (JSON Patch), replaced and deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from cwkit.elements.connectwise import CRM
from cwkit_sandbox.clock import iso
from cwkit_sandbox.connectwise import conditions as filters
from cwkit_sandbox.connectwise.properties import checked
from cwkit_sandbox.connectwise.server import login_name, refuse_stranger
from cwkit_sandbox.records import Condition
from cwkit_sandbox.shapes import shape
from cwkit_sandbox.wire import Answer, ApiError, Call

__all__ = [
    "born",
    "collection",
    "create",
    "delete",
    "identifier",
    "listing",
    "make",
    "one",
    "patch",
    "replace",
]

NAMES: dict[str, str] = {
    "/company/contacts": "contacts",
    "/company/companies": "organizations",
    "/company/configurations": "configurations",
    "/service/tickets": "incidents",
    "/sales/opportunities": "opportunities",
    "/time/entries": "time-entries",
    "/system/members": "members",
    "/system/userDefinedFields": "fields",
    "/schedule/entries": "schedule",
}
"""ConnectWise's path of a collection, and the kind of its records."""

_REQUIRED: dict[str, tuple[str, ...]] = {
    "contacts": ("firstName",),
    "organizations": ("identifier", "name"),
    "configurations": ("name", "type", "company"),
    "incidents": ("summary", "company"),
    "opportunities": ("name", "company"),
    "time-entries": ("timeStart",),
    "fields": ("caption",),
    "schedule": ("objectId", "member"),
    "comments": ("text",),
}
_FIRST: dict[str, Any] = {
    "status": {"id": 16, "name": "New"},
    "board": {"id": 1, "name": "Help Desk"},
    "priority": {"id": 3, "name": "Priority 3 - Medium"},
    "closedFlag": False,
}
LARGEST_PAGE = 1000


def kind_of(call: Call) -> str:
    """Return the kind of records that the path names."""
    if call.path.get("ticket"):
        return "comments"
    kind = NAMES.get(f"/{call.path['area']}/{call.path['collection']}")
    if kind is None:
        raise ApiError(404, "There is nothing at this address.")
    return kind


async def collection(call: Call) -> Answer:
    """List records: ``conditions``, ``orderBy``, ``fields``, ``page``, ``pageSize`` and ``Link`` headers."""
    refuse_stranger(call)
    return listing(call, kind_of(call))


def listing(call: Call, kind: str, parent: int | None = None, extra: Condition | None = None) -> Answer:
    """Answer a list of one kind."""
    known = shape(CRM, kind) or {}
    condition = filters.conditions(call.query("conditions"), known)
    parts = [
        condition,
        filters.child_conditions(call.query("childConditions")),
        filters.custom_conditions(call.query("customConditions"))
        if call.query("customConditions")
        else Condition(),
        extra or Condition(),
    ]
    both = Condition(
        " AND ".join(part.sql for part in parts), tuple(value for part in parts for value in part.values)
    )
    order = filters.ordering(call.query("orderBy"), known)
    size = call.number("pageSize", 25, LARGEST_PAGE)
    page = call.number("page", 1, 1_000_000)
    records = call.world.records
    found = records.search(kind, both, order, parent=parent, limit=size + 1, offset=(page - 1) * size)
    headers = {}
    links = []
    if len(found) > size:
        links.append(_link(call, page + 1, "next"))
    if page > 1:
        links.append(_link(call, page - 1, "prev"))
    if links:
        headers["Link"] = ", ".join(links)
    return Answer([_with_fields(call, record) for record in found[:size]], headers=headers)


def _link(call: Call, page: int, relation: str) -> str:
    query = {**call.request.query_params, "page": str(page)}
    return f'<{call.world.origin}{call.request.url.path}?{urlencode(query)}>; rel="{relation}"'


def _with_fields(call: Call, record: dict[str, Any]) -> dict[str, Any]:
    wanted = {name.split("/")[0].strip() for name in call.query("fields").split(",") if name.strip()}
    return {k: v for k, v in record.items() if k in wanted} if wanted else record


def _found(call: Call, kind: str) -> dict[str, Any]:
    record = call.world.records.get(kind, identifier(call.path["id"]))
    ticket = call.path.get("ticket")
    if record is None or (ticket and kind == "comments" and str(record.get("ticketId")) != ticket):
        raise ApiError(404, f"{kind} {call.path['id'][:20]} not found.")
    return record


def identifier(text: str) -> int:
    """Return an id; 404 for what is none."""
    if not re.fullmatch("[0-9]{1,15}", text):
        raise ApiError(404, f"There is nothing with the id '{text[:40]}'.")
    return int(text)


async def one(call: Call) -> Answer:
    """Give one record."""
    refuse_stranger(call)
    return Answer(_with_fields(call, _found(call, kind_of(call))))


async def create(call: Call) -> Answer:
    """Make a record."""
    refuse_stranger(call)
    return Answer(make(call, kind_of(call), await call.object()), 201)


def make(call: Call, kind: str, body: dict[str, Any], parent: int | None = None) -> dict[str, Any]:
    """Check and store a new record."""
    record = checked(call, kind, body)
    for name in _REQUIRED.get(kind, ()):
        if record.get(name) in (None, "", {}):
            raise ApiError(400, f"{name} is required.")
    now, who = iso(call.world.records.stamp), login_name(call)
    info = {"lastUpdated": now, "updatedBy": who, "dateEntered": now, "enteredBy": who}
    record = born(kind, record, now, who) | {"_info": info}
    if kind == "time-entries":
        parent = record.get("chargeToId")
        parent = parent if parent is not None and abs(parent) < 10**15 else None
    return call.world.records.add(kind, record, parent)


def born(kind: str, record: dict[str, Any], now: str, who: str) -> dict[str, Any]:
    """Return a new record with what ConnectWise itself sets: the date, the author, its first status."""
    if kind in ("incidents", "time-entries"):
        record = {**record, "dateEntered": now, "enteredBy": who}
    if kind == "comments":
        record = {**record, "dateCreated": now, "createdBy": who}
    return (_FIRST | record) if kind == "incidents" else record


async def replace(call: Call) -> Answer:
    """Put a whole record in the place of another."""
    refuse_stranger(call)
    kind = kind_of(call)
    body, old = await call.object(), _found(call, kind_of(call))
    kept = {
        name: old[name] for name in ("dateEntered", "enteredBy", "dateCreated", "ticketId") if name in old
    }
    return Answer(save(call, kind, old, kept | body))


async def patch(call: Call) -> Answer:
    """Change parts of a record by JSON Patch: ``add``, ``replace`` and ``remove``."""
    refuse_stranger(call)
    kind = kind_of(call)
    operations, old = await call.json(), _found(call, kind_of(call))
    if not isinstance(operations, list):
        raise ApiError(400, "The body has to be a list of patch operations.")
    record: dict[str, Any] = dict(old)
    for operation in operations:
        _apply(record, operation)
    return Answer(save(call, kind, old, record))


def _apply(record: dict[str, Any], operation: Any) -> None:
    if not isinstance(operation, Mapping) or not isinstance(operation.get("path"), str):
        raise ApiError(400, "A patch operation has op, path and value.")
    steps = operation["path"].strip("/").split("/")
    target = record
    for step in steps[:-1]:
        inner = target.get(step)
        target[step] = dict(inner) if isinstance(inner, dict) else {}
        target = target[step]
    if operation.get("op") in ("add", "replace") and "value" in operation:
        target[steps[-1]] = operation["value"]
    elif operation.get("op") == "remove":
        target.pop(steps[-1], None)
    else:
        raise ApiError(400, "A patch operation is add, replace or remove.")


def save(call: Call, kind: str, old: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """Check and store a changed record; its id and the date of its creation stay."""
    record = checked(call, kind, {k: v for k, v in record.items() if k not in ("id", "_info")})
    for name in _REQUIRED.get(kind, ()):
        if record.get(name) in (None, "", {}):
            raise ApiError(400, f"{name} is required.")
    info = dict(old.get("_info") or {})
    info |= {"lastUpdated": iso(call.world.records.stamp), "updatedBy": login_name(call)}
    return call.world.records.put(kind, {"id": old["id"]} | record | {"_info": info})


async def delete(call: Call) -> Answer:
    """Delete a record."""
    refuse_stranger(call)
    kind = kind_of(call)
    call.world.records.remove(kind, _found(call, kind)["id"])
    return Answer(status=204)
