"""Many jobs at once: bounded, paced, and stopped cleanly. What each job is, the caller knows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from cwkit.errors import CreationUnsettled, CwkitError, LedgerError
from cwkit.provisioning.outcomes import Stopped, UnderWay

__all__ = ["JobResult", "Stop", "run_bounded"]

Job = TypeVar("Job")
Made = TypeVar("Made")

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
        """Raise ``Stopped`` after :meth:`set`."""
        self.sleep(0)

    def sleep(self, seconds: float) -> None:
        """Sleep, or raise ``Stopped`` after :meth:`set`."""
        if self._event.wait(seconds):
            raise Stopped("It was interrupted.", fix="Run it again to continue where it stopped.")


@dataclass(frozen=True)
class JobResult(Generic[Job, Made]):
    """The result of one job: what was made, or the error."""

    job: Job
    created: Made | None = None
    error: CwkitError | None = None

    @property
    def state(self) -> str:
        """``done``, ``failed``, ``unknown``, ``stopped``, or ``sent`` where another run is at it."""
        if self.error is None:
            return "done"
        if isinstance(self.error, Stopped | UnderWay):
            return "stopped" if isinstance(self.error, Stopped) else "sent"
        if isinstance(self.error, LedgerError) and self.error.creation_tag:
            return "done" if self.error.instance_id else "unknown"
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


def run_bounded(
    jobs: Sequence[Job],
    do: Callable[[Job, Stop], Made],
    *,
    concurrency: int = 8,
    rate_limit: float | None = None,
    report: Callable[[JobResult[Job, Made]], Any] = lambda result: None,
    stop: Stop | None = None,
) -> list[JobResult[Job, Made]]:
    """Do all jobs, at most ``concurrency`` at a time and ``rate_limit`` a second; return them in order.

    ``do`` raises an error of cwkit for a job that fails; the others continue. ``report`` receives each
    result as it comes, in the calling thread. An interruption (Ctrl-C) starts nothing more, wakes what
    waits, gives what is on its way ten seconds, and is raised again; a second one is raised at once.
    """
    stop = stop or Stop()
    pace = _Pace(rate_limit, stop)
    arrived: SimpleQueue[tuple[int, JobResult[Job, Made] | BaseException]] = SimpleQueue()

    def one(place: int, job: Job) -> None:
        try:
            pace.wait()
            stop.check()
            arrived.put((place, JobResult(job, do(job, stop))))
        except CwkitError as problem:
            arrived.put((place, JobResult(job, error=problem)))
        except BaseException as problem:  # noqa: BLE001 - raised again where it is waited for
            arrived.put((place, problem))

    pool = ThreadPoolExecutor(max(1, concurrency), thread_name_prefix="cwkit")
    futures = [pool.submit(one, place, job) for place, job in enumerate(jobs)]
    results: dict[int, JobResult[Job, Made]] = {}
    try:
        for place, result in _arriving(arrived, len(jobs)):
            results[place] = result
            report(result)
    except BaseException:
        stop.set()
        pool.shutdown(wait=False, cancel_futures=True)
        wait([future for future in futures if not future.cancelled()], GRACE)
        raise
    pool.shutdown(wait=True)
    return [results[place] for place in range(len(jobs))]


def _arriving(
    arrived: SimpleQueue[tuple[int, JobResult[Job, Made] | BaseException]], count: int
) -> Iterator[tuple[int, JobResult[Job, Made]]]:
    """Yield what ends as it ends; awake often enough that Ctrl-C works on every system."""
    while count:
        try:
            place, result = arrived.get(timeout=0.2)
        except Empty:
            continue
        if isinstance(result, BaseException):
            raise result
        count -= 1
        yield place, result
