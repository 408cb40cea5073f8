"""Signatures over the raw body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwkit.errors import InputError
from cwkit.events import sign, verify_signature
from cwkit.redaction import Secret


def test_a_signature_is_base64_of_hmac_sha256() -> None:
    # echo -n '{"a":1}' | openssl dgst -sha256 -hmac key -binary | base64
    assert sign(b'{"a":1}', "key") == SIGNED


SIGNED = "sha256=iKZ/JLvNrtDmyZdAS7eadDuvRMa6svTCcyjjAJ0i40I="


def test_only_the_same_bytes_under_the_same_key_are_right() -> None:
    header = sign(b'{"a":1}', Secret("key"))
    assert verify_signature(b'{"a":1}', "key", header)
    assert verify_signature('{"a":1}', Secret("key"), f" {header} ")
    assert not verify_signature(b'{"a": 1}', "key", header)
    assert not verify_signature(b'{"a":1}', "Key", header)
    assert not verify_signature(b'{"a":1}', "key", header.removeprefix("sha256="))


@pytest.mark.parametrize("header", [None, "", "sha256=", "sha1=abc", "é", "\ud800", "sha256=" + "A" * 44])
def test_a_missing_or_garbled_header_is_wrong(header: str | None) -> None:
    assert verify_signature(b"x", "key", header) is False


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(InputError, match="empty"):
        sign(b"x", "")
    with pytest.raises(InputError, match="empty"):
        verify_signature(b"x", Secret(""), "sha256=x")


@given(st.binary() | st.text(), st.text(min_size=1))
def test_what_is_signed_is_verified(body: bytes | str, key: str) -> None:
    assert verify_signature(body, key, sign(body, key))
