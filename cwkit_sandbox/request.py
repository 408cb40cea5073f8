"""One request to the sandbox: its parameters, its body, and who sent it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import ClientDisconnect, Request

from cwkit_sandbox.answers import Answer, ApiError, read_json
from cwkit_sandbox.state import SandboxState
from cwkit_sandbox.store import Stored

__all__ = ["LARGEST_PAGE", "PLATFORM", "USUAL_PAGE", "Entry", "HubRequest", "RequestContext"]

PLATFORM = "/elements/api-v2"
"""The path under which the platform answers."""

LARGEST_BODY = 10 * 1024 * 1024
LARGEST_PAGE = 2000
USUAL_PAGE = 200

Handler = Callable[["RequestContext"], Awaitable[Answer]]
Gate = Callable[["RequestContext"], None]


@dataclass(frozen=True)
class Entry:
    """One path with its methods; ``gate`` lets callers in; ConnectWise does that itself."""

    path: str
    handlers: Mapping[str, Handler]
    gate: Gate | None = None


@dataclass
class RequestContext:
    """One request on its way through a handler."""

    state: SandboxState
    request: Request
    request_id: str
    instance: Any = None
    """The instance whose token came with the request, where one did."""

    @property
    def path(self) -> dict[str, str]:
        """The variable parts of the path."""
        return self.request.path_params

    def query(self, name: str, default: str = "") -> str:
        """Return a query value, or the default."""
        return str(self.request.query_params.get(name, default))

    def flag(self, name: str, default: bool) -> bool:
        """Return a query value that is ``true`` or ``false``; 400 for anything else."""
        text = self.query(name).lower()
        if text in ("true", "false"):
            return text == "true"
        if text:
            raise ApiError(400, f"The parameter {name} is true or false, not '{text[:40]}'.")
        return default

    def number(self, name: str, default: int, most: int) -> int:
        """Return a query value that is a whole number from 1 to ``most``; 400 for anything else."""
        text = self.query(name)
        if not text:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= most:
            raise ApiError(400, f"The parameter {name} is a whole number from 1 to {most}.")
        return int(text)

    def content_type(self) -> str:
        """Return the content type of the body, without its parameters."""
        return str(self.request.headers.get("content-type", "")).split(";")[0].strip().lower()

    async def body(self) -> bytes:
        """Return the raw body; 413 beyond 10 MB, without reading on."""
        refused = ApiError(413, "The body is larger than 10 MB.", headers={"Connection": "close"})
        length = self.request.headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:18]) > LARGEST_BODY:
            raise refused
        chunks, size = [], 0
        try:
            async for chunk in self.request.stream():
                size += len(chunk)
                if size > LARGEST_BODY:
                    raise refused
                chunks.append(chunk)
        except ClientDisconnect:
            raise ApiError(400, "The body ended early.") from None
        return b"".join(chunks)

    async def object(self) -> dict[str, Any]:
        """Return the JSON object in the body; 415 for another content type, 400 for anything else."""
        value = await self.json()
        if not isinstance(value, dict):
            raise ApiError(400, "The body has to be a JSON object.")
        return value

    async def json(self) -> Any:
        """Return the JSON value in the body."""
        kind = self.content_type()
        if kind != "application/json":
            told = (
                f"The content type '{kind[:80]}' is not supported" if kind else "The content type is missing"
            )
            raise ApiError(415, f"{told}; send application/json.")
        return read_json(await self.body())


@dataclass(frozen=True)
class HubRequest:
    """One hub request: who asks, for what, and for which page of it."""

    state: SandboxState
    instance: Stored
    method: str
    path: tuple[str, ...]
    where: str = ""
    order: str = ""
    size: int = USUAL_PAGE
    page: int = 1
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
