"""What mail, logs, web pages, Python and shells do to a response is undone; what is doubtful is named."""

from __future__ import annotations

import html
import json
import pprint
import quopri

import pytest

from cwkit.errors import ReadError
from cwkit.instances import read_instance, read_instances, read_request
from cwkit.redaction import reveal

RESPONSE = {
    "id": 4711,
    "name": "Acme Managed Services",
    "token": "tok/Abc+123=",
    "element": {"key": "connectwisehd", "id": 117},
    "valid": True,
    "disabled": False,
    "configuration": {
        "helpdesk.connectwise.company": "acmé & sons",
        "helpdesk.connectwise.password": "p=3D'x\\y",
        "helpdesk.connectwise.server.url": "https://api-na.myconnectwise.net",
    },
}
TEXT = json.dumps(RESPONSE, indent=2, ensure_ascii=False)
SECOND = TEXT.replace("4711", "4712").replace("Acme Managed", "Bolt Managed").replace("acmé & sons", "bolt")


def caret(text: str) -> str:
    return "".join(f"^{sign}" if sign in '"{}&<>|^%!' else sign for sign in text)


CARRIERS = {
    "log lines": "\n".join(
        f"2024-05-01 10:00:0{n % 10},123 INFO  [main] c.e.Log - {line}"
        for n, line in enumerate(TEXT.split("\n"))
    ),
    "container log": "\n".join(f"api-1  | 2024-05-01T10:00:00.1Z {line}" for line in TEXT.split("\n")),
    "quoted-printable": quopri.encodestring(json.dumps(RESPONSE, ensure_ascii=False).encode()).decode(),
    "bytes": f"print(response.content)\n{json.dumps(RESPONSE).encode()!r}\n",
    "bytes in UTF-8": f"{TEXT.replace(chr(10), ' ').encode()!r}",
    "pprint": pprint.pformat(RESPONSE, width=30),
    "repr": repr(RESPONSE),
    "log message": json.dumps({"level": "info", "msg": f"received {json.dumps(RESPONSE)} in 3 ms"}),
    "Postman example": json.dumps({"item": [{"response": [{"body": TEXT}]}]}),
    "list of bodies": json.dumps([{"body": TEXT}]),
    "Outlook": "<p class=MsoNormal>Hi,<br>see:</p>"
    + "<br>".join(
        html.escape(line).replace("&quot;", "&#34;").replace("  ", "&nbsp; ") for line in TEXT.split("\n")
    )
    + "<p>Regards</p>",
    "UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "UTF-16 big end first": TEXT.encode("utf-16-be"),
}


@pytest.mark.parametrize("name", CARRIERS)
def test_a_response_is_read_as_it_was_before_it_was_carried(name):
    instance = read_instance(CARRIERS[name])
    assert (instance.id, instance.name, instance.valid, instance.disabled) == (
        4711,
        "Acme Managed Services",
        True,
        False,
    )
    assert {key: reveal(value) for key, value in instance.configuration.items()} == {
        "helpdesk.connectwise.company": "acmé & sons",
        "helpdesk.connectwise.password": "p=3D'x\\y",
        "helpdesk.connectwise.server.url": "https://api-na.myconnectwise.net",
    }
    assert reveal(instance.token) == "tok/Abc+123="


def test_a_response_cut_off_before_a_second_one_is_not_mixed_with_it():
    for end in range(60, len(TEXT) - 1, 7):
        instances = read_instances(TEXT[:end] + "\n" + SECOND)
        assert instances[-1].id == 4712
        assert instances[-1].name == "Bolt Managed Services"
        for first in instances[:-1]:
            assert first.id in (4711, None)
            assert first.name != "Bolt Managed Services"
            assert first.notes


def test_a_comment_after_a_brace_loses_nothing():
    for comment in ("// the response", "# the response", "/* the response */", "<!-- x -->"):
        instance = read_instance(TEXT.replace("{", "{ " + comment, 1))
        assert (instance.id, instance.name, instance.element_key) == (
            4711,
            "Acme Managed Services",
            "connectwisehd",
        )
        assert (instance.valid, instance.disabled) == (True, False)


