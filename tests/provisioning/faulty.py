"""Platforms with short waits on the hostile platform, and what has to be true after any test under faults."""

from __future__ import annotations

from collections import Counter

from cwkit.platform import Platform, Profile, RetryPolicy, Timeouts
from cwkit.provisioning import CreationPolicy, ledger

HELPDESK = "connectwisehd"
VALUES = {
    "helpdesk.connectwise.server.url": "https://api-na.myconnectwise.net",
    "helpdesk.connectwise.company": "acme",
    "helpdesk.connectwise.username": "integration",
    "helpdesk.connectwise.password": "made-up-password-1",
    "helpdesk.connectwise.wsdl.path": "/v4_6_release/apis/2.0/",
}


def sheet(count, prefix="row"):
    """Return so many rows of a sheet."""
    return [{"element.key": HELPDESK, "name": f"{prefix}{n}", **VALUES} for n in range(count)]


def platform_of(url, ledger, name="mine", absent_after=900.0):
    """Return a platform with short waits; only the time between two looks is that of the real one."""
    return Platform(
        Profile(name, url, "user-secret-4f/A+=", "organization-secret-9/B+="),
        timeouts=Timeouts(connect=2, read=0.4, write=0.4, create=0.4),
        retry=RetryPolicy(attempts=5, total=6, first_wait=0.001, longest_wait=0.01, jitter=0),
        creation=CreationPolicy(
            first_wait=0.002,
            longest_wait=0.02,
            lookup_timeout=0.1,
            lookup_timeout_after_error=0.05,
            send_total=5,
            absent_after=absent_after,
        ),
        ledger=ledger,
    )


def assert_all_accounted_for(platform, hostile):
    """Check that nothing is there twice, nothing is open, and every instance is in the ledger with its id."""
    lines = ledger(platform.ledger)
    there = {str(one.id): one.name for one in hostile.instances.values()}
    assert set(lines["state"]) <= {"done", "failed", "absent"}
    assert max(Counter(there.values()).values()) == 1
    done = lines[lines["state"] == "done"]
    assert dict(zip(done["instance_id"], done["name"], strict=True)) == there
