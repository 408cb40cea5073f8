"""Talking to the platform: profiles, the transport, and Platform with its elements and instances."""

from cwkit.platform.profile import Profile

__all__ = ["Profile"]
