"""Faults on demand: which request fails, and how."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from cwkit.errors import SandboxError
from cwkit_sandbox.answers import compact

__all__ = ["KINDS", "Fault", "FaultMiddleware", "Faults", "parse_faults"]

KINDS: dict[str, str] = {
    "latency": "the answer comes late, by so many seconds",
    "429": "too many requests, with Retry-After; not processed",
    "500": "internal error; not processed",
    "500_after": "internal error, though the request was processed",
    "502": "provider error with the provider's message; not processed",
    "502_after": "provider error, though the request was processed",
    "503": "unavailable, with Retry-After; not processed",
    "drop_before": "the connection is closed before the request is processed",
    "drop_after": "the connection is closed after the request was processed, without an answer",
    "stall": "the request is processed, but the answer never comes",
    "truncate": "the request is processed, the answer breaks off in the middle",
    "html": "a page in HTML instead of JSON; not processed",
    "html_after": "a page in HTML instead of JSON, though the request was processed",
}
_SECONDS = {"latency": 0.2, "429": 1.0, "503": 1.0}
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
_PLATFORM = "/elements/api-v2"


@dataclass
class Fault:
    """One rule: the next ``n`` requests, or any with ``probability``.

    ``route`` is a path with ``*``, after an optional method: ``POST /instances``, ``/hubs/*``; platform
    routes are written without ``/elements/api-v2``, ConnectWise's begin with ``/connectwise``. Without a
    route every platform request is meant. ``seconds`` is the delay, or what ``Retry-After`` says.
    """

    kind: str
    route: str | None = None
    n: int | None = None
    probability: float = 0.0
    seconds: float = 1.0

    def matches(self, method: str, path: str) -> bool:
        """Say whether the rule is for this request."""
        if self.route is None:
            return path.startswith(_PLATFORM + "/")
        verb, _, pattern = self.route.rpartition(" ")
        if verb and verb.strip().upper() != method:
            return False
        return fnmatchcase(path.removeprefix(_PLATFORM), pattern) or fnmatchcase(path, pattern)


class Faults:
    """The rules in force, and the dice, which fall the same way under the same seed."""

    def __init__(self, seed: int) -> None:
        self._rules: list[Fault] = []
        self._dice = random.Random(f"{seed}/faults")  # noqa: S311 - repeatable on purpose

    def add(self, fault: Fault) -> None:
        """Put a rule in force."""
        self._rules.append(checked_fault(fault))

    def clear(self) -> None:
        """Take all rules away."""
        self._rules.clear()

    def listed(self) -> list[dict[str, Any]]:
        """Return the rules in force."""
        return [asdict(rule) for rule in self._rules]

    def pick(self, method: str, path: str) -> list[Fault]:
        """Return the faults of a request: perhaps a delay, then at most one other fault.

        Rules for the next N requests come before probabilities. Of several probabilities one throw of
        the dice decides, so that they add up.
        """
        found: list[Fault] = []
        throws: dict[bool, float] = {}
        for rule in list(self._rules):
            if not rule.matches(method, path):
                continue
            late = rule.kind == "latency"
            if any((other.kind == "latency") == late for other in found):
                continue
            if rule.n is not None:
                rule.n -= 1
                if rule.n <= 0:
                    self._rules.remove(rule)
                found.append(rule)
            else:
                throw = throws.setdefault(late, self._dice.random())
                if throw < rule.probability:
                    found.append(rule)
                throws[late] = throw - rule.probability
        return sorted(found, key=lambda rule: rule.kind != "latency")


def checked_fault(fault: Fault) -> Fault:
    """Return a rule that makes sense; ``SandboxError`` tells what does not."""
    if fault.kind not in KINDS:
        raise SandboxError(
            f"There is no fault called {str(fault.kind)[:40]!r}.", fix=f"Choose one of: {', '.join(KINDS)}."
        )
    if not 0 <= fault.probability <= 1 or (fault.n is not None and fault.n < 1):
        raise SandboxError(
            "A fault needs a probability from 0 to 1, or a number of requests.",
            fix="For example 0.1 for every tenth request, or n=1 for the next one.",
        )
    if not 0 <= fault.seconds <= 3600:
        raise SandboxError("The seconds of a fault are from 0 to 3600.", fix="For example 0.05.")
    if fault.route is not None:
        verb, _, pattern = fault.route.rpartition(" ")
        if not pattern.startswith(("/", "*")) or (verb and verb.strip().upper() not in _METHODS):
            raise SandboxError(
                f"{fault.route[:80]!r} is not a route.", fix="Write it like 'POST /instances' or '/hubs/*'."
            )
    return fault


def parse_faults(text: str) -> list[Fault]:
    """Read faults as the command line takes them: ``429:0.1,drop_after:0.1,latency:1@0.05``.

    Each is a kind, a colon and a probability, perhaps ``@`` and seconds, perhaps a space and a route:
    ``502:0.2 POST /instances``. Raises ``SandboxError`` for anything else.
    """
    faults = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = re.fullmatch(r"(\w+):([0-9.]+)(?:@([0-9.]+))?(?:\s+(.+))?", part)
        try:
            kind, probability, seconds, route = match.groups() if match else ("", "x", None, None)
            pause = float(seconds) if seconds else default_seconds(kind)
            fault = Fault(kind, route, None, float(probability), pause)
        except ValueError:
            fault = None
        if fault is None:
            raise SandboxError(
                f"{part[:60]!r} is not a fault.",
                fix="Write kind:probability, for example 429:0.1,drop_after:0.1 or latency:1@0.05.",
            )
        faults.append(checked_fault(fault))
    return faults


def default_seconds(kind: str) -> float:
    """Return the seconds of a fault for which none are given."""
    return _SECONDS.get(kind, 1.0)


Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"
_ANSWERS: dict[str, tuple[int, dict[str, str]]] = {
    "429": (429, {"message": "Too many requests; try again later."}),
    "500": (500, {"message": "An internal error happened."}),
    "502": (
        502,
        {
            "message": "The provider answered with an error.",
            "providerMessage": "The provider is not available.",
        },
    ),
    "503": (503, {"message": "The service is not available at present."}),
}


class FaultMiddleware:
    """An ASGI application around another, which adds the faults to its responses."""

    def __init__(self, app: App, faults: Faults, request_id: Callable[[], str]) -> None:
        self._app = app
        self._faults = faults
        self._request_id = request_id

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, with the faults that are meant for it."""
        if scope["type"] != "http":
            return
        for fault in self._faults.pick(scope["method"], scope["path"]):
            if fault.kind == "latency":
                await asyncio.sleep(fault.seconds)
            else:
                await self._fail(fault, scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _fail(
        self, fault: Fault, scope: MutableMapping[str, Any], receive: Receive, send: Send
    ) -> None:
        kind, _, when = fault.kind.partition("_")
        if kind == "drop" and when == "before":
            await _cut(scope)
            return
        answer: list[Message] = []
        if when == "after" or kind in ("stall", "truncate"):
            await self._app(scope, receive, _kept(answer))
        else:
            await _read_all(receive)
        if kind == "drop":
            await _cut(scope)
        elif kind == "stall":
            await _until_gone(receive)
        elif kind == "truncate":
            await _half(answer, scope, send)
        elif kind == "html":
            await _send(send, 200, "text/html; charset=utf-8", _PAGE)
        else:
            status, body = _ANSWERS[kind]
            request_id = self._request_id()
            headers = {"elements-request-id": request_id, "elements-error": "true"}
            if kind in ("429", "503"):
                headers["retry-after"] = f"{fault.seconds:g}"
            await _send(send, status, "application/json", compact({"requestId": request_id, **body}), headers)


def _kept(answer: list[Message]) -> Send:
    async def keep(message: Message) -> None:
        answer.append(message)

    return keep


async def _read_all(receive: Receive) -> None:
    """Read what the client sends, so that it is not cut off while it still writes."""
    while True:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _cut(scope: MutableMapping[str, Any]) -> None:
    """Close the connection at once; then wait until the server has noticed, lest it answers."""
    transport = scope.get("state", {}).get("transport")
    if transport is None:
        raise ConnectionResetError  # a call of the sandbox to its own ConnectWise has no socket
    transport.abort()
    await asyncio.sleep(0.01)


async def _half(answer: list[Message], scope: MutableMapping[str, Any], send: Send) -> None:
    """Send half of an answer whose length was announced whole, and cut the connection."""
    body = b"".join(message.get("body", b"") for message in answer if message["type"] == "http.response.body")
    start = answer[0]
    headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
    headers.append((b"content-length", str(max(len(body), 2)).encode()))
    await send({**start, "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await asyncio.sleep(0.01)
    if transport := scope.get("state", {}).get("transport"):
        transport.close()
    await asyncio.sleep(0.01)


async def _send(
    send: Send, status: int, media_type: str, body: bytes, headers: dict[str, str] | None = None
) -> None:
    pairs = {"content-type": media_type, "content-length": str(len(body)), **(headers or {})}
    start = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs.items()]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
