"""Instances are read from anything that people paste, and what was repaired is told."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import cwkit
from cwkit.errors import CwkitError, ReadError
from cwkit.instances import read_instance, read_instances
from cwkit.redaction import reveal

from .conftest import CRM, CRM_FILE, HELPDESK, HELPDESK_FILE, KEYS

PLAIN = {"helpdesk": read_instance(HELPDESK).configuration, "crm": read_instance(CRM).configuration}


def parsed(text: str) -> object:
    """The seed's response as valid JSON, its elisions and blanks filled in by hand."""
    text = text.replace("}...,", "},").replace("[...]", "[]").replace("{...}", "{}")
    return json.loads(re.sub(r": (x+)", r': "\1"', text))


def numbered(text: str, form: str) -> str:
    return "\n".join(form.format(n, line) for n, line in enumerate(text.splitlines(), 1))


def test_the_public_names_read():
    assert cwkit.read_instance is read_instance
    assert cwkit.read_instances is read_instances


@pytest.mark.parametrize(("file", "name"), [(HELPDESK_FILE, "helpdesk"), (CRM_FILE, "crm")])
@pytest.mark.parametrize("given", [Path, str, Path.read_text, Path.read_bytes])
def test_a_whole_seed_document_is_read_in_every_form(file: Path, name: str, given: Callable):
    instance = read_instance(given(file))
    assert len(instance.configuration) == KEYS[name]
    assert instance.configuration == PLAIN[name]


def test_the_helpdesk_answer_needs_no_repair():
    instance = read_instance(HELPDESK)
    assert (instance.id, instance.name, instance.element_key) == (12345, "API Instance", "connectwisehd")
    assert (instance.hub, instance.tags, instance.valid, instance.disabled) == ("helpdesk", [], True, False)
    assert instance.notes == []
    assert instance.poller is None


def test_the_crm_answer_tells_what_was_left_out_and_what_had_no_quotes():
    instance = read_instance(CRM)
    assert (instance.id, instance.element_key, instance.hub) == (123456, "connectwisecrmrest", "crm")
    assert instance.poller is not None
    assert list(instance.poller) == [
        "contacts",
        "incidents",
        "organizations",
        "configurations",
        "opportunities",
    ]
    assert instance.notes == [
        "Left out in the text: configuration, element.resources, element.objects, element.models, "
        "element.authentication, element.parameters.",
        "Written without quotes, read as text: organizationId, accountId, userId, element.id.",
    ]
    assert instance.other("organizationId") == "xxxxx"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda t: numbered(t, "{:>4} {}"), "Line numbers"),
        (lambda t: numbered(t, "{}: {}"), "Line numbers"),
        (lambda t: numbered(t, "{}\t{}"), "Line numbers"),
        (lambda t: t.replace('"', "”").replace("'", "’"), "Typographic quotes"),
        (lambda t: re.sub(r'(?<!\\)"((?:\\.|[^"\\])*)"', r"“\1”", t), "Typographic quotes"),
        (lambda t: re.sub(r"\n(\s*)\}", r",\n\1}", t), "Extra commas"),
        (lambda t: "\n".join(f"> {line}" for line in t.splitlines()), "Reply marks"),
        (lambda t: t.replace("&", "&amp;").replace('"', "&quot;").replace(">", "&gt;"), "HTML entities"),
        (lambda t: t.lstrip("{"), "opening brace"),
        (lambda t: "body: " + t.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n"), "escaped"),
        (lambda t: repr(parsed(t)), "Single quotes"),
        (lambda t: t.replace('"', '\x1b[32m"\x1b[0m'), "Terminal colours"),
        (lambda t: t.replace('\\"', '"'), ""),
        (lambda t: t.replace('",\n', '"\n', 3), "not valid JSON"),
        (lambda t: json.dumps({"log": {"entries": [{"response": {"content": {"text": t}}}]}}), "HAR"),
        (lambda t: t + "\n\n" + t, "2 instances were found"),
        (lambda t: f"[{t},\n{t}]", "2 instances were found"),
    ],
)
def test_what_tickets_do_to_json_is_undone_and_told(seed, change, told):
    name, text = seed
    instance = read_instance(change(text))
    assert instance.configuration == PLAIN[name]
    assert told in " ".join(instance.notes)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("\n", "\r\n"),
        lambda t: t.encode("utf-16"),
        lambda t: b"\xef\xbb\xbf" + t.encode(),
        lambda t: json.dumps(t),
        lambda t: (
            f"Hello, it's [see below] {{x}}, our error's here:\n\n```json\n{t}\n```\nthanks, it's urgent"
        ),
        lambda t: json.dumps({"result": [{"instance": parsed(t)}]}),
        parsed,
        lambda t: [parsed(t)],
    ],
)
def test_what_needs_no_repair_is_read_without_a_further_note(seed, change):
    name, text = seed
    instance = read_instance(change(text))
    assert instance.configuration == PLAIN[name]
    assert len(instance.notes) <= 2
    assert "not valid JSON" not in " ".join(instance.notes)


