"""A sheet created under faults, interrupted and gone on with: exactly one instance a row at the end."""

from __future__ import annotations

import _thread
import os
import threading
import time
from collections import Counter
from contextlib import suppress

import pytest

import cwkit_sandbox as sandbox
from cwkit.errors import ConnectionProblem, PlatformError
from cwkit.provisioning import Ledger

from .faulty import all_is_accounted_for, mixed_faults, platform_of

ROWS = int(os.environ.get("CWKIT_ROWS", "120"))
"""How many rows there are; 2,000 is the full test, which takes a minute or two."""


def interrupt_when(platform, count):
    """Interrupt the main thread, as Ctrl-C does, once so many creations are done."""

    def watch():
        while sum(entry.state == "done" for entry in platform.ledger.entries()) < count:
            time.sleep(0.05)
        _thread.interrupt_main()

    threading.Thread(target=watch, daemon=True).start()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_sheet_under_faults_with_an_interrupt_in_the_middle_ends_with_one_instance_a_row(tmp_path, capsys):
    with sandbox.start(seed=11) as box, platform_of(box.profile, Ledger(tmp_path / "l.sqlite3")) as platform:
        demo = box.demo["connectwisehd"]
        rows = [{"element.key": "connectwisehd", "name": f"r{n}", **demo} for n in range(ROWS)]
        mixed_faults(box)
        interrupt_when(platform, ROWS // 3)
        with pytest.raises(KeyboardInterrupt):
            platform.instances.create_many(rows)
        assert "Run it again with the same sheet" in capsys.readouterr().out
        between = len(platform.ledger.entries())
        assert ROWS // 3 <= between < ROWS

        states = Counter()
        for _ in range(15):
            time.sleep(0.3)  # the platform may still be at work on what was lost
            with suppress(ConnectionProblem, PlatformError):  # the list of what stands may fail as well
                states = Counter(platform.instances.create_many(rows)["state"])
            if states == {"done": ROWS}:
                break
        box.no_faults()
        assert states == {"done": ROWS}
        assert sorted(one.name for one in platform.instances.list()) == sorted(row["name"] for row in rows)
        platform.instances.settle()
        platform.instances.settle()
        all_is_accounted_for(platform)
