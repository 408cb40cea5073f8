"""Tables: typed for reading, secrets masked, shown as text, harmless in a spreadsheet."""

from __future__ import annotations

import io
import pickle

import pandas as pd
import pytest

from cwkit.errors import InputError
from cwkit.instances import export, read_instance, show
from cwkit.instances.display import Table, as_html, harmless, to_csv
from cwkit.instances.tables import CONFIGURATION_COLUMNS, configuration_rows, typed
from cwkit.redaction import Secret, strip_control_characters

from .conftest import CRM, HELPDESK, KEYS, instance_with


def test_the_configuration_table_of_each_seed(seed):
    name, text = seed
    table = read_instance(text).configuration_table()
    assert len(table) == KEYS[name]
    assert table.index.name == "key"
    columns = ["label", "value", "default", "changed", "group", "secret", "hidden", "internal", "raw"]
    assert list(table.columns) == columns
    assert ("key", *columns) == CONFIGURATION_COLUMNS


def test_values_are_typed_and_the_raw_text_is_kept():
    table = read_instance(CRM).configuration_table()
    assert table.loc["filter.response.nulls", "value"] is True
    assert table.loc["event.poller.refresh_interval", "value"] == 15
    assert table.loc["event.poller.refresh_interval", "raw"] == "15"
    assert table.loc["bulk.relations", "raw"] is None


def test_what_is_not_the_default_is_marked():
    table = read_instance(CRM).configuration_table()
    assert set(table.index[table["changed"]]) == {
        "private.key", "company", "public.key", "connectwise.clientid", "baseUrl",
    }  # fmt: skip


def test_hidden_internal_and_unknown_keys_are_told():
    table = instance_with(configuration={"my.own": "x", "pagination.max": "200"}).configuration_table()
    assert table.loc["my.own", "group"] == "unknown"
    assert table.loc["pagination.max", "hidden"]
    assert not table.loc["pagination.max", "changed"]


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("true", True),
        ("false", False),
        ("15", 15),
        ("-3", -3),
        ("007", "007"),
        ("1e5", "1e5"),
        ("", ""),
        (None, None),
    ],
)
def test_typing(raw, value):
    assert typed(raw) == value
    assert type(typed(raw)) is type(value)


def test_a_company_that_looks_like_a_number_stays_a_text():
    assert (
        instance_with(configuration={"company": "4711"}).configuration_table().loc["company", "value"]
        == "4711"
    )


def test_no_secret_is_in_any_form_of_a_table():
    values = {"private.key": "hY3nP8sDf6", "hook": "https://me:pass1234@x.example.com/?token=abc123xyz"}
    instance = instance_with(token="tok-12345678", configuration=values)
    tables = [instance.configuration_table(), instance.summary(), instance.findings()]
    for table in tables:
        shown = f"{table!r}{table._repr_html_()}{to_csv(table)}{table.to_json()}{pickle.dumps(table)!r}"
        for secret in ("hY3nP8sDf6", "pass1234", "abc123xyz", "tok-12345678"):
            assert secret not in shown


def test_the_summary_is_one_line():
    summary = read_instance(HELPDESK).summary()
    assert list(summary.index) == [12345]
    row = summary.iloc[0]
    assert (row["element"], row["token"], row["configuration_keys"], row["polled_resources"]) == (
        "connectwisehd", "********", 8, 0,
    )  # fmt: skip


def test_a_table_stays_a_dataframe_and_keeps_its_look_when_it_is_cut():
    table = read_instance(CRM).configuration_table()
    cut = table[table["changed"]]
    assert isinstance(cut, Table)
    assert isinstance(cut, pd.DataFrame)
    assert "cwkit-table" in cut._repr_html_()


def test_long_json_is_folded_and_a_dark_theme_is_followed():
    markup = read_instance(CRM).configuration_table()._repr_html_()
    assert "<details><summary>{ contacts, incidents, organizations" in markup
    assert "--jp-ui-font-color1" in markup


@pytest.mark.parametrize("nasty", ["<img src=x onerror=alert(1)>", "<script>x</script>", "</td><b>"])
def test_what_comes_from_outside_is_shown_as_text(nasty):
    instance = instance_with(name=nasty, tags=[nasty], configuration={nasty: nasty})
    for table in (instance.configuration_table(), instance.summary(), instance.findings()):
        assert nasty not in table._repr_html_()


def test_terminal_codes_and_reversed_writing_are_taken_out():
    assert strip_control_characters("a\x1b[31mb\u202ec\r\x07") == "a�[31mb�c��"
    instance = instance_with(name="\x1b[2Jgone", configuration={"a\x1bb": "\x1b]0;title\x07"})
    shown = instance.summary().to_string() + instance.configuration_table().to_string()
    assert "\x1b" not in shown


def test_many_rows_are_cut_in_a_notebook_and_counted():
    assert "and 100 more rows" in as_html(show(pd.DataFrame({"a": range(600)})))


@pytest.mark.parametrize("formula", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", " =1"])
def test_a_formula_is_made_a_text(formula):
    assert str(harmless(formula)).startswith("'")


@pytest.mark.parametrize("value", ["plain", "-5", "+3.5", "", 5, None, True])
def test_what_is_no_formula_stays(value):
    assert harmless(value) is value or harmless(value) == value


def test_csv_is_harmless_with_its_index_and_columns():
    table = pd.DataFrame({"=a": ["=1", Secret("s3cret")]}, index=pd.Index(["@x", "y"], name="key"))
    read = pd.read_csv(io.StringIO(to_csv(table)))
    assert list(read.columns) == ["key", "'=a"]
    assert list(read["key"]) == ["'@x", "y"]
    assert list(read["'=a"]) == ["'=1", "********"]


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".parquet"])
def test_each_kind_of_file_is_written_and_read_back(tmp_path, ending):
    path = export(read_instance(CRM).configuration_table(), tmp_path / "new" / f"table{ending}")
    read = {".csv": pd.read_csv, ".xlsx": pd.read_excel, ".parquet": pd.read_parquet}[ending](path)
    assert list(read["key"])[:2] == ["base.url", "bulk.add_metadata"]
    assert len(read) == 30


def test_another_ending_and_a_place_that_cannot_be_written_are_told(tmp_path):
    table = read_instance(HELPDESK).summary()
    with pytest.raises(InputError, match=r"ends in \.csv"):
        export(table, tmp_path / "table.doc")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be written"):
        export(table, tmp_path / "file" / "table.csv")


def test_rows_are_what_the_table_holds():
    instance = read_instance(HELPDESK)
    assert [row[0] for row in configuration_rows(instance)] == list(instance.configuration_table().index)
