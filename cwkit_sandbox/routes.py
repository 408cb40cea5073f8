"""The platform's and ConnectWise's routes as one table: path, who may call, handlers by method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from cwkit_sandbox import access, bulk, elements, event_routes, hubs, instances
from cwkit_sandbox.catalog import definitions
from cwkit_sandbox.connectwise import rest, server, tickets
from cwkit_sandbox.shapes import INTERNAL, objects
from cwkit_sandbox.wire import Answer, Call

__all__ = ["CONNECTWISE", "PLATFORM", "Entry", "connectwise_routes", "platform_routes"]

PLATFORM = "/elements/api-v2"
CONNECTWISE = "/connectwise/{site}"
Handler = Callable[[Call], Awaitable[Answer]]
Gate = Callable[[Call], None]


@dataclass(frozen=True)
class Entry:
    """One path with its methods; ``gate`` lets callers in; ConnectWise does that itself."""

    path: str
    handlers: Mapping[str, Handler]
    gate: Gate | None = None


def platform_routes() -> list[Entry]:
    """Return the platform's routes (platform facts, sections 2 to 5), the particular before the general."""
    return [*_element_routes(), *_instance_routes(), *_hub_routes()]


def _element_routes() -> list[Entry]:
    user = access.platform_user
    of_element = {"GET": instances.list_of_element, "POST": instances.create_for_element}
    return [
        Entry("/elements", {"GET": elements.list_all}, user),
        Entry("/elements/{key}", {"GET": elements.one}, user),
        Entry("/elements/{key}/configuration", {"GET": elements.fields}, user),
        Entry("/elements/{key}/metadata", {"GET": elements.metadata}, user),
        Entry("/elements/{key}/instances", of_element, user),
    ]


def _instance_routes() -> list[Entry]:
    either = access.platform_or_instance
    changes = {"PUT": instances.replace, "PATCH": instances.change, "DELETE": instances.delete}
    one_value = {"GET": instances.one_configuration, "PATCH": instances.change_configuration}
    switch = {"PUT": instances.enable, "DELETE": instances.disable}
    found = [Entry("/instances", {"GET": instances.list_all, "POST": instances.create, **changes}, either)]
    for prefix in ("/instances", "/instances/{id}"):  # the current instance, and one by its id
        found += [
            Entry(f"{prefix}/configuration", {"GET": instances.list_configuration}, either),
            Entry(f"{prefix}/configuration/{{config_id}}", one_value, either),
            Entry(f"{prefix}/enabled", switch, either),
            Entry(f"{prefix}/events", {"GET": event_routes.listed}, either),
            Entry(f"{prefix}/events/{{event_id}}", {"GET": event_routes.one}, either),
        ]
    return [*found, Entry("/instances/{id}", {"GET": instances.one, **changes}, either)]


def _hub_routes() -> list[Entry]:
    instance = access.hub_instance
    data = dict.fromkeys(("GET", "POST", "PUT", "PATCH", "DELETE"), hubs.records)
    found = []
    for prefix in ("/hubs/{hub}", ""):  # the hub's name in a path does not count, nor whether it is there
        found += [
            Entry(f"{prefix}/ping", {"GET": hubs.ping}, instance),
            Entry(f"{prefix}/objects", {"GET": hubs.what_objects}, instance),
            Entry(f"{prefix}/objects/{{object}}/metadata", {"GET": hubs.metadata}, instance),
            Entry(f"{prefix}/bulk/query", {"POST": bulk.query}, instance),
            Entry(f"{prefix}/bulk/{{job}}/status", {"GET": bulk.status}, instance),
            Entry(f"{prefix}/bulk/{{job}}/errors", {"GET": bulk.errors}, instance),
            Entry(f"{prefix}/bulk/{{job}}/cancel", {"PUT": bulk.cancel}, instance),
            Entry(f"{prefix}/bulk/{{job}}/{{object}}", {"GET": bulk.download}, instance),
        ]
    names = sorted({name for key in definitions() for name in objects(key)} - INTERNAL)
    without_hub = [Entry(f"/{name}{rest}", data, instance) for name in names for rest in ("", "/{rest:path}")]
    return [*found, Entry("/hubs/{hub}/{rest:path}", data, instance), *without_hub]


def connectwise_routes() -> list[Entry]:
    """Return ConnectWise's routes (platform facts, section 6)."""
    api = "/{version}/apis/3.0"
    ticket = api + "/service/tickets/{ticket}"
    many = {"GET": rest.collection, "POST": rest.create}
    single = {"GET": rest.one, "PATCH": rest.patch, "PUT": rest.replace, "DELETE": rest.delete}
    attached = {"GET": tickets.configurations, "POST": tickets.attach_configuration}
    return [
        Entry("/login/companyinfo/{company}", {"GET": server.company_info}),
        Entry("/{version}/apis/2.0/CompanyApi.asmx", {"POST": server.soap}),
        Entry(f"{api}/system/info", {"GET": server.system_info}),
        Entry(f"{ticket}/notes", {"GET": tickets.notes, "POST": tickets.create_note}),
        Entry(f"{ticket}/notes/{{id}}", single),
        Entry(f"{ticket}/configurations", attached),
        Entry(f"{api}/{{area}}/{{collection}}", many),
        Entry(f"{api}/{{area}}/{{collection}}/{{id}}", single),
    ]
