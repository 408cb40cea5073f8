"""The page at ``/`` that tells a person what this is, its demo values and its present instances."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib import resources
from string import Template

from cwkit.redaction import MASK
from cwkit_sandbox import demo
from cwkit_sandbox.catalog import definitions
from cwkit_sandbox.clock import iso
from cwkit_sandbox.routes import PLATFORM, Entry
from cwkit_sandbox.store import Stored
from cwkit_sandbox.wire import Answer, Call

__all__ = ["page", "routes"]

MOST_SHOWN = 100


def routes() -> list[Entry]:
    """Return the page's route."""
    return [Entry("/", {"GET": page})]


async def page(call: Call) -> Answer:
    """Show the page; names and tags are text in it, tokens are masked, stored passwords are not in it."""
    world = call.world
    total = world.store.count_instances()
    shown = world.store.instances(limit=MOST_SHOWN)
    text = _template().substitute(
        url=escape(world.origin + PLATFORM),
        clock=iso(world.clock.now),
        running="runs in real time" if world.clock.live else "stands still until it is moved",
        seed=world.seed,
        user=escape(demo.USER_SECRET),
        organization=escape(demo.ORGANIZATION_SECRET),
        demo="".join(_demo_card(key) for key in demo.DEMO),
        faults=_faults([f"{one['kind']} {_how_often(one)}" for one in world.faults.listed()]),
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
