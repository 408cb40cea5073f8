"""What was made for one instance of a fleet, kept for the next: most of what they contain is the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

__all__ = ["Remembered"]

_Made = TypeVar("_Made")


class Remembered:
    """Results by what they were made from, for as long as one table, audit or text is worked on."""

    def __init__(self) -> None:
        self._made: dict[Hashable, Any] = {}

    def get(self, key: Hashable, make: Callable[[], _Made]) -> _Made:
        """Return what was made for ``key`` before, or make it now."""
        if key not in self._made:
            self._made[key] = make()
        made: _Made = self._made[key]
        return made
