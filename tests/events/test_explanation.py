"""A poller in plain words."""

from __future__ import annotations

from typing import Any

import pytest

from cwkit.elements import shipped
from cwkit.errors import PollerError
from cwkit.events import PollerConfiguration, errors_in

SEED = PollerConfiguration.parse(
    shipped("connectwisecrmrest").fields["event.poller.configuration"].default_value
)
DATED = "/hubs/crm/things?where=t>'${gmtDate:yyyy-MM-dd}'"
DATES = {
    "updatedDateField": "u",
    "updatedDateFormat": "yyyy",
    "createdDateField": "c",
    "createdDateFormat": "yyyy",
}


def sentence(minutes: Any = 15, **entry: Any) -> str:
    poller = PollerConfiguration.parse(
        {"things": {"url": DATED, "idField": "id", "datesConfiguration": DATES} | entry}
    )
    return poller.explain(minutes)["things"]


def test_the_seeds_poller_is_explained_as_a_careful_reader_would() -> None:
    told = SEED.explain()
    assert told["contacts"] == (
        "Every 15 minutes: contacts changed since the last poll. A change is always reported as CREATED, "
        "because the created date and the updated date are the same field (_info.lastUpdated)."
    )
    assert told["incidents"].endswith("A new record is reported as CREATED, a changed one as UPDATED.")
    assert "no object id" in told["configurations"]
    assert sum("always reported as CREATED" in each for each in told) == 4
    assert list(told) == str(told).split("\n")


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"url": "/hubs/crm/things"}, "all things, because the URL does not ask for a date"),
        ({"url": ""}, "cannot be polled. There is no URL to poll."),
        ({"url": "/a?b=${gmtDate:yyyy"}, "cannot be polled. ${gmtDate:yyyy is never closed"),
        ({"url": "/hubs/crm/others?w=${epoch}"}, "things (from others) changed since"),
        ({"filterByUpdatedDate": False}, "things created since the last poll"),
        ({"filterByUpdatedDate": False}, "Only records created since the last poll are reported."),
        ({"createdCheckTolerance": 10}, "(the dates at most 10 seconds apart)"),
        ({"pollDelay": 1}, "from 1 second before the last poll on"),
        ({"datesConfiguration": {}}, "Every record that comes is reported as UPDATED each time"),
        ({"datesConfiguration": {**DATES, "createdDateField": ""}}, "always reported as UPDATED"),
        ({"datesConfiguration": {**DATES, "updatedDateField": ""}}, "never as UPDATED"),
        ({"datesConfiguration": {**DATES, "updatedDateFormat": "T"}}, "Nothing is reported: Java refuses"),
        ({"datesConfiguration": {**DATES, "createdDateFormat": ""}}, "no format is set"),
        ({"datesConfiguration": {**DATES, "createdDateTimezone": "PDT"}}, "There is no time zone 'PDT'"),
    ],
)  # fmt: skip
def test_each_peculiarity_is_told(entry: dict[str, Any], told: str) -> None:
    assert told in sentence(**entry)


@pytest.mark.parametrize(
    ("minutes", "told"), [(1, "Every minute:"), ("5", "Every 5 minutes:"), (0.5, "Every 0.5 minutes")]
)
def test_the_interval_is_told(minutes: Any, told: str) -> None:
    assert sentence(minutes).startswith(told)


@pytest.mark.parametrize(
    "minutes", [0, -1, "0", "", "often", None, float("nan"), float("inf"), True, "1e9", "9" * 400]
)
def test_an_interval_that_is_no_number_above_zero_is_refused(minutes: Any) -> None:
    with pytest.raises(PollerError, match="refresh interval") as caught:
        SEED.explain(minutes)
    assert "15 is usual" in caught.value.fix


def test_errors_are_found_by_setting_without_any_data() -> None:
    poller = PollerConfiguration.parse(
        {
            "x": {
                "url": "/a/{id}",
                "datesConfiguration": {
                    "updatedDateField": "u",
                    "updatedDateFormat": "b",
                    "updatedDateTimezone": "Foo",
                    "createdDateField": "c",
                },
            }
        }
    )
    assert set(errors_in(poller["x"])) == {
        "url",
        "updatedDateFormat",
        "updatedDateTimezone",
        "createdDateFormat",
    }
    assert not any(errors_in(resource) for resource in SEED.values())
