"""What goes over the wire: reading a request, and answering it or refusing it as the platform does."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

if TYPE_CHECKING:
    from cwkit_sandbox.world import World

__all__ = ["Answer", "ApiError", "Call", "compact", "read_json"]

LARGEST_BODY = 10 * 1024 * 1024
DEEPEST = 60

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.S)
_BRACKETS = re.compile(rb"[\[\]{}]")


class ApiError(Exception):
    """A refusal: HTTP status, message and, where the provider refused, its own message."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        provider_message: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.provider_message = provider_message
        self.headers = dict(headers or {})


@dataclass
class Answer:
    """What a handler gives back: a value that becomes JSON, or bytes of another ``media_type``."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = "application/json"

    def response(self) -> Response:
        """Return the HTTP response."""
        if self.body is None and self.status in (200, 204):
            return Response(status_code=self.status, headers=self.headers)
        content = self.body if isinstance(self.body, bytes) else compact(self.body)
        return Response(content, self.status, self.headers, self.media_type)


@dataclass
class Call:
    """One request on its way through a handler."""

    world: World
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


def read_json(raw: bytes) -> Any:
    """Read a JSON text; ``ApiError`` 400 tells where it is malformed, too deep or not Unicode."""
    if raw.count(b"[") + raw.count(b"{") > DEEPEST:
        _refuse_depth(raw)
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise ApiError(400, "The body is not UTF-8.") from None
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise ApiError(400, f"The body is not JSON: {place}.") from None
    except (ValueError, RecursionError):
        raise ApiError(400, "The body is not JSON.") from None
    if b"\\u" in raw:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            raise ApiError(400, "The body holds half a surrogate pair, which is no character.") from None
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _refuse_depth(raw: bytes) -> None:
    depth = 0
    for bracket in _BRACKETS.finditer(_STRINGS.sub(b"", raw)):
        depth += 1 if bracket[0] in b"[{" else -1
        if depth > DEEPEST:
            raise ApiError(400, f"The body is nested more than {DEEPEST} levels deep.")


def compact(value: Any) -> bytes:
    """Return a value as JSON in UTF-8, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
