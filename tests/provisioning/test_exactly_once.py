"""Create exactly once: what each kind of outcome leads to, with clocks that the test winds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cwkit.errors import (
    AnswerLost,
    BadRequest,
    CreationUnsettled,
    LedgerError,
    NotReached,
    ProviderError,
)
from cwkit.provisioning import (
    CREATION_POLICY,
    Candidate,
    Created,
    Creation,
    Ledger,
    Lost,
    NotSent,
    Refused,
    Sighting,
    create_once,
    is_creation_tag,
    new_creation_tag,
    settle,
)

ACME = Creation("mine", "https://one", "connectwisehd", "Acme")
UNREACHABLE = NotSent(NotReached("The connection was refused."))
LOST = Lost(AnswerLost("The response was lost."))
FOUND = Sighting((Created("77", "found"),))


class Scene:
    """A platform, two clocks and a ledger, all of which do what the test says."""

    def __init__(self, path, *outcomes, found_at=None):
        self.time, self.day = 0.0, 1_800_000_000.0
        self.ledger = Ledger(
            path / "ledger.sqlite3", now=lambda: self.day + self.time, clock=lambda: self.time
        )
        self.outcomes, self.found_at, self.sighting = list(outcomes), found_at, FOUND
        self.sent, self.looks, self.slept, self.state_when_sent = [], [], [], []

    def send(self, creation_tag):
        self.sent.append(creation_tag)
        self.state_when_sent.append(self.ledger.entry(creation_tag).state)
        return self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]

    def look(self, creation_tag, element, name, begun):
        self.looks.append(self.time)
        assert (creation_tag, element, name) == ("m1", "connectwisehd", "Acme")
        return self.sighting if self.found_at is not None and self.time >= self.found_at else Sighting()

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.time += seconds

    def create(self, **changes):
        return create_once(
            self.ledger, ACME, self.send, self.look, sleep=self.sleep, clock=lambda: self.time,
            policy=replace(CREATION_POLICY, **changes), creation_tag="m1",
        )  # fmt: skip

    def lose(self):
        with pytest.raises(CreationUnsettled):
            self.create()

    def settle(self, later):
        self.time += later
        settled = settle(self.ledger, self.look, base_url="https://one", profile="mine")
        return [(one.state, one.instance_id) for one in settled]

    @property
    def entry(self):
        return self.ledger.entry("m1")


def test_a_creation_tag_is_recognised_in_any_case_and_never_the_same():
    tags = {new_creation_tag() for _ in range(100)}
    assert len(tags) == 100
    assert all(map(is_creation_tag, tags | {tag.upper() for tag in tags}))
    assert not any(map(is_creation_tag, ["cwkit-", "cwkit-mine", "other", ""]))


def test_a_response_with_an_instance_is_stored(tmp_path):
    scene = Scene(tmp_path, Created("5", "made", "r1"))
    assert scene.create().result == "made"
    assert (scene.entry.state, scene.entry.instance_id, scene.entry.request_id) == ("done", "5", "r1")
    assert scene.state_when_sent == ["sent"]


def test_a_refusal_is_stored_and_raised(tmp_path):
    scene = Scene(tmp_path, Refused(BadRequest("No."), "r1"))
    with pytest.raises(BadRequest):
        scene.create()
    assert (scene.entry.state, scene.entry.error, scene.entry.request_id) == ("failed", "No.", "r1")
    assert len(scene.sent) == 1


def test_what_never_arrived_is_sent_again_with_the_same_tag_and_growing_waits(tmp_path):
    scene = Scene(tmp_path, UNREACHABLE, UNREACHABLE, UNREACHABLE, Created("5"))
    scene.create()
    assert scene.sent == ["m1"] * 4
    assert scene.slept == [1, 2, 4]
    assert (scene.entry.state, scene.entry.attempts) == ("done", 4)


@pytest.mark.parametrize(("changes", "sent"), [({"sends": 3}, 3), ({"send_total": 10.0}, 4)])
def test_sending_again_ends(tmp_path, changes, sent):
    scene = Scene(tmp_path, UNREACHABLE)
    with pytest.raises(NotReached):
        scene.create(**changes)
    assert len(scene.sent) == sent
    assert scene.entry.state == "failed"


@pytest.mark.parametrize("found_at", [0, 3, 100, 200])
def test_a_lost_response_is_looked_for_as_long_as_a_creation_can_take(tmp_path, found_at):
    scene = Scene(tmp_path, LOST, found_at=found_at)
    assert scene.create().id == "77"
    assert len(scene.sent) == 1
    assert scene.entry.state == "done"


def test_what_is_not_found_is_unknown_and_not_sent_again(tmp_path):
    scene = Scene(tmp_path, LOST)
    with pytest.raises(CreationUnsettled) as caught:
        scene.create()
    assert (len(scene.sent), scene.entry.state, caught.value.creation_tag) == (1, "unknown", "m1")
    assert "Do not create it again" in caught.value.fix
    assert 220 <= scene.looks[-1] <= 240
    assert caught.value.__context__ is None


def test_after_a_timeout_there_is_still_time_to_look(tmp_path):
    scene = Scene(tmp_path, LOST, found_at=1030)
    send = scene.send

    def slow(creation_tag):
        scene.time += 1000
        return send(creation_tag)

    scene.send = slow
    assert scene.create().id == "77"


def test_an_error_of_the_platform_itself_needs_a_shorter_look(tmp_path):
    error = ProviderError("Provider error.", provider_message="The key is not known.")
    scene = Scene(tmp_path, Lost(error, platform_answered=True, request_id="r9"))
    with pytest.raises(CreationUnsettled, match="The key is not known"):
        scene.create()
    assert scene.time <= 15
    assert (scene.entry.state, scene.entry.request_id) == ("unknown", "r9")


def test_an_instance_without_the_tag_is_shown_and_never_taken_by_itself(tmp_path):
    scene = Scene(tmp_path, LOST, found_at=0)
    scene.sighting = Sighting(candidates=(Candidate("78", "Acme", "2026-11-25", ("gold",)),))
    with pytest.raises(CreationUnsettled, match=r"78 \(created 2026-11-25, tags: gold\)"):
        scene.create()
    assert scene.settle(10_000) == [("unknown", "")]
    assert scene.settle(10_000) == [("unknown", "")]


def test_two_instances_under_one_tag_are_reported(tmp_path):
    scene = Scene(tmp_path, LOST, found_at=0)
    scene.sighting = Sighting((Created("77"), Created("78")))
    assert scene.create().others == ("78",)
    assert "77, 78 have the same creation tag" in scene.entry.error


def test_an_interruption_while_it_is_on_its_way_leaves_it_unknown(tmp_path):
    scene = Scene(tmp_path, LOST)

    def interrupted(creation_tag):
        raise KeyboardInterrupt

    scene.send = interrupted
    with pytest.raises(KeyboardInterrupt):
        scene.create()
    assert scene.entry.state == "unknown"


def test_an_interruption_before_it_arrived_leaves_it_failed(tmp_path):
    scene = Scene(tmp_path, UNREACHABLE)

    def interrupted(seconds):
        raise KeyboardInterrupt

    scene.sleep = interrupted
    with pytest.raises(KeyboardInterrupt):
        scene.create()
    assert scene.entry.state == "failed"


@pytest.mark.parametrize(("outcome", "instance_id"), [(Created("5"), "5"), (LOST, "")])
def test_what_the_ledger_could_not_write_is_in_the_error_and_looked_at_later(tmp_path, outcome, instance_id):
    scene = Scene(tmp_path, outcome, found_at=1000)
    write, scene.ledger.settle = scene.ledger.settle, broken
    with pytest.raises(LedgerError) as caught:
        scene.create()
    assert (caught.value.creation_tag, caught.value.instance_id) == ("m1", instance_id)
    assert "Creation tag: m1" in str(caught.value)
    scene.ledger.settle = write
    assert scene.entry.state == "sent"
    assert scene.settle(1000) == [("done", "77")]


def broken(*written, **more):
    raise LedgerError("The disk is full.")


def test_settling_later_finds_it(tmp_path):
    scene = Scene(tmp_path, LOST)
    scene.lose()
    scene.found_at = 0
    assert scene.settle(60) == [("done", "77")]
    assert scene.settle(60) == []
    assert len(scene.sent) == 1


def test_two_looks_fifteen_minutes_apart_prove_that_it_does_not_exist(tmp_path):
    scene = Scene(tmp_path, LOST)
    scene.lose()
    assert scene.settle(600) == [("unknown", "")]
    assert scene.settle(300) == [("absent", "")]
    assert scene.settle(0) == []


def test_one_look_proves_nothing_however_late(tmp_path):
    scene = Scene(tmp_path, LOST)
    scene.look = failing
    scene.lose()
    del scene.look
    assert scene.settle(10**6) == [("unknown", "")]
    assert scene.settle(900) == [("absent", "")]


def test_a_jump_of_the_time_of_day_proves_nothing(tmp_path):
    scene = Scene(tmp_path, LOST)
    scene.lose()
    scene.day += 3600
    assert scene.settle(1) == [("unknown", "")]
    scene.day -= 7200
    assert scene.settle(1) == [("unknown", "")]
    assert scene.settle(890) == [("unknown", "")]
    assert scene.settle(10) == [("absent", "")]


def failing(*wanted):
    raise NotReached("The list is not available.")


def test_a_look_that_fails_leaves_it_unknown(tmp_path):
    scene = Scene(tmp_path, LOST)
    scene.lose()
    scene.look = failing
    assert scene.settle(10**6) == [("unknown", "")]
