"""ConnectWise's REST paths: records listed, read, made, changed (JSON Patch), replaced and deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from cwkit.elements.connectwise import CRM
from cwkit_sandbox.answers import Answer, ApiError
from cwkit_sandbox.catalog import shape
from cwkit_sandbox.clock import iso
from cwkit_sandbox.connectwise import conditions as filters
from cwkit_sandbox.connectwise.server import login_name, require_api_key
from cwkit_sandbox.records import Condition
from cwkit_sandbox.request import RequestContext

__all__ = [
    "attach_configuration",
    "checked",
    "collection",
    "configurations",
    "create",
    "create_note",
    "delete",
    "identifier",
    "listing",
    "make",
    "notes",
    "one",
    "patch",
    "replace",
    "with_server_fields",
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


def kind_of(call: RequestContext) -> str:
    """Return the kind of records that the path names."""
    if call.path.get("ticket"):
        return "comments"
    kind = NAMES.get(f"/{call.path['area']}/{call.path['collection']}")
    if kind is None:
        raise ApiError(404, "There is nothing at this address.")
    return kind


async def collection(call: RequestContext) -> Answer:
    """List records: ``conditions``, ``orderBy``, ``fields``, ``page``, ``pageSize`` and ``Link`` headers."""
    require_api_key(call)
    return listing(call, kind_of(call))


def listing(
    call: RequestContext, kind: str, parent: int | None = None, extra: Condition | None = None
) -> Answer:
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
    records = call.state.records
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


def _link(call: RequestContext, page: int, relation: str) -> str:
    query = {**call.request.query_params, "page": str(page)}
    return f'<{call.state.origin}{call.request.url.path}?{urlencode(query)}>; rel="{relation}"'


def _with_fields(call: RequestContext, record: dict[str, Any]) -> dict[str, Any]:
    wanted = {name.split("/")[0].strip() for name in call.query("fields").split(",") if name.strip()}
    return {k: v for k, v in record.items() if k in wanted} if wanted else record


def _found(call: RequestContext, kind: str) -> dict[str, Any]:
    record = call.state.records.get(kind, identifier(call.path["id"]))
    ticket = call.path.get("ticket")
    if record is None or (ticket and kind == "comments" and str(record.get("ticketId")) != ticket):
        raise ApiError(404, f"{kind} {call.path['id'][:20]} not found.")
    return record


def identifier(text: str) -> int:
    """Return an id; 404 for what is none."""
    if not re.fullmatch("[0-9]{1,15}", text):
        raise ApiError(404, f"There is nothing with the id '{text[:40]}'.")
    return int(text)


async def one(call: RequestContext) -> Answer:
    """Give one record."""
    require_api_key(call)
    return Answer(_with_fields(call, _found(call, kind_of(call))))


async def create(call: RequestContext) -> Answer:
    """Make a record."""
    require_api_key(call)
    return Answer(make(call, kind_of(call), await call.object()), 201)


def make(call: RequestContext, kind: str, body: dict[str, Any], parent: int | None = None) -> dict[str, Any]:
    """Check and store a new record."""
    record = checked(call, kind, body)
    for name in _REQUIRED.get(kind, ()):
        if record.get(name) in (None, "", {}):
            raise ApiError(400, f"{name} is required.")
    now, who = iso(call.state.records.stamp), login_name(call)
    info = {"lastUpdated": now, "updatedBy": who, "dateEntered": now, "enteredBy": who}
    record = with_server_fields(kind, record, now, who) | {"_info": info}
    if kind == "time-entries":
        parent = record.get("chargeToId")
        parent = parent if parent is not None and abs(parent) < 10**15 else None
    return call.state.records.add(kind, record, parent)


def with_server_fields(kind: str, record: dict[str, Any], now: str, who: str) -> dict[str, Any]:
    """Return a new record with what ConnectWise itself sets: the date, the author, its first status."""
    if kind in ("incidents", "time-entries"):
        record = {**record, "dateEntered": now, "enteredBy": who}
    if kind == "comments":
        record = {**record, "dateCreated": now, "createdBy": who}
    return (_FIRST | record) if kind == "incidents" else record


async def replace(call: RequestContext) -> Answer:
    """Put a whole record in the place of another."""
    require_api_key(call)
    kind = kind_of(call)
    body, old = await call.object(), _found(call, kind_of(call))
    kept = {
        name: old[name] for name in ("dateEntered", "enteredBy", "dateCreated", "ticketId") if name in old
    }
    return Answer(save(call, kind, old, kept | body))


async def patch(call: RequestContext) -> Answer:
    """Change parts of a record by JSON Patch: ``add``, ``replace`` and ``remove``."""
    require_api_key(call)
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


def save(call: RequestContext, kind: str, old: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
    """Check and store a changed record; its id and the date of its creation stay."""
    record = checked(call, kind, {k: v for k, v in record.items() if k not in ("id", "_info")})
    for name in _REQUIRED.get(kind, ()):
        if record.get(name) in (None, "", {}):
            raise ApiError(400, f"{name} is required.")
    info = dict(old.get("_info") or {})
    info |= {"lastUpdated": iso(call.state.records.stamp), "updatedBy": login_name(call)}
    return call.state.records.put(kind, {"id": old["id"]} | record | {"_info": info})


async def delete(call: RequestContext) -> Answer:
    """Delete a record."""
    require_api_key(call)
    kind = kind_of(call)
    call.state.records.remove(kind, _found(call, kind)["id"])
    return Answer(status=204)


_REFERENCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "company": ("organizations", ("identifier", "name")),
    "contact": ("contacts", ()),
    "member": ("members", ("identifier",)),
    "owner": ("members", ("identifier",)),
}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list,
}  # fmt: skip


def checked(call: RequestContext, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record whose properties are known and of the right type, with its references filled in."""
    known = shape(CRM, kind) or {}
    record: dict[str, Any] = {}
    for name, value in body.items():
        if name not in known:
            raise ApiError(400, f"There is no property '{name[:60]}'.")
        wanted = _TYPES[known[name]]
        wrong = not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool)
        if value is not None and wrong:
            raise ApiError(400, f"The property {name} is of the type {known[name]}.")
        if isinstance(value, dict) and name in _REFERENCES:
            value = _referred(call, name, value)
        record[name] = value
    return record


