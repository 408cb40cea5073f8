"""What a secret shows of itself, and what masking leaves in a text."""

from __future__ import annotations

import copy
import json
import logging
import pickle

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from cwkit.errors import SecretUnavailable
from cwkit.redaction import MASK, Secret, is_secret_key, mask_mapping, mask_text, mask_url, spellings

TEXT = "s3cr3t/Of+Mine=="
secrets = st.text(min_size=8, max_size=60).filter(lambda text: text.strip() and MASK not in text)


class Login(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)
    password: Secret
    age: int = 0


def test_a_secret_shows_stars_wherever_it_is_printed() -> None:
    secret = Secret(TEXT)
    frame = pd.DataFrame({"password": [secret]})
    shown = [
        repr(secret),
        str(secret),
        f"{secret}",
        f"{secret:>20}",
        repr([secret]),
        repr(frame),
    ]
    shown += [
        frame.to_html(),
        frame.to_csv(),
        str(Login(password=secret)),
        Login(password=secret).model_dump_json(),
    ]
    assert all(TEXT not in text and MASK in text for text in shown)
    assert secret.reveal() == TEXT


def test_a_validation_error_does_not_show_the_secret() -> None:
    with pytest.raises(ValidationError) as caught:
        Login.model_validate({"password": TEXT, "age": "old"})
    assert TEXT not in str(caught.value)


def test_a_copy_is_the_same_secret_and_a_pickle_holds_none() -> None:
    secret = Secret(TEXT)
    assert copy.copy(secret) is secret
    assert copy.deepcopy({"a": secret})["a"] is secret
    stored = pickle.dumps(secret)
    assert TEXT.encode() not in stored
    with pytest.raises(SecretUnavailable, match="not saved"):
        pickle.loads(stored).reveal()


def test_secrets_are_equal_by_text_and_a_secret_is_never_a_text() -> None:
    assert Secret(TEXT) == Secret(TEXT)
    assert Secret(TEXT) != Secret("other")
    assert Secret(TEXT) != TEXT
    assert not Secret("")
    with pytest.raises(TypeError):
        Secret(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("private.key", True),
        ("helpdesk.connectwise.password", True),
        ("event.notification.signature.key", True),
        ("oauth.user.token", True),
        ("oauth.api.secret", True),
        ("apiKey", True),
        ("public.key", False),
        ("key", False),
        ("company", False),
        ("keyboard.layout", False),
    ],
)
def test_keys_that_name_a_secret(key: str, secret: bool) -> None:
    assert is_secret_key(key) is secret


def test_a_mapping_is_masked_at_any_depth_and_blanks_stay() -> None:
    masked = mask_mapping(
        {"a": {"password": TEXT}, "token": None, "b": [{"my.secret": TEXT}], "company": "acme"}
    )
    assert masked == {"a": {"password": MASK}, "token": None, "b": [{"my.secret": MASK}], "company": "acme"}


@given(secrets)
def test_no_spelling_of_a_known_secret_survives_masking(secret: str) -> None:
    for form in spellings(secret):
        assert form not in mask_text(f"before {form} after", [secret])


@given(secrets)
def test_a_secret_inside_something_encoded_as_a_whole_is_masked(secret: str) -> None:
    nested = json.dumps({"configuration": json.dumps({"x": secret})})
    masked = mask_text(nested, [secret])
    assert secret not in masked
    assert json.dumps(secret)[1:-1] not in masked


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: User abcDEF123+/=, Organization zyxWVU987==",
        "curl -H 'Authorization: Element abcDEF123+/='",
        '{"Authorization": "User abcDEF123+/=, Element q1w2e3r4"}',
        '"private.key": "abcDEF123+/="',
        r"{\"password\": \"abcDEF123+/=\"}",
        "{'token': 'abcDEF123+/='}",
    ],
)
def test_unknown_secrets_are_found_by_where_they_stand(text: str) -> None:
    masked = mask_text(text)
    assert "abcDEF123" not in masked
    assert "zyxWVU987" not in masked
    assert "q1w2e3r4" not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "text", ["User accounts are listed", "The Element is gone", '{"company": "acme"}', "Basic plan"]
)
def test_prose_is_left_alone(text: str) -> None:
    assert mask_text(text) == text


def test_a_url_keeps_its_shape_without_its_secrets() -> None:
    url = "https://me:hunter2@example.org/a?token=abc&where=x=1"
    assert mask_url(url) == f"https://me:{MASK}@example.org/a?token={MASK}&where=x=1"


def test_a_log_line_shows_stars(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("cwkit.test").debug("sending %s", {"password": Secret(TEXT)})
    assert TEXT not in caplog.text
