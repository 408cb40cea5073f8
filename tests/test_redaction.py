"""What a secret shows of itself, and what masking leaves in a text."""

from __future__ import annotations

import base64
import copy
import csv
import io
import logging
import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError
from rich import inspect
from rich.console import Console

from cwkit.errors import SecretUnavailable
from cwkit.redaction import (
    MASK,
    Secret,
    frameless,
    is_secret,
    mask_secrets,
    mask_text,
    safe_text,
    secrets_in,
    strip_control_characters,
    wrap_secrets,
)
from tests.spellings import spellings

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


def test_nothing_that_walks_over_a_secret_finds_its_text() -> None:
    secret = Secret(TEXT)
    shown = io.StringIO()
    inspect(secret, all=True, console=Console(file=shown, width=400))
    assert secret.__reduce__()[1] == ()
    assert object.__getstate__(secret) is None
    assert [name for name in dir(secret) if getattr(secret, name) == TEXT] == []
    assert TEXT not in shown.getvalue()


VERDICTS = Path(__file__).parent / "fixtures" / "configuration-field-verdicts.tsv"


def test_every_configuration_field_of_the_public_elements_is_judged_as_a_person_would() -> None:
    with VERDICTS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    judged = {
        (row["key"], row["label"], row["type"]): is_secret(row["key"], type=row["type"], label=row["label"])
        for row in rows
    }
    expected = {(row["key"], row["label"], row["type"]): row["verdict"] == "secret" for row in rows}
    assert sum(int(row["fields"]) for row in rows) == 2428
    assert sum(int(row["fields"]) for row in rows if row["verdict"] == "secret") == 430
    assert judged == expected


SECRET_KEYS = """
    private.key helpdesk.connectwise.password event.notification.signature.key oauth.user.token
    apiKey APIkey oauth.api.secret pass db.pass passphrase private.keys cookie Set-Cookie
    portalPassword password2 auth oauth.refresh_token sessionId X-Api-Key Authorization clientSecret
    secretValue kennwort SECRET_KEY
"""


@pytest.mark.parametrize("key", SECRET_KEYS.split())
def test_keys_that_name_a_secret(key: str) -> None:
    assert is_secret(key)


PUBLIC_KEYS = """
    public.key key company keyboard.layout elementKey nextPageToken users.syncToken oauth.token.url
    token_type oauth.authorization.url passwordResetDate token_id secretary bypass monkey author
    client.id sortKey authentication.time event.notification.basic.username tokenCount passengers
"""


@pytest.mark.parametrize("key", PUBLIC_KEYS.split())
def test_keys_that_only_sound_secret(key: str) -> None:
    assert not is_secret(key)


@pytest.mark.parametrize(
    ("secret", "key", "about"),
    [
        (True, "username", {"label": "API Key"}),
        (True, "username", {"label": "API Secret"}),
        (False, "username", {"label": "Account SID"}),
        (True, "company", {"type": "PASSWORD"}),
        (False, "oauth.basic.password", {"type": "BOOLEAN"}),
        (False, "token.kind", {"type": "COMBO"}),
        (False, "messagebus.hook.created.key", {"label": "Hook ID"}),
        (False, "access.key", {"value": "https://api.example.com/v1"}),
        (False, "access.key", {"value": "{baseUrl}"}),
        (False, "revoke.token", {"value": True}),
        (True, "password", {"value": "{baseUrl}"}),
        (True, "note", {"value": "eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl"}),
        (True, "note", {"value": "-----BEGIN RSA PRIVATE KEY-----\nMIIE"}),
    ],
)
def test_type_label_and_value_are_evidence_too(secret: bool, key: str, about: dict[str, Any]) -> None:
    assert is_secret(key, **about) is secret


def test_a_json_value_is_masked_at_any_depth_and_blanks_stay() -> None:
    masked = mask_secrets(
        {
            "a": {"password": TEXT, "password2": 12345},
            "token": None,
            "b": [{"my.secret": TEXT}],
            "private.keys": [TEXT, ""],
            "credentials": {"code": TEXT},
            "rows": [
                {"key": "private.key", "propertyValue": TEXT},
                {"key": "x", "propertyValue": "acme"},
            ],
            "company": "acme",
        }
    )
    assert masked == {
        "a": {"password": MASK, "password2": MASK},
        "token": None,
        "b": [{"my.secret": MASK}],
        "private.keys": [MASK, ""],
        "credentials": {"code": MASK},
        "rows": [{"key": "private.key", "propertyValue": MASK}, {"key": "x", "propertyValue": "acme"}],
        "company": "acme",
    }


