"""The sandbox's own routes (``/sandbox/...``): its clock, its faults, what is in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from cwkit.errors import SandboxError
from cwkit.sandbox import demo
from cwkit.sandbox.clock import iso
from cwkit.sandbox.faults import Fault, default_seconds
from cwkit.sandbox.wire import Answer, ApiError, Call
from cwkit.sandbox.world import World

__all__ = ["routes"]

Control = Callable[[Call], Awaitable[Answer]]


def routes(world: World) -> list[BaseRoute]:
    """Return the control routes. What changes something takes JSON only, which no foreign page can send."""
    table: dict[str, dict[str, Control]] = {
        "/sandbox/info": {"GET": _info},
        "/sandbox/clock": {"GET": _clock, "POST": _advance},
        "/sandbox/faults": {"GET": _faults, "POST": _add_fault, "DELETE": _clear_faults},
        "/sandbox/wsdl": {"POST": _move_wsdl},
    }
    return [_route(world, path, handlers) for path, handlers in table.items()]


def _route(world: World, path: str, handlers: dict[str, Control]) -> Route:
    async def endpoint(request: Request) -> Response:
        call = Call(world, request, world.request_id())
        try:
            answer = await handlers["GET" if request.method == "HEAD" else request.method](call)
        except ApiError as problem:
            answer = Answer(
                {"requestId": call.request_id, "message": problem.message}, problem.status, problem.headers
            )
        except SandboxError as problem:
            answer = Answer({"requestId": call.request_id, "message": str(problem)}, 400)
        return answer.response()

    return Route(path, endpoint, methods=list(handlers))


async def _info(call: Call) -> Answer:
    return Answer(
        {
            "sandbox": True,
            "seed": call.world.seed,
            "clock": iso(call.world.clock.now),
            "live": call.world.clock.live,
            "instances": call.world.store.count_instances(),
            "connectwise": f"{call.world.origin}/connectwise",
            "elements": sorted(demo.DEMO),
        }
    )


async def _clock(call: Call) -> Answer:
    return Answer({"clock": iso(call.world.clock.now), "live": call.world.clock.live})


async def _advance(call: Call) -> Answer:
    minutes = (await call.object()).get("minutes")
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= 60 * 24 * 366:
        raise ApiError(400, "Give minutes: a number above 0, at most a year's.")
    return Answer(await call.world.advance(round(minutes * 60_000)))


async def _faults(call: Call) -> Answer:
    return Answer(call.world.faults.listed())


async def _add_fault(call: Call) -> Answer:
    body = await call.object()
    call.world.faults.add(_fault(body))
    return Answer(call.world.faults.listed())


def _fault(body: dict[str, Any]) -> Fault:
    kind, route = body.get("kind"), body.get("route")
    n, probability = body.get("n"), body.get("probability", 0.0)
    seconds = body.get("seconds")
    seconds = default_seconds(str(kind)) if seconds is None else seconds
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (probability, seconds))
    if not isinstance(kind, str) or not isinstance(route, str | None) or not numbers:
        raise ApiError(400, "A fault has a kind, and n or probability; route and seconds are optional.")
    if n is not None and (isinstance(n, bool) or not isinstance(n, int)):
        raise ApiError(400, "n is a whole number: the next so many requests.")
    return Fault(kind, route, n, float(probability), float(seconds))


async def _clear_faults(call: Call) -> Answer:
    if call.request.headers.get("content-type", "").split(";")[0] != "application/json":
        raise ApiError(415, "Send this with the content type application/json.")
    call.world.faults.clear()
    return Answer([])


async def _move_wsdl(call: Call) -> Answer:
    body = await call.object()
    site, codebase = body.get("site"), body.get("codebase")
    host = demo.known_site(site) if isinstance(site, str) else None
    if host is None or not isinstance(codebase, str) or not codebase.strip("/"):
        raise ApiError(400, "Give site (a ConnectWise host) and codebase, for example v2026_1.")
    call.world.store.remember(f"codebase/{host}", codebase.strip("/"))
    return Answer({"site": host, "codebase": codebase.strip("/")})
