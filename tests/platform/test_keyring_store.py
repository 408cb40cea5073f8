"""Tokens in the keyring: kept, found again, and a clear word where there is no keyring."""

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from cwkit.errors import SecretUnavailable
from cwkit.instances import Instance
from cwkit.platform import keyring_store


def test_a_token_is_kept_and_found_again():
    instance = Instance.from_response({"id": 5, "token": "token-1"})
    keyring_store.save_token(instance)
    assert keyring_store.load_token(5) == instance.token


def test_a_token_that_was_never_kept_is_told():
    with pytest.raises(SecretUnavailable, match="no token of the instance 6"):
        keyring_store.load_token(6)
    with pytest.raises(SecretUnavailable, match="no token at hand"):
        keyring_store.save_token(Instance.from_response({"id": 6}))


@pytest.mark.parametrize("broken", [NoKeyring(), "raises"])
def test_without_a_keyring_the_choices_are_told_and_no_secret(broken, memory_keyring, monkeypatch):
    if broken == "raises":
        monkeypatch.setattr(memory_keyring, "set_password", lambda *given: 1 / 0)
    else:
        keyring.set_keyring(broken)
    with pytest.raises(SecretUnavailable) as caught:
        keyring_store.save_token(Instance.from_response({"id": 5, "token": "token-1"}))
    assert "CWKIT_USER_SECRET" in caught.value.fix
    assert "token-1" not in str(caught.value)
    assert caught.value.__context__ is None
