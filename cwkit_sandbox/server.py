"""The HTTP server: uvicorn in a thread of its own, on loopback, with connections that can be cut."""

from __future__ import annotations

import asyncio
import atexit
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from cwkit.errors import SandboxError
from cwkit_sandbox.app import build
from cwkit_sandbox.faulty import Faulty
from cwkit_sandbox.world import World

__all__ = ["Server"]

_SHARED_LOCAL_ADDRESS = "127.0.0.1"
_STARTING_SECONDS = 20
_STOPPING_SECONDS = 10


class _Connection(H11Protocol):
    """Hands the transport to the application, so that a fault can cut the connection."""

    def connection_made(self, transport: Any) -> None:
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class Server:
    """One running sandbox; everything but ``start`` and ``stop`` happens in the server's thread."""

    def __init__(self, *, seed: int, clock: str, live: bool, state: Path | None, port: int) -> None:
        self._options: dict[str, Any] = {"seed": seed, "clock": clock, "live": live, "state": state}
        self._port = port
        self._ready = threading.Event()
        self._problem: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._uvicorn: uvicorn.Server | None = None
        self._thread = threading.Thread(target=self._serve, name="cwkit-sandbox", daemon=True)
        self.origin = ""

    def start(self) -> None:
        """Start, and return once requests are answered; ``SandboxError`` where that cannot be."""
        listener = _listener(self._port)
        self.origin = f"http://{_SHARED_LOCAL_ADDRESS}:{listener.getsockname()[1]}"
        self._listener = listener
        atexit.register(self.stop)  # so that a state file is closed when its owner forgets to
        self._thread.start()
        ready = self._ready.wait(_STARTING_SECONDS)
        problem = self._problem
        if problem is not None or not ready:
            listener.close()
            if isinstance(problem, SandboxError):
                raise problem
            raise SandboxError(
                f"The sandbox did not start{f': {problem}' if problem else ' in time'}.",
                fix="Try again; if it stays so, report it with this message.",
            )

    def stop(self) -> None:
        """Stop answering and close the state; a second call does nothing."""
        atexit.unregister(self.stop)
        if self._uvicorn is not None:
            self._uvicorn.should_exit = True
            self._uvicorn.force_exit = True
        self._thread.join(_STOPPING_SECONDS)
        with suppress(OSError):
            self._listener.close()

    @property
    def running(self) -> bool:
        """Say whether the server still answers."""
        return self._thread.is_alive()

    def _serve(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as problem:  # noqa: BLE001 - told to the thread that started it
            self._problem = problem
        finally:
            self._ready.set()

    async def _main(self) -> None:
        world = World(origin=self.origin, **self._options)
        config = uvicorn.Config(
            Faulty(build(world), world.faults, world.request_id),
            http=_Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            timeout_keep_alive=120,
            timeout_graceful_shutdown=1,
            backlog=2048,
        )
        self._uvicorn = uvicorn.Server(config)
        try:
            serving = asyncio.ensure_future(self._uvicorn.serve(sockets=[self._listener]))
            while not self._uvicorn.started and not serving.done():
                await asyncio.sleep(0.001)
            self._ready.set()
            await serving
        finally:
            await world.close()


def _listener(port: int) -> socket.socket:
    # The protocol is named because asyncio switches off the delay of small packets only where it is.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    problem = ""
    try:
        if not _is_windows():
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_SHARED_LOCAL_ADDRESS, port))
    except (OSError, OverflowError) as reason:
        problem = str(reason)
    if problem:
        listener.close()
        raise SandboxError(
            f"The sandbox cannot listen on port {port}: {problem}.",
            fix="Choose another port, or 0 for any that is free.",
        )
    return listener


def _is_windows() -> bool:
    # There SO_REUSEADDR would let two sandboxes share one port.
    import sys

    return sys.platform == "win32"
