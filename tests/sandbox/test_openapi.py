"""The sandbox described: schemathesis calls every route of its OpenAPI document and finds no 500."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

import cwkit_sandbox as sandboxes
from cwkit_sandbox import Sandbox
from cwkit_sandbox.demo import ORGANIZATION_SECRET, USER_SECRET
from cwkit_sandbox.server import platform_routes
from tests.sandbox.conftest import CRM, HELPDESK, account, new
from tests.sandbox.openapi import document

# The routes without a hub's name have the same handlers as those with one.
schema = schemathesis.openapi.from_dict(document("http://127.0.0.1:9")).include(
    path_regex="^/(elements|instances|hubs|sandbox)"
)


@pytest.fixture(scope="module")
def tokens() -> Iterator[tuple[Sandbox, list[str]]]:
    with sandboxes.start() as sandbox, account(sandbox) as client:
        made = [client.post("/instances", json=new(sandbox, key)).json()["token"] for key in (CRM, HELPDESK)]
        yield sandbox, made


@schema.parametrize()
@settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_call_ends_in_an_error_of_the_sandbox(
    case: schemathesis.Case, tokens: tuple[Sandbox, list[str]]
) -> None:
    sandbox, made = tokens
    control = case.path.startswith("/sandbox")
    for token in made if not control else made[:1]:
        pairs = f"User {USER_SECRET}, Organization {ORGANIZATION_SECRET}, Element {token}"
        base = sandbox.origin if control else sandbox.url
        answer = case.call(base_url=base, headers={"Authorization": pairs}, timeout=30)
        assert answer.status_code not in (500, 501), (case.as_curl_command(), answer.text)
        sandbox.no_faults()


def test_the_document_tells_every_platform_route(tokens: tuple[Sandbox, list[str]]) -> None:
    described = document(tokens[0].origin)
    assert described["servers"] == [{"url": tokens[0].url}]
    for entry in platform_routes():
        start = entry.path.removesuffix("{rest:path}").rstrip("/")
        assert any(path == start or path.startswith(f"{start}/") for path in described["paths"]), entry.path
