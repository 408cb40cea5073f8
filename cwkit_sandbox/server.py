"""The HTTP server: uvicorn in a thread of its own, on loopback, with connections that can be cut."""

from __future__ import annotations

import asyncio
import atexit
import re
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from cwkit.errors import SandboxError
from cwkit_sandbox import auth, bulk, control, hubs, instances
from cwkit_sandbox.answers import Answer, ApiError
from cwkit_sandbox.catalog import INTERNAL, definitions, objects
from cwkit_sandbox.connectwise import rest
from cwkit_sandbox.connectwise import server as connectwise
from cwkit_sandbox.faults import FaultMiddleware
from cwkit_sandbox.request import PLATFORM, Entry, RequestContext
from cwkit_sandbox.state import SandboxState

__all__ = ["CONNECTWISE", "PLATFORM", "Entry", "Server", "build", "connectwise_routes", "platform_routes"]

_SHARED_LOCAL_ADDRESS = "127.0.0.1"
_STARTING_SECONDS = 20
_STOPPING_SECONDS = 10


class _Connection(H11Protocol):
    """Hands the transport to the application, so that a fault can cut the connection."""

    def connection_made(self, transport: Any) -> None:
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class Server:
    """One running sandbox; everything but ``start`` and ``stop`` happens in the server's thread."""

    def __init__(self, *, seed: int, clock: str, live: bool, state: Path | None, port: int) -> None:
        self._options: dict[str, Any] = {"seed": seed, "clock": clock, "live": live, "path": state}
        self._port = port
        self._ready = threading.Event()
        self._problem: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._serve, name="cwkit-sandbox", daemon=True)
        self.origin = ""

    def start(self) -> None:
        """Start, and return once requests are answered; ``SandboxError`` where that cannot be."""
        listener = _listener(self._port)
        self.origin = f"http://{_SHARED_LOCAL_ADDRESS}:{listener.getsockname()[1]}"
        self._listener = listener
        atexit.register(self.stop)  # so that a state file is closed when its owner forgets to
        self._thread.start()
        ready = self._ready.wait(_STARTING_SECONDS)
        problem = self._problem
        if problem is not None or not ready:
            listener.close()
            if isinstance(problem, SandboxError):
                raise problem
            raise SandboxError(
                f"The sandbox did not start{f': {problem}' if problem else ' in time'}.",
                fix="Try again; if it stays so, report it with this message.",
            )

    def stop(self) -> None:
        """Stop answering and close the state; a second call does nothing."""
        atexit.unregister(self.stop)
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True
            self._uvicorn.force_exit = True
        self._thread.join(_STOPPING_SECONDS)
        with suppress(OSError):
            self._listener.close()

    @property
    def running(self) -> bool:
        """Say whether the server still answers."""
        return self._thread.is_alive()

    def _serve(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as problem:  # noqa: BLE001 - told to the thread that started it
            self._problem = problem
        finally:
            self._ready.set()

    async def _main(self) -> None:
        state = SandboxState(origin=self.origin, poll_hub=hubs.poll, **self._options)
        app = FaultMiddleware(build(state), state.faults, state.request_id)
        state.connectwise.use(app)
        config = uvicorn.Config(
            app,
            http=_Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_keep_alive=120,
            timeout_graceful_shutdown=1,
            backlog=2048,
        )
        self._uvicorn = uvicorn.Server(config)
        try:
            serving = asyncio.ensure_future(self._uvicorn.serve(sockets=[self._listener]))
            while not self._uvicorn.started and not serving.done():
                await asyncio.sleep(0.001)
            self._ready.set()
            await serving
        finally:
            await state.close()


def _listener(port: int) -> socket.socket:
    # The protocol is named because asyncio switches off the delay of small packets only where it is.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    problem = ""
    try:
        if not _is_windows():
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_SHARED_LOCAL_ADDRESS, port))
    except (OSError, OverflowError) as reason:
        problem = str(reason)
    if problem:
        listener.close()
        raise SandboxError(
            f"The sandbox cannot listen on port {port}: {problem}.",
            fix="Choose another port, or 0 for any that is free.",
        )
    return listener


