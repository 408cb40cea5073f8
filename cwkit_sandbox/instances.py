"""Instances: created, listed, read, changed, switched off and deleted (platform facts, section 3)."""

from __future__ import annotations

import json
import re
from typing import Any

from cwkit_sandbox import configuration
from cwkit_sandbox.answers import Answer, ApiError
from cwkit_sandbox.auth import this_instance
from cwkit_sandbox.catalog import Definition, definition, definitions
from cwkit_sandbox.clock import iso
from cwkit_sandbox.configuration import name_in, tags_in
from cwkit_sandbox.request import RequestContext
from cwkit_sandbox.store import Stored

LARGEST_PAGE = 200
CALLBACK = "event.notification.callback.url"
ENABLED = "event.notification.enabled"


def element_of(instance: Stored) -> Definition:
    """Return the definition of an instance's element."""
    return definitions()[instance.element]


def needed_element(key_or_id: object) -> Definition:
    """Return an element; 404 where there is none."""
    found = definition(str(key_or_id))
    if found is None:
        raise ApiError(404, f"No element found with key or id '{str(key_or_id)[:80]}'.")
    return found


async def create(call: RequestContext) -> Answer:
    """Create an instance of the element that the body names."""
    body = await call.object()
    element = body.get("element")
    if not isinstance(element, dict) or not (element.get("key") or element.get("id")):
        raise ApiError(400, "Missing required field: element.key")
    return await _create(call, needed_element(element.get("key") or element.get("id")), body)


async def create_for_element(call: RequestContext) -> Answer:
    """Create an instance of the element that the path names."""
    return await _create(call, needed_element(call.path["key"]), await call.object())


async def _create(call: RequestContext, element: Definition, body: dict[str, Any]) -> Answer:
    name, tags = name_in(body), tags_in(body.get("tags"))
    values = configuration.checked(element, body.get("configuration", {}))
    await call.state.connectwise.validate(element, values)
    now = call.state.clock.now
    stored = Stored(0, element.key, name, call.state.token(), now, now, False, values, tags, now)
    call.state.store.add_instance(stored)
    return Answer(shown(stored))


def shown(instance: Stored, *, listed: bool = False) -> dict[str, Any]:
    """Return an instance as the platform gives it; in a list without its token."""
    element = element_of(instance)
    outline = element.outline
    if listed:
        outline = {name: outline[name] for name in ("id", "name", "key", "hub", "active", "deleted")}
    events = instance.configuration.get(ENABLED) == "true"
    result = {
        "id": instance.id,
        "name": instance.name,
        "createdDate": iso(instance.created),
        "updatedDate": iso(instance.updated),
        "token": instance.token,
        "elementId": element.whole["id"],
        "element": outline,
        "tags": instance.tags,
        "provisionInteractions": [],
        "valid": True,
        "disabled": instance.disabled,
        "maxCacheSize": 0,
        "cacheTimeToLive": 0,
        "configuration": configuration.masked(element, instance.configuration),
        "eventsEnabled": events,
        "eventsNotificationCallbackUrl": instance.configuration.get(CALLBACK),
        "cachingEnabled": False,
        "traceLoggingEnabled": False,
        "externalAuthentication": "none",
        "user": {},
    }
    if listed:
        del result["token"]
    return result


async def list_all(call: RequestContext) -> Answer:
    """List instances by tags and name, or give the current one where an Element token came along."""
    if call.instance is not None:
        return Answer(shown(call.instance))
    return _list(call, "")


async def list_of_element(call: RequestContext) -> Answer:
    """List the instances of one element; tags come as objects here, and the element as its id alone."""
    answer = _list(call, needed_element(call.path["key"]).key)
    for one in answer.body:
        del one["element"]
        one["tags"] = [{"id": one["id"] * 100 + place, "name": tag} for place, tag in enumerate(one["tags"])]
    return answer


