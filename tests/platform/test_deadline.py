"""A total time for each call, whatever the network does."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from cwkit.errors import AnswerLost
from cwkit.platform import Platform, Profile, RetryPolicy, Timeouts

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n"


@pytest.fixture
def trickling():
    """A server that sends one byte every 20 ms and never ends; what it sends first is the test's."""
    server = socket.create_server(("127.0.0.1", 0))
    first, closed = [b""], threading.Event()

    def serve() -> None:
        while not closed.is_set():
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65536)
                    connection.sendall(first[0])
                    while not closed.wait(0.02):
                        connection.sendall(b"x")
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield first, f"http://127.0.0.1:{server.getsockname()[1]}"
    closed.set()
    server.close()


@pytest.mark.parametrize(
    "sent", [b"", b"HTTP/1.1 200 OK\r\nx-long: ", HEAD], ids=["status", "header", "body"]
)
def test_a_response_that_trickles_in_ends_after_the_total_time(trickling, sent):
    first, url = trickling
    first[0] = sent
    quick = {"timeouts": Timeouts(connect=1, read=0.3), "retry": RetryPolicy(attempts=1)}
    profile = Profile("slow", url, "user-secret-4f/A+=", "organization-secret-9/B+=")
    start = time.monotonic()
    with Platform(profile, **quick) as platform, pytest.raises(AnswerLost, match="in time"):
        platform.elements.list()
    assert time.monotonic() - start < 60  # without a total time it never ends
