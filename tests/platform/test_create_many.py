"""create_many: all rows checked first, created once, and gone on with where it stopped."""

from __future__ import annotations

import keyring
import pandas as pd
import pytest

import cwkit
from cwkit import Secret
from cwkit.errors import InputError, SheetErrors, UnknownElement
from cwkit.provisioning import ledger

HELPDESK = "connectwisehd"
PASSWORD = "helpdesk.connectwise.password"


@pytest.fixture
def sheet(box):
    """Return a function that makes a sheet of so many rows, with names that no other test uses."""

    def make(count, prefix, **changes):
        plain = {
            key: value.reveal() if isinstance(value, Secret) else value
            for key, value in box.demo[HELPDESK].items()
        }
        rows = [
            {"element.key": HELPDESK, "name": f"{prefix}{n}", "tags": prefix, **plain} for n in range(count)
        ]
        return [{**row, **changes} for row in rows]

    return make


def standing(platform, prefix):
    return sorted(one.name for one in platform.instances.list(tags=[prefix]))


def test_a_template_has_the_columns_that_a_person_fills_in():
    columns = list(cwkit.template(HELPDESK).columns)
    assert columns[:4] == ["element.key", "name", "tags", "helpdesk.connectwise.server.url"]
    assert "event.notification.callback.url" in columns
    with pytest.raises(UnknownElement):
        cwkit.template("none")


@pytest.mark.parametrize("form", ["dicts", "frame", "csv", "xlsx"])
def test_every_row_becomes_an_instance_from_every_kind_of_sheet(platform, sheet, tmp_path, form):
    rows = sheet(3, form)
    frame = pd.concat([cwkit.template(HELPDESK), pd.DataFrame(rows)])
    source = {"dicts": rows, "frame": frame}.get(form, tmp_path / f"sheet.{form}")
    if form in ("csv", "xlsx"):
        getattr(frame, {"csv": "to_csv", "xlsx": "to_excel"}[form])(source, index=False)
    table = platform.instances.create_many(source)
    assert table["state"].tolist() == ["done"] * 3
    assert list(table.columns) == [
        "name",
        "element",
        "state",
        "instance_id",
        "message",
        "notes",
        "creation_tag",
    ]
    assert table.index.tolist() == ([2, 3, 4] if form in ("csv", "xlsx") else [0, 1, 2])
    assert standing(platform, form) == [f"{form}0", f"{form}1", f"{form}2"]
    assert all(platform.instances.get(one).token for one in table["instance_id"])


def test_the_same_sheet_again_creates_only_what_is_missing(platform, sheet):
    first = platform.instances.create_many(sheet(3, "again"))
    platform.instances.delete(first["instance_id"].iloc[1])
    second = platform.instances.create_many(sheet(4, "again"))
    assert second["state"].tolist() == ["done"] * 4
    assert second["message"].tolist() == ["Created earlier.", "", "Created earlier.", ""]
    assert standing(platform, "again") == ["again0", "again1", "again2", "again3"]


def test_a_row_whose_tags_were_changed_since_still_counts_as_created(platform, sheet):
    made = platform.instances.create_many(sheet(1, "retagged"))
    platform.instances.update(made["instance_id"].iloc[0], tags=["other"])
    assert platform.instances.create_many(sheet(1, "retagged"))["message"].tolist() == ["Created earlier."]


def test_a_row_with_another_password_is_the_same_row(platform, sheet):
    wrong = sheet(1, "password", **{PASSWORD: "not-the-password-1"})
    assert platform.instances.create_many(wrong)["state"].tolist() == ["failed"]
    assert platform.instances.create_many(sheet(1, "password"))["state"].tolist() == ["done"]
    again = platform.instances.create_many(wrong)
    assert again["message"].tolist() == ["Created earlier."]
    assert standing(platform, "password") == ["password0"]


def test_a_row_that_another_process_begins_at_the_same_moment_is_left_to_it(platform, sheet, monkeypatch):
    monkeypatch.setattr(type(platform.ledger), "by_fingerprint", lambda self, fingerprints: {})
    first = platform.instances.create_many(sheet(2, "race"), create_existing=True)
    second = platform.instances.create_many(sheet(2, "race"), create_existing=True)
    assert (first["state"].tolist(), second["state"].tolist()) == (["done"] * 2, ["sent"] * 2)
    assert standing(platform, "race") == ["race0", "race1"]


def test_a_row_can_be_deleted_and_made_anew_more_than_once(platform, sheet):
    for _ in range(3):
        made = platform.instances.create_many(sheet(1, "phoenix"))
        assert platform.instances.create_many(sheet(1, "phoenix"))["message"].tolist() == ["Created earlier."]
        platform.instances.delete(made["instance_id"].iloc[0])
    assert standing(platform, "phoenix") == []


def test_a_list_that_is_cut_short_makes_nothing_anew(platform, sheet, monkeypatch):
    platform.instances.create_many(sheet(2, "short"))
    with monkeypatch.context() as patch:
        patch.setattr(type(platform.instances), "list", lambda self, tags=(), search=None: [])
        assert (
            platform.instances.create_many(sheet(2, "short"))["message"].tolist() == ["Created earlier."] * 2
        )
    assert standing(platform, "short") == ["short0", "short1"]