def _list(call: RequestContext, element: str) -> Answer:
    params = call.request.query_params
    tags = [*params.getlist("tags[]"), *params.getlist("tags")]
    search = call.query("searchText")
    size = call.number("pageSize", LARGEST_PAGE, LARGEST_PAGE)
    after = after_token(call, "instances")
    store = call.state.store
    page = store.instances(tags=tags, search=search, element=element, after=after, limit=size + 1)
    if not page and (tags or search):
        raise ApiError(404, "No instances found that match the search.")
    total = store.count_instances(tags=tags, search=search, element=element)
    headers = {"Elements-Total-Count": str(total), "Elements-Returned-Count": str(min(len(page), size))}
    if len(page) > size:
        headers["Elements-Next-Page-Token"] = next_token(call, "instances", page[size - 1].id)
    return Answer([shown(one, listed=True) for one in page[:size]], headers=headers)


async def one(call: RequestContext) -> Answer:
    """Give an instance, with its token."""
    return Answer(shown(this_instance(call)))


async def change(call: RequestContext) -> Answer:
    """Change parts of an instance: name, tags (the whole list), configuration (the keys that are given)."""
    body = await call.object()
    instance = this_instance(call)
    if "name" in body:
        instance.name = name_in(body)
    if "tags" in body:
        instance.tags = tags_in(body["tags"])
    if "configuration" in body:
        element = element_of(instance)
        instance.configuration = configuration.changed(element, instance.configuration, body["configuration"])
    return _saved(call, instance)


async def replace(call: RequestContext) -> Answer:
    """Replace an instance by a whole body; the provider is asked again unless ``reAuthenticate=false``."""
    again = call.flag("reAuthenticate", True)
    body = await call.object()
    instance = this_instance(call)
    element = element_of(instance)
    name, tags = name_in(body), tags_in(body.get("tags"))
    given = configuration.kept_passwords(element, instance.configuration, body.get("configuration", {}))
    values = configuration.checked(element, given)
    if again:
        await call.state.connectwise.validate(element, values)
        instance = this_instance(call)  # while the provider was asked it may have been changed or deleted
    instance.name, instance.tags, instance.configuration = name, tags, values
    return _saved(call, instance)


def _saved(call: RequestContext, instance: Stored) -> Answer:
    instance.updated = call.state.clock.now
    call.state.store.save_instance(instance)
    return Answer(shown(instance))


async def delete(call: RequestContext) -> Answer:
    """Delete an instance; its token is refused from now on."""
    call.state.store.delete_instance(this_instance(call).id)
    return Answer()


async def enable(call: RequestContext) -> Answer:
    """Switch an instance on."""
    return _switched(call, disabled=False)


async def disable(call: RequestContext) -> Answer:
    """Switch an instance off: its hub calls answer 403."""
    return _switched(call, disabled=True)


def _switched(call: RequestContext, *, disabled: bool) -> Answer:
    instance = this_instance(call)
    instance.disabled = disabled
    _saved(call, instance)
    return Answer()


async def list_configuration(call: RequestContext) -> Answer:
    """List an instance's configuration, one entry a key."""
    instance = this_instance(call)
    found = configuration.entries(element_of(instance), instance)
    return Answer(found, headers={"Elements-Returned-Count": str(len(found))})


async def one_configuration(call: RequestContext) -> Answer:
    """Give one entry of an instance's configuration."""
    return Answer(_entry(call, this_instance(call)))


async def change_configuration(call: RequestContext) -> Answer:
    """Change one value of an instance's configuration."""
    body = await call.object()
    instance = this_instance(call)
    key = _entry(call, instance)["key"]
    if "propertyValue" not in body:
        raise ApiError(400, "Missing required field: propertyValue")
    element = element_of(instance)
    value = {key: body["propertyValue"]}
    instance.configuration = configuration.changed(element, instance.configuration, value)
    _saved(call, instance)
    return Answer(_entry(call, instance))


def _entry(call: RequestContext, instance: Stored) -> dict[str, Any]:
    wanted = call.path["config_id"]
    for entry in configuration.entries(element_of(instance), instance):
        if str(entry["id"]) == wanted:
            return entry
    raise ApiError(404, f"No configuration found with id {wanted[:40]}.")


