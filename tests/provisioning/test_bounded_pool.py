"""Many at once: bounded, paced, in order, and stopped cleanly."""

from __future__ import annotations

import _thread
import threading
import time

import pytest

from cwkit.errors import BadRequest, CreationUnsettled
from cwkit.provisioning import Created
from cwkit.provisioning.bounded_pool import run_bounded


def answered(job, stop):
    return Created(str(job))


def test_the_ends_come_in_the_order_of_the_jobs_and_each_is_told():
    told = []
    ends = run_bounded(range(50), answered, concurrency=8, report=told.append)
    assert [end.created.id for end in ends] == [str(n) for n in range(50)]
    assert len(told) == 50


def test_a_failure_is_an_end_and_the_others_go_on():
    def create(job, stop):
        if job == 1:
            raise BadRequest("No.")
        if job == 2:
            raise CreationUnsettled("Who knows.", creation_tag="m")
        return Created(str(job))

    assert [end.state for end in run_bounded(range(4), create)] == ["done", "failed", "unknown", "done"]


def test_no_more_than_the_bound_are_on_their_way():
    running, most, lock = set(), [], threading.Lock()

    def create(job, stop):
        with lock:
            running.add(job)
            most.append(len(running))
        time.sleep(0.002)
        with lock:
            running.discard(job)
        return Created(str(job))

    run_bounded(range(40), create, concurrency=3)
    assert max(most) == 3


def test_the_rate_is_kept():
    begun = []

    def create(job, stop):
        begun.append(time.monotonic())
        return Created(str(job))

    run_bounded(range(6), create, rate_limit=50)
    assert max(begun) - min(begun) >= 0.099


def test_an_interruption_stops_what_waits_and_is_raised():
    begun = []

    def create(job, stop):
        begun.append(job)
        if len(begun) == 3:
            _thread.interrupt_main()
        stop.sleep(30)
        return Created(str(job))

    before = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_bounded(range(100), create, concurrency=3)
    assert len(begun) <= 4
    assert time.monotonic() - before < 10


def test_a_mistake_in_the_code_is_not_swallowed():
    def create(job, stop):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_bounded(range(3), create)


def test_nothing_to_do_is_done_at_once():
    assert run_bounded([], answered) == []
