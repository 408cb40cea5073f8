"""One key changed on many instances: shown first, sent once, told one by one."""

from __future__ import annotations

import threading

import pytest

from cwkit import fleet
from cwkit.errors import InputError, ServerError
from cwkit.redaction import MASK, Secret

KEY = "event.poller.refresh_interval"


class Platform:
    """Stands in for a platform: keeps what was set, and fails where a test says."""

    def __init__(self, failing=(), interrupt_after=None):
        self.sent, self.failing, self.interrupt_after = [], set(failing), interrupt_after
        self.instances = self
        self.lock = threading.Lock()

    def set_configuration(self, instance_id, key, value):
        with self.lock:
            if instance_id in self.failing:
                raise ServerError("The platform failed.")
            self.sent.append((instance_id, key, value))


def test_nothing_is_sent_before_apply(fleet_of_60):
    platform = Platform()
    update = fleet.update_many(platform, fleet_of_60, KEY, 15)
    assert platform.sent == []
    table = update.preview
    same = table["now"] == "15"
    assert set(table.loc[same, "outcome"]) == {"same already"}
    assert set(table.loc[~same, "outcome"]) == {"to be sent"}


def test_apply_sends_what_differs_and_tells_each_outcome(fleet_of_60):
    platform = Platform()
    update = fleet.update_many(platform, fleet_of_60, KEY, "15")
    expected = set(update.preview.query("outcome == 'to be sent'").index)
    table = update.apply(progress=False)
    assert {(number, KEY, "15") for number in expected} == set(platform.sent)
    assert set(table.loc[list(expected), "outcome"]) == {"updated"}
    assert table.attrs["interrupted"] is False
    assert update.apply(progress=False).equals(table)
    assert len(platform.sent) == len(expected)


def test_what_failed_is_told_and_sent_again_by_a_second_apply(fleet_of_60):
    failing = fleet_of_60[4].id
    platform = Platform(failing=[failing])
    update = fleet.update_many(platform, fleet_of_60[:8], KEY, 45)
    table = update.apply(progress=False)
    assert table.loc[failing, "outcome"] == "failed"
    assert "platform failed" in table.loc[failing, "message"]
    platform.failing.clear()
    assert set(update.apply(progress=False)["outcome"]) == {"updated"}
    assert len(platform.sent) == 8


def test_an_interruption_stops_cleanly_and_is_taken_up_again(fleet_of_60, monkeypatch):
    platform = Platform()
    update = fleet.update_many(platform, fleet_of_60, KEY, 45)
    waits = iter([None] * 5)

    def interrupted(*args, **how):
        if next(waits, "now") == "now":
            raise KeyboardInterrupt
        return actual(*args, **how)

    from cwkit.fleet import update as module

    actual = module.wait
    monkeypatch.setattr(module, "wait", interrupted)
    table = update.apply(concurrency=2, progress=False)
    assert table.attrs["interrupted"] is True
    assert 0 < (table["outcome"] == "to be sent").sum() < 60
    monkeypatch.setattr(module, "wait", actual)
    assert set(update.apply(progress=False)["outcome"]) == {"updated"}
    assert len(platform.sent) == len(set(platform.sent)) == 60


def test_a_value_that_would_be_refused_is_told_and_not_sent(fleet_of_60):
    platform = Platform()
    table = fleet.update_many(platform, fleet_of_60[:2], KEY, "soon").apply(progress=False)
    assert set(table["outcome"]) == {"refused"}
    assert platform.sent == []


def test_an_instance_without_the_key_is_left_alone(acme):
    table = fleet.update_many(Platform(), [acme], "no.such.key", "x").preview
    assert table["outcome"].to_list() == ["refused"]


def test_the_value_may_depend_on_the_instance_and_secrets_are_masked(fleet_of_60):
    platform = Platform()
    update = fleet.update_many(platform, fleet_of_60[:2], "private.key", lambda one: f"key-of-{one.id}")
    assert set(update.preview["new"]) == {MASK}
    update.apply(progress=False)
    assert {value for _, _, value in platform.sent} == {Secret(f"key-of-{one.id}") for one in fleet_of_60[:2]}
    assert "key-of" not in repr(update) + update._repr_html_()


def test_no_instances_is_told():
    with pytest.raises(InputError):
        fleet.update_many(Platform(), [], KEY, 15)
