"""A sandbox for the module, a platform with short waits, and a stand-in that answers what a test says."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import cwkit_sandbox as sandbox
from cwkit.platform import Platform, Profile, RetryPolicy, Timeouts
from cwkit.provisioning import CreationPolicy

QUICK = {
    "timeouts": Timeouts(connect=2, read=2, write=2, create=2, bulk=5),
    "retry": RetryPolicy(total=5, first_wait=0.001, longest_wait=0.01, jitter=0),
    "creation": CreationPolicy(
        first_wait=0.001,
        longest_wait=0.01,
        lookup_timeout=0.2,
        lookup_timeout_after_error=0.1,
        send_total=5,
        absent_after=0,
    ),
}
"""Settings of a platform that waits no longer than a test should."""


@pytest.fixture(scope="module")
def running():
    with sandbox.start() as started:
        yield started


@pytest.fixture
def box(running):
    running.no_faults()
    yield running
    running.no_faults()


@pytest.fixture
def platform(box):
    with Platform(box.profile, **QUICK) as connected:
        yield connected


class StandIn:
    """A server that gives the prepared answers in turn, the last one for ever, and keeps the requests."""

    def __init__(self):
        self.requests, self.answers = [], [(200, {}, b"{}")]
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(length)
                stand_in.requests.append((self.command, self.path, dict(self.headers), body))
                answers = stand_in.answers
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                status, headers, body = answer(self.headers, body) if callable(answer) else answer
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def says(self, *answers):
        """Prepare answers: ``(status, body)`` or ``(status, body, headers)``; JSON where not bytes."""
        self.answers = [
            (status, dict(*rest), body if isinstance(body, bytes) else json.dumps(body).encode())
            for status, body, *rest in answers
        ]

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def stand_in():
    server = StandIn()
    yield server
    server.stop()


@pytest.fixture
def strange(stand_in):
    """A platform whose answers the test decides."""
    profile = Profile("strange", stand_in.url, "user-secret-4f/A+=", "organization-secret-9/B+=")
    with Platform(profile, **QUICK) as connected:
        yield connected
