"""connect(): the profile that is meant, or the sandbox; and a word on what is not settled."""

import pytest

import cwkit
from cwkit.errors import CreationUnsettled, ProfileError
from cwkit.platform import client, profiles
from cwkit.provisioning import Creation, default_ledger

from .conftest import QUICK

MINE = cwkit.Profile("mine", "us", "u-1", "o-1")


@pytest.fixture
def no_own_sandbox(monkeypatch, box):
    """Let connect() find a sandbox that is already running in this process."""
    monkeypatch.setattr(client, "_running", [box])


def test_a_profile_is_taken_as_it_is(capsys):
    with cwkit.connect(MINE) as platform:
        assert platform.profile is MINE
    assert capsys.readouterr().out == ""


def test_a_name_is_looked_up():
    profiles.add(MINE)
    with cwkit.connect("mine") as platform:
        assert platform.profile == MINE
    with pytest.raises(ProfileError, match="There are: mine"):
        cwkit.connect("yours")


def test_nothing_means_the_default_profile():
    profiles.add(MINE)
    with cwkit.connect() as platform:
        assert platform.base_url == MINE.base_url


def test_nothing_and_no_profile_means_the_sandbox_and_says_so(no_own_sandbox, box, capsys):
    with cwkit.connect() as platform:
        assert platform.instances.list() == []
        assert platform.base_url == box.url
    told = capsys.readouterr().out
    assert "sandbox" in told
    assert "cwkit profile add" in told


def test_a_sandbox_that_runs_elsewhere_is_joined(box, monkeypatch, capsys):
    monkeypatch.setenv("CWKIT_SANDBOX_URL", box.url)
    with cwkit.connect() as platform:
        assert platform.base_url == box.url
    assert box.url in capsys.readouterr().out


def test_what_is_unsettled_is_told_and_settled(box, capsys):
    with cwkit.connect(box.profile, **QUICK) as platform:
        box.fail_next("500_after", route="POST /instances")
        box.fail_next("500", n=999, route="GET /instances")
        with pytest.raises(CreationUnsettled):
            platform.instances.create("ledgerline", name="lost", configuration=box.demo["ledgerline"])
    box.no_faults()
    with cwkit.connect(box.profile, **QUICK) as platform:
        assert "1 earlier creation is not settled" in capsys.readouterr().out
        row = platform.instances.settle().iloc[0]
        assert (row["name"], row["state"]) == ("lost", "done")
        assert platform.instances.get(row["instance_id"]).token
        cwkit.connect(box.profile).close()
    assert capsys.readouterr().out == ""


def test_unsettled_creations_of_another_profile_are_told_with_its_name(box, capsys):
    default_ledger().begin(Creation("other", box.url, "e", "n"), "m1")
    default_ledger().settle("m1", "unknown")
    cwkit.connect(box.profile).close()
    assert "connect with it" in capsys.readouterr().out


def test_unsettled_creations_of_another_platform_are_none_of_its_business(box, capsys):
    default_ledger().begin(Creation("sandbox", "https://elsewhere", "e", "n"), "m1")
    default_ledger().settle("m1", "unknown")
    cwkit.connect(box.profile).close()
    assert capsys.readouterr().out == ""


def test_a_broken_ledger_does_not_keep_anyone_from_reading(box, own_folders, capsys):
    (own_folders / "ledger.sqlite3").write_bytes(b"no database at all " * 300)
    with cwkit.connect(box.profile) as platform:
        platform.instances.list()
    assert "CWKIT_LEDGER" in capsys.readouterr().err


def test_without_profile_and_sandbox_both_ways_are_named(monkeypatch):
    monkeypatch.setattr("cwkit.platform.client.find_spec", lambda name: None)
    monkeypatch.delenv("CWKIT_SANDBOX_URL", raising=False)
    with pytest.raises(ProfileError, match="the sandbox is not installed") as caught:
        cwkit.connect()
    assert "cwkit profile add NAME" in caught.value.fix
    assert '".[sandbox]"' in caught.value.fix
