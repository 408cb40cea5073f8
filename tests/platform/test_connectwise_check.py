"""The check at the source over real HTTP, with the sandbox's ConnectWise."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator

import pytest

import cwkit
import cwkit_sandbox
from cwkit.redaction import Secret


@pytest.fixture(scope="module")
def sandbox() -> Iterator[cwkit_sandbox.Sandbox]:
    with cwkit_sandbox.start() as running:
        yield running


def test_the_demo_values_of_the_crm_element_are_right(sandbox):
    values = sandbox.demo["connectwisecrmrest"]
    assert cwkit.connectwise_check(values, resolve=sandbox.connectwise_url).ok


def test_a_password_that_cannot_be_checked_is_never_green(sandbox):
    values = {**sandbox.demo["connectwisehd"], "helpdesk.connectwise.password": "wrong"}
    result = cwkit.connectwise_check(values, resolve=sandbox.connectwise_url)
    assert (result.ok, result.wrong) == (False, ())
    assert result.steps[-1].outcome == "not checked"


def test_masked_keys_of_an_instance_are_not_sent_and_not_blamed(sandbox):
    values = {**sandbox.demo["connectwisecrmrest"], "private.key": "********"}
    called: list[str] = []

    def resolve(url: str) -> str:
        called.append(url)
        return str(sandbox.connectwise_url(url))

    instance = cwkit.Instance.from_response(
        {"id": 1, "element": {"key": "connectwisecrmrest"}, "configuration": values}
    )
    result = cwkit.connectwise_check(instance, resolve=resolve)
    assert (result.ok, result.wrong) == (False, ())
    assert result.steps[-1].outcome == "not checked"
    assert [url for url in called if "companyinfo" not in url] == []


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"private.key": Secret("wrong")}, "keys"),
        ({"company": "nobody"}, "company"),
        ({"connectwise.clientid": "01234567-89ab-cdef-0123-456789abcdef"}, "client id"),
        ({"baseUrl": "https://api-zz.myconnectwise.net"}, "site"),
    ],
)
def test_each_wrong_part_is_told(sandbox, change, part):
    values = {**sandbox.demo["connectwisecrmrest"], **change}
    assert cwkit.connectwise_check(values, resolve=sandbox.connectwise_url).wrong == (part,)


class _Odd(http.server.BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 - one list for the whole test

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(302 if "moved" in self.path else 200)
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"<html>not ConnectWise</html>")

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def odd() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_site_that_is_not_connectwise_is_told(sandbox, odd):
    values = sandbox.demo["connectwisecrmrest"]
    result = cwkit.connectwise_check(values, resolve=lambda url: f"{odd}/x")
    assert result.steps[-1].outcome == "unclear"


def test_a_redirect_is_not_followed(sandbox, odd):
    _Odd.asked.clear()
    values = sandbox.demo["connectwisecrmrest"]
    assert not cwkit.connectwise_check(values, resolve=lambda url: f"{odd}/moved").ok
    assert _Odd.asked == ["/moved"]


def test_a_site_that_cannot_be_reached_is_told_kindly(sandbox):
    values = sandbox.demo["connectwisecrmrest"]
    result = cwkit.connectwise_check(values, resolve=lambda url: "http://127.0.0.1:9/x", timeout=2)
    assert "could not be reached" in str(result)
