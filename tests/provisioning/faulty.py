"""The sandbox under mixed faults, and a platform whose waits are short enough for a test."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from cwkit.platform import Patience, Platform
from cwkit.provisioning import Waits, ledger
from cwkit_sandbox import KINDS

PATIENCE = Patience(
    connect=2,
    read=0.4,
    write=0.4,
    create=0.4,
    attempts=7,
    retry_total=6,
    wait_initial=0.001,
    wait_max=0.01,
    wait_jitter=0,
)
WAITS = Waits(first=0.002, longest=0.02, look_total=0.25, look_heard=0.05, send_total=5, absent_after=0)


def mixed_faults(box):
    """Let every kind of fault happen to 5 percent of the requests, and a little delay to 20 percent."""
    box.faults({kind: 0.05 for kind in KINDS if kind != "latency"}, seconds=0.001)
    box.faults({"latency": 0.2}, seconds=0.002)


def platform_of(profile, ledger):
    """Return a platform with short waits and a ledger of its own."""
    return Platform(profile, patience=PATIENCE, waits=WAITS, ledger=ledger)


def all_is_accounted_for(platform):
    """
    Check what a test under faults has left: nothing twice, nothing missing, nothing open.

    Every instance on the platform is in the ledger with its id, and every token can be fetched.
    """
    lines = ledger(platform.ledger)
    there = {str(one.id): one.name for one in platform.instances.list()}
    assert set(lines["state"]) <= {"done", "failed", "absent"}
    assert max(Counter(there.values()).values()) == 1
    done = lines[lines["state"] == "done"]
    assert dict(zip(done["instance_id"], done["name"], strict=True)) == there
    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda one: platform.instances.get(one).token, there))
    assert None not in tokens
    assert len(tokens) == len(there)
