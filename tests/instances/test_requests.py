"""Requests are read from JSON bodies and cURL commands, as the documentation prints them."""

from __future__ import annotations

import json

import pytest

import cwkit
from cwkit.errors import ReadError
from cwkit.instances import read_request
from cwkit.redaction import Secret

from .conftest import CRM, CRM_FILE, HELPDESK_FILE

HELPDESK_DOC, CRM_DOC = HELPDESK_FILE.read_text("utf-8"), CRM_FILE.read_text("utf-8")


def body(doc: str) -> str:
    return doc[doc.index('    {\n      "element"') : doc.index("  2. Send it")]


def curl(doc: str) -> str:
    return doc[doc.index("curl -X") : doc.index("\nParameters")]


@pytest.mark.parametrize("part", [body, curl, str])
@pytest.mark.parametrize(
    ("doc", "element"), [(HELPDESK_DOC, "connectwisehd"), (CRM_DOC, "connectwisecrmrest")]
)
def test_both_seeds_as_printed(part, doc, element):
    request = read_request(part(doc))
    assert (request.element_key, request.name, request.tags) == (element, "ConnectWise_Instance", ["Docs"])
    assert len(request.configuration) == (4 if element == "connectwisehd" else 5)
    assert "placeholder" in list(request.findings()["code"])
    assert request.instance.token is None


def test_the_public_name_reads():
    assert cwkit.read_request is read_request


def test_misspelt_keys_are_told_and_repaired_for_the_form():
    request = read_request(body(CRM_DOC))
    findings = request.findings()
    assert set(findings[findings["code"] == "key-misspelt"]["subject"]) == {"baseURL", "connectwise.clientID"}
    assert request.values == {"company": "cloudelements"}
    assert any("baseUrl" in repair for repair in request.repairs)


def test_a_curl_command_tells_method_and_address():
    request = read_request(curl(HELPDESK_DOC))
    assert (request.method, request.url) == (
        "POST",
        "https://api.cloud-elements.com/elements/api-v2/instances",
    )
    assert request.values["helpdesk.connectwise.server.url"] == "https://api-cloudelements.connectwisedev.com"
    assert "secret-in-clear" not in list(request.findings()["code"])


def test_secrets_are_wrapped_and_told_and_still_fill_the_form():
    text = json.dumps(
        {
            "element": {"key": "connectwisecrmrest"},
            "name": "Acme",
            "configuration": {"private.key": "hY3nP8sDf6GjK1aM", "company": "acme"},
        }
    )
    command = f"curl -H 'Authorization: User abcdefgh12345678=, Organization <INSERT>' -d '{text}' https://x/instances"
    request = read_request(command)
    assert request.values["private.key"] == Secret("hY3nP8sDf6GjK1aM")
    told = request.findings()
    assert set(told[told["code"] == "secret-in-clear"]["subject"]) == {"private.key", "Authorization"}
    shown = f"{request!r}{request.configuration}{request.values}{told.to_string()}"
    assert "hY3nP8sDf6GjK1aM" not in shown
    assert "abcdefgh12345678" not in shown


def test_the_element_may_stand_in_the_address_alone():
    text = """curl -X POST https://api.cloud-elements.com/elements/api-v2/elements/connectwisehd/instances
    -d '{"name": "Acme", "configuration": {"helpdesk.connectwise.company": "acme"}}'"""
    assert read_request(text).element_key == "connectwisehd"


def test_quotes_for_shell_and_windows_are_undone():
    data = {"name": "x", "element": {"key": "connectwisecrmrest"}, "configuration": {"company": "o'hara"}}
    shell = "curl -d '" + json.dumps(data).replace("'", "'\\''") + "' https://x/instances"
    windows = 'curl -d "' + json.dumps(data).replace('"', '\\"') + '" https://x/instances'
    assert read_request(shell).configuration == {"company": "o'hara"}
    assert read_request(windows).configuration == {"company": "o'hara"}


def test_a_request_without_an_element_is_told():
    request = read_request({"name": "x", "configuration": {"anything": "1"}})
    assert "element.key" in list(request.findings()["subject"])


def test_the_values_of_an_answer_are_taken_for_another_request():
    request = read_request(CRM)
    assert "response of the platform" in request.notes[-1]
    assert "private.key" not in request.values
    assert request.values["pagination.max"] == "200"


@pytest.mark.parametrize(
    "text", ["", "curl https://example.com", '{"contacts": {"url": "/hubs/crm/contacts"}}']
)
def test_a_text_without_a_request_gets_a_clear_error(text):
    with pytest.raises(ReadError) as caught:
        read_request(text)
    assert caught.value.fix