def test_what_was_sent_as_a_secret_is_wrapped_where_it_comes_back() -> None:
    wrapped = wrap_secrets({"echo": [TEXT], "id": TEXT, "n": 5}, known=frozenset({TEXT}))
    assert wrapped == {"echo": [Secret(TEXT)], "id": TEXT, "n": 5}
    assert list(secrets_in(wrapped)) == [Secret(TEXT)]


SPELT = [
    'a+b/c=d "x" 5%',
    "a%2Bb%2Fc%3Dd%20%22x%22%205%25",
    "a%2bb%2fc%3dd%20%22x%22%205%25",
    "a%2Bb/c%3Dd+%22x%22+5%25",
    "a%252Bb%252Fc%253Dd%2520%2522x%2522%25205%2525",
    'a b/c=d "x" 5%',  # what a form makes of it
    r"a+b/c=d \"x\" 5%",
    r"a+b\/c=d \"x\" 5%",
    r"a+b/c=d \\\"x\\\" 5%",
    r"a\u002bb\u002Fc\u003dd \u0022x\u0022 5%",
    'a+b/c=d ""x"" 5%',
    "a+b/c=d &quot;x&quot; 5%",
    "a+b/c=d &#34;x&#34; 5%",
    "a&#x2B;b&#x2f;c&#61;d &#x22;x&#x22; 5%",
    "a&plus;b&sol;c&equals;d &quot;x&quot; 5%",
    "a+b/c=d &amp;quot;x&amp;quot; 5%",
    "YStiL2M9ZCAieCIgNSU=",
    "YStiL2M9ZCAieCIgNSU",
    "YStiL2M9ZCAieCIgNSU%3D",
]


@pytest.mark.parametrize("form", SPELT)
def test_a_secret_is_masked_in_every_spelling(form: str) -> None:
    assert mask_text(f"<{form}>", ['a+b/c=d "x" 5%']) in (f"<{MASK}>", f"<{MASK}=>", f"<{MASK}%3D>")


@pytest.mark.parametrize(
    ("secret", "form"),
    [
        ("it's", "it&apos;s"),
        ("it's", "it&#39;s"),
        ("it's", "it''s"),
        ("<&>pw", "&lt;&amp;&gt;pw"),
        ("grün!", r"gr\u00fcn!"),
        ("grün!", r"gr\xfcn!"),
        ("grün!", "gr%C3%BCn!"),
        ("grün!", "gr&uuml;n!"),
        ("grün!", "grÃ¼n!"),
        ("key😀1", r"key\ud83d\ude001"),
        ("key😀1", "key%F0%9F%98%801"),
        ("line\nfeed", r"line\nfeed"),
        ("line\nfeed", "line%0Afeed"),
        ("back\\slash", r"back\\slash"),
        ("xyz", "xyz"),
    ],
)
def test_special_characters_of_a_secret_are_found_as_they_are_written(secret: str, form: str) -> None:
    assert mask_text(f"before {form}, after", [secret]) == f"before {MASK}, after"


def test_a_secret_of_three_letters_is_no_part_of_a_word() -> None:
    assert mask_text("the abc of fabc, abc!", ["abc"]) == f"the {MASK} of fabc, {MASK}!"


@pytest.mark.parametrize("before", ["", "z", "zz"])
def test_a_secret_inside_a_longer_base64_text_is_masked(before: str) -> None:
    whole = base64.b64encode(f"{before}s3cr3t/Of+Mine==, and more".encode()).decode()
    masked = mask_text(whole, [TEXT])
    assert MASK in masked
    assert len(masked.replace(MASK, "")) < len(whole) - 18


