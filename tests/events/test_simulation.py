"""A dry run over records, and its timeline."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from cwkit.elements import shipped
from cwkit.errors import DateError, InputError, PollerError
from cwkit.events import PollerConfiguration, plot_timeline, timeline_summary

SEED = PollerConfiguration.parse(
    shipped("connectwisecrmrest").fields["event.poller.configuration"].default_value
)
POLLS = [f"2026-01-05T{hour:02}:00:00Z" for hour in range(8, 13)]


def record(number: int, created: str, updated: str) -> dict[str, Any]:
    day = "2026-01-05T"
    return {
        "id": number,
        "dateEntered": f"{day}{created}:00Z",
        "_info": {"lastUpdated": f"{day}{updated}:00Z"},
    }


def test_each_poll_sees_a_record_as_it_was_then() -> None:
    records = [record(1, "08:10", "10:30"), record(2, "08:20", "08:40"), record(3, "07:00", "09:00")]
    events = SEED.simulate({"incidents": records}, POLLS)
    told = [(str(row.poll)[11:16], row.object_id, row.event) for row in events.itertuples()]
    assert told == [
        ("09:00", 1, "CREATED"),
        ("09:00", 2, "UPDATED"),
        ("09:00", 3, "UPDATED"),
        ("11:00", 1, "UPDATED"),
    ]
    assert "never reported as CREATED" in events.loc[events["object_id"] == 2, "note"].item()
    assert list(events.columns) == ["poll", "resource", "event", "object_id", "date", "note"]
    assert str(events["poll"].dtype).endswith("UTC]")


def test_with_one_field_for_both_dates_a_change_is_created() -> None:
    events = SEED.simulate({"contacts": [record(1, "08:10", "10:30")]}, POLLS)
    assert list(events["event"]) == ["CREATED"]


def test_a_flat_table_does_as_well_as_nested_records() -> None:
    nested = [record(1, "08:10", "10:30"), record(2, "08:20", "08:20")]
    flat = pd.json_normalize(nested)
    table = SEED.simulate(flat, POLLS, resource="incidents")
    pd.testing.assert_frame_equal(table, SEED.simulate({"incidents": nested}, POLLS))


def test_a_hub_is_asked_for_every_polled_object() -> None:
    asked = []

    class Hub:
        def records(self, name: str) -> pd.DataFrame:
            asked.append(name)
            return pd.json_normalize([record(1, "08:10", "08:10")])

    events = SEED.simulate(Hub(), POLLS)
    assert asked == list(SEED)
    assert len(events) == 5


def test_without_polls_there_is_one_every_interval_over_the_time_of_the_records() -> None:
    records = [record(1, "08:10", "10:30"), record(2, "09:00", "09:00")]
    events = SEED.simulate({"incidents": records}, refresh_minutes="30")
    assert [str(poll)[11:16] for poll in events["poll"]] == ["08:30", "09:00", "10:30"]


def test_records_outside_the_polls_give_nothing_and_unreadable_ones_say_why() -> None:
    records = [
        record(1, "01:00", "02:00"),
        record(2, "23:00", "23:30"),
        {"id": 3},
        {"id": 4, "dateEntered": "x"},
    ]
    events = SEED.simulate({"incidents": records, "unknown": records}, POLLS)
    assert list(events["object_id"]) == [3, 4]
    assert events["event"].isna().all()
    assert "no date" in events.loc[0, "note"]
    assert "does not fit" in events.loc[1, "note"]


def test_without_date_fields_a_record_comes_again_at_each_poll() -> None:
    poller = PollerConfiguration.parse({"x": {"url": "/hubs/a/x", "idField": "id"}})
    events = poller.simulate([{"id": 7}], POLLS)
    assert list(events["event"]) == ["UPDATED"]
    assert "again at each of the 4 polls" in events.loc[0, "note"]


@pytest.mark.parametrize(
    ("records", "options", "told"),
    [
        ([record(1, "08:10", "08:10")], {}, "which resource"),
        ([record(1, "08:10", "08:10")], {"resource": "tickets"}, "tickets"),
        ({"contacts": ["x"]}, {}, "not a table"),
        ({"contacts": []}, {"refresh_minutes": 0}, "refresh interval"),
        ({"incidents": [record(1, "08:10", "08:10") | {"dateEntered": "1926-01-01T00:00:00Z"}]},
         {"refresh_minutes": 1}, "polls from 1925-12-31|polls from 1926"),
    ],
)  # fmt: skip
def test_what_cannot_be_simulated_is_our_error(records: Any, options: dict[str, Any], told: str) -> None:
    with pytest.raises(PollerError, match=told):
        SEED.simulate(records, **options)


def test_no_records_and_no_polls_give_an_empty_table() -> None:
    assert SEED.simulate({"contacts": []}).empty
    assert SEED.simulate({"contacts": [record(1, "08:10", "08:10")]}, []).empty


def test_the_timeline_has_a_row_a_resource_and_tells_kinds_by_shape_and_colour() -> None:
    records = [record(1, "08:10", "10:30"), *(record(number, "09:10", "09:10") for number in range(2, 9))]
    events = SEED.simulate({"incidents": records, "contacts": [record(9, "08:10", "08:10")]}, POLLS)
    timeline = plot_timeline(events, zone="America/New_York")
    axes = timeline.figure.axes[0]
    assert {label.get_text() for label in axes.get_yticklabels()} == {"incidents", "contacts"}
    marks = axes.collections
    shapes = {marks[i].get_paths()[0].vertices.tobytes() for i in range(len(marks))}
    colours = {tuple(marks[i].get_facecolor()[0]) for i in range(len(marks))}
    assert len(marks) == len(shapes) == len(colours) == 2
    assert (
        sum(len(mark.get_offsets()) for mark in marks) == 1 + 1 + 4 + 1
    )  # four of seven at one poll are drawn
    assert [text.get_text() for text in axes.texts] == ["7"]
    assert timeline.png().startswith(b"\x89PNG")
    assert timeline.summary == (
        "10 events from 2026-01-05 09:00 to 2026-01-05 11:00 UTC. "
        "incidents: 8 CREATED, 1 UPDATED; contacts: 1 CREATED."
    )


def test_the_picture_carries_its_summary_as_alternative_text_escaped(tmp_path: Any) -> None:
    poller = PollerConfiguration.parse({'<b>"': SEED["contacts"].data})
    timeline = plot_timeline(poller.simulate([record(1, "08:10", "08:10")], POLLS))
    markup = timeline._repr_html_()
    assert 'alt="1 event from' in markup
    assert "<b>" not in markup
    timeline.save(tmp_path / "events.svg")
    assert (tmp_path / "events.svg").stat().st_size > 1000


def test_no_events_are_said_and_an_unknown_zone_is_our_error() -> None:
    empty = SEED.simulate({"contacts": []})
    assert plot_timeline(empty).summary == timeline_summary(empty) == "No events."
    with pytest.raises(DateError):
        plot_timeline(empty, zone="Nowhere")


def test_without_matplotlib_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    with pytest.raises(InputError, match=r"pip install"):
        plot_timeline(SEED.simulate({"contacts": []}))