def next_token(call: RequestContext, kind: str, position: int) -> str:
    """Return a token for the page after ``position``; it is good for the same kind of list only."""
    return call.state.signed(f"{kind}:{position}")


def after_token(call: RequestContext, kind: str) -> int:
    """Return the position in the ``nextPage`` token of a call, 0 without one; 400 for an unknown token."""
    token = call.query("nextPage")
    if not token:
        return 0
    found, _, position = (call.state.verified(token) or "").rpartition(":")
    if found != kind or not position.isdecimal():
        raise ApiError(400, "The nextPage token is unknown; take it from Elements-Next-Page-Token.")
    return int(position)


LARGEST_PAGE = 200
_COLUMNS = "id, date, status, provider_data, notified_data, attempt, next_try, reason"


async def list_events(call: RequestContext) -> Answer:
    """List an instance's events, the oldest first."""
    instance = this_instance(call)
    size = call.number("pageSize", LARGEST_PAGE, LARGEST_PAGE)
    after = after_token(call, f"events/{instance.id}")
    sql = f"SELECT {_COLUMNS} FROM event WHERE instance = ? AND id > ? ORDER BY id LIMIT ?"  # noqa: S608
    rows = call.state.store.run(sql, (instance.id, after, size + 1))
    total = call.state.store.run("SELECT count(*) FROM event WHERE instance = ?", (instance.id,))[0][0]
    found = [_shown(row) for row in rows[:size]]
    headers = {"Elements-Total-Count": str(total), "Elements-Returned-Count": str(len(found))}
    if len(rows) > size:
        headers["Elements-Next-Page-Token"] = next_token(call, f"events/{instance.id}", found[-1]["id"])
    return Answer(found, headers=headers)


async def one_event(call: RequestContext) -> Answer:
    """Give one event."""
    instance = this_instance(call)
    text = call.path["event_id"]
    sql = f"SELECT {_COLUMNS} FROM event WHERE instance = ? AND id = ?"  # noqa: S608 - fixed names
    rows = call.state.store.run(sql, (instance.id, int(text))) if re.fullmatch("[0-9]{1,15}", text) else []
    if not rows:
        raise ApiError(404, f"No event found with id {text[:40]}.")
    return Answer(_shown(rows[0]))


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    number, date, status, provider_data, notified_data, attempt, next_try, reason = row
    result = {
        "id": number,
        "eventDate": iso(date),
        "status": status,
        "providerData": json.loads(provider_data),
        "notifiedData": json.loads(notified_data) if notified_data else None,
        "attempts": attempt,
    }
    if next_try is not None:
        result["nextAttemptDate"] = iso(next_try)
    if reason:
        result["statusMessage"] = reason
    return result


async def list_elements(call: RequestContext) -> Answer:
    """List the elements, without their configuration fields; ``searchText`` looks in key and name."""
    search = call.query("searchText").lower()
    found = [
        one.outline
        for one in definitions().values()
        if search in one.key.lower() or search in str(one.whole["name"]).lower()
    ]
    return Answer(found, headers=_counts(len(found)))


async def one_element(call: RequestContext) -> Answer:
    """Give an element whole."""
    return Answer(needed_element(call.path["key"]).whole)


async def element_fields(call: RequestContext) -> Answer:
    """Give an element's configuration fields."""
    found = needed_element(call.path["key"]).whole["configuration"]
    return Answer(found, headers=_counts(len(found)))


async def element_metadata(call: RequestContext) -> Answer:
    """Tell what an element can do, also how it learns of changes."""
    element = needed_element(call.path["key"])
    method = element.event_method
    return Answer(
        {
            "id": element.whole["id"],
            "key": element.key,
            "name": element.whole["name"],
            "hub": element.hub,
            "authentication": element.whole["authentication"],
            "bulk": {
                "download": element.whole["bulkDownloadEnabled"],
                "upload": element.whole["bulkUploadEnabled"],
            },
            "events": {"supported": method is not None, "methods": [method] if method else []},
        }
    )


def _counts(number: int) -> dict[str, str]:
    return {"Elements-Total-Count": str(number), "Elements-Returned-Count": str(number)}
