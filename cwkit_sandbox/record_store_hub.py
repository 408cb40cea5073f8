"""Hubs with flat records: the helpdesk element's, and those of the invented elements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from cwkit.elements.connectwise import HELPDESK
from cwkit.elements.connectwise.hub_requests import millisecond_fields
from cwkit_sandbox import ceql, demo
from cwkit_sandbox.answers import Answer, ApiError
from cwkit_sandbox.catalog import INTERNAL, shape
from cwkit_sandbox.clock import iso
from cwkit_sandbox.connectwise.client import WSDL_MESSAGE
from cwkit_sandbox.connectwise.rest import with_server_fields
from cwkit_sandbox.connectwise.server import CODEBASE
from cwkit_sandbox.helpdesk_mapping import to_nested
from cwkit_sandbox.records import Condition
from cwkit_sandbox.request import HubRequest

if TYPE_CHECKING:
    from cwkit_sandbox.state import SandboxState
    from cwkit_sandbox.store import Stored

__all__ = ["answer", "check_path", "check_site"]

Record = dict[str, Any]
_METHODS = (("GET", "POST"), ("GET", "PATCH", "PUT", "DELETE"))

_REQUIRED: dict[str, tuple[str, ...]] = {
    "contacts": ("firstName",),
    "incidents": ("summary", "companyIdentifier|companyId"),
    "organizations": ("companyName", "companyIdentifier"),
    "time-entries": ("timeStart",),
    "comments": ("comment",),
}
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str, "integer": (int, float), "number": (int, float), "boolean": bool, "object": dict,
    "array": list,
}  # fmt: skip


def check_site(state: SandboxState, instance: Stored) -> None:
    """Fail as helpdesk does where the site has moved its WSDL path, or lets the user in no more."""
    values = instance.configuration
    site = demo.known_site(values.get("helpdesk.connectwise.server.url") or "")
    path = (values.get("helpdesk.connectwise.wsdl.path") or "").strip("/").lower()
    version = state.store.fact(f"codebase/{site}", CODEBASE).lower()
    if site is None or path != f"{version}/apis/2.0":
        raise ApiError(502, WSDL_MESSAGE, provider_message="HTTP 404 at the WSDL address.")
    login = [values.get(f"helpdesk.connectwise.{name}") or "" for name in ("company", "username", "password")]
    if not demo.credentials_valid(login[0], login[1], login[2]):
        raise ApiError(502, "The provider refused the credentials.", provider_message="Cannot log in.")


def check_path(ask: HubRequest) -> None:
    """Refuse a path that the element does not have, or not with this method, before the body is read."""
    comments = ask.path[:1] == ("incidents",) and ask.path[2:3] == ("comments",)
    rest = ask.path[3:] if comments else ask.path[1:]
    known = ask.path and ask.path[0] not in INTERNAL and shape(ask.instance.element, ask.path[0]) is not None
    if not known or len(rest) > 1:
        raise ApiError(404, f"There is no resource '{'/'.join(ask.path)[:80]}' in {ask.instance.element}.")
    allowed = _METHODS[len(rest)]
    if ask.method not in allowed:
        message = f"The method {ask.method} is not allowed here."
        raise ApiError(405, message, headers={"Allow": ", ".join(allowed)})


def answer(ask: HubRequest) -> Answer:
    """Answer a call to ``/{object}``, ``/{object}/{id}`` or ``/incidents/{id}/comments`` (and below)."""
    check_path(ask)
    if ask.instance.element == HELPDESK:
        check_site(ask.state, ask.instance)
    if ask.path[2:3] == ("comments",):
        incident = _identifier(ask.path[1])
        if ask.state.records.get("incidents", incident, "flat") is None:
            raise ApiError(404, f"incidents {incident} not found.")
        return _Object(ask, "comments", incident).answer(ask.path[3:])
    return _Object(ask, ask.path[0], None).answer(ask.path[1:])


def _identifier(text: str) -> int:
    if not re.fullmatch("[0-9]{1,15}", text):
        raise ApiError(404, f"There is nothing with the id '{text[:40]}'.")
    return int(text)


def _whole(number: Any) -> int | None:
    """Return a number that can be an id, or ``None``."""
    return int(number) if isinstance(number, int | float) and 0 <= number < 10**15 else None


class _Object:
    """One object of an element, for the length of one call."""

    def __init__(self, ask: HubRequest, name: str, parent: int | None) -> None:
        self.ask = ask
        self.name = name
        self.parent = parent
        self.helpdesk = ask.instance.element == HELPDESK
        self.kind = name if self.helpdesk else f"{ask.instance.element}/{name}"
        self.shape = shape(ask.instance.element, name) or {}
        self.moments = millisecond_fields(ask.instance.element)
        self.records = ask.state.records

    def answer(self, rest: tuple[str, ...]) -> Answer:
        """Answer by what follows the object's name: nothing, or an id."""
        handlers = {
            "GET": self._get if rest else self._list,
            "POST": self._create,
            "PATCH": self._change,
            "PUT": self._replace,
            "DELETE": self._delete,
        }
        return handlers[self.ask.method](rest)

    def _list(self, rest: tuple[str, ...]) -> Answer:
        ask = self.ask
        condition: Condition = ceql.where(ask.where, self.shape, self.moments)
        order = ceql.ordering(ask.order, self.shape)
        found = self.records.search(
            self.kind, condition, order, column="flat", parent=self.parent,
            limit=ask.size, offset=(ask.page - 1) * ask.size,
        )  # fmt: skip
        total = len(found) + (ask.page - 1) * ask.size
        if len(found) == ask.size or (not found and ask.page > 1):
            total = self.records.count(self.kind, condition, self.parent)
        headers = {"Elements-Total-Count": str(total)}
        if total > ask.page * ask.size:
            headers["more"] = "true"
        return Answer(found, headers=headers)

    def _found(self, rest: tuple[str, ...]) -> Record:
        number = _identifier(rest[0])
        record = self.records.get(self.kind, number, "flat")
        if record is None or (self.parent is not None and record.get("ticketId") != self.parent):
            raise ApiError(404, f"{self.name} {number} not found.")
        return record

    def _get(self, rest: tuple[str, ...]) -> Answer:
        return Answer(self._found(rest))

    def _create(self, rest: tuple[str, ...]) -> Answer:
        body = self._checked(self.ask.body or {})
        self._demand(body)
        return Answer(self._stored(body, None))

    def _change(self, rest: tuple[str, ...]) -> Answer:
        old = self._found(rest)
        body = self._checked(self.ask.body or {})
        self._demand({**old, **body})
        return Answer(self._stored(body, old))

    def _replace(self, rest: tuple[str, ...]) -> Answer:
        old = self._found(rest)
        body = self._checked(self.ask.body or {})
        self._demand(body)
        emptied = dict.fromkeys(name for name in old if name not in body)
        return Answer(self._stored({**emptied, **body}, old))

    def _delete(self, rest: tuple[str, ...]) -> Answer:
        self.records.remove(self.kind, self._found(rest)["id"])
        return Answer()

    def _checked(self, body: Record) -> Record:
        """Return the properties that the object has; others are left out, a wrong type is a 400."""
        for name, value in body.items():
            wanted = _TYPES[self.shape[name]] if name in self.shape else object
            wrong = not isinstance(value, wanted) or (
                isinstance(value, bool) and wanted not in (bool, object)
            )
            if value is not None and wrong:
                raise ApiError(400, f"The field {name} is of the type {self.shape[name]}.")
        return {name: value for name, value in body.items() if name in self.shape}

    def _demand(self, record: Record) -> None:
        for names in _REQUIRED.get(self.name, ()) if self.helpdesk else ("name",):
            if not any(record.get(name) not in (None, "") for name in names.split("|")):
                raise ApiError(400, f"Missing required field: {names.split('|')[0]}")

    def _stored(self, changes: Record, old: Record | None) -> Record:
        now = iso(self.records.stamp)
        if not self.helpdesk:
            return self._stored_flat(changes, old, now)
        base = self.records.get(self.kind, old["id"]) if old else None
        nested, extra = to_nested(self.name, changes, base or {})
        self._refer(nested, changes)
        who = (self.ask.instance.configuration.get("helpdesk.connectwise.username") or "api")[:30]
        info = dict((base or {}).get("_info") or {"dateEntered": now, "enteredBy": who})
        nested["_info"] = info | {"lastUpdated": now, "updatedBy": who}
        if old:
            saved = self.records.put(self.kind, nested, extra)
        else:
            if self.parent is not None:
                nested["ticketId"] = self.parent
            parent = self.parent or _whole(nested.get("chargeToId"))
            saved = self.records.add(
                self.kind, with_server_fields(self.name, nested, now, who), parent, extra
            )
        return self.records.get(self.kind, saved["id"], "flat") or {}

    def _refer(self, nested: Record, changes: Record) -> None:
        """Fill in the company that a record refers to by its id or identifier."""
        if not {"companyId", "companyIdentifier"} & changes.keys() or self.name == "organizations":
            return
        number, key = changes.get("companyId"), changes.get("companyIdentifier")
        if number is None and key is None:
            nested["company"] = None
            return
        if key is not None:
            condition = Condition("json_extract(nested, '$.identifier') = ? COLLATE NOCASE", (key,))
            found = next(iter(self.records.search("organizations", condition, limit=1)), None)
        else:
            whole = _whole(number)
            found = None if whole is None else self.records.get("organizations", whole)
        if found is None:
            raise ApiError(400, "There is no such company.")
        nested["company"] = {name: found[name] for name in ("id", "identifier", "name") if name in found}

    def _stored_flat(self, changes: Record, old: Record | None, now: str) -> Record:
        kept = {
            name: value for name, value in changes.items() if name not in ("id", "createdAt", "updatedAt")
        }
        if old:
            return self.records.put(self.kind, {**old, **kept, "updatedAt": now})
        return self.records.add(self.kind, {**kept, "createdAt": now, "updatedAt": now})
