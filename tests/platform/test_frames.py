"""Records as tables: nested names, dates, gaps, odd neighbours, secrets."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cwkit.platform.frames import Columns, records_frame
from cwkit.redaction import MASK, Secret, wrap_secrets


def test_nested_records_get_dotted_names() -> None:
    frame = records_frame([{"id": 1, "company": {"id": 19, "_info": {"href": "x"}}, "tags": [1, 2]}])
    assert list(frame.columns) == ["id", "company.id", "company._info.href", "tags"]
    assert frame.iloc[0].to_list() == [1, 19, "x", [1, 2]]


def test_iso_texts_and_epoch_milliseconds_become_the_same_moment() -> None:
    frame = records_frame(
        [{"at": "2026-01-05T09:00:00Z", "lastUpdated": 1767603600000}, {"at": None}],
        millisecond_fields=["lastUpdated"],
    )
    assert str(frame["at"].dt.tz) == str(frame["lastUpdated"].dt.tz) == "UTC"
    assert frame.loc[0, "at"] == frame.loc[0, "lastUpdated"] == pd.Timestamp("2026-01-05T09:00Z")
    assert frame.loc[1].isna().all()


def test_dates_stay_as_they_came_when_that_is_asked() -> None:
    assert records_frame([{"at": "2026-01-05T09:00:00Z"}], dates=False).loc[0, "at"] == "2026-01-05T09:00:00Z"


def test_a_record_that_lacks_a_field_leaves_a_gap_and_whole_numbers_stay_whole() -> None:
    frame = records_frame([{"id": 1, "flag": True}, {"name": "b"}, {"id": 3}])
    assert frame["id"].dtype == "Int64"
    assert frame["id"].sum() == 4
    assert frame["flag"].dtype == "boolean"
    assert frame["name"].isna().to_list() == [True, False, True]


def test_a_value_among_objects_is_kept_beside_their_parts() -> None:
    frame = records_frame([{"company": {"id": 1}}, {"company": "Acme"}, {"company": None}])
    assert frame.loc[0, "company.id"] == 1
    assert frame.loc[1, "company"] == "Acme"
    assert pd.isna(frame.loc[2, "company.id"])


def test_one_value_that_is_no_date_leaves_the_column_alone_and_says_so() -> None:
    frame = records_frame([{"at": "2026-01-05T09:00:00Z"}, {"at": "soon"}])
    assert frame["at"].to_list() == ["2026-01-05T09:00:00Z", "soon"]
    assert "'soon'" in frame.attrs["notes"][0]


def test_dates_and_numbers_beyond_any_column_type_are_kept() -> None:
    frame = records_frame([{"n": 2**70, "last": 10**20}, {"n": None}], millisecond_fields=["last"])
    assert frame.loc[0, "n"] == 2**70
    assert frame.loc[0, "last"] == 10**20


def test_secret_fields_are_masked() -> None:
    frame = records_frame([{"portalPassword": "hunter2", "site": {"apiKey": "k1"}}, {"portalPassword": ""}])
    assert frame["portalPassword"].to_list() == [MASK, ""]
    assert frame.loc[0, "site.apiKey"] == MASK
    assert wrap_secrets({"a": [{"portalPassword": "hunter2"}]}) == {
        "a": [{"portalPassword": Secret("hunter2")}]
    }


def test_no_records_make_an_empty_table() -> None:
    assert records_frame([]).shape == (0, 0)


plain = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.text(max_size=4), st.lists(st.integers())
)
records = st.lists(
    st.dictionaries(
        st.sampled_from("abc"),
        st.one_of(plain, st.dictionaries(st.sampled_from("xy"), plain, max_size=2)),
        max_size=3,
    ),
    max_size=6,
)


@given(records, st.integers(0, 6))
def test_pages_add_up_to_the_whole_and_no_value_is_lost(found: list[dict[str, object]], cut: int) -> None:
    paged = Columns()
    paged.add(found[:cut])
    paged.add(found[cut:])
    frame = paged.frame(dates=False)
    assert len(frame) == len(found)
    for row, record in enumerate(found):
        for name, value in record.items():
            parts = {f"{name}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {name: value}
            for label, expected in parts.items():
                # A null among objects needs no column of its own.
                actual = frame.loc[row, label] if label in frame or expected is not None else None
                assert pd.isna(actual) if expected is None else actual == expected
