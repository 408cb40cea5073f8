"""Two processes on one sheet, killed at random moments: every row exactly once at the end."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from contextlib import suppress

import pytest

from cwkit.errors import CwkitError
from cwkit.provisioning import Ledger
from tests.hostile import HostilePlatform

from .creating import run_for_ever
from .faulty import assert_all_accounted_for, platform_of, sheet

KILLS = int(os.environ.get("CWKIT_KILLS", "6"))
"""How often a process is killed; 300 is the full test, which takes some minutes."""
ROWS = int(os.environ.get("CWKIT_ROWS", str(10 * KILLS)))
ABSENT_AFTER = 1.0
"""Seconds between two looks that prove absence here; a late listing appears after a tenth of it."""


@pytest.fixture
def processes():
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["tests.provisioning.creating"])
    return context


@pytest.fixture
def hostile():
    platform = HostilePlatform(seed=7)
    platform.rate, platform.late, platform.list_lag, platform.get_lag = 0.3, 0.05, 0.05, 0.05
    yield platform
    platform.stop()


def started(processes, hostile, path):
    ready = processes.Event()
    process = processes.Process(
        target=run_for_ever, args=(hostile.url, str(path), ROWS, ABSENT_AFTER, ready), daemon=True
    )
    process.start()
    return process, ready


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_two_killed_processes_on_one_sheet_leave_nothing_twice_and_nothing_lost(processes, hostile, tmp_path):
    dice = random.Random(7)
    path = tmp_path / "ledger.sqlite3"
    running = [started(processes, hostile, path) for _ in range(2)]
    for kill in range(KILLS):
        process, ready = running[kill % 2]
        assert ready.wait(30)
        time.sleep(dice.uniform(0, 0.2))
        process.kill()
        process.join()
        running[kill % 2] = started(processes, hostile, path)
    for process, _ in running:
        process.kill()
        process.join()
    hostile.no_faults()
    with platform_of(hostile.url, Ledger(path), absent_after=ABSENT_AFTER) as platform:
        states = set()
        for _ in range(10):
            with suppress(CwkitError):
                states = set(platform.instances.create_many(sheet(ROWS), progress=False)["state"])
            if states == {"done"}:
                break
            time.sleep(ABSENT_AFTER)
        assert states == {"done"}
        assert sorted(one.name for one in hostile.instances.values()) == sorted(
            f"row{n}" for n in range(ROWS)
        )
        assert_all_accounted_for(platform, hostile)
