"""Talking to the platform: profiles, the transport, and Platform with its elements and instances."""

from cwkit.platform.call import RETRY_POLICY, TIMEOUTS, RetryPolicy, Timeouts
from cwkit.platform.client import Platform, connect
from cwkit.platform.credentials import connectwise_check
from cwkit.platform.filters import FilterWarning, Where, ceql
from cwkit.profile import Profile

__all__ = [
    "RETRY_POLICY",
    "TIMEOUTS",
    "FilterWarning",
    "Platform",
    "Profile",
    "RetryPolicy",
    "Timeouts",
    "Where",
    "ceql",
    "connect",
    "connectwise_check",
]
