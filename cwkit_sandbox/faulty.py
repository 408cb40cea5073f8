"""The layer that makes requests fail on demand, between the server and the application."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from cwkit_sandbox.faults import Fault, Faults
from cwkit_sandbox.wire import compact

__all__ = ["Faulty"]

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


class Faulty:
    """An ASGI application around another, which lets faults befall its requests."""

    def __init__(self, app: App, faults: Faults, request_id: Callable[[], str]) -> None:
        self._app = app
        self._faults = faults
        self._request_id = request_id

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, with the faults that are meant for it."""
        if scope["type"] != "http":
            return
        for fault in self._faults.strike(scope["method"], scope["path"]):
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
    scope["state"]["transport"].abort()
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
    scope["state"]["transport"].close()
    await asyncio.sleep(0.01)


async def _send(
    send: Send, status: int, media_type: str, body: bytes, headers: dict[str, str] | None = None
) -> None:
    pairs = {"content-type": media_type, "content-length": str(len(body)), **(headers or {})}
    start = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs.items()]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})
