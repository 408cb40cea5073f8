"""Hubs: the data through an instance, whichever element it is of (platform facts, section 4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cwkit.elements.connectwise import CRM, HELPDESK
from cwkit.events import split_url
from cwkit_sandbox import crm_hub, record_store_hub
from cwkit_sandbox.answers import Answer, ApiError
from cwkit_sandbox.catalog import objects, shape
from cwkit_sandbox.clock import iso
from cwkit_sandbox.instances import element_of
from cwkit_sandbox.request import LARGEST_PAGE, USUAL_PAGE, HubRequest, RequestContext
from cwkit_sandbox.state import SandboxState
from cwkit_sandbox.store import Stored

__all__ = ["answer", "metadata", "ping", "poll", "records", "what_objects"]

_PASSED_ON = ("where", "orderBy", "fields", "pageSize", "page", "nextPage")


async def records(call: RequestContext) -> Answer:
    """Answer any call to an object of a hub; the hub's name in the path does not count."""
    ready(call)
    path = _object_path(call)
    method = "GET" if call.request.method == "HEAD" else call.request.method
    ask = HubRequest(call.state, call.instance, method, path)
    (crm_hub if call.instance.element == CRM else record_store_hub).check_path(ask)
    if method in ("POST", "PUT", "PATCH"):
        ask = replace(ask, body=await call.object())
    if method != "GET":
        return shaped(await answer(ask), call.instance, path[0] if path else "", ())
    query = {name: call.query(name) for name in _PASSED_ON if call.query(name)}
    return await listed(replace(ask, **paged(call.state, path, query)), query)


def _object_path(call: RequestContext) -> tuple[str, ...]:
    """Return the path behind the hub's name: ``incidents``, ``7``, ``comments``."""
    parts = [part for part in call.request.url.path.split("/") if part][2:]
    return tuple(parts[2:] if parts[:1] == ["hubs"] else parts)


def ready(call: RequestContext) -> None:
    """Refuse a call through an instance that is switched off."""
    if call.instance.disabled:
        raise ApiError(403, "The instance is disabled; enable it before you use its data.")


def paged(state: SandboxState, path: tuple[str, ...], query: Mapping[str, str]) -> dict[str, Any]:
    """Return where, order, size and page of a list, from its query or from the token of a page before."""
    token = query.get("nextPage")
    if token:
        return _from_token(state, path, token)
    return {
        "where": query.get("where", ""),
        "order": query.get("orderBy", ""),
        "size": _number("pageSize", query.get("pageSize"), USUAL_PAGE, LARGEST_PAGE),
        "page": _number("page", query.get("page"), 1, 1_000_000),
    }


def _number(name: str, text: str | None, default: int, most: int) -> int:
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= most):
        raise ApiError(400, f"The parameter {name} is a whole number from 1 to {most}.")
    return int(text)


def _from_token(state: SandboxState, path: tuple[str, ...], token: str) -> dict[str, Any]:
    text = state.verified(token)
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = {}
    if found.pop("path", None) != list(path):
        raise ApiError(400, "The nextPage token is unknown; take it from Elements-Next-Page-Token.")
    return dict(found)


async def listed(ask: HubRequest, query: Mapping[str, str]) -> Answer:
    """Answer a GET, with the headers of a list where it is one."""
    found = await answer(ask)
    if isinstance(found.body, list):
        found.headers["Elements-Returned-Count"] = str(len(found.body))
        if found.headers.pop("more", ""):
            following = {
                "path": list(ask.path), "where": ask.where, "order": ask.order, "size": ask.size,
                "page": ask.page + 1,
            }  # fmt: skip
            found.headers["Elements-Next-Page-Token"] = ask.state.signed(json.dumps(following))
    fields = tuple(name.strip() for name in query.get("fields", "").split(",") if name.strip())
    return shaped(found, ask.instance, ask.path[0] if ask.path else "", fields)


async def answer(ask: HubRequest) -> Answer:
    """Let the element answer: CRM by asking ConnectWise, the others from their flat records."""
    if ask.instance.element == CRM:
        return await crm_hub.answer(ask)
    return record_store_hub.answer(ask)


def shaped(found: Answer, instance: Stored, name: str, fields: tuple[str, ...]) -> Answer:
    """Return the answer with the chosen fields only; null values are left out, or put in, as configured."""
    many = found.body if isinstance(found.body, list) else [found.body]
    if not all(isinstance(record, dict) for record in many):
        return found
    leave_out = instance.configuration.get("filter.response.nulls") != "false"
    known = {} if leave_out else dict.fromkeys(shape(instance.element, name) or {})
    changed = []
    for record in many:
        whole = _without_nulls(record) if leave_out else {**known, **record}
        changed.append(_only(whole, fields) if fields else whole)
    found.body = changed if isinstance(found.body, list) else changed[0]
    return found


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
    return [_without_nulls(item) for item in value] if isinstance(value, list) else value


def _only(record: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name in fields:
        source, target = record, result
        *outer, last = name.split(".")
        for step in outer:
            inner = source.get(step)
            if not isinstance(inner, dict):
                break
            source, target = inner, target.setdefault(step, {})
        else:
            if last in source:
                target[last] = source[last]
    return result


async def ping(call: RequestContext) -> Answer:
    """Say that the hub answers."""
    ready(call)
    if call.instance.element == HELPDESK:
        record_store_hub.check_site(call.state, call.instance)
    return Answer({"dateTime": iso(call.state.clock.now), "endpoint": call.instance.element})


async def what_objects(call: RequestContext) -> Answer:
    """List the objects of the hub; this works for an instance that is switched off, too."""
    return Answer(objects(call.instance.element))


async def metadata(call: RequestContext) -> Answer:
    """Tell the fields of an object, with their types."""
    name = call.path["object"]
    known = shape(call.instance.element, name)
    if known is None:
        raise ApiError(404, f"There is no object '{name[:60]}' in {element_of(call.instance).key}.")
    fields = [{"path": path, "type": kind, "vendorPath": path} for path, kind in known.items()]
    return Answer({"name": name, "fields": fields})


async def poll(
    state: SandboxState, instance: Stored, url: str, page_size: int | None
) -> list[dict[str, Any]]:
    """Return the records under a poller's URL, page after page."""
    address = split_url(url)
    query = dict(address.query)
    if page_size and "pageSize" not in query:
        query["pageSize"] = str(min(page_size, LARGEST_PAGE))
    path = tuple(part for part in address.path.split("/") if part)
    path = path[2:] if path[:1] == ("hubs",) else path
    request = HubRequest(state, instance, "GET", path, **paged(state, path, query))
    found: list[dict[str, Any]] = []
    while True:
        page = await answer(request)
        if not isinstance(page.body, list):
            return found
        found += [record for record in page.body if isinstance(record, dict)]
        if not page.headers.get("more"):
            return found
        request = replace(request, page=request.page + 1)
