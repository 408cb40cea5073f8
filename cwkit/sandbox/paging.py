"""Page tokens: what ``Elements-Next-Page-Token`` holds, and how it is taken back."""

from __future__ import annotations

import base64
import binascii

from cwkit.sandbox.wire import ApiError, Call

__all__ = ["after_token", "next_token"]


def next_token(call: Call, kind: str, position: int) -> str:
    """Return a token for the page after ``position``; it is good for the same kind of list only."""
    text = f"{kind}:{position}"
    return base64.urlsafe_b64encode(f"{text}:{call.world.sign(text)}".encode()).decode().rstrip("=")


def after_token(call: Call, kind: str) -> int:
    """Return the position in the ``nextPage`` token of a call, 0 without one; 400 for an unknown token."""
    token = call.query("nextPage")
    if not token:
        return 0
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    body, _, signature = text.rpartition(":")
    found, _, position = body.rpartition(":")
    if found != kind or not position.isdecimal() or signature != call.world.sign(body):
        raise ApiError(400, "The nextPage token is unknown; take it from Elements-Next-Page-Token.")
    return int(position)
