"""Each finding has an example that has it, and what is sound has none."""

from __future__ import annotations

from pathlib import Path

import pytest

from cwkit.instances import read_instance
from cwkit.instances.finding import CODES
from docs.generate_findings import page

from .conftest import CRM, HELPDESK, codes, instance_with, polled
from .conftest import read_instance as read

HELPDESK_KEY = "connectwisehd"
CALLBACK = "event.notification.callback.url"
ENABLED = "event.notification.enabled"
ON = {
    ENABLED: "true",
    CALLBACK: "https://hooks.example.com/x",
    "event.notification.signature.key": "********",
}


def test_the_helpdesk_seed_has_its_password_in_clear_and_nothing_else():
    findings = read_instance(HELPDESK).findings()
    assert list(findings.columns) == ["severity", "code", "subject", "message", "fix"]
    assert list(findings["code"]) == ["secret-in-clear"]
    assert findings["subject"][0] == "helpdesk.connectwise.password"
    assert "api1" not in findings.to_string()


def test_the_crm_seed_has_what_a_careful_reader_finds():
    findings = read_instance(CRM).findings()
    assert sorted(zip(findings["severity"], findings["code"], findings["subject"], strict=True)) == sorted(
        [
            *(
                ("warning", "created-is-updated", name)
                for name in ("contacts", "organizations", "configurations", "opportunities")
            ),
            ("warning", "id-field-empty", "configurations"),
            ("info", "events-off", ENABLED),
            ("info", "callback-false", CALLBACK),
            *(
                ("info", "blanked-out", key)
                for key in ("company", "public.key", "connectwise.clientid", "baseUrl")
            ),
        ]
    )


@pytest.mark.parametrize("element", ["connectwisecrmrest", HELPDESK_KEY])
def test_a_sound_instance_has_no_finding(element):
    assert codes(instance_with(element)) == []


def test_a_sound_instance_with_events_has_no_finding():
    assert codes(polled()) == []
    assert codes(instance_with(HELPDESK_KEY, eventsEnabled=True, configuration=ON)) == []


CONFIGURATION = [
    ("missing", "connectwisecrmrest", {"company": ""}),
    ("missing", "connectwisecrmrest", {"private.key": None}),
    ("placeholder", "connectwisecrmrest", {"company": "<COMPANY>"}),
    ("placeholder", "connectwisecrmrest", {"public.key": "INSERT_PUBLIC_KEY"}),
    ("placeholder", "connectwisecrmrest", {"baseUrl": "https://{siteUrl}/v4_6_release/apis/3.0"}),
    ("key-misspelt", "connectwisecrmrest", {"baseURL": "https://api-na.myconnectwise.net/v4_6_release/apis/3.0"}),
    ("key-misspelt", "connectwisecrmrest", {"connectwise.clientID": "3f0c8a52-7d41-4b9e-9a66-5e1d2c7b8f04"}),
    ("given-twice", "connectwisecrmrest", {"Company": "other"}),
    ("key-unknown", "connectwisecrmrest", {"colour": "blue"}),
    ("key-of-other-element", HELPDESK_KEY, {"public.key": "abc123"}),
    ("key-of-other-element", "connectwisecrmrest", {"helpdesk.connectwise.username": "abc"}),
    ("too-long", "connectwisecrmrest", {"company": "c" * 33}),
    ("not-a-boolean", "connectwisecrmrest", {"filter.response.nulls": "perhaps"}),
    ("value-untidy", "connectwisecrmrest", {"public.key": " Qm7vT2kLx9RbW4Zc "}),
    ("url-form", "connectwisecrmrest", {"baseUrl": "ftp://api-na.myconnectwise.net"}),
    ("url-login", "connectwisecrmrest", {"baseUrl": "https://me:pw@api-na.myconnectwise.net/v4_6_release/apis/3.0"}),
    ("url-repairable", "connectwisecrmrest", {"baseUrl": "http://api-na.myconnectwise.net/v4_6_release/apis/3.0"}),
    ("url-repairable", "connectwisecrmrest", {"baseUrl": "https://na.myconnectwise.net/v4_6_release/apis/3.0"}),
    ("url-repairable", "connectwisecrmrest", {"baseUrl": "https://api-na.myconnectwise.net"}),
    ("url-repairable", "connectwisecrmrest", {"baseUrl": "https://<api-na.myconnectwise.net>/v4_6_release/apis/3.0"}),
    ("url-repairable", HELPDESK_KEY, {"helpdesk.connectwise.server.url": "https://api-na.myconnectwise.net/v4_6_release/x"}),
    ("url-old-host", "connectwisecrmrest", {"baseUrl": "https://api-na.myconnectwise.com/v4_6_release/apis/3.0"}),
    ("wsdl-form", HELPDESK_KEY, {"helpdesk.connectwise.wsdl.path": "the usual"}),
    ("wsdl-form", HELPDESK_KEY, {"helpdesk.connectwise.wsdl.path": "https://my.connectwise.com/v2017_2/ConnectWise.aspx"}),
    ("wsdl-version", HELPDESK_KEY, {"helpdesk.connectwise.server.url": "https://api-x.example.com/v2019_1/ConnectWise.aspx"}),
    ("company-form", "connectwisecrmrest", {"company": "acme+abcdef"}),
    ("client-id-form", "connectwisecrmrest", {"connectwise.clientid": "my client"}),
    ("key-form", "connectwisecrmrest", {"public.key": "abc def"}),
    ("keys-equal", "connectwisecrmrest", {"private.key": "Qm7vT2kLx9RbW4Zc"}),
    ("secret-in-clear", "connectwisecrmrest", {"private.key": "hY3nP8sDf6GjK1aM"}),
    ("secret-in-clear", HELPDESK_KEY, {"my.token": "abcdef0123456789"}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "element", "values"), CONFIGURATION)
