"""Measuring: ours and its baseline in turn, several times, and the ratio of the medians."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

__all__ = ["Row", "Timed", "median_seconds", "side_by_side"]


@dataclass(frozen=True)
class Row:
    """One line of the table: ``ours`` and ``base`` in ``unit``, and the ratio that is to be reached."""

    what: str
    baseline: str
    ours: float
    base: float
    reach: float
    unit: str = "s"
    times: int = 1

    @property
    def ratio(self) -> float:
        """Ours as a multiple of the baseline."""
        return self.ours / self.base

    @property
    def reached(self) -> bool:
        """Say whether the ratio is at most what is to be reached."""
        return self.ratio <= self.reach


@dataclass(frozen=True)
class Timed:
    """Seconds of each run, of ours and of the baseline."""

    ours: list[float]
    base: list[float]

    def row(self, what: str, baseline: str, reach: float) -> Row:
        """Return the line of the table, by the medians."""
        ours, base = statistics.median(self.ours), statistics.median(self.base)
        return Row(what, baseline, ours, base, reach, times=len(self.ours))


def side_by_side(
    ours: Callable[..., Any], base: Callable[..., Any], times: int, fresh: Callable[[], Any] | None = None
) -> Timed:
    """Run both in turn, ``times`` times after one run of each that does not count.

    ``fresh`` makes an input for each turn, so that nothing that was remembered helps the next one.
    """
    timed = Timed([], [])
    for run in range(times + 1):
        given = [fresh()] if fresh else []
        for function, kept in ((base, timed.base), (ours, timed.ours)):
            seconds = _seconds(function, *given)
            if run:
                kept.append(seconds)
    return timed


def median_seconds(function: Callable[[Any], Any], times: int, fresh: Callable[[], Any]) -> float:
    """Return the median of ``times`` runs, each with an input of its own."""
    return statistics.median(_seconds(function, fresh()) for _ in range(times))


def _seconds(function: Callable[..., Any], *given: Any) -> float:
    gc.collect()
    start = time.perf_counter()
    result = function(*given)
    elapsed = time.perf_counter() - start
    del result  # letting go of it is not part of the work
    return elapsed
