"""No test touches the ledger, the profiles or the keyring of the person who runs it."""

from __future__ import annotations

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryKeyring(KeyringBackend):
    """A keyring that lives as long as a test."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("there is none")


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory, monkeypatch):
    """Give every test a ledger, a config folder and a home of its own, and no profile in the environment."""
    folder = tmp_path_factory.mktemp("person")
    monkeypatch.setenv("CWKIT_LEDGER", str(folder / "ledger.sqlite3"))
    monkeypatch.setenv("CWKIT_CONFIG", str(folder / "config"))
    for name in (
        "CWKIT_PROFILE",
        "CWKIT_BASE_URL",
        "CWKIT_USER_SECRET",
        "CWKIT_ORGANIZATION_SECRET",
        "CWKIT_SANDBOX_URL",
    ):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture(autouse=True)
def memory_keyring():
    """Put a keyring in memory in the place of the system's."""
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield keyring.get_keyring()
    keyring.set_keyring(before)
