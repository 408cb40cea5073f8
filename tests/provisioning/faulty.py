"""The sandbox under mixed faults, and a platform whose waits are short enough for a test."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from cwkit.platform import Platform, RetryPolicy, Timeouts
from cwkit.provisioning import CreationPolicy, ledger
from cwkit_sandbox import KINDS

SETTINGS = {
    "timeouts": Timeouts(connect=2, read=0.4, write=0.4, create=0.4),
    "retry": RetryPolicy(attempts=7, total=6, first_wait=0.001, longest_wait=0.01, jitter=0),
    "creation": CreationPolicy(
        first_wait=0.002,
        longest_wait=0.02,
        lookup_timeout=0.25,
        lookup_timeout_after_error=0.05,
        send_total=5,
        absent_after=0,
    ),
}


def mixed_faults(box):
    """Let every kind of fault happen to 5 percent of the requests, and a little delay to 20 percent."""
    box.faults({kind: 0.05 for kind in KINDS if kind != "latency"}, seconds=0.001)
    box.faults({"latency": 0.2}, seconds=0.002)


def platform_of(profile, ledger):
    """Return a platform with short waits and a ledger of its own."""
    return Platform(profile, **SETTINGS, ledger=ledger)


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
