"""Page tokens of the instance list: what ``Elements-Next-Page-Token`` holds, and how it is taken back."""

from __future__ import annotations

from cwkit_sandbox.wire import ApiError, Call

__all__ = ["after_token", "next_token"]


def next_token(call: Call, kind: str, position: int) -> str:
    """Return a token for the page after ``position``; it is good for the same kind of list only."""
    return call.world.sealed(f"{kind}:{position}")


def after_token(call: Call, kind: str) -> int:
    """Return the position in the ``nextPage`` token of a call, 0 without one; 400 for an unknown token."""
    token = call.query("nextPage")
    if not token:
        return 0
    found, _, position = (call.world.opened(token) or "").rpartition(":")
    if found != kind or not position.isdecimal():
        raise ApiError(400, "The nextPage token is unknown; take it from Elements-Next-Page-Token.")
    return int(position)
