"""The sandbox's own clock: it stands still until it is moved, or runs on in real time."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime

from cwkit.errors import SandboxError

__all__ = ["Clock", "iso"]


class Clock:
    """Milliseconds since 1970, which only ``advance`` moves; with ``live`` they also pass by themselves."""

    def __init__(self, start: int, *, live: bool = False) -> None:
        self._base = start
        self._live = live
        self._mark = time.monotonic()

    @staticmethod
    def read(text: str) -> int:
        """Return the epoch milliseconds of an ISO-8601 moment with ``Z`` or an offset."""
        try:
            moment = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text.strip()))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not 1971 <= moment.year <= 2200:
            raise SandboxError(
                f"The clock cannot be set to {text!r}.",
                fix="Give a moment with its time zone, for example 2026-01-05T09:00:00Z.",
            )
        return round(moment.timestamp() * 1000)

    @property
    def now(self) -> int:
        """The present moment in epoch milliseconds."""
        return self._base + (round((time.monotonic() - self._mark) * 1000) if self._live else 0)

    @property
    def live(self) -> bool:
        """Say whether the clock runs by itself."""
        return self._live

    def move_to(self, moment: int) -> None:
        """Move forward to a moment (epoch milliseconds); the clock never goes back."""
        self._base, self._mark = max(self.now, moment), time.monotonic()


def iso(moment: int) -> str:
    """Return epoch milliseconds as the platform writes moments: ISO-8601 in GMT, whole seconds."""
    return datetime.fromtimestamp(moment // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