def test_a_text_cut_off_is_read_as_far_as_it_goes_and_nothing_is_called_missing():
    instance = read_instance(HELPDESK[: HELPDESK.index("api1")])
    assert instance.configuration["helpdesk.connectwise.company"] == "company_f"
    assert instance.partial
    assert "text ends" in " ".join(instance.notes)
    assert list(instance.findings()["code"]) == []


def test_a_value_wrapped_over_two_lines_is_joined():
    text = HELPDESK.replace("sample.connectwisedev.com", "sample.connect\n    wisedev.com")
    instance = read_instance(text)
    assert instance.configuration["helpdesk.connectwise.server.url"] == "sample.connectwisedev.com"


def test_requests_beside_answers_do_not_count():
    assert [instance.id for instance in read_instances(CRM_FILE)] == [123456]


def test_every_instance_of_a_list_is_read():
    rows = [
        {"id": n, "name": f"I{n}", "element": {"key": "connectwisehd"}, "configuration": {}}
        for n in range(50)
    ]
    assert [instance.id for instance in read_instances(json.dumps(rows))] == list(range(50))


def test_a_list_of_configuration_fields_is_read():
    fields = [{"id": 1, "key": "company", "name": "Company", "propertyValue": "acme"}]
    instance = read_instance(fields)
    assert instance.configuration == {"company": "acme"}
    assert "list of fields" in instance.notes[0]


def test_a_poller_alone_is_read():
    instance = read_instance('{"contacts": {"url": "/hubs/crm/contacts", "idField": "id"}}')
    assert instance.poller is not None
    assert list(instance.poller) == ["contacts"]


def test_a_bare_configuration_tells_its_element():
    instance = read_instance(dict.fromkeys(("baseUrl", "company", "public.key", "private.key"), "x1"))
    assert instance.element_key == "connectwisecrmrest"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("hello", "no instance"),
        ('{"a": 1}', "no instance"),
        ("[]", "no instance"),
        ("null", "no instance"),
        ("{", "no instance"),
        ("[" * 100_000, "instance"),
        ('{"a":' * 50_000, "instance"),
        ('"' * 5000, "no instance"),
        ("<!DOCTYPE html><html>sign in</html>", "web page"),
        ('{"requestId": "abc", "message": "Invalid"}', "explain_error"),
        ("ticket.json", "no file"),
        (Path("no/such/file.txt"), "cannot be read"),
    ],
)
def test_a_text_without_an_instance_gets_a_clear_error(text, said):
    with pytest.raises(ReadError) as caught:
        read_instance(text)
    assert said in str(caught.value)
    assert caught.value.fix


@pytest.mark.parametrize(
    "garbage",
    [
        '[{"' * 30_000,
        '{"configuration": "' * 5000,
        "{" * 20_000 + '"configuration"',
        '{"configuration":{' + '"a" "b" ' * 9000,
        '{"configuration":{ ' + 'x\\"y ' * 60_000,
    ],
)
def test_garbage_over_which_a_repair_would_take_forever_ends(garbage):
    with pytest.raises(CwkitError):
        read_instance(garbage)


def test_secrets_are_wrapped_from_the_start_and_in_unknown_parts_too():
    instance = read_instance(
        {
            "id": 1,
            "token": "tok-123456",
            "valid": True,
            "accessToken": "deep-secret",
            "element": {"key": "connectwisehd", "oauthSecret": "element-secret"},
            "configuration": {"helpdesk.connectwise.password": "hunter22", "my.apiKey": "k-12345"},
        }
    )
    shown = f"{instance!r} {instance.model_dump()} {instance.model_dump_json()} {instance.model_extra}"
    for secret in ("tok-123456", "deep-secret", "element-secret", "hunter22", "k-12345"):
        assert secret not in shown
    assert instance.token is not None
    assert instance.token.reveal() == "tok-123456"


def test_values_that_are_no_text_become_the_text_that_travels():
    instance = read_instance(
        {"id": 1, "valid": True, "configuration": {"a": True, "b": 15, "c": {"x": [1]}, "d": None}}
    )
    assert instance.configuration == {"a": "true", "b": "15", "c": '{"x":[1]}', "d": None}


def test_tags_are_read_as_texts_and_as_objects():
    instance = read_instance(
        {"id": 1, "valid": True, "tags": ["a", {"id": 5, "name": "b"}, None], "configuration": {}}
    )
    assert instance.tags == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        '{"id": 1, "configuration": {"private.key":"Ab"SecretTail9","company":"acme"}}',
        '{"id": 1, "configuration": {"private.key":"Ab"SecretTail9", "company":"acme"}',
        '{"id": 1, "configuration": {"company":"acme", "private.key": Ab"SecretTail9"}}',
        '{"id": 1, "configuration": {"private.key""Ab"SecretTail9","company":"acme"}}',
        """{'id': 1, 'configuration': {'private.key':'Ab'SecretTail9','company':'acme'}}""",
    ],
)
def test_a_quote_inside_a_secret_does_not_make_its_tail_a_key(text):
    instance = read_instance(text)
    assert instance.configuration["company"] == "acme"
    assert set(instance.configuration) == {"private.key", "company"}
    assert reveal(instance.configuration["private.key"]).startswith("Ab")
    assert "SecretTail9" in reveal(instance.configuration["private.key"])
