"""The sandbox's own routes (``/sandbox/...``): its clock, its faults, what is in it."""

from __future__ import annotations

import re
from typing import Any

from cwkit.errors import SandboxError
from cwkit_sandbox import demo, openapi
from cwkit_sandbox.clock import iso
from cwkit_sandbox.faults import Fault, default_seconds
from cwkit_sandbox.routes import Entry
from cwkit_sandbox.wire import Answer, ApiError, Call

__all__ = ["routes"]

LONGEST_ADVANCE = 60 * 24 * 366


def routes() -> list[Entry]:
    """Return the control routes. What changes something takes JSON only, which no foreign page can send."""
    return [
        Entry("/sandbox/info", {"GET": info}),
        Entry("/sandbox/openapi.json", {"GET": description}),
        Entry("/sandbox/clock", {"GET": clock, "POST": advance}),
        Entry("/sandbox/faults", {"GET": list_faults, "POST": add_fault, "DELETE": clear_faults}),
        Entry("/sandbox/wsdl", {"POST": move_wsdl}),
    ]


async def info(call: Call) -> Answer:
    """Tell what this is: seed, clock, number of instances, where its ConnectWise answers."""
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


async def description(call: Call) -> Answer:
    """Give the OpenAPI document of the platform's routes."""
    return Answer(openapi.document(call.world.origin))


async def clock(call: Call) -> Answer:
    """Tell the time."""
    return Answer({"clock": iso(call.world.clock.now), "live": call.world.clock.live})


async def advance(call: Call) -> Answer:
    """Move the clock forward by minutes; due polls and notifications happen on the way."""
    minutes = (await call.object()).get("minutes")
    if (
        isinstance(minutes, bool)
        or not isinstance(minutes, int | float)
        or not 0 < minutes <= LONGEST_ADVANCE
    ):
        raise ApiError(400, "Give minutes: a number above 0, at most a year's.")
    return Answer(await call.world.events.advance(round(minutes * 60_000)))


async def list_faults(call: Call) -> Answer:
    """List the faults in force."""
    return Answer(call.world.faults.listed())


async def add_fault(call: Call) -> Answer:
    """Put a fault in force: ``kind`` with ``n`` or ``probability``, perhaps ``route`` and ``seconds``."""
    fault, problem = _fault(await call.object()), ""
    try:
        call.world.faults.add(fault)
    except SandboxError as error:
        problem = f"{error.message} {error.fix}"
    if problem:
        raise ApiError(400, problem)
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
    return Fault(kind, route, n, probability, seconds)


async def clear_faults(call: Call) -> Answer:
    """Take all faults away."""
    if call.content_type() != "application/json":
        raise ApiError(415, "Send this with the content type application/json.")
    call.world.faults.clear()
    return Answer([])


async def move_wsdl(call: Call) -> Answer:
    """Let a ConnectWise site serve its API under another version."""
    body = await call.object()
    site, codebase = body.get("site"), body.get("codebase")
    host = demo.known_site(site) if isinstance(site, str) else None
    version = codebase.strip("/") if isinstance(codebase, str) else ""
    if host is None or not re.fullmatch(r"[\w.-]{1,40}", version, re.ASCII):
        raise ApiError(400, "Give site (a ConnectWise host) and codebase, for example v2026_1.")
    call.world.store.remember(f"codebase/{host}", version)
    return Answer({"site": host, "codebase": version})