def test_a_wrong_row_is_told_with_its_number_and_nothing_is_sent(platform, sheet):
    rows = sheet(3, "wrong")
    rows[1].pop("helpdesk.connectwise.company")
    rows[2]["element.key"] = "conectwisehd"
    with pytest.raises(SheetErrors) as caught:
        platform.instances.create_many(rows)
    table = caught.value.table
    assert table[["row", "column"]].values.tolist() == [
        [1, "helpdesk.connectwise.company"],
        [2, "element.key"],
    ]
    assert "Did you mean 'connectwisehd'" in table["fix"].iloc[1]
    assert "row 1, helpdesk.connectwise.company" in str(caught.value)
    assert standing(platform, "wrong") == []


def test_a_dry_run_shows_every_row_and_sends_nothing(platform, sheet):
    rows = sheet(2, "dry")
    rows[1]["name"] = ""
    table = platform.instances.create_many(rows, dry_run=True)
    assert table["state"].tolist() == ["ready", "wrong"]
    assert "no name" in table["message"].iloc[1]
    assert standing(platform, "dry") == []


@pytest.mark.parametrize(
    ("change", "column", "message"),
    [
        ({"helpdesk.connectwise.pasword": "x"}, "helpdesk.connectwise.pasword", "is meant, it seems"),
        ({"tags": "a,a"}, "tags", "given twice"),
        ({"helpdesk.connectwise.company": 12345678901234567}, "helpdesk.connectwise.company", "first digits"),
        ({PASSWORD: "env:CWKIT_NO_SUCH"}, PASSWORD, "not set"),
        ({PASSWORD: "keyring:none/nobody"}, PASSWORD, "holds nothing"),
        ({"element.key": ""}, "element.key", "names no element"),
    ],
)
def test_what_is_wrong_in_a_row_is_told_by_column(platform, sheet, change, column, message):
    row = platform.instances.create_many(sheet(1, "wrong", **change), dry_run=True).iloc[0]
    assert (row["state"], message in row["message"], column in row["message"]) == ("wrong", True, True)


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"Remarks": "call them"}, "Remarks is no field"),
        ({"helpdesk.connectwise.company": 42}, "zeros in front of it"),
        ({"name": 7}, "zeros in front of it"),
        ({"Server URL": "https://api-na.myconnectwise.net"}, "is taken for helpdesk.connectwise.server.url"),
        ({}, "keeps it out of there"),
    ],
)
def test_what_is_doubtful_in_a_row_is_noted(platform, sheet, change, note):
    rows = sheet(1, "doubt", **change)
    if "Server URL" in change:
        del rows[0]["helpdesk.connectwise.server.url"]
    row = platform.instances.create_many(rows, dry_run=True).iloc[0]
    assert (row["state"], note in row["notes"]) == ("ready", True)


def test_rows_that_are_the_same_are_a_mistake_and_the_same_name_is_a_doubt(platform, sheet):
    rows = [*sheet(1, "twin"), *sheet(1, "twin"), *sheet(1, "twin", tags="other")]
    table = platform.instances.create_many(rows, dry_run=True)
    assert table["state"].tolist() == ["ready", "wrong", "ready"]
    assert "same as row 0" in table["message"].iloc[1]
    assert "same name" in table["notes"].iloc[2]


def test_elements_can_be_mixed_in_one_sheet(platform, box, sheet):
    other = {"element.key": "ledgerline", "name": "mixed1", "tags": "mixed", **box.demo["ledgerline"]}
    table = platform.instances.create_many([*sheet(1, "mixed"), other])
    assert table[["element", "state"]].values.tolist() == [[HELPDESK, "done"], ["ledgerline", "done"]]


def test_secrets_come_from_the_environment_or_the_keyring(platform, sheet, monkeypatch):
    password = sheet(1, "x")[0][PASSWORD]
    monkeypatch.setenv("ACME_PASSWORD", password)
    keyring.set_password("acme", "integration", password)
    rows = [
        *sheet(1, "env", **{PASSWORD: "env:ACME_PASSWORD"}),
        *sheet(1, "ring", **{PASSWORD: "keyring:acme/integration"}),
    ]
    assert platform.instances.create_many(rows)["state"].tolist() == ["done", "done"]


def test_no_secret_of_a_sheet_is_in_the_table_the_errors_or_the_ledger(platform, sheet):
    rows = sheet(2, "hidden", **{PASSWORD: "plain-secret-77"})
    rows[1]["helpdesk.connectwise.company"] = ""
    with pytest.raises(SheetErrors) as caught:
        platform.instances.create_many(rows)
    table = platform.instances.create_many(rows[:1])
    shown = (
        table.to_csv() + str(caught.value) + caught.value.table.to_csv() + ledger(platform.ledger).to_csv()
    )
    assert "plain-secret-77" not in shown
    assert b"plain-secret-77" not in platform.ledger.path.read_bytes()


@pytest.mark.parametrize("settings", [{"concurrency": 0}, {"rate_limit": 0}])
def test_a_bound_that_lets_nothing_through_is_told(platform, sheet, settings):
    with pytest.raises(InputError, match="At least one"):
        platform.instances.create_many(sheet(1, "bound"), **settings)
