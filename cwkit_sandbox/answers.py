"""Responses and refusals, and the JSON in them. Imports nothing of the sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.responses import Response

__all__ = ["Answer", "ApiError", "compact", "read_json"]

DEEPEST = 60

# A string that never ends is taken to the end of the text, so that no part of it is searched twice.
_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.S)
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
        from starlette.responses import Response

        if self.body is None and self.status in (200, 204):
            return Response(status_code=self.status, headers=self.headers)
        content = self.body if isinstance(self.body, bytes) else compact(self.body)
        return Response(content, self.status, self.headers, self.media_type)


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
