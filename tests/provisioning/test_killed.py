"""The creating process killed at random moments: what it left is found, and nothing is made twice."""

from __future__ import annotations

import multiprocessing
import os
import random
import time

import pytest

import cwkit_sandbox as sandbox
from cwkit import provisioning
from cwkit.provisioning import Ledger

from .creating import create_for_ever
from .faulty import all_is_accounted_for, mixed_faults, platform_of

KILLS = int(os.environ.get("CWKIT_KILLS", "20"))
"""How often the process is killed; 200 is the full test, which takes some minutes."""


@pytest.fixture
def processes():
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    context.set_forkserver_preload(["tests.provisioning.creating"])
    return context


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_process_killed_at_random_moments_leaves_nothing_that_is_not_found(processes, tmp_path):
    dice = random.Random(7)
    path = tmp_path / "ledger.sqlite3"
    with sandbox.start(seed=7) as box:
        mixed_faults(box)
        for _ in range(KILLS):
            ready = processes.Event()
            process = processes.Process(target=create_for_ever, args=(box.url, str(path), ready), daemon=True)
            process.start()
            assert ready.wait(30)
            time.sleep(dice.uniform(0, 0.12))
            process.kill()
            process.join()
        box.no_faults()
        time.sleep(0.5)  # the platform may still be at work on what the last process had sent
        with platform_of(box.profile, Ledger(path)) as platform:
            left = platform.ledger.unsettled(base_url=box.url)
            assert any(entry.state == "sent" for entry in left)
            platform.instances.settle()
            settled = platform.instances.settle()  # absent is what two complete looks did not find
            assert set(settled["state"]) <= {"done", "absent"}
            assert not platform.ledger.unsettled(base_url=box.url)
            all_is_accounted_for(platform)
            lines = provisioning.ledger(platform.ledger)
            assert len(lines) >= KILLS