@settings(deadline=None, max_examples=60)
@given(secrets)
def test_no_spelling_of_a_known_secret_survives_masking(secret: str) -> None:
    assert [form for form in spellings(secret) if form in mask_text(f"before {form} after", [secret])] == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: User abcDEF1+/=, Organization zyx987==", "Authorization: User *, Organization *"),
        ("curl -H 'Authorization: Element abcDEF123+/='", "curl -H 'Authorization: Element *'"),
        ('{"Authorization": "User abcDEF123+/=, Element q1w2"}', '{"Authorization": "*"}'),
        ('"private.key": "abcDEF123+/="', '"private.key": "*"'),
        (r"{\"password\": \"abcDEF123+/=\"}", r"{\"password\": \"*\"}"),
        ("{'token': 'abcDEF123+/='}", "{'token': '*'}"),
        ('"private.key":"Ab"SecretTail9","company":"x"', '"private.key":"*","company":"x"'),
        ('{"password": 12345, "a": 1}', '{"password": "*", "a": 1}'),
        ('"private.keys": ["a1","b2"], "x": 1', '"private.keys": ["*"], "x": 1'),
        ("<password>abc</password><user>x</user>", "<password>*</password><user>x</user>"),
        ("&lt;ns:password&gt;abc&lt;/ns:password&gt;", "&lt;ns:password&gt;*&lt;/ns:password&gt;"),
        ("Server=h;User=bob;Password=pw1;Database=d", "Server=h;User=bob;Password=*;Database=d"),
        ("password: hunter", "password: *"),
        ("Cookie: a=b; c=d", "Cookie: *"),
        ("where=token='abc' and x=1", "where=token='*' and x=1"),
        ("curl -u bob:pw https://x", "curl -u bob:* https://x"),
        ("cwkit --token abc --name x", "cwkit --token * --name x"),
        ("https://me:hunter2@example.org/a?token=abc&where=x=1", "https://me:*@example.org/a?token=*&where=x=1"),
        ("https://me:hun@ter2@example.org:80/a", "https://me:*@example.org:80/a"),
        ("u=https%3A%2F%2Fbob%3Apw%40host", "u=https%3A%2F%2Fbob%3A*%40host"),
        ("https://h.net/x?sig=abc&key=k1&apikey=z&a=b", "https://h.net/x?sig=*&key=*&apikey=*&a=b"),
        ("see eyJhbGciOiJI.eyJzdWIiOiIx.c2ln ends", "see * ends"),
    ],
)  # fmt: skip
def test_unknown_secrets_are_found_by_where_they_are(text: str, masked: str) -> None:
    assert mask_text(text) == masked.replace("*", MASK)


@pytest.mark.parametrize(
    "text",
    [
        "User accounts are listed",
        "The Element is gone",
        "Basic plan",
        '{"company": "acme"}',
        "Authorization: Invalid User secret or Organization secret",
        "authorization: the user secret is wrong",
        "Invalid Organization or User secret, or invalid Element token provided.",
        "Authorization: Bearer token is missing",
        "password: must not be empty",
        "token.url=https://example.org/token",
        "https://host:8080/path@x",
    ],
)
def test_prose_and_addresses_are_left_alone(text: str) -> None:
    assert mask_text(text) == text


@pytest.mark.parametrize("part", ['"password":"', "//a:", "<password>", '"a', "\\", "[", "a."])
def test_a_text_made_to_slow_masking_down_does_not(part: str) -> None:
    # A pattern whose time grows with the square of the text would run into the limit of the suite.
    assert len(mask_text(part * 10_000)) >= 10_000


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\ufffd[31mb"),
        ("con\u202etacts", "con\ufffdtacts"),
        ("a\u200bb\u2066c\ufeff", "a\ufffdb\ufffdc\ufffd"),
        ("half \ud83d", "half \ufffd"),
        ("\x07\x9b\x7f", "\ufffd\ufffd\ufffd"),
        ("tab\tline\r\nnext", "tab\tline\nnext"),
        ("👨\u200d👩\u200d👧 grün", "👨\u200d👩\u200d👧 grün"),
    ],
)
def test_control_characters_are_shown_as_replaced(text: str, shown: str) -> None:
    assert strip_control_characters(text) == shown
    assert safe_text(text) == shown


def test_a_cell_shows_no_secret_of_an_address_or_of_json() -> None:
    assert safe_text("https://bob:pw@h.net/\u202ex") == f"https://bob:{MASK}@h.net/\ufffdx"
    assert safe_text('{"a":{"token":"x1"}}') == f'{{"a":{{"token":"{MASK}"}}}}'
    assert safe_text("acme") == "acme"


def test_frames_are_left_behind_with_whatever_is_raised() -> None:
    @frameless
    def read(text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        read(TEXT)
    frames, names = caught.value.__traceback__, []
    while frames is not None:
        names.append(frames.tb_frame.f_code.co_name)
        if names[-1] != "test_frames_are_left_behind_with_whatever_is_raised":
            assert TEXT not in repr(frames.tb_frame.f_locals)
        frames = frames.tb_next
    assert names == ["test_frames_are_left_behind_with_whatever_is_raised", "without_frames"]
    assert caught.value.__notes__[0].startswith("Raised in read (test_redaction.py:")


def test_a_log_line_shows_stars(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("cwkit.test").debug("sending %s", {"password": Secret(TEXT)})
    assert TEXT not in caplog.text
