"""Creations from eight threads while half of all calls fail, looks too: each once, and none forgotten."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from cwkit.errors import CwkitError
from cwkit.provisioning import Ledger, ledger
from tests.hostile import HostilePlatform

from .faulty import HELPDESK, VALUES, assert_all_accounted_for, platform_of

COUNT = int(os.environ.get("CWKIT_CREATIONS", "80"))
"""How many creations there are; 2,000 is the full test, which takes some minutes."""


@pytest.fixture
def hostile():
    platform = HostilePlatform(seed=5)
    platform.rate, platform.late = 0.5, 0.05
    for number in range(1000):
        platform.add(f"foreign {number}")
    yield platform
    platform.stop()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_creations_while_half_of_all_calls_fail_are_each_made_once_and_all_accounted_for(hostile, tmp_path):
    foreign = set(hostile.instances)
    with platform_of(hostile.url, Ledger(tmp_path / "ledger.sqlite3"), absent_after=0) as platform:

        def create(number):
            try:
                name = f"n{number}"
                return platform.instances.create(HELPDESK, name=name, configuration=VALUES).name
            except CwkitError:
                return None

        with ThreadPoolExecutor(8) as pool:
            created = set(pool.map(create, range(COUNT))) - {None}
        hostile.no_faults()
        before = ledger(platform.ledger)
        assert len(before) == COUNT
        assert set(before["state"]) <= {"done", "failed", "unknown"}
        assert created == set(before.query("state == 'done'")["name"])
        assert Counter(before["state"])["unknown"] > 0

        platform.instances.settle()
        platform.instances.settle()
        for one in foreign:
            del hostile.instances[one]
        assert_all_accounted_for(platform, hostile)
