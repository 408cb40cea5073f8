"""What a record of ConnectWise may hold: known properties of the right type, references that exist."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cwkit.elements.connectwise import CRM
from cwkit_sandbox.records import Condition
from cwkit_sandbox.shapes import shape
from cwkit_sandbox.wire import ApiError, Call

__all__ = ["checked"]

_REFERENCES: dict[str, tuple[str, tuple[str, ...]]] = {
    "company": ("organizations", ("identifier", "name")),
    "contact": ("contacts", ()),
    "member": ("members", ("identifier",)),
    "owner": ("members", ("identifier",)),
}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": int, "number": (int, float), "boolean": bool, "object": dict, "array": list,
}  # fmt: skip


def checked(call: Call, kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
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


def _referred(call: Call, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    kind, shown = _REFERENCES[name]
    number, key = given.get("id"), given.get("identifier")
    found = None
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < 10**15:
        found = call.world.records.get(kind, number)
    elif isinstance(key, str):
        condition = Condition("json_extract(nested, '$.identifier') = ? COLLATE NOCASE", (key,))
        found = next(iter(call.world.records.search(kind, condition, limit=1)), None)
    if found is None:
        raise ApiError(400, f"There is no such {name}.")
    if kind == "contacts":
        return {
            "id": found["id"],
            "name": f"{found.get('firstName', '')} {found.get('lastName') or ''}".strip(),
        }
    return {"id": found["id"]} | {field: found[field] for field in shown if field in found}
