"""The OpenAPI document of the platform's routes, made from the routes themselves."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from cwkit_sandbox.auth import hub_instance, platform_user
from cwkit_sandbox.faults import KINDS
from cwkit_sandbox.server import PLATFORM, Entry, platform_routes

__all__ = ["document"]

_TEXT = {"type": "string"}
_OBJECT = {"type": "object"}
_QUERY: dict[str, dict[str, Any]] = {
    "tags[]": {"type": "array", "items": _TEXT},
    "searchText": _TEXT,
    "pageSize": {"type": "integer", "minimum": 1, "maximum": 200},
    "hubPageSize": {"type": "integer", "minimum": 1, "maximum": 2000, "default": 200},
    "page": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 1},
    "nextPage": _TEXT,
    "where": {"type": "string", "description": "CEQL, for example lastName='Smith' AND company.id=250"},
    "orderBy": {"type": "string", "description": "For example lastUpdated desc"},
    "fields": {"type": "string", "description": "Names separated by commas"},
    "q": {"type": "string", "description": "For example select * from contacts where lastName='Smith'"},
    "reAuthenticate": {"type": "boolean", "default": True},
}
_PARAMETERS: dict[str, tuple[str, ...]] = {
    "instances.list_elements": ("searchText",),
    "instances.list_all": ("tags[]", "searchText", "pageSize", "nextPage"),
    "instances.list_of_element": ("tags[]", "searchText", "pageSize", "nextPage"),
    "instances.replace": ("reAuthenticate",),
    "instances.list_events": ("pageSize", "nextPage"),
    "bulk.query": ("q",),
    "hubs.records": ("where", "orderBy", "fields", "hubPageSize", "page", "nextPage"),
}
_CONFIGURATION = {"type": "object", "additionalProperties": {"type": "string", "nullable": True}}
_TAGS = {"type": "array", "items": _TEXT}
_NEW = {
    "type": "object",
    "required": ["name", "configuration"],
    "properties": {
        "name": {"type": "string", "minLength": 1}, "tags": _TAGS, "configuration": _CONFIGURATION,
        "element": {"type": "object", "properties": {"key": _TEXT}},
    },
}  # fmt: skip
_BODIES: dict[str, dict[str, Any]] = {
    "instances.create": {**_NEW, "required": ["name", "configuration", "element"]},
    "instances.create_for_element": _NEW,
    "instances.replace": _NEW,
    "instances.change": {
        "type": "object",
        "properties": {"name": _TEXT, "tags": _TAGS, "configuration": _CONFIGURATION},
    },
    "instances.change_configuration": {
        "type": "object",
        "required": ["propertyValue"],
        "properties": {"propertyValue": {"type": "string", "nullable": True}},
    },
    "hubs.records": _OBJECT,
}
_ERROR = {
    "type": "object",
    "required": ["requestId", "message"],
    "properties": {
        "requestId": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
        "message": _TEXT,
        "providerMessage": _TEXT,
    },
}


@cache
def document(origin: str) -> dict[str, Any]:
    """Return the description of all platform routes under ``origin``."""
    paths: dict[str, Any] = {}
    for entry in platform_routes():
        for path in _written(entry.path):
            paths.setdefault(path, {}).update(_operations(entry, path))
    paths |= _control_paths()
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "cwkit sandbox",
            "version": "2",
            "description": "A local stand-in for the Cloud Elements platform, with made-up data.",
        },
        "servers": [{"url": origin + PLATFORM}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "pairs": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "User <secret>, Organization <secret>; or User <secret>, Element <token>",
                }
            },
            "schemas": {"Error": _ERROR},
        },
        "security": [{"pairs": []}],
    }


def _written(path: str) -> list[str]:
    """Return the paths of a route as OpenAPI can write them: an open end in its usual lengths."""
    if "{rest:path}" not in path:
        return [path]
    start = path.removesuffix("{rest:path}")
    if not path.startswith("/hubs/"):
        return [f"{start}{{recordId}}"]
    return [
        f"{start}{{object}}",
        f"{start}{{object}}/{{recordId}}",
        f"{start}{{object}}/{{recordId}}/comments",
        f"{start}{{object}}/{{recordId}}/comments/{{commentId}}",
    ]


def _operations(entry: Entry, path: str) -> dict[str, Any]:
    operations = {}
    many = not path.rstrip("/").endswith("Id}")
    for method, handler in entry.handlers.items():
        name = f"{handler.__module__.rpartition('.')[2]}.{handler.__name__}"
        if name == "hubs.records" and method not in (
            ("GET", "POST") if many else ("GET", "PATCH", "PUT", "DELETE")
        ):
            continue
        query = _PARAMETERS.get(name, ()) if name != "hubs.records" or method == "GET" else ()
        operation: dict[str, Any] = {
            "summary": (handler.__doc__ or "").strip().splitlines()[0],
            "operationId": re.sub(r"\W+", "_", f"{method.lower()}{path}").strip("_"),
            "tags": [path.split("/")[1]],
            "parameters": [*_path_parameters(path), *(_query(one) for one in query)],
            "responses": _responses(entry),
        }
        if name in _BODIES and method in ("POST", "PUT", "PATCH"):
            content = {"application/json": {"schema": _BODIES[name]}}
            operation["requestBody"] = {"required": True, "content": content}
        operations[method.lower()] = operation
    return operations


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _TEXT}
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _query(name: str) -> dict[str, Any]:
    shown = "pageSize" if name == "hubPageSize" else name
    return {"name": shown, "in": "query", "schema": _QUERY[name]}


def _responses(entry: Entry) -> dict[str, Any]:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    statuses = {400: "wrong or missing values", 401: "a secret or token is not accepted", 404: "not found"}
    statuses |= {413: "larger than 10 MB", 415: "not JSON", 405: "wrong method", 406: "not in this form"}
    if entry.gate is not platform_user:
        statuses |= {403: "the instance is disabled", 409: "not in this state", 502: "the provider refused"}
    if entry.gate is hub_instance:
        statuses |= {429: "too many requests"}
    found: dict[str, Any] = {
        str(status): {"description": text, "content": error} for status, text in sorted(statuses.items())
    }
    return {"200": {"description": "done"}, **found}


def _control_paths() -> dict[str, Any]:
    """Return the sandbox's own routes, which are beside the platform's."""
    beside = {"servers": [{"url": "/"}]}
    answer = {"200": {"description": "done"}, "400": {"description": "wrong or missing values"}}
    minutes = {"type": "object", "properties": {"minutes": {"type": "number"}}, "required": ["minutes"]}
    fault = {
        "type": "object",
        "required": ["kind"],
        "properties": {
            "kind": {"type": "string", "enum": sorted(KINDS)},
            "n": {"type": "integer", "minimum": 1},
            "probability": {"type": "number", "minimum": 0, "maximum": 1},
            "route": {"type": "string", "nullable": True},
            "seconds": {"type": "number", "nullable": True},
        },
    }

    def operation(summary: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        content = {"requestBody": {"content": {"application/json": {"schema": body}}}} if body else {}
        return {"summary": summary, "tags": ["sandbox"], "security": [], "responses": answer, **content}

    return {
        "/sandbox/info": {**beside, "get": operation("Tell what this is.")},
        "/sandbox/clock": {
            **beside,
            "get": operation("Tell the time."),
            "post": operation("Move the clock forward.", minutes),
        },
        "/sandbox/faults": {
            **beside,
            "get": operation("List the faults in force."),
            "post": operation("Put a fault in force.", fault),
            "delete": operation("Take all faults away."),
        },
        "/sandbox/wsdl": {
            **beside,
            "post": operation("Let a ConnectWise site serve another WSDL version.", _OBJECT),
        },
    }