def _is_windows() -> bool:
    # There SO_REUSEADDR would let two sandboxes share one port.
    import sys

    return sys.platform == "win32"


Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def build(state: SandboxState) -> LoopbackOnly:
    """Return the application for one sandbox."""
    routes: list[BaseRoute] = [
        Route(prefix + entry.path, _Endpoint(state, entry, answer_for))
        for prefix, table, answer_for in (
            (PLATFORM, platform_routes(), platform_answer),
            (CONNECTWISE, connectwise_routes(), connectwise_answer),
            ("", [*control.routes(), *control.page_routes()], control_answer),
        )
        for entry in table
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    app.router.default = _Nowhere(state)
    return LoopbackOnly(app, state)


class LoopbackOnly:
    """Lets in what was addressed to this machine by a loopback name.

    A web page elsewhere can have its own host name answered with 127.0.0.1; such a request carries that
    name, and is refused.
    """

    def __init__(self, app: Starlette, state: SandboxState) -> None:
        self._app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            request = Request(scope)
            host = re.sub(r":\d*$", "", request.headers.get("host", "")).lower()
            if host not in _LOOPBACK:
                call = RequestContext(self._state, request, self._state.request_id())
                refused = ApiError(403, "The sandbox answers under a loopback address only.")
                await platform_answer(call, refused).response()(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Endpoint:
    """One path as an ASGI application; every method arrives here, so that a wrong one is told in JSON."""

    def __init__(
        self, state: SandboxState, entry: Entry, finish: Callable[[RequestContext, Answer | ApiError], Answer]
    ) -> None:
        self._state = state
        self._entry = entry
        self._finish = finish

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        call = RequestContext(self._state, request, self._state.request_id())
        result: Answer | ApiError
        try:
            result = await self._handled(call)
        except ApiError as problem:
            result = problem
        except Exception:  # noqa: BLE001 - an error of ours is an answer too, and it tells no internals
            result = ApiError(500, "The sandbox failed; please report it with this request id.")
        response: Response = self._finish(call, result).response()
        await response(scope, receive, send)

    async def _handled(self, call: RequestContext) -> Answer:
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

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 404 in JSON."""
        if scope["type"] != "http":
            return
        call = RequestContext(self._state, Request(scope, receive), self._state.request_id())
        finish = connectwise_answer if scope["path"].startswith("/connectwise/") else platform_answer
        response = finish(call, ApiError(404, "There is nothing at this path.")).response()
        await response(scope, receive, send)


def platform_answer(call: RequestContext, result: Answer | ApiError) -> Answer:
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


def connectwise_answer(call: RequestContext, result: Answer | ApiError) -> Answer:
    """Return ConnectWise's answer."""
    return connectwise.refusal(result) if isinstance(result, ApiError) else result


def control_answer(call: RequestContext, result: Answer | ApiError) -> Answer:
    """Return the answer of a route of the sandbox's own."""
    if isinstance(result, ApiError):
        body = {"requestId": call.request_id, "message": result.message}
        return Answer(body, result.status, result.headers)
    return result


CONNECTWISE = "/connectwise/{site}"


def platform_routes() -> list[Entry]:
    """Return the platform's routes (platform facts, sections 2 to 5), the particular before the general."""
    return [*_element_routes(), *_instance_routes(), *_hub_routes()]


def _element_routes() -> list[Entry]:
    user = auth.platform_user
    of_element = {"GET": instances.list_of_element, "POST": instances.create_for_element}
    return [
        Entry("/elements", {"GET": instances.list_elements}, user),
        Entry("/elements/{key}", {"GET": instances.one_element}, user),
        Entry("/elements/{key}/configuration", {"GET": instances.element_fields}, user),
        Entry("/elements/{key}/metadata", {"GET": instances.element_metadata}, user),
        Entry("/elements/{key}/instances", of_element, user),
    ]


def _instance_routes() -> list[Entry]:
    either = auth.platform_or_instance
    changes = {"PUT": instances.replace, "PATCH": instances.change, "DELETE": instances.delete}
    one_value = {"GET": instances.one_configuration, "PATCH": instances.change_configuration}
    switch = {"PUT": instances.enable, "DELETE": instances.disable}
    found = [Entry("/instances", {"GET": instances.list_all, "POST": instances.create, **changes}, either)]
    for prefix in ("/instances", "/instances/{id}"):  # the current instance, and one by its id
        found += [
            Entry(f"{prefix}/configuration", {"GET": instances.list_configuration}, either),
            Entry(f"{prefix}/configuration/{{config_id}}", one_value, either),
            Entry(f"{prefix}/enabled", switch, either),
            Entry(f"{prefix}/events", {"GET": instances.list_events}, either),
            Entry(f"{prefix}/events/{{event_id}}", {"GET": instances.one_event}, either),
        ]
    return [*found, Entry("/instances/{id}", {"GET": instances.one, **changes}, either)]


def _hub_routes() -> list[Entry]:
    instance = auth.hub_instance
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
    attached = {"GET": rest.configurations, "POST": rest.attach_configuration}
    return [
        Entry("/login/companyinfo/{company}", {"GET": connectwise.company_info}),
        Entry("/{version}/apis/2.0/CompanyApi.asmx", {"POST": connectwise.soap}),
        Entry(f"{api}/system/info", {"GET": connectwise.system_info}),
        Entry(f"{ticket}/notes", {"GET": rest.notes, "POST": rest.create_note}),
        Entry(f"{ticket}/notes/{{id}}", single),
        Entry(f"{ticket}/configurations", attached),
        Entry(f"{api}/{{area}}/{{collection}}", many),
        Entry(f"{api}/{{area}}/{{collection}}/{{id}}", single),
    ]
