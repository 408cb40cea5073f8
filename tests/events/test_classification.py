"""What a polled record is reported as (platform facts, section 5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest

from cwkit.errors import DateError
from cwkit.events import PollerResource, classify

LAST = "2026-01-05T09:00:00Z"
BEFORE, SAME, AFTER, LATER = (
    f"2026-01-05T{clock}Z" for clock in ("08:00:00", "09:00:00", "09:00:01", "09:10:00")
)
ISO = "yyyy-MM-dd'T'HH:mm:ss'Z'"


def resource(**settings: Any) -> PollerResource:
    dates = {
        "updatedDateField": "updated", "updatedDateFormat": ISO,
        "createdDateField": "created", "createdDateFormat": ISO,
    }  # fmt: skip
    dates |= {
        key: settings.pop(key) for key in list(settings) if "Date" in key and not key.startswith("filter")
    }
    return PollerResource("things", {"datesConfiguration": dates, **settings})


@pytest.mark.parametrize(
    ("updated", "created", "expected"),
    [
        (BEFORE, BEFORE, None),
        (SAME, SAME, None),
        (AFTER, AFTER, "CREATED"),
        (LATER, AFTER, "UPDATED"),
        (AFTER, BEFORE, "UPDATED"),
        (AFTER, LATER, "CREATED"),
        (AFTER, None, "UPDATED"),
        (None, AFTER, "CREATED"),
        (None, BEFORE, None),
        (None, None, None),
        ("", " ", None),
        (float("nan"), AFTER, "CREATED"),
    ],
)
def test_updated_and_created_decide(updated: Any, created: Any, expected: str | None) -> None:
    assert classify({"updated": updated, "created": created}, resource(), last_poll=LAST) == expected


@pytest.mark.parametrize(
    ("tolerance", "expected"), [(0, "UPDATED"), (8, "UPDATED"), ("9", "CREATED"), (10, "CREATED")]
)
def test_dates_within_the_tolerance_are_the_same(tolerance: Any, expected: str) -> None:
    record = {"updated": "2026-01-05T09:00:10Z", "created": "2026-01-05T09:00:01Z"}
    assert classify(record, resource(createdCheckTolerance=tolerance), LAST) == expected
    assert classify(record, resource(createdCheckTolerance=tolerance).data, LAST) == expected


def test_one_field_for_both_dates_never_gives_updated() -> None:
    same = resource(createdDateField="updated")
    assert {classify({"updated": date}, same, LAST) for date in (BEFORE, SAME, AFTER, LATER)} == {
        None,
        "CREATED",
    }


@pytest.mark.parametrize(
    ("updated", "created", "expected"),
    [(LATER, BEFORE, None), (LATER, AFTER, "UPDATED"), (None, AFTER, "CREATED")],
)
def test_without_the_filter_by_updated_the_created_date_is_compared(
    updated: Any, created: Any, expected: str | None
) -> None:
    record = {"updated": updated, "created": created}
    assert classify(record, resource(filterByUpdatedDate="false"), LAST) == expected


@pytest.mark.parametrize(("created", "expected"), [(BEFORE, None), (AFTER, "UPDATED"), (LATER, "CREATED")])
def test_the_filter_by_created_leaves_older_records_out(created: str, expected: str | None) -> None:
    assert (
        classify({"updated": LATER, "created": created}, resource(filterByCreatedDate=True), LAST) == expected
    )


def test_formats_and_zones_are_the_resources_own() -> None:
    other = resource(
        updatedDateFormat="MM/dd/yyyy hh:mm:ss a", updatedDateTimezone="PST", createdDateFormat="milliseconds"
    )
    record = {"updated": "01/05/2026 01:30:00 AM", "created": "1767605400000"}  # both 09:30 GMT
    assert classify(record, other, LAST) == "CREATED"
    assert classify(record | {"created": 1767605399000}, other, LAST) == "UPDATED"
    seconds = resource(updatedDateFormat="timestamp", createdDateFormat="timestamp")
    assert classify({"updated": 1767605400, "created": "1767605400"}, seconds, LAST) == "CREATED"


@pytest.mark.parametrize(
    "record",
    [
        {"_info": {"lastUpdated": AFTER}},
        {"_info.lastUpdated": AFTER},
        {"_info.lastUpdated": AFTER, "_info": 5},
    ],
)
def test_nested_fields_are_reached_by_dots_or_by_a_key_with_a_dot(record: dict[str, Any]) -> None:
    nested = resource(updatedDateField="_info.lastUpdated", createdDateField="_info.lastUpdated")
    assert classify(record, nested, LAST) == "CREATED"


@pytest.mark.parametrize("record", [{"_info": "x"}, {"_info": None}, {"_info": []}, {}])
def test_a_path_that_leads_nowhere_is_a_missing_date(record: dict[str, Any]) -> None:
    nested = resource(updatedDateField="_info.lastUpdated", createdDateField="_info.lastUpdated")
    assert classify(record, nested, LAST) is None


def test_dates_that_are_read_already_are_taken_as_they_are() -> None:
    moment = datetime(2026, 1, 5, 10, tzinfo=UTC)
    assert (
        classify({"updated": pd.Timestamp(moment), "created": moment}, resource(), pd.Timestamp(LAST))
        == "CREATED"
    )
    assert classify({"updated": pd.NaT, "created": moment}, resource(), LAST) == "CREATED"


@pytest.mark.parametrize("dates", [{}, {"updatedDateField": "", "createdDateField": ""}, "", None])
def test_without_date_fields_every_record_is_reported_as_updated(dates: Any) -> None:
    assert classify({"id": 1}, PollerResource("x", {"datesConfiguration": dates}), LAST) == "UPDATED"


@pytest.mark.parametrize(
    ("settings", "told"),
    [({}, "The field updated: '2026'"), ({"updatedDateFormat": "b"}, "Java refuses"),
     ({"updatedDateTimezone": "XX"}, "XX"),
     ({"updatedDateFormat": ""}, "no date format")],
)  # fmt: skip
def test_a_date_that_cannot_be_read_is_an_error_that_names_the_field(
    settings: dict[str, str], told: str
) -> None:
    with pytest.raises(DateError, match="updated") as caught:
        classify({"updated": "2026"}, resource(**settings), LAST)
    assert told in caught.value.message
    assert caught.value.fix
