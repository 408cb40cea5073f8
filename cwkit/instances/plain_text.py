"""Text from outside without what could change a terminal or the direction of writing."""

from __future__ import annotations

import re

__all__ = ["plain"]

_CONTROL = re.compile("[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return a text without control characters (terminal codes, reversed writing); line ends stay."""
    return text if text.isprintable() else _CONTROL.sub("\ufffd", text)
