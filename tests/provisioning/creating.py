"""A process that runs one sheet again and again until it is killed."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from cwkit.errors import CwkitError
from cwkit.provisioning import Ledger

from .faulty import platform_of, sheet


def run_for_ever(url, ledger, rows, absent_after, ready):
    """Create the sheet, again and again, and never return."""
    platform = platform_of(url, Ledger(Path(ledger)), absent_after=absent_after)
    threading.Timer(0.15, ready.set).start()
    while True:
        with suppress(CwkitError):
            platform.instances.create_many(sheet(rows), concurrency=4, progress=False)
