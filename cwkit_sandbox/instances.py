"""Instances: created, listed, read, changed, switched off and deleted (platform facts, section 3)."""

from __future__ import annotations

from typing import Any

from cwkit_sandbox import configuration
from cwkit_sandbox.access import this_instance
from cwkit_sandbox.catalog import Definition, definition, definitions
from cwkit_sandbox.clock import iso
from cwkit_sandbox.names import name_in, tags_in
from cwkit_sandbox.paging import after_token, next_token
from cwkit_sandbox.store import Stored
from cwkit_sandbox.wire import Answer, ApiError, Call

__all__ = [
    "change",
    "create",
    "create_for_element",
    "delete",
    "disable",
    "enable",
    "list_all",
    "list_of_element",
    "one",
    "replace",
    "shown",
]

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


async def create(call: Call) -> Answer:
    """Create an instance of the element that the body names."""
    body = await call.object()
    element = body.get("element")
    if not isinstance(element, dict) or not (element.get("key") or element.get("id")):
        raise ApiError(400, "Missing required field: element.key")
    return await _create(call, needed_element(element.get("key") or element.get("id")), body)


async def create_for_element(call: Call) -> Answer:
    """Create an instance of the element that the path names."""
    return await _create(call, needed_element(call.path["key"]), await call.object())


async def _create(call: Call, element: Definition, body: dict[str, Any]) -> Answer:
    name, tags = name_in(body), tags_in(body.get("tags"))
    values = configuration.checked(element, body.get("configuration", {}))
    await call.world.connectwise.validate(element, values)
    now = call.world.clock.now
    stored = Stored(0, element.key, name, call.world.token(), now, now, False, values, tags, now)
    call.world.store.add_instance(stored)
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


async def list_all(call: Call) -> Answer:
    """List instances by tags and name, or give the current one where an Element token came along."""
    if call.instance is not None:
        return Answer(shown(call.instance))
    return _list(call, "")


async def list_of_element(call: Call) -> Answer:
    """List the instances of one element; tags come as objects here, and the element as its id alone."""
    answer = _list(call, needed_element(call.path["key"]).key)
    for one in answer.body:
        del one["element"]
        one["tags"] = [{"id": one["id"] * 100 + place, "name": tag} for place, tag in enumerate(one["tags"])]
    return answer


def _list(call: Call, element: str) -> Answer:
    params = call.request.query_params
    tags = [*params.getlist("tags[]"), *params.getlist("tags")]
    search = call.query("searchText")
    size = call.number("pageSize", LARGEST_PAGE, LARGEST_PAGE)
    after = after_token(call, "instances")
    store = call.world.store
    page = store.instances(tags=tags, search=search, element=element, after=after, limit=size + 1)
    if not page and (tags or search):
        raise ApiError(404, "No instances found that match the search.")
    total = store.count_instances(tags=tags, search=search, element=element)
    headers = {"Elements-Total-Count": str(total), "Elements-Returned-Count": str(min(len(page), size))}
    if len(page) > size:
        headers["Elements-Next-Page-Token"] = next_token(call, "instances", page[size - 1].id)
    return Answer([shown(one, listed=True) for one in page[:size]], headers=headers)


async def one(call: Call) -> Answer:
    """Give an instance, with its token."""
    return Answer(shown(this_instance(call)))


async def change(call: Call) -> Answer:
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


async def replace(call: Call) -> Answer:
    """Replace an instance by a whole body; the provider is asked again unless ``reAuthenticate=false``."""
    again = call.flag("reAuthenticate", True)
    body = await call.object()
    instance = this_instance(call)
    element = element_of(instance)
    name, tags = name_in(body), tags_in(body.get("tags"))
    given = configuration.kept_passwords(element, instance.configuration, body.get("configuration", {}))
    values = configuration.checked(element, given)
    if again:
        await call.world.connectwise.validate(element, values)
        instance = this_instance(call)  # while the provider was asked it may have been changed or deleted
    instance.name, instance.tags, instance.configuration = name, tags, values
    return _saved(call, instance)


def _saved(call: Call, instance: Stored) -> Answer:
    instance.updated = call.world.clock.now
    call.world.store.save_instance(instance)
    return Answer(shown(instance))


async def delete(call: Call) -> Answer:
    """Delete an instance; its token is refused from now on."""
    call.world.store.delete_instance(this_instance(call).id)
    return Answer()


async def enable(call: Call) -> Answer:
    """Switch an instance on."""
    return _switched(call, disabled=False)


async def disable(call: Call) -> Answer:
    """Switch an instance off: its hub calls answer 403."""
    return _switched(call, disabled=True)


def _switched(call: Call, *, disabled: bool) -> Answer:
    instance = this_instance(call)
    instance.disabled = disabled
    _saved(call, instance)
    return Answer()


async def list_configuration(call: Call) -> Answer:
    """List an instance's configuration, one entry a key."""
    instance = this_instance(call)
    found = configuration.entries(element_of(instance), instance)
    return Answer(found, headers={"Elements-Returned-Count": str(len(found))})


async def one_configuration(call: Call) -> Answer:
    """Give one entry of an instance's configuration."""
    return Answer(_entry(call, this_instance(call)))


async def change_configuration(call: Call) -> Answer:
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


def _entry(call: Call, instance: Stored) -> dict[str, Any]:
    wanted = call.path["config_id"]
    for entry in configuration.entries(element_of(instance), instance):
        if str(entry["id"]) == wanted:
            return entry
    raise ApiError(404, f"No configuration found with id {wanted[:40]}.")
