"""A bare platform for the benchmarks, in a process of its own: prepared pages, and creations after a wait.

It does as little as can be, so that the figures tell of the client. ``python -m benchmarks.server`` reads
its settings as JSON from the arguments, prints its port, and ends when its standard input is closed.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.inputs import contact_pages

__all__ = ["serving"]


@contextmanager
def serving(**settings: Any) -> Iterator[str]:
    """Run the server in another process and yield its origin, as ``http://127.0.0.1:41234``."""
    command = [sys.executable, "-m", "benchmarks.server", json.dumps(settings)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(timeout=10)


class Server:
    """Answers ``GET .../contacts`` with prepared pages and ``POST .../instances`` with a new instance."""

    def __init__(self, contacts: int = 0, page_size: int = 1000, wait: float = 0.0) -> None:
        self.pages = contact_pages(contacts, page_size) if contacts else []
        self.contacts, self.wait = contacts, wait
        self.ids = itertools.count(1)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                length = next(
                    (int(line[15:]) for line in head.lower().split("\r\n") if line[:15] == "content-length:"),
                    0,
                )
                body = await reader.readexactly(length) if length else b""
                method, target, _ = head.split(" ", 2)
                writer.write(await self.answer(method, target, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()

    async def answer(self, method: str, target: str, body: bytes) -> bytes:
        if method == "POST":
            await asyncio.sleep(self.wait)
            sent = json.loads(body)
            number = next(self.ids)
            made = {**sent, "id": number, "token": f"token{number}=", "valid": True, "disabled": False}
            return _response(json.dumps(made).encode())
        query = dict(pair.split("=", 1) for pair in target.partition("?")[2].split("&") if "=" in pair)
        number = int(query.get("page") or query.get("nextPage") or 1)
        page = self.pages[number - 1] if number <= len(self.pages) else b"[]"
        headers = f"Elements-Total-Count: {self.contacts}\r\n"
        if number < len(self.pages):
            headers += f"Elements-Next-Page-Token: {number + 1}\r\n"
        return _response(page, headers)


def _response(body: bytes, headers: str = "") -> bytes:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _run(settings: dict[str, Any]) -> None:
    server = await asyncio.start_server(Server(**settings).connected, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def watch() -> None:
        sys.stdin.read()
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch, daemon=True).start()
    await ended.wait()


if __name__ == "__main__":
    asyncio.run(_run(json.loads(sys.argv[1])))
