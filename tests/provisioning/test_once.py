"""Create exactly once: what each kind of outcome leads to, with a clock that the test winds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cwkit.errors import AnswerLost, BadRequest, CreationUnsettled, NotReached, ProviderError, RateLimited
from cwkit.provisioning import (
    WAITS,
    Answered,
    Creation,
    Ledger,
    Lost,
    NotSent,
    Refused,
    create_once,
    is_mark,
    new_mark,
    settle,
)

ACME = Creation("mine", "https://one", "connectwisehd", "Acme")
REFUSED = NotSent(NotReached("Nobody there."))
LATER = NotSent(RateLimited("Later."), retry_after=7.0)
UNAVAILABLE = NotSent(NotReached("Not now."), look_first=True)
LOST = Lost(AnswerLost("The answer was lost."))


class World:
    """A platform, a clock and a ledger, all of which do what the test says."""

    def __init__(self, path, *outcomes, found_at=None):
        self.ledger = Ledger(path / "ledger.sqlite3")
        self.outcomes, self.found_at = list(outcomes), found_at
        self.time, self.sent, self.looks, self.slept = 0.0, [], [], []
        self.state_when_sent = []

    def send(self, mark):
        self.sent.append(mark)
        self.state_when_sent.append(self.ledger.entry(mark).state)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    def look(self, mark):
        self.looks.append(self.time)
        if self.found_at is not None and self.time >= self.found_at:
            return Answered("77", "found")
        return None

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds

    def create(self, **changes):
        return create_once(
            self.ledger, ACME, self.send, self.look, sleep=self.sleep, clock=lambda: self.time,
            waits=replace(WAITS, **changes), mark="m1",
        )  # fmt: skip

    @property
    def entry(self):
        return self.ledger.entry("m1")


def test_a_mark_is_known_as_one_and_never_the_same():
    marks = {new_mark() for _ in range(100)}
    assert len(marks) == 100
    assert all(map(is_mark, marks))
    assert not any(map(is_mark, ["cwkit-", "cwkit-mine", "other", ""]))


def test_an_answer_is_stored(tmp_path):
    world = World(tmp_path, Answered("5", "made", "r1"))
    assert world.create().result == "made"
    assert (world.entry.state, world.entry.instance_id, world.entry.request_id) == ("done", "5", "r1")
    assert world.state_when_sent == ["sent"]


def test_a_refusal_is_stored_and_raised(tmp_path):
    world = World(tmp_path, Refused(BadRequest("No."), "r1"))
    with pytest.raises(BadRequest):
        world.create()
    assert (world.entry.state, world.entry.error, world.entry.request_id) == ("failed", "No.", "r1")
    assert len(world.sent) == 1


def test_what_never_arrived_is_sent_again_with_the_same_mark_and_growing_waits(tmp_path):
    world = World(tmp_path, REFUSED, REFUSED, REFUSED, Answered("5"))
    world.create()
    assert world.sent == ["m1"] * 4
    assert world.slept == [1, 2, 4]
    assert (world.entry.state, world.entry.attempts) == ("done", 4)


def test_retry_after_is_waited_for(tmp_path):
    world = World(tmp_path, LATER, Answered("5"))
    world.create()
    assert world.slept == [7]


@pytest.mark.parametrize("changes", [{"sends": 3}, {"send_total": 10.0}])
def test_sending_again_ends(tmp_path, changes):
    world = World(tmp_path, LATER)
    with pytest.raises(RateLimited):
        world.create(**changes)
    assert len(world.sent) in (2, 3)
    assert world.entry.state == "failed"


def test_after_a_503_it_is_looked_for_before_it_is_sent_again(tmp_path):
    world = World(tmp_path, UNAVAILABLE, found_at=0)
    assert world.create().id == "77"
    assert len(world.sent) == 1


def test_where_looking_fails_after_a_503_it_is_not_sent_again(tmp_path):
    world = World(tmp_path, UNAVAILABLE)

    def broken(mark):
        raise NotReached("The list does not answer.")

    world.look = broken
    with pytest.raises(CreationUnsettled, match="The list does not answer"):
        world.create()
    assert len(world.sent) == 1
    assert world.entry.state == "unknown"


@pytest.mark.parametrize("found_at", [0, 3, 100, 200])
def test_a_lost_answer_is_settled_by_looking_for_as_long_as_a_creation_can_take(tmp_path, found_at):
    world = World(tmp_path, LOST, found_at=found_at)
    assert world.create().id == "77"
    assert len(world.sent) == 1
    assert world.entry.state == "done"


def test_what_is_not_found_is_unknown_told_plainly_and_not_sent_again(tmp_path):
    world = World(tmp_path, LOST)
    with pytest.raises(CreationUnsettled) as caught:
        world.create()
    assert (len(world.sent), world.entry.state, caught.value.mark) == (1, "unknown", "m1")
    assert "Do not send it again" in caught.value.fix
    assert WAITS.look_total - WAITS.longest <= world.looks[-1] <= WAITS.look_total
    assert caught.value.__context__ is None


def test_after_a_timeout_there_is_still_time_to_look(tmp_path):
    world = World(tmp_path, LOST, found_at=1030)
    send = world.send

    def slow(mark):
        world.time += 1000
        return send(mark)

    world.send = slow
    assert world.create().id == "77"


def test_an_error_of_the_platform_itself_needs_a_shorter_look_and_its_words_are_told(tmp_path):
    error = ProviderError("Provider error.", provider_message="The key is not known.")
    world = World(tmp_path, Lost(error, heard=True, request_id="r9"))
    with pytest.raises(CreationUnsettled, match="The key is not known"):
        world.create()
    assert world.time <= WAITS.look_heard
    assert (world.entry.state, world.entry.request_id) == ("unknown", "r9")


def test_an_interruption_while_it_is_on_its_way_leaves_it_unknown(tmp_path):
    world = World(tmp_path, LOST)

    def interrupted(mark):
        raise KeyboardInterrupt

    world.send = interrupted
    with pytest.raises(KeyboardInterrupt):
        world.create()
    assert world.entry.state == "unknown"


def test_an_interruption_before_it_arrived_leaves_it_failed(tmp_path):
    world = World(tmp_path, REFUSED)

    def interrupted(seconds):
        raise KeyboardInterrupt

    world.sleep = interrupted
    with pytest.raises(KeyboardInterrupt):
        world.create()
    assert world.entry.state == "failed"


def settled(world, now):
    answers = settle(world.ledger, world.look, base_url="https://one", profile="mine", now=lambda: now)
    return [(one.state, one.instance_id) for one in answers]


def test_settling_later_finds_it_or_gives_it_up_after_a_while(tmp_path):
    world = World(tmp_path, LOST)
    with pytest.raises(CreationUnsettled):
        world.create()
    begun = world.entry.time
    assert settled(world, begun + 60) == [("unknown", "")]
    world.found_at = 0
    assert settled(world, begun + 120) == [("done", "77")]
    assert settled(world, begun + 180) == []
    assert len(world.sent) == 1


def test_what_is_still_not_there_after_a_while_was_not_created(tmp_path):
    world = World(tmp_path, LOST)
    with pytest.raises(CreationUnsettled):
        world.create()
    assert settled(world, world.entry.time + WAITS.absent_after) == [("absent", "")]
    assert settled(world, world.entry.time + WAITS.absent_after) == []


def test_settling_under_a_failing_look_leaves_it_unknown(tmp_path):
    world = World(tmp_path, LOST)
    with pytest.raises(CreationUnsettled):
        world.create()

    def broken(mark):
        raise NotReached("No list.")

    world.look = broken
    assert settled(world, world.entry.time + 10**6) == [("unknown", "")]