@pytest.mark.parametrize(
    "elision",
    ["<snip>", "etc", "etc.", "***", "(...)", "[truncated]", "--- snip ---", "[…]", "<...>", "...", "[cut],"],
)
def test_a_word_for_lines_left_out_does_not_swallow_the_next_key(elision):
    text = TEXT.replace('  "valid"', f'  {elision}\n  "valid"')
    instance = read_instance(text)
    assert (instance.id, instance.valid, instance.disabled) == (4711, True, False)
    assert instance.name == "Acme Managed Services"
    assert instance.other(elision) is None
    assert any("Left out" in note or "Doubtful" in note for note in instance.notes)


def test_a_value_wrapped_between_words_keeps_its_space_and_is_named():
    instance = read_instance(TEXT.replace("Acme Managed", "Acme\nManaged"))
    assert instance.name == "Acme Managed Services"
    assert any("may not have been there: name" in note for note in instance.notes)


def test_an_address_without_quotes_is_no_comment():
    instance = read_instance('{"id": 1, "valid": true, "configuration": {"baseUrl": https://api.x.net/v4, }}')
    assert instance.configuration == {"baseUrl": "https://api.x.net/v4"}


def test_a_non_breaking_space_in_a_value_stays():
    text = "Hello,\n" + TEXT.replace("Acme Managed", "Acme\u00a0Managed") + "\nRegards"
    assert read_instance(text).name == "Acme\u00a0Managed Services"


def test_a_resource_that_is_there_twice_is_named():
    poller = '{"contacts":{"url":"/hubs/crm/contacts?a"},"contacts":{"url":"/hubs/crm/contacts?b"}}'
    instance = read_instance(
        {"id": 1, "valid": True, "configuration": {"event.poller.configuration": poller}}
    )
    assert "Twice in event.poller.configuration, the last is used: contacts." in instance.notes


def test_a_key_that_is_there_twice_is_named():
    instance = read_instance('{"id": 1, "id": 2, "valid": true, "configuration": {}}')
    assert instance.notes == ["Twice in the text, the last is used: id."]


REQUEST = {
    "element": {"key": "connectwisecrmrest"},
    "name": 'O\'Hara & "Sons"',
    "tags": ["Docs"],
    "configuration": {"company": "100% o'hara^2", "public.key": "a\\b"},
}


@pytest.mark.parametrize(
    "command",
    [
        "curl https://x/instances -d '" + json.dumps(REQUEST).replace("'", "'\\''") + "'",
        "curl https://x/instances --data-raw $'"
        + json.dumps(REQUEST).replace("\\", "\\\\").replace("'", "\\'")
        + "'",
        'curl https://x/instances -d "' + json.dumps(REQUEST).replace("\\", "\\\\").replace('"', '\\"') + '"',
        'curl ^"https://x/instances^" ^\n  -H ^"accept: */*^" ^\n  --data-raw ^"'
        + caret(json.dumps(REQUEST).replace("\\", "\\\\").replace('"', '\\"'))
        + '^"',
    ],
)
def test_a_curl_command_for_bash_and_for_cmd_gives_its_body(command):
    request = read_request(command)
    assert (request.element_key, request.name, request.tags) == (
        "connectwisecrmrest",
        'O\'Hara & "Sons"',
        ["Docs"],
    )
    assert {key: reveal(value) for key, value in request.configuration.items()} == {
        "company": "100% o'hara^2",
        "public.key": "a\\b",
    }


def test_what_is_not_used_of_a_request_is_named():
    body = {**REQUEST, "callbackUrl": "https://h.example.com", "element": {"key": "connectwisehd", "x": 1}}
    command = f"curl 'https://x/instances?dryRun=true' -d '{json.dumps(body)}'"
    notes = read_request(command.replace("O'", "O").replace("o'", "o")).notes
    assert "In the request, but not used: callbackUrl, element.x." in notes
    assert "Parameters of the address, not used: dryRun." in notes


def test_two_broken_responses_without_a_visible_border_are_refused():
    text = '{"id": 1, "token": "abcdefgh", "configuration": {"company": "a", '
    text += '"token": "ijklmnop", "configuration" {'
    with pytest.raises(ReadError):
        read_instance(text)


def test_a_valid_response_that_looks_encoded_is_read_as_written_and_named():
    text = TEXT.replace("Acme", "=41cm=C3=A9").replace("3D", "=3D").replace("tok/Abc+123=", "tok/Abc+123")
    instance = read_instance(text.replace("p==3D", "p=3D"))
    assert instance.name == "=41cm=C3=A9 Managed Services"
    assert any(note.startswith("It may be quoted-printable") and "name" in note for note in instance.notes)