def test_configuration(code, element, values):
    instance = instance_with(element, configuration=values)
    findings = instance.findings()
    assert code in list(findings["code"])
    told = findings[findings["code"] == code].iloc[0]
    assert told["fix"]
    assert told["subject"]
    for key, value in values.items():
        if value and instance.definition.is_secret(key):
            assert value not in findings.to_string()


INSTANCE = [
    ("not-valid", {"valid": False}),
    ("disabled", {"disabled": True}),
    ("element-inactive", {"element": {"key": HELPDESK_KEY, "active": False}}),
    ("element-deleted", {"element": {"key": HELPDESK_KEY, "active": False, "deleted": True}}),
    ("trace-logging", {"traceLoggingEnabled": True}),
]


@pytest.mark.parametrize(("code", "answer"), INSTANCE)
def test_instance(code, answer):
    assert codes(instance_with(HELPDESK_KEY, **answer)) == [code]


EVENTS = [
    ("no-callback", {CALLBACK: None}),
    ("no-callback", {CALLBACK: "false"}),
    ("callback-false", {CALLBACK: "false", ENABLED: "false"}),
    ("callback-form", {CALLBACK: "my server"}),
    ("callback-login", {CALLBACK: "https://me:pw@hooks.example.com/x"}),
    ("callback-http", {CALLBACK: "http://hooks.example.com/x"}),
    ("callback-local", {CALLBACK: "https://localhost:8443/x"}),
    ("callback-local", {CALLBACK: "https://192.168.1.20/x"}),
    ("callback-local", {CALLBACK: "http://127.0.0.1/x"}),
    ("callback-unused", {ENABLED: "false"}),
    ("no-signature-key", {"event.notification.signature.key": ""}),
    ("no-password", {"event.notification.basic.username": "me"}),
]


@pytest.mark.parametrize(("code", "values"), EVENTS)
def test_events(code, values):
    assert codes(instance_with(HELPDESK_KEY, configuration={**ON, **values})) == [code]


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("poller-missing", {"event.poller.configuration": ""}),
        ("poller-missing", {"event.poller.configuration": "{}"}),
        ("interval", {"event.poller.refresh_interval": "often"}),
        ("interval-unsuitable", {"event.poller.refresh_interval": "1"}),
        ("interval-unsuitable", {"event.poller.refresh_interval": "10080"}),
        ("poller-json", {"event.poller.configuration": '{"contacts": '}),
        ("poller-json", {"event.poller.configuration": '{"contacts": 5}'}),
    ],
)
def test_polling(code, values):
    assert codes(polled(None, **values)) == [code]


def test_events_off_is_told_where_resources_wait_to_be_polled():
    assert codes(polled(None, **{ENABLED: "false", CALLBACK: ""})) == ["events-off"]


def test_switches_that_disagree_are_told():
    assert codes(instance_with(HELPDESK_KEY, eventsEnabled=False, configuration=ON)) == ["events-disagree"]


def test_a_password_that_the_platform_masks_may_be_there_and_is_not_called_missing():
    values = {"event.notification.basic.username": "me", "event.notification.basic.password": "********"}
    assert codes(instance_with(HELPDESK_KEY, configuration={**ON, **values})) == []


def test_a_token_in_a_pasted_text_is_told_but_not_one_that_was_just_fetched():
    answer = {"id": 1, "valid": True, "token": "abcDEF123456+/=", "element": {"key": HELPDESK_KEY}}
    assert "secret-in-clear" not in codes(instance_with(HELPDESK_KEY, **answer))
    pasted = read({**answer, "configuration": {}}).findings()
    assert "token" in list(pasted[pasted["code"] == "secret-in-clear"]["subject"])


def test_a_server_url_without_scheme_is_seen_in_sound_answers_but_told_for_one_that_does_not_work():
    values = {"helpdesk.connectwise.server.url": "na.myconnectwise.net"}
    assert codes(instance_with(HELPDESK_KEY, configuration=values)) == []
    assert "url-repairable" in codes(instance_with(HELPDESK_KEY, valid=False, configuration=values))


def test_the_gravest_findings_come_first():
    instance = instance_with(
        HELPDESK_KEY, valid=False, traceLoggingEnabled=True, configuration={"colour": "x"}
    )
    assert list(instance.findings()["severity"]) == ["error", "warning", "info"]


def test_an_unknown_element_is_judged_by_what_is_known_everywhere():
    instance = read({"id": 1, "valid": False, "elementKey": "other", "configuration": {"anything": "x"}})
    assert codes(instance) == ["not-valid"]


def test_the_page_lists_every_code_with_cause_and_fix():
    text = (Path(__file__).parents[2] / "docs" / "findings.md").read_text("utf-8")
    assert text == page()
    for code, about in CODES.items():
        assert f"### `{code}` ({about.severity})" in text
        assert about.cause in text
        assert about.fix in text
