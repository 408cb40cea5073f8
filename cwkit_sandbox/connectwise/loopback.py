"""A lean HTTP client for the sandbox's calls to itself: h11 over asyncio, connections used again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import h11

__all__ = ["Loopback", "LoopbackAnswer", "LoopbackFailure"]

_SECONDS = 20.0
_IDLE_SECONDS = 60.0
"""Shorter than the server keeps an idle connection open, so that none is used just as it is closed."""
_PIECE = 65_536


class LoopbackFailure(Exception):
    """No whole answer came."""


@dataclass(frozen=True)
class LoopbackAnswer:
    """Status, headers (names in lower case) and body of an answer."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    state: h11.Connection = field(default_factory=lambda: h11.Connection(h11.CLIENT))
    used: float = 0.0


class Loopback:
    """Calls to one port of 127.0.0.1.

    The general clients take longer for a call than the sandbox does for its answer; each instance that
    is created makes such a call.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Connection] = []

    async def close(self) -> None:
        """Close the connections."""
        while self._idle:
            self._drop(self._idle.pop())

    async def request(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> LoopbackAnswer:
        """Send a request once and return its answer; ``LoopbackFailure`` where none comes whole."""
        fields = {"host": f"127.0.0.1:{self._port}", **headers}
        if body is not None:
            fields["content-length"] = str(len(body))
        connection, failure = None, ""
        try:
            async with asyncio.timeout(_SECONDS):
                connection = await self._connection()
                request = h11.Request(method=method, target=target, headers=list(fields.items()))
                answer = await self._exchange(connection, request, body)
        except (OSError, EOFError, TimeoutError, h11.ProtocolError) as problem:
            failure = type(problem).__name__
        except BaseException:
            self._drop(connection)
            raise
        if failure:
            self._drop(connection)
            raise LoopbackFailure(failure)
        return answer

    async def _connection(self) -> _Connection:
        while self._idle:
            idle = self._idle.pop()
            if time.monotonic() - idle.used < _IDLE_SECONDS and not idle.reader.at_eof():
                return idle
            self._drop(idle)
        return _Connection(*await asyncio.open_connection("127.0.0.1", self._port))

    async def _exchange(
        self, connection: _Connection, request: h11.Request, body: bytes | None
    ) -> LoopbackAnswer:
        state = connection.state
        data = state.send(request) or b""
        if body is not None:
            data += state.send(h11.Data(data=body)) or b""
        data += state.send(h11.EndOfMessage()) or b""
        connection.writer.write(data)
        head: h11.Response | None = None
        content = bytearray()
        while True:
            event = state.next_event()
            if event is h11.NEED_DATA:
                state.receive_data(await connection.reader.read(_PIECE))
            elif isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                content += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                break
            else:
                raise EOFError("the connection was closed")
        self._put_back(connection)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
        return LoopbackAnswer(head.status_code, headers, bytes(content))

    def _put_back(self, connection: _Connection) -> None:
        if connection.state.our_state is h11.DONE and connection.state.their_state is h11.DONE:
            connection.state.start_next_cycle()
            connection.used = time.monotonic()
            self._idle.append(connection)
        else:
            self._drop(connection)

    @staticmethod
    def _drop(connection: _Connection | None) -> None:
        if connection is not None:
            with suppress(OSError, RuntimeError):
                connection.writer.close()
