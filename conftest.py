"""Tests and notebooks keep to themselves: an own ledger, no keyring, no profile of the person's."""

from __future__ import annotations

import os
import signal
import tempfile
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Set up the surroundings that kernels and other child processes inherit."""
    # Where the tests run in the background, Ctrl-C is ignored; some of them send it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    home = Path(tempfile.mkdtemp(prefix="cwkit-tests-"))
    config.add_cleanup(lambda: _remove(home))
    os.environ["CWKIT_LEDGER"] = str(home / "ledger.sqlite")
    os.environ["CWKIT_CONFIG"] = str(home / "config")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    os.environ["IPYTHONDIR"] = str(home / "ipython")
    for name in ("CWKIT_PROFILE", "CWKIT_BASE_URL", "CWKIT_USER_SECRET", "CWKIT_ORGANIZATION_SECRET"):
        os.environ.pop(name, None)
    os.environ.pop("CWKIT_SANDBOX_URL", None)


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)
