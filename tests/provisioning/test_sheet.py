"""What can be a sheet, and what its cells mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cwkit import Secret
from cwkit.errors import ReadError
from cwkit.provisioning.sheet import cell_text, read_sheet, tags_in

ROWS = [{"element.key": "e", "name": "n1", "tags": "a", "company": "0042"}, {"name": "n2", "x": "1"}]


def cells(source):
    return [(row.element_key, row.name, row.tags, row.values) for row in read_sheet(source).rows]


MEANT = [("e", "n1", "a", {"company": "0042"}), (None, "n2", None, {"x": "1"})]


def test_dicts_and_dataframes_say_the_same():
    assert cells(ROWS) == MEANT
    assert cells(pd.DataFrame(ROWS)) == MEANT


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_file_is_read_in_the_ways_that_excel_writes_it(tmp_path, separator, encoding):
    lines = [["element.key", "name", "company"], ["e", "Müller", "0042"], ["", "", ""], ["e", "n2", ""]]
    path = tmp_path / "sheet.csv"
    path.write_text("\r\n".join(separator.join(line) for line in lines), encoding=encoding, newline="")
    sheet = read_sheet(path)
    assert [(row.label, row.name, row.values) for row in sheet.rows] == [
        (2, "Müller", {"company": "0042"}), (4, "n2", {}),
    ]  # fmt: skip
    assert sheet.blank == 1


def test_an_excel_file_is_read_with_its_row_numbers(tmp_path):
    path = tmp_path / "sheet.xlsx"
    frame = pd.DataFrame([["element.key", "name", "company"], [None] * 3, ["e", "n", 42]])
    frame.to_excel(path, header=False, index=False)
    row = read_sheet(str(path)).rows[0]
    assert (row.label, row.name, row.values) == (3, "n", {"company": 42})


@pytest.mark.parametrize("spelling", ["element.key", "Element Key", "elementKey", " ELEMENT ", "element_key"])
def test_the_three_own_columns_are_known_in_every_spelling(spelling):
    assert read_sheet([{spelling: "e", "Name ": "n", "TAGS": "t"}]).rows[0].element_key == "e"


def test_a_column_that_is_there_twice_is_told():
    with pytest.raises(ReadError, match=r"'element\.key' is there twice"):
        read_sheet([{"element": "e", "element.key": "e"}])


@pytest.mark.parametrize("blank", [None, "", "  ", float("nan"), pd.NA, pd.NaT, np.nan, Secret("")])
def test_blank_cells_are_left_out_whatever_they_are_made_of(blank):
    sheet = read_sheet([{"name": "n", "company": blank}, {"name": blank, "company": blank}])
    assert [row.values for row in sheet.rows] == [{}]
    assert sheet.blank == 1


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (15.0, "15"),
        (15, "15"),
        (np.int64(7), "7"),
        (True, "true"),
        (np.bool_(False), "false"),
        (" a ", "a"),
        (0.5, "0.5"),
    ],
)
def test_a_cell_becomes_the_text_that_is_meant(cell, text):
    assert cell_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "tags"), [("a, b;c", ["a", "b", "c"]), (None, []), (["a", "b"], ["a", "b"]), (7, ["7"])]
)
def test_tags_are_separated_by_commas_or_semicolons(cell, tags):
    assert tags_in(cell) == tags


@pytest.mark.parametrize("source", [7, {"name": "n"}, ["row"], None, "missing.csv", "missing.xlsx"])
def test_what_is_no_sheet_is_told(source):
    with pytest.raises(ReadError) as caught:
        read_sheet(source)
    assert caught.value.fix
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("name", "content"), [("a.xlsx", b"no excel file"), ("a.csv", b""), ("b.csv", b"\n\n ,\n")]
)
def test_a_file_that_cannot_be_read_or_is_empty_is_told(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ReadError) as caught:
        read_sheet(tmp_path / name)
    assert str(tmp_path / name) in str(caught.value)
