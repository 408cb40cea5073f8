"""The routes put together: every request gets its id, its handler and, where asked for, its fault."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from cwkit.sandbox import access, control, elements, instances
from cwkit.sandbox.connectwise import server as connectwise
from cwkit.sandbox.wire import Answer, ApiError, Call, compact
from cwkit.sandbox.world import World

__all__ = ["PLATFORM", "build"]

PLATFORM = "/elements/api-v2"
Handler = Callable[[Call], Awaitable[Answer]]
Gate = Callable[[Call], None]


def build(world: World) -> Starlette:
    """Return the application for one sandbox."""
    app = Starlette(
        routes=[*_platform(world), *_connectwise(world), *control.routes(world)],
        exception_handlers={HTTPException: _refused, Exception: _failed},
    )
    app.state.world = world
    app.router.redirect_slashes = False
    return app


def platform_route(world: World, path: str, handlers: Mapping[str, Handler], gate: Gate | None) -> Route:
    """Return a route whose answers look like the platform's."""

    async def endpoint(request: Request) -> Response:
        call = Call(world, request, world.request_id())
        method = "GET" if request.method == "HEAD" else request.method
        try:
            if gate:
                gate(call)
            answer = await handlers[method](call)
        except ApiError as problem:
            answer = _error(problem, call.request_id)
        answer.headers.setdefault("Elements-Request-Id", call.request_id)
        answer.headers.setdefault("Elements-Trace-Id", call.request_id)
        if call.instance is not None:
            answer.headers.setdefault("Elements-Element-Instance-Id", str(call.instance.id))
        return answer.response()

    return Route(PLATFORM + path, endpoint, methods=list(handlers))


def connectwise_route(world: World, path: str, handlers: Mapping[str, Handler]) -> Route:
    """Return a route whose answers look like ConnectWise's."""

    async def endpoint(request: Request) -> Response:
        call = Call(world, request, "")
        try:
            answer = await handlers["GET" if request.method == "HEAD" else request.method](call)
        except ApiError as problem:
            code = {400: "InvalidObject", 404: "NotFound"}.get(problem.status, "BadRequest")
            answer = connectwise.refusal(problem.status, code, problem.message)
        return answer.response()

    return Route("/connectwise/{site}" + path, endpoint, methods=list(handlers))


def _error(problem: ApiError, request_id: str) -> Answer:
    body: dict[str, Any] = {"requestId": request_id, "message": problem.message}
    if problem.provider_message is not None:
        body["providerMessage"] = problem.provider_message
    headers = {"Elements-Error": "true", **problem.headers}
    return Answer(body, problem.status, headers)


async def _refused(request: Request, problem: Exception) -> Response:
    world: World = request.app.state.world
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    message = {
        404: "There is nothing at this path.",
        405: f"The method {request.method[:20]} is not allowed here.",
    }.get(status, "The request was refused.")
    headers = dict(getattr(problem, "headers", None) or {})
    request_id = world.request_id()
    answer = _error(ApiError(status, message, headers=headers), request_id)
    answer.headers["Elements-Request-Id"] = request_id
    return answer.response()


async def _failed(request: Request, problem: Exception) -> Response:
    world: World = request.app.state.world
    request_id = world.request_id()
    return Response(
        compact({"requestId": request_id, "message": "Internal error of the sandbox."}),
        500,
        {"Elements-Request-Id": request_id, "Elements-Error": "true"},
        "application/json",
    )


def _platform(world: World) -> list[BaseRoute]:
    user, either = access.platform_user, access.platform_or_instance
    table: list[tuple[str, dict[str, Handler], Gate]] = [
        ("/elements", {"GET": elements.list_all}, user),
        ("/elements/{key}", {"GET": elements.one}, user),
        ("/elements/{key}/configuration", {"GET": elements.fields}, user),
        ("/elements/{key}/metadata", {"GET": elements.metadata}, user),
        (
            "/elements/{key}/instances",
            {"GET": instances.list_of_element, "POST": instances.create_for_element},
            user,
        ),
        (
            "/instances",
            {
                "GET": instances.list_all,
                "POST": instances.create,
                "PUT": instances.replace,
                "PATCH": instances.change,
                "DELETE": instances.delete,
            },
            either,
        ),
    ]
    for prefix in ("/instances", "/instances/{id}"):  # the current instance, and one by its id
        table += [
            (f"{prefix}/configuration", {"GET": instances.list_configuration}, either),
            (
                f"{prefix}/configuration/{{config_id}}",
                {"GET": instances.one_configuration, "PATCH": instances.change_configuration},
                either,
            ),
            (f"{prefix}/enabled", {"PUT": instances.enable, "DELETE": instances.disable}, either),
        ]
    table.append(
        (
            "/instances/{id}",
            {
                "GET": instances.one,
                "PUT": instances.replace,
                "PATCH": instances.change,
                "DELETE": instances.delete,
            },
            user,
        )
    )
    return [platform_route(world, path, handlers, gate) for path, handlers, gate in table]


def _connectwise(world: World) -> list[BaseRoute]:
    api = "/{version}/apis/3.0"
    table: list[tuple[str, dict[str, Handler]]] = [
        ("/login/companyinfo/{company}", {"GET": connectwise.company_info}),
        (api + "/system/info", {"GET": connectwise.system_info}),
        (api + "/company/contacts", {"GET": connectwise.contacts}),
        ("/{version}/apis/2.0/CompanyApi.asmx", {"POST": connectwise.soap}),
    ]
    return [connectwise_route(world, path, handlers) for path, handlers in table]
