"""Broken JSON repaired, in bounded time: what json-repair would take too long over is refused."""

from __future__ import annotations

from typing import Any, SupportsIndex

import json_repair

__all__ = ["LIMIT", "Budget", "repaired"]

LIMIT = 400_000
"""The longest text, in characters, that is repaired."""

_STEPS = 12
"""How often the repair may look at each character, on average, before it is stopped."""
_LEAST, _MOST = 60_000, 1_200_000


class _TooMuch(BaseException):
    """The budget is spent. Not an ``Exception``, so that the library cannot take it for one of its own."""


class _Metered(str):
    """A text that counts how often it is looked at.

    json-repair looks ahead over and over in some garbage, so its time can grow with the square of the
    length. Counting stops it at the same place on every machine, which a clock would not.
    """

    left: list[int]

    def _of(self, text: str) -> _Metered:
        other = _Metered(text)
        other.left = self.left
        return other

    def _spend(self, steps: int) -> None:
        self.left[0] -= steps
        if self.left[0] < 0:
            raise _TooMuch

    def __getitem__(self, index: SupportsIndex | slice[Any, Any, Any]) -> str:
        part = str.__getitem__(self, index)
        if isinstance(index, slice):
            self._spend(1 + len(part) // 20)
            return self._of(part)
        self._spend(1)
        return part

    def __add__(self, other: str) -> str:
        return self._of(str.__add__(self, other))

    def find(self, *args: Any) -> int:
        self._spend(1)
        return str.find(self, *args)


class Budget:
    """How much may be spent on all repairs in one text."""

    def __init__(self) -> None:
        self.left = _MOST

    def share(self, length: int) -> int:
        """Return the steps that a part of this length may take."""
        return min(max(_LEAST, _STEPS * length), self.left)


def repaired(text: str, budget: Budget) -> Any:
    """Return the value of broken JSON, or ``None`` where there is none or it would take too long."""
    share = budget.share(len(text))
    if len(text) > LIMIT or share <= 0:
        return None
    metered = _Metered(text)
    metered.left = [share]
    try:
        return json_repair.loads(metered, skip_json_loads=True)
    except _TooMuch:
        return None
    except (ValueError, RecursionError, IndexError, TypeError, KeyError):
        return None
    finally:
        budget.left -= share - max(metered.left[0], 0)
