"""The ledger: written before, shared between processes, and free of secrets."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from cwkit import provisioning
from cwkit.errors import LedgerError
from cwkit.provisioning import Creation, Ledger, ledger_file
from cwkit.provisioning.ledger_file import FOREIGN_AFTER
from cwkit.provisioning.outcomes import UnderWay

ACME = Creation("mine", "https://one", "connectwisehd", "Acme", ("a", "b"))


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "folder" / "ledger.sqlite3")


def written_by(monkeypatch, ledger, mark, **changes):
    """Write a line as another process would."""
    someone = replace(ledger_file.this_process(), **changes)
    with monkeypatch.context() as patch:
        patch.setattr("cwkit.provisioning.ledger_file.this_process", lambda: someone)
        ledger.begin(ACME, mark)


def begin_one(path, mark):
    Ledger(path).begin(ACME, mark)


def test_a_line_is_on_disk_as_soon_as_it_is_begun(ledger):
    ledger.begin(ACME, "m1")
    entry = Ledger(ledger.path).entry("m1")
    assert (entry.state, entry.creation, entry.attempts) == ("sent", ACME, 1)


def test_what_is_done_stays_done(ledger):
    ledger.begin(ACME, "m1")
    ledger.settle("m1", "done", instance_id="5", request_id="r")
    ledger.settle("m1", "absent")
    assert (ledger.entry("m1").state, ledger.entry("m1").instance_id) == ("done", "5")


def test_the_table_shows_all_lines_in_order(ledger):
    for mark in ("m2", "m1"):
        ledger.begin(ACME, mark)
    ledger.settle("m1", "failed", error="No.")
    table = provisioning.ledger(ledger)
    assert list(table.index) == ["m2", "m1"]
    assert table.loc["m1", ["state", "error", "tags", "attempts"]].tolist() == ["failed", "No.", "a, b", 1]
    assert str(table["time"].dtype).endswith("UTC]")


def test_an_empty_ledger_is_an_empty_table_with_the_same_columns(ledger):
    empty = provisioning.ledger(ledger)
    ledger.begin(ACME, "m1")
    assert list(empty.columns) == list(provisioning.ledger(ledger).columns)
    assert empty.empty


def test_the_usual_ledger_lies_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.setenv("CWKIT_LEDGER", str(tmp_path / "mine.sqlite3"))
    provisioning.default_ledger().begin(ACME, "m1")
    assert list(provisioning.ledger().index) == ["m1"]
    assert (tmp_path / "mine.sqlite3").exists()


def open_tags(ledger):
    return [entry.creation_tag for entry in ledger.unsettled(base_url="https://one")]


def test_what_a_living_process_has_under_way_is_left_to_it(ledger, monkeypatch):
    with ledger.in_flight("mine"):
        ledger.begin(ACME, "mine")
        written_by(monkeypatch, ledger, "gone", pid=2**22 + 1)
        written_by(monkeypatch, ledger, "recycled", started=1.0)
        assert open_tags(ledger) == ["gone", "recycled"]


def test_what_this_process_left_as_sent_is_looked_at_by_it(ledger):
    ledger.begin(ACME, "m1")
    assert open_tags(ledger) == ["m1"]


def test_a_line_of_another_machine_counts_as_abandoned_after_an_hour(ledger, monkeypatch):
    written_by(monkeypatch, ledger, "far", host="elsewhere")
    assert ledger.unsettled(base_url="https://one") == []
    moment = ledger.entry("far").time
    later = Ledger(ledger.path, now=lambda: moment + FOREIGN_AFTER + 1)
    assert [entry.creation_tag for entry in later.unsettled(base_url="https://one")] == ["far"]


def test_only_the_lines_of_the_platform_and_profile_are_unsettled_there(ledger):
    ledger.begin(ACME, "m1")
    ledger.settle("m1", "unknown")
    assert ledger.unsettled(base_url="https://other") == []
    assert ledger.unsettled(base_url="https://one", profile="other") == []
    assert len(ledger.unsettled(base_url="https://one", profile="mine")) == 1


def test_a_row_of_a_sheet_has_one_line_that_counts(ledger):
    row = replace(ACME, fingerprint="f")
    ledger.begin(row, "m1")
    ledger.settle("m1", "failed")
    ledger.begin(row, "m2")
    with pytest.raises(UnderWay):
        ledger.begin(row, "m3")
    ledger.settle("m2", "done", instance_id="5")
    with pytest.raises(UnderWay):
        ledger.begin(row, "m4")
    found = ledger.by_fingerprint(["f", "g", ""])
    assert [(key, one.creation_tag) for key, lines in found.items() for one in lines] == [("f", "m2")]
    ledger.gone("m2")
    assert ledger.by_fingerprint(["f"]) == {}
    ledger.begin(row, "m5")
    assert [one.creation_tag for one in ledger.by_fingerprint(["f"])["f"]] == ["m5"]


def test_what_is_no_row_of_a_sheet_may_be_created_as_often_as_wished(ledger):
    for mark in ("m1", "m2", "m3"):
        ledger.begin(ACME, mark)
        ledger.settle(mark, "done")
    assert len(ledger.entries()) == 3


def test_threads_share_a_ledger(ledger):
    def one(number):
        ledger.begin(ACME, f"m{number}")
        ledger.settle(f"m{number}", "done", instance_id=str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(200)))
    assert {entry.state for entry in ledger.entries()} == {"done"}
    assert len(ledger.entries()) == 200


def test_processes_share_a_ledger(ledger):
    context = multiprocessing.get_context("spawn")
    others = [context.Process(target=begin_one, args=(ledger.path, f"other{n}")) for n in range(2)]
    for process in others:
        process.start()
    for process in others:
        process.join()
    assert {entry.creation_tag for entry in ledger.entries()} == {"other0", "other1"}
    assert {entry.creation_tag for entry in ledger.unsettled(base_url="https://one")} == {"other0", "other1"}


def test_a_secret_in_an_error_is_masked(ledger):
    ledger.begin(ACME, "m1")
    ledger.settle("m1", "failed", error='Bad "password": "hunter22" of User aB3/xyz+1=')
    assert "hunter22" not in ledger.entry("m1").error
    assert "aB3" not in ledger.entry("m1").error


def test_a_broken_or_unwritable_ledger_is_told_and_nothing_is_created(tmp_path):
    path = tmp_path / "ledger.sqlite3"
    path.write_bytes(b"not a database, but long enough to be looked at" * 100)
    sent = []
    with pytest.raises(LedgerError, match="CWKIT_LEDGER") as caught:
        provisioning.create_once(Ledger(path), ACME, sent.append, lambda *wanted: None)
    assert sent == []
    assert caught.value.__context__ is None
    with pytest.raises(LedgerError):
        Ledger(path / "below" / "a-file").entries()
