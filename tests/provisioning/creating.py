"""A process that creates instances until it is killed."""

from __future__ import annotations

import threading
import uuid
from contextlib import suppress
from pathlib import Path

import cwkit_sandbox as sandbox
from cwkit.errors import CwkitError
from cwkit.provisioning import Ledger

from .faulty import platform_of


def create_for_ever(url: str, ledger: str, ready) -> None:
    """Create with two threads, with the sandbox's demo values, and never return."""
    box = sandbox.attach(url)
    platform = platform_of(box.profile, Ledger(Path(ledger)))

    def creating():
        while True:
            with suppress(CwkitError):
                platform.instances.create(
                    "connectwisehd", name=uuid.uuid4().hex, configuration=box.demo["connectwisehd"]
                )
            ready.set()

    threads = [threading.Thread(target=creating, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
