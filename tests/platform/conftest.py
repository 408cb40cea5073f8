"""A sandbox for the module, a platform with short waits, and one whose responses a test prepares."""

from __future__ import annotations

import pytest

import cwkit_sandbox as sandbox
from cwkit.platform import Platform, Profile, RetryPolicy, Timeouts
from cwkit.provisioning import CreationPolicy
from tests.hostile import HostilePlatform

QUICK = {
    "timeouts": Timeouts(connect=2, read=2, write=2, create=2, bulk=5),
    "retry": RetryPolicy(total=5, first_wait=0.001, longest_wait=0.01, jitter=0),
    "creation": CreationPolicy(
        first_wait=0.001,
        longest_wait=0.01,
        lookup_timeout=0.2,
        lookup_timeout_after_error=0.1,
        send_total=5,
        absent_after=0,
    ),
}
"""Settings of a platform that waits no longer than a test should."""


@pytest.fixture(scope="module")
def running():
    with sandbox.start() as started:
        yield started


@pytest.fixture
def box(running):
    running.no_faults()
    yield running
    running.no_faults()


@pytest.fixture
def platform(box):
    with Platform(box.profile, **QUICK) as connected:
        yield connected


@pytest.fixture
def stand_in():
    """A platform that gives the responses that the test prepares with ``says``."""
    server = HostilePlatform()
    server.says((200, {}))
    yield server
    server.stop()


@pytest.fixture
def strange(stand_in):
    """A platform whose answers the test decides."""
    profile = Profile("strange", stand_in.url, "user-secret-4f/A+=", "organization-secret-9/B+=")
    with Platform(profile, **QUICK) as connected:
        yield connected
