"""A thousand creations while everything fails now and then: each exactly once, and none forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

import cwkit_sandbox as sandbox
from cwkit.errors import CwkitError
from cwkit.provisioning import Ledger, ledger

from .faulty import all_is_accounted_for, mixed_faults, platform_of

COUNT = 1000


@pytest.fixture
def box():
    with sandbox.start(seed=5) as started:
        yield started


def create(platform, box, number):
    """Create one and return the name of what was created, or nothing."""
    values = box.demo["connectwisehd"]
    try:
        return platform.instances.create("connectwisehd", name=f"n{number}", configuration=values).name
    except CwkitError:
        return None


@pytest.mark.slow
def test_a_thousand_creations_under_mixed_faults_are_each_made_once_and_all_accounted_for(box, tmp_path):
    with platform_of(box.profile, Ledger(tmp_path / "ledger.sqlite3")) as platform:
        mixed_faults(box)
        with ThreadPoolExecutor(8) as pool:
            told = set(pool.map(lambda n: create(platform, box, n), range(COUNT))) - {None}
        box.no_faults()
        before = ledger(platform.ledger)
        assert len(before) == COUNT
        assert set(before["state"]) <= {"done", "failed", "unknown"}
        assert told == set(before.query("state == 'done'")["name"])

        platform.instances.settle()
        platform.instances.settle()
        all_is_accounted_for(platform)
