"""Faults on demand: each kind looks as it does in the field, and hits what it is meant for."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cwkit_sandbox as sandboxes
from cwkit.errors import SandboxError
from cwkit_sandbox import KINDS, Sandbox, attach, parse_faults
from tests.sandbox.conftest import CRM, account, hub, new


def count(client: httpx.Client) -> int:
    return len(client.get("/instances").json())


@pytest.mark.parametrize(
    ("kind", "status", "made"),
    [
        ("429", 429, 0),
        ("500", 500, 0),
        ("500_after", 500, 1),
        ("502", 502, 0),
        ("502_after", 502, 1),
        ("503", 503, 0),
    ],
)
def test_an_error_on_demand(
    sandbox: Sandbox, client: httpx.Client, kind: str, status: int, made: int
) -> None:
    sandbox.fail_next(kind, route="POST /instances", seconds=7)
    answer = client.post("/instances", json=new(sandbox, CRM))
    assert answer.status_code == status
    assert answer.json()["requestId"] == answer.headers["Elements-Request-Id"]
    assert ("providerMessage" in answer.json()) == (status == 502)
    assert answer.headers.get("Retry-After") == ("7" if status in (429, 503) else None)
    assert count(client) == made
    assert client.post("/instances", json=new(sandbox, CRM)).status_code == 200


@pytest.mark.parametrize(("kind", "made"), [("drop_before", 0), ("drop_after", 1), ("truncate", 1)])
def test_a_connection_that_is_cut(sandbox: Sandbox, client: httpx.Client, kind: str, made: int) -> None:
    sandbox.fail_next(kind)
    with pytest.raises(httpx.TransportError):
        client.post("/instances", json=new(sandbox, CRM))
    assert count(client) == made


def test_an_answer_that_never_comes(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next("stall")
    with pytest.raises(httpx.ReadTimeout):
        client.post("/instances", json=new(sandbox, CRM), timeout=0.3)
    assert count(client) == 1


@pytest.mark.parametrize(("kind", "made"), [("html", 0), ("html_after", 1)])
def test_a_page_instead_of_json(sandbox: Sandbox, client: httpx.Client, kind: str, made: int) -> None:
    sandbox.fail_next(kind)
    answer = client.post("/instances", json=new(sandbox, CRM))
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")
    assert count(client) == made


def test_latency_comes_before_another_fault(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next("500")
    sandbox.fail_next("latency", seconds=0.25)
    answer = client.get("/elements")
    assert answer.status_code == 500
    assert answer.elapsed.total_seconds() >= 0.25


def test_only_the_next_n_requests_of_a_route_fail(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next("500", n=2, route="GET /instances*")
    paths = ["/elements", "/instances", "/elements", "/instances/1", "/instances"]
    assert [client.get(path).status_code for path in paths] == [200, 500, 200, 500, 200]


def test_probabilities_add_up_and_repeat_under_the_seed(sandbox: Sandbox, client: httpx.Client) -> None:
    def thrown(seed: int) -> list[int]:
        with sandboxes.start(seed=seed) as other, account(other) as asking:
            other.faults({"429": 0.2, "500": 0.3})
            return [asking.get("/elements/mailroom").status_code for _ in range(300)]

    first = thrown(5)
    assert first == thrown(5)
    assert first != thrown(6)
    share = Counter(first)
    assert 30 < share[429] < 95
    assert 55 < share[500] < 130


def test_faults_can_be_taken_away(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.faults({"500": 1.0})
    assert client.get("/elements").status_code == 500
    sandbox.no_faults()
    assert client.get("/elements").status_code == 200


def test_control_routes_and_connectwise_are_spared_unless_named(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    sandbox.faults({"500": 1.0})
    assert sandbox.clock
    sandbox.no_faults()
    token = client.post("/instances", json=new(sandbox, CRM)).json()["token"]
    sandbox.fail_next("500", route="/connectwise/*")
    with hub(sandbox, token) as data:
        answer = data.get("/hubs/crm/contacts")
        assert answer.status_code == 502
        assert answer.json()["providerMessage"]
        assert data.get("/hubs/crm/contacts").status_code == 200


def test_a_provider_that_hangs_up_is_a_provider_error(sandbox: Sandbox, client: httpx.Client) -> None:
    sandbox.fail_next("drop_before", n=3, route="/connectwise/*")
    answer = client.post("/instances", json=new(sandbox, CRM))
    assert answer.status_code == 502


def test_another_process_can_ask_for_faults_too(sandbox: Sandbox, client: httpx.Client) -> None:
    other = attach(sandbox.url)
    other.fail_next("500")
    assert client.get("/elements").status_code == 500
    other.stop()
    assert client.get("/elements").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "meteor"},
        {"kind": "500", "n": 0},
        {"kind": "500", "route": "instances"},
        {"kind": "500", "route": "FETCH /instances"},
        {"kind": "latency", "seconds": -1},
    ],
)
def test_a_fault_that_makes_no_sense_is_told(shared: Sandbox, wrong: dict[str, object]) -> None:
    with pytest.raises(SandboxError):
        shared.fail_next(**wrong)  # type: ignore[arg-type]
    assert httpx.get(f"{shared.origin}/sandbox/faults").json() == []


def test_faults_are_read_from_a_text() -> None:
    read = parse_faults("429:0.1, drop_after:0.05,latency:1@0.05, 502:0.2 POST /instances")
    assert [(one.kind, one.probability, one.seconds, one.route) for one in read] == [
        ("429", 0.1, 1.0, None),
        ("drop_after", 0.05, 1.0, None),
        ("latency", 1.0, 0.05, None),
        ("502", 0.2, 1.0, "POST /instances"),
    ]
    assert parse_faults("") == []


@given(st.text(max_size=30))
def test_any_text_is_faults_or_a_clear_error(text: str) -> None:
    faults = []
    with suppress(SandboxError):
        faults = parse_faults(text)
    assert all(fault.kind in KINDS for fault in faults)