def _referred(call: RequestContext, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    kind, shown = _REFERENCES[name]
    number, key = given.get("id"), given.get("identifier")
    found = None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10**15:
        found = call.state.records.get(kind, number)
    elif isinstance(key, str):
        condition = Condition("json_extract(nested, '$.identifier') = ? COLLATE NOCASE", (key,))
        found = next(iter(call.state.records.search(kind, condition, limit=1)), None)
    if found is None:
        raise ApiError(400, f"There is no such {name}.")
    if kind == "contacts":
        return {
            "id": found["id"],
            "name": f"{found.get('firstName', '')} {found.get('lastName') or ''}".strip(),
        }
    return {"id": found["id"]} | {field: found[field] for field in shown if field in found}


def parent_ticket(call: RequestContext) -> int:
    """Return the id of the ticket in the path; 404 where there is none."""
    number = identifier(call.path["ticket"])
    if call.state.records.get("incidents", number) is None:
        raise ApiError(404, f"Ticket {number} not found.")
    return number


async def notes(call: RequestContext) -> Answer:
    """List the notes of a ticket."""
    require_api_key(call)
    return listing(call, "comments", parent_ticket(call))


async def create_note(call: RequestContext) -> Answer:
    """Write a note on a ticket."""
    require_api_key(call)
    ticket = parent_ticket(call)
    return Answer(make(call, "comments", {**await call.object(), "ticketId": ticket}, ticket), 201)


async def configurations(call: RequestContext) -> Answer:
    """List the configurations that belong to a ticket."""
    require_api_key(call)
    numbers = _attached(call, parent_ticket(call))
    marks = ", ".join("?" for _ in numbers)
    return listing(call, "configurations", extra=Condition(f"id IN ({marks})", tuple(numbers)))


async def attach_configuration(call: RequestContext) -> Answer:
    """Let a configuration belong to a ticket."""
    require_api_key(call)
    ticket = parent_ticket(call)
    number = (await call.object()).get("id")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 10**15:
        raise ApiError(400, "id is required: that of the configuration.")
    record = call.state.records.get("configurations", number)
    if record is None:
        raise ApiError(404, f"Configuration {number} not found.")
    numbers = dict.fromkeys([*_attached(call, ticket), number])
    call.state.store.remember(f"attached/{ticket}", ",".join(map(str, numbers)))
    return Answer(
        {"id": number, "deviceIdentifier": record.get("deviceIdentifier"), "_info": record["_info"]}, 201
    )


def _attached(call: RequestContext, ticket: int) -> list[int]:
    text = call.state.store.fact(f"attached/{ticket}")
    return [int(number) for number in text.split(",") if number]
