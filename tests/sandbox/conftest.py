"""What the sandbox's tests share: a running sandbox, and a client that knows nothing of cwkit."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

import cwkit_sandbox as sandboxes
from cwkit.redaction import reveal
from cwkit_sandbox import Sandbox
from cwkit_sandbox.demo import ORGANIZATION_SECRET, USER_SECRET

ACCOUNT = f"User {USER_SECRET}, Organization {ORGANIZATION_SECRET}"
CRM, HELPDESK = "connectwisecrmrest", "connectwisehd"


def account(sandbox: Sandbox) -> httpx.Client:
    """Return a client with the account's secrets."""
    return httpx.Client(base_url=sandbox.url, headers={"Authorization": ACCOUNT}, timeout=30)


def hub(sandbox: Sandbox, token: str) -> httpx.Client:
    """Return a client with an instance's token."""
    headers = {"Authorization": f"User {USER_SECRET}, Element {token}"}
    return httpx.Client(base_url=sandbox.url, headers=headers, timeout=30)


def new(sandbox: Sandbox, element: str, name: str = "An instance", **values: Any) -> dict[str, Any]:
    """Return the body that creates an instance with the demo values."""
    demo = {key: reveal(value) for key, value in sandbox.demo[element].items()}
    tags = values.pop("tags", ["Docs"])
    return {"element": {"key": element}, "name": name, "tags": tags, "configuration": {**demo, **values}}


def events_on(url: str, **more: str) -> dict[str, str]:
    """Return the configuration that switches events on."""
    return {"event.notification.enabled": "true", "event.notification.callback.url": url, **more}


@pytest.fixture(scope="module")
def shared() -> Iterator[Sandbox]:
    """A sandbox for tests that only read, or clean up after themselves."""
    with sandboxes.start() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """A sandbox of the test's own."""
    with sandboxes.start() as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """The account's client of the test's own sandbox."""
    with account(sandbox) as client:
        yield client


class Callback:
    """A callback address on loopback: keeps what is pushed, and answers as it is told."""

    def __init__(self) -> None:
        self.pushed: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.arrived = threading.Semaphore(0)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.pushed.append((dict(self.headers.items()), body))
                self.send_response(outer.status)
                self.send_header("content-length", "0")
                self.end_headers()
                outer.arrived.release()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/events"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def messages(self) -> list[dict[str, Any]]:
        return [json.loads(body)["message"] for _, body in self.pushed]

    def wait(self) -> bool:
        return self.arrived.acquire(timeout=10)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def callback() -> Iterator[Callback]:
    """A callback address."""
    server = Callback()
    yield server
    server.close()
