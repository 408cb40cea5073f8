"""Many creations at once: bounded, paced, stopped cleanly. What each creation is, the caller knows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from cwkit.errors import CreationUnsettled, CwkitError
from cwkit.provisioning.outcomes import Answered, Stopped, UnderWay

__all__ = ["Ended", "Stop", "run_many"]

Job = TypeVar("Job")

GRACE = 10.0
"""Seconds that an interruption waits for requests that are on their way."""


class Stop:
    """Tells all threads to stop; waiting threads wake up at once."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def set(self) -> None:
        """Stop now."""
        self._event.set()

    def check(self) -> None:
        """Raise ``Stopped`` when told to stop."""
        self.sleep(0)

    def sleep(self, seconds: float) -> None:
        """Sleep, or raise ``Stopped`` when told to stop."""
        if self._event.wait(seconds):
            raise Stopped("It was interrupted.", fix="Run it again to go on where it stopped.")


@dataclass(frozen=True)
class Ended(Generic[Job]):
    """What came of one job: what was made, or the error."""

    job: Job
    made: Answered | None = None
    error: CwkitError | None = None

    @property
    def state(self) -> str:
        """``done``, ``failed``, ``unknown``, ``stopped``, or ``sent`` where another run is at it."""
        if self.made is not None:
            return "done"
        if isinstance(self.error, Stopped | UnderWay):
            return "stopped" if isinstance(self.error, Stopped) else "sent"
        return "unknown" if isinstance(self.error, CreationUnsettled) else "failed"


class _Pace:
    """Lets at most so many begin in a second, evenly spaced."""

    def __init__(self, per_second: float | None, stop: Stop) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._stop = stop
        self._lock = threading.Lock()
        self._next = 0.0

    def wait(self) -> None:
        with self._lock:
            now = time.monotonic()
            begin = max(self._next, now)
            self._next = begin + self._gap
        if begin > now:
            self._stop.sleep(begin - now)


def run_many(
    jobs: Sequence[Job],
    create: Callable[[Job, Stop], Answered],
    *,
    concurrency: int = 8,
    rate_limit: float | None = None,
    tell: Callable[[Ended[Job]], Any] = lambda outcome: None,
    stop: Stop | None = None,
) -> list[Ended[Job]]:
    """Do all jobs, at most ``concurrency`` at a time and ``rate_limit`` a second; return them in order.

    ``create`` raises an error of cwkit for one that fails; the others go on. ``tell`` hears of each as it
    ends. An interruption (Ctrl-C) starts nothing more, wakes what waits, gives what is on its way ten
    seconds, and is raised again; a second one is raised at once.
    """
    stop = stop or Stop()
    pace = _Pace(rate_limit, stop)
    ended: SimpleQueue[tuple[int, Ended[Job] | BaseException]] = SimpleQueue()

    def one(place: int, job: Job) -> None:
        try:
            pace.wait()
            stop.check()
            ended.put((place, Ended(job, create(job, stop))))
        except CwkitError as problem:
            ended.put((place, Ended(job, error=problem)))
        except BaseException as problem:  # noqa: BLE001 - raised again where it is waited for
            ended.put((place, problem))

    pool = ThreadPoolExecutor(max(1, concurrency), thread_name_prefix="cwkit-create")
    futures = [pool.submit(one, place, job) for place, job in enumerate(jobs)]
    outcomes: dict[int, Ended[Job]] = {}
    try:
        for place, outcome in _arriving(ended, len(jobs)):
            outcomes[place] = outcome
            tell(outcome)
    except BaseException:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        wait([future for future in futures if not future.cancelled()], GRACE)
        raise
    pool.shutdown(wait=True)
    return [outcomes[place] for place in range(len(jobs))]


def _arriving(
    ended: SimpleQueue[tuple[int, Ended[Job] | BaseException]], count: int
) -> Iterator[tuple[int, Ended[Job]]]:
    """Yield what ends as it ends; awake often enough that Ctrl-C works on every system."""
    while count:
        try:
            place, outcome = ended.get(timeout=0.2)
        except Empty:
            continue
        if isinstance(outcome, BaseException):
            raise outcome
        count -= 1
        yield place, outcome
