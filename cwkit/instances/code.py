"""What is known of a code that a finding can have."""

from __future__ import annotations

from typing import Literal, NamedTuple

__all__ = ["Code"]


class Code(NamedTuple):
    """What is known of a code, whatever the value it was found at."""

    severity: Literal["error", "warning", "info"]
    meaning: str
    cause: str
    fix: str
