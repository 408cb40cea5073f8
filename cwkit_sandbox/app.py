"""The application: every request gets its id, its handler, and an answer in JSON, whatever happens."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from cwkit_sandbox import control, page
from cwkit_sandbox.connectwise import server as connectwise
from cwkit_sandbox.routes import CONNECTWISE, PLATFORM, Entry, connectwise_routes, platform_routes
from cwkit_sandbox.wire import Answer, ApiError, Call
from cwkit_sandbox.world import World

__all__ = ["build"]

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def build(world: World) -> LoopbackOnly:
    """Return the application for one sandbox."""
    routes: list[BaseRoute] = [
        Route(prefix + entry.path, _Endpoint(world, entry, answer_for))
        for prefix, table, answer_for in (
            (PLATFORM, platform_routes(), platform_answer),
            (CONNECTWISE, connectwise_routes(), connectwise_answer),
            ("", [*control.routes(), *page.routes()], control_answer),
        )
        for entry in table
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    app.router.default = _Nowhere(world)
    return LoopbackOnly(app, world)


class LoopbackOnly:
    """Lets in what was addressed to this machine by a loopback name.

    A web page elsewhere can have its own host name answered with 127.0.0.1; such a request carries that
    name, and is refused.
    """

    def __init__(self, app: Starlette, world: World) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            request = Request(scope)
            host = re.sub(r":\d*$", "", request.headers.get("host", "")).lower()
            if host not in _LOOPBACK:
                call = Call(self._world, request, self._world.request_id())
                refused = ApiError(403, "The sandbox answers under a loopback address only.")
                await platform_answer(call, refused).response()(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Endpoint:
    """One path as an ASGI application; every method arrives here, so that a wrong one is told in JSON."""

    def __init__(
        self, world: World, entry: Entry, finish: Callable[[Call, Answer | ApiError], Answer]
    ) -> None:
        self._world = world
        self._entry = entry
        self._finish = finish

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        call = Call(self._world, request, self._world.request_id())
        result: Answer | ApiError
        try:
            result = await self._handled(call)
        except ApiError as problem:
            result = problem
        except Exception:  # noqa: BLE001 - an error of ours is an answer too, and it tells no internals
            result = ApiError(500, "The sandbox failed; please report it with this request id.")
        response: Response = self._finish(call, result).response()
        await response(scope, receive, send)

    async def _handled(self, call: Call) -> Answer:
        handlers = self._entry.handlers
        method = call.request.method
        handler = handlers.get("GET" if method == "HEAD" else method)
        if handler is None:
            allowed = ", ".join([*handlers, *(["HEAD"] if "GET" in handlers else [])])
            raise ApiError(405, f"The method {method[:20]} is not allowed here.", headers={"Allow": allowed})
        if self._entry.gate:
            self._entry.gate(call)
        return await handler(call)


class _Nowhere:
    """What answers where there is no route."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 in JSON."""
        if scope["type"] != "http":
            return
        call = Call(self._world, Request(scope, receive), self._world.request_id())
        finish = connectwise_answer if scope["path"].startswith("/connectwise/") else platform_answer
        response = finish(call, ApiError(404, "There is nothing at this path.")).response()
        await response(scope, receive, send)


def platform_answer(call: Call, result: Answer | ApiError) -> Answer:
    """Return the platform's answer, with its headers (platform facts, section 1)."""
    if isinstance(result, ApiError):
        body: dict[str, Any] = {"requestId": call.request_id, "message": result.message}
        if result.provider_message is not None:
            body["providerMessage"] = result.provider_message
        result = Answer(body, result.status, {"Elements-Error": "true", **result.headers})
    result.headers.setdefault("Elements-Request-Id", call.request_id)
    result.headers.setdefault("Elements-Trace-Id", call.request_id)
    if call.instance is not None:
        result.headers.setdefault("Elements-Element-Instance-Id", str(call.instance.id))
    return result


def connectwise_answer(call: Call, result: Answer | ApiError) -> Answer:
    """Return ConnectWise's answer."""
    return connectwise.refusal(result) if isinstance(result, ApiError) else result


def control_answer(call: Call, result: Answer | ApiError) -> Answer:
    """Return the answer of a route of the sandbox's own."""
    if isinstance(result, ApiError):
        body = {"requestId": call.request_id, "message": result.message}
        return Answer(body, result.status, result.headers)
    return result
