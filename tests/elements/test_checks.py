"""Checks of what a person enters: repaired where there is one meaning, else refused with a fix."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwkit.elements import ConfigurationField, Element, check_field, check_values, shipped
from cwkit.redaction import Secret, reveal

CRM, HELPDESK = shipped("connectwisecrmrest"), shipped("connectwisehd")
GOOD = {
    "baseUrl": "https://api-na.myconnectwise.net/v4_6_release/apis/3.0",
    "company": "acme",
    "public.key": "AbC123",
    "private.key": "xYz987",
    "connectwise.clientid": "01234567-89ab-cdef-0123-456789abcdef",
}
COMBO = Element.model_validate(
    {
        "key": "x",
        "configuration": [
            {
                "key": "auth",
                "type": "COMBO",
                "options": [{"name": "Basic", "value": "b"}, {"name": "OAuth", "value": "o"}],
            },
            {"key": "on", "type": "BOOLEAN_YESNO"},
        ],
    }
)


def test_good_values_pass_unchanged_and_the_private_key_becomes_a_secret() -> None:
    check = check_values(CRM, GOOD)
    assert check.problems == check.repairs == ()
    assert {key: reveal(value) for key, value in check.values.items()} == GOOD
    assert isinstance(check.values["private.key"], Secret)


@pytest.mark.parametrize("missing", GOOD)
def test_a_missing_required_value_is_named(missing: str) -> None:
    check = check_values(CRM, {key: value for key, value in GOOD.items() if key != missing})
    assert [(problem.key, problem.code, problem.certain) for problem in check.problems] == [
        (missing, "missing", True)
    ]


def test_the_wsdl_path_is_taken_from_the_default_and_told() -> None:
    check = check_values(HELPDESK, {})
    assert check.values["helpdesk.connectwise.wsdl.path"] == "/v4_6_release/apis/2.0/"
    assert "default" in check.repairs[0].reason


@pytest.mark.parametrize(
    "text", ["<CLIENT_ID>", "xxxxxxxx", "INSERT_COMPANY", "{siteUrl}", "********", "YOUR_COMPANY"]
)
def test_a_placeholder_is_refused_but_a_program_may_send_it(text: str) -> None:
    problem = check_field(CRM, "company", text).problem
    assert problem
    assert (problem.code, problem.certain) == ("placeholder", False)


@pytest.mark.parametrize("text", [" AbC \n", '"AbC"', "\ufeffAbC", "A\nbC", "\u00a0AbC"])
def test_what_pasting_adds_to_a_secret_is_taken_away_without_showing_it(text: str) -> None:
    check = check_field(CRM, "private.key", text)
    assert check.text == "AbC"
    assert check.repairs
    assert "AbC" not in repr(check.repairs)


def test_too_long_is_refused_with_both_numbers() -> None:
    problem = check_field(CRM, "company", "a" * 33).problem
    assert problem
    assert problem.certain
    assert "33 characters; at most 32" in problem.message


@pytest.mark.parametrize(("given", "sent"), [(True, "true"), ("Yes", "true"), ("off", "false"), (0, "false")])
def test_yes_and_no_in_any_words(given: Any, sent: str) -> None:
    assert check_field(COMBO, "on", given).value == sent


def test_a_value_that_is_no_yes_or_no_or_no_choice_is_refused() -> None:
    assert check_field(COMBO, "on", "perhaps").problem
    problem = check_field(COMBO, "auth", "SAML").problem
    assert problem
    assert "Basic, OAuth" in problem.fix
    assert check_field(COMBO, "auth", "oauth").value == "o"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("http://example.org/hook", "callback-http"),
        ("ftp://example.org", "callback-form"),
        ("hook", "callback-form"),
        ("https://me:pw@example.org", "callback-login"),
        ("http://[::1", "callback-form"),
    ],
)
def test_a_callback_that_cannot_be_called_is_refused(text: str, code: str) -> None:
    problem = check_field(CRM, "event.notification.callback.url", text).problem
    assert problem
    assert problem.code == code


@pytest.mark.parametrize("text", ["https://example.org/hook", "http://127.0.0.1:8000/hook", "false"])
def test_a_callback_that_can_be_called_passes(text: str) -> None:
    assert check_field(CRM, "event.notification.callback.url", text).problem is None


@pytest.mark.parametrize("text", ["0", "-5", "1.5", "soon", "١٥"])
def test_an_interval_that_is_no_number_of_minutes_is_refused(text: str) -> None:
    assert check_field(CRM, "event.poller.refresh_interval", text).problem


def test_events_without_a_callback_and_a_user_without_password_are_told() -> None:
    values = {**GOOD, "event.notification.enabled": "true", "event.notification.basic.username": "me"}
    assert [problem.code for problem in check_values(CRM, values).problems] == ["no-callback", "no-password"]


def test_unknown_keys_are_kept_and_sent() -> None:
    assert check_values(CRM, {**GOOD, "some.thing": "1"}).values["some.thing"] == "1"


@given(st.sampled_from([*CRM.fields, *HELPDESK.fields, "unknown"]), st.text(max_size=300))
def test_any_text_ends_in_a_value_or_a_problem(key: str, text: str) -> None:
    for element in (CRM, HELPDESK):
        check = check_field(element, key, text)
        again = check_field(element, key, check.value)
        assert again.value == check.value, "a repaired value is not repaired again"


@given(st.text(min_size=6, max_size=40).filter(lambda text: len(set(text)) > 4))
def test_no_check_shows_a_secret(text: str) -> None:
    for key in ("private.key", "event.notification.basic.password"):
        check = check_field(CRM, key, text)
        assert text not in repr(check)
        assert text not in f"{check.problem} {check.repairs}"


def test_no_type_of_value_is_a_surprise() -> None:
    field = ConfigurationField(key="a")
    assert field.max_length == 1000
    for value in (None, "", "   ", 5, 1.5, True, [1], {"a": 1}):
        check_field(CRM, "company", value)
