"""Talking to the platform: profiles, the transport, and Platform with its elements and instances."""

from cwkit.platform.call import PATIENCE, Patience
from cwkit.platform.ceql import FilterWarning, Where, ceql
from cwkit.platform.client import Platform, connect
from cwkit.platform.connectwise_check import connectwise_check
from cwkit.profile import Profile

__all__ = [
    "PATIENCE",
    "FilterWarning",
    "Patience",
    "Platform",
    "Profile",
    "Where",
    "ceql",
    "connect",
    "connectwise_check",
]
