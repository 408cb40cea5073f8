"""Signatures over the raw body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwkit.errors import InputError
from cwkit.events import sign, verify_signature
from cwkit.redaction import Secret

SIGNED = "sha256=iKZ/JLvNrtDmyZdAS7eadDuvRMa6svTCcyjjAJ0i40I="


def test_a_signature_is_base64_of_hmac_sha256() -> None:
    # echo -n '{"a":1}' | openssl dgst -sha256 -hmac key -binary | base64
    assert sign(b'{"a":1}', "key") == SIGNED


def test_only_the_same_bytes_under_the_same_key_are_right() -> None:
    header = sign(b'{"a":1}', Secret("key"))
    assert verify_signature(b'{"a":1}', "key", header)
    assert verify_signature('{"a":1}', Secret("key"), f" {header} ")
    assert not verify_signature(b'{"a": 1}', "key", header)
    assert not verify_signature(b'{"a":1}', "Key", header)
    assert not verify_signature(b'{"a":1}', "key", header.removeprefix("sha256="))


@pytest.mark.parametrize("header", [None, "", "sha256=", "sha1=abc", "é", "\ud800", "sha256=" + "A" * 44])
def test_a_missing_or_garbled_header_is_wrong(header: str | None) -> None:
    assert not verify_signature(b"x", "key", header)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (None, "The request has no Elements-Webhook-Signature header: it is not signed."),
        (SIGNED, "The signature is right."),
        ("sha1=tVV6S488wwjRnrT2nzNjkqMe73s=", "The signature is right, in the older form sha1=."),
        (SIGNED[7:], "The signature does not begin with sha256=. The rest of it is right."),
        (SIGNED[:-9], "The signature is not complete: 44 base64 characters follow sha256=."),
        (
            "sha256=88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342",
            "The signature is in hexadecimal digits; the platform sends base64.",
        ),
        ("sha256=" + "A" * 43 + "=", "The signature was made with another key or of another body."),
    ],
)
def test_the_result_says_why(header: str | None, reason: str) -> None:
    check = verify_signature(b'{"a":1}', "key", header)
    assert str(check) == check.reason == reason
    assert bool(check) is ("is right" in reason and "rest" not in reason)


def test_a_body_whose_json_was_written_again_is_recognised() -> None:
    check = verify_signature(b'{"a": 1}', "key", SIGNED)
    assert not check
    assert check.reason == (
        "The body was changed on its way: its JSON has other spaces. Check the body as it arrived."
    )


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        sign(b"x", "")
    with pytest.raises(InputError, match="empty"):
        verify_signature(b"x", Secret(""), "sha256=x")


@given(st.binary() | st.text(), st.text(min_size=1))
def test_what_is_signed_is_verified(body: bytes | str, key: str) -> None:
    assert verify_signature(body, key, sign(body, key))
