"""The requests of the vendor's two documents, sent as they are printed, create instances on the sandbox."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cwkit
import cwkit_sandbox as local
from cwkit.platform import Platform

FIXTURES = Path(__file__).parent.parent / "fixtures"
BODY, CURL = '    {\n      "element"', "-d '{"


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with local.start() as sandbox, Platform(sandbox.profile) as platform:
        yield platform


def printed(name: str, after: str) -> dict[str, Any]:
    text = (FIXTURES / f"{name}.txt").read_text(encoding="utf-8")
    value, _end = json.JSONDecoder().raw_decode(text[text.index("{", text.index(after)) :])
    return dict(value)


@pytest.mark.parametrize("name", ["seed-helpdesk", "seed-crm"])
@pytest.mark.parametrize("where", [BODY, CURL], ids=["body", "cURL"])
def test_a_printed_request_creates_an_instance(platform: Platform, name: str, where: str) -> None:
    request = printed(name, where)
    instance = platform.instances.create(
        request["element"]["key"],
        name=request["name"],
        configuration=request["configuration"],
        tags=request["tags"],
    )
    assert instance.valid
    assert instance.token
    assert "Docs" in instance.tags
    assert platform.instances.get(instance.id).name == "ConnectWise_Instance"


def test_the_keys_are_misspelt_as_printed_and_what_was_put_right_is_told(platform: Platform) -> None:
    configuration = printed("seed-crm", BODY)["configuration"]
    assert {"baseURL", "connectwise.clientID"} <= set(configuration)
    instance = platform.instances.create("connectwisecrmrest", name="Spelling", configuration=configuration)
    assert {"baseUrl", "connectwise.clientid"} <= set(instance.configuration)
    assert re.search(r"written baseURL.*spelling is baseUrl", " ".join(instance.notes))


def test_a_whole_printed_document_can_be_read_and_sent(platform: Platform) -> None:
    for name in ("seed-helpdesk", "seed-crm"):
        text = (FIXTURES / f"{name}.txt").read_text(encoding="utf-8")
        request = cwkit.read_request(text)
        made = platform.instances.create(
            request.element_key, name=request.name, configuration=request.configuration, tags=request.tags
        )
        assert made.element_key == request.element_key
