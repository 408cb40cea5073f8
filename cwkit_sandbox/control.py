"""The sandbox's own routes (``/sandbox/...``): its clock, its faults, what is in it."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib import resources
from string import Template
from typing import Any

from cwkit.errors import SandboxError
from cwkit.redaction import MASK
from cwkit_sandbox import demo
from cwkit_sandbox.answers import Answer, ApiError
from cwkit_sandbox.catalog import definitions
from cwkit_sandbox.clock import iso
from cwkit_sandbox.faults import Fault, default_seconds
from cwkit_sandbox.request import PLATFORM, Entry, RequestContext
from cwkit_sandbox.store import Stored

__all__ = ["page", "routes"]

LONGEST_ADVANCE = 60 * 24 * 366


def routes() -> list[Entry]:
    """Return the control routes. What changes something takes JSON only, which no foreign page can send."""
    return [
        Entry("/sandbox/info", {"GET": info}),
        Entry("/sandbox/clock", {"GET": clock, "POST": advance}),
        Entry("/sandbox/faults", {"GET": list_faults, "POST": add_fault, "DELETE": clear_faults}),
        Entry("/sandbox/wsdl", {"POST": move_wsdl}),
    ]


async def info(call: RequestContext) -> Answer:
    """Tell what this is: seed, clock, number of instances, where its ConnectWise answers."""
    return Answer(
        {
            "sandbox": True,
            "seed": call.state.seed,
            "clock": iso(call.state.clock.now),
            "live": call.state.clock.live,
            "instances": call.state.store.count_instances(),
            "connectwise": f"{call.state.origin}/connectwise",
            "elements": sorted(demo.DEMO),
        }
    )


async def clock(call: RequestContext) -> Answer:
    """Tell the time."""
    return Answer({"clock": iso(call.state.clock.now), "live": call.state.clock.live})


async def advance(call: RequestContext) -> Answer:
    """Move the clock forward by minutes; due polls and notifications happen on the way."""
    minutes = (await call.object()).get("minutes")
    if (
        isinstance(minutes, bool)
        or not isinstance(minutes, int | float)
        or not 0 < minutes <= LONGEST_ADVANCE
    ):
        raise ApiError(400, "Give minutes: a number above 0, at most a year's.")
    return Answer(await call.state.events.advance(round(minutes * 60_000)))


async def list_faults(call: RequestContext) -> Answer:
    """List the faults in force."""
    return Answer(call.state.faults.listed())


async def add_fault(call: RequestContext) -> Answer:
    """Put a fault in force: ``kind`` with ``n`` or ``probability``, perhaps ``route`` and ``seconds``."""
    fault, problem = _fault(await call.object()), ""
    try:
        call.state.faults.add(fault)
    except SandboxError as error:
        problem = f"{error.message} {error.fix}"
    if problem:
        raise ApiError(400, problem)
    return Answer(call.state.faults.listed())


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


async def clear_faults(call: RequestContext) -> Answer:
    """Take all faults away."""
    if call.content_type() != "application/json":
        raise ApiError(415, "Send this with the content type application/json.")
    call.state.faults.clear()
    return Answer([])


async def move_wsdl(call: RequestContext) -> Answer:
    """Let a ConnectWise site serve its API under another version."""
    body = await call.object()
    site, codebase = body.get("site"), body.get("codebase")
    host = demo.known_site(site) if isinstance(site, str) else None
    version = codebase.strip("/") if isinstance(codebase, str) else ""
    if host is None or not re.fullmatch(r"[\w.-]{1,40}", version, re.ASCII):
        raise ApiError(400, "Give site (a ConnectWise host) and codebase, for example v2026_1.")
    call.state.store.remember(f"codebase/{host}", version)
    return Answer({"site": host, "codebase": version})


MOST_SHOWN = 100


def page_routes() -> list[Entry]:
    """Return the page's route."""
    return [Entry("/", {"GET": page})]


async def page(call: RequestContext) -> Answer:
    """Show the page; names and tags are text in it, tokens are masked, stored passwords are not in it."""
    state = call.state
    total = state.store.count_instances()
    shown = state.store.instances(limit=MOST_SHOWN)
    text = _template().substitute(
        url=escape(state.origin + PLATFORM),
        clock=iso(state.clock.now),
        running="runs in real time" if state.clock.live else "stands still until it is moved",
        seed=state.seed,
        user=escape(demo.USER_SECRET),
        organization=escape(demo.ORGANIZATION_SECRET),
        demo="".join(_demo_card(key) for key in demo.DEMO),
        faults=_faults([f"{one['kind']} {_how_often(one)}" for one in state.faults.listed()]),
        total=total,
        instances=_instances(shown, total),
    )
    headers = {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        "Cache-Control": "no-store",
    }
    return Answer(text.encode("utf-8"), headers=headers, media_type="text/html; charset=utf-8")


@cache
def _template() -> Template:
    return Template(resources.files("cwkit_sandbox").joinpath("definitions", "page.html").read_text("utf-8"))


def _how_often(fault: dict[str, object]) -> str:
    often = f"next {fault['n']}" if fault["n"] else f"{fault['probability']:.0%}"
    return f"({often}, {fault['route'] or 'all platform routes'})"


def _faults(listed: list[str]) -> str:
    return "".join(f"<li>{escape(one)}</li>" for one in listed) or "<li>none</li>"


def _demo_card(key: str) -> str:
    element = definitions()[key]
    rows = "".join(
        f"<tr><th scope=row>{escape(name)}</th><td><code>{escape(value)}</code></td></tr>"
        for name, value in demo.DEMO[key].items()
    )
    opened = " open" if key.startswith("connectwise") else ""
    return (
        f"<details{opened}><summary>{escape(str(element.whole['name']))} <code>{escape(key)}</code>"
        f" <span class=hub>{escape(element.hub)}</span></summary><table>{rows}</table></details>"
    )


def _instances(shown: list[Stored], total: int) -> str:
    if not shown:
        return "<p class=quiet>None yet. Create one, and reload this page.</p>"
    rows = "".join(_row(one) for one in shown)
    more = f"<p class=quiet>and {total - len(shown)} more</p>" if total > len(shown) else ""
    head = "".join(
        f"<th scope=col>{name}</th>" for name in ("Id", "Name", "Element", "Tags", "Created", "Token", "")
    )
    table = f"<table class=list><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<div class=wide>{table}</div>{more}"


def _row(one: Stored) -> str:
    tags = "".join(f"<span class=tag>{escape(tag)}</span>" for tag in one.tags)
    state = "<span class=off>disabled</span>" if one.disabled else ""
    cells = (
        str(one.id), escape(one.name), f"<code>{escape(one.element)}</code>", tags, iso(one.created),
        f"<code>{MASK}</code>", state,
    )  # fmt: skip
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
