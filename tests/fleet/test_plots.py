"""Plots of a fleet: drawn, told in words, and readable without colour."""

from __future__ import annotations

import pytest

from cwkit import fleet
from cwkit.instances import Instance

PNG = b"\x89PNG"


def texts(drawing):
    return [text.get_text() for axes in drawing.figure.axes for text in axes.texts]


def labels(drawing):
    return [label.get_text() for label in drawing.figure.axes[0].get_yticklabels()]


def test_each_cell_of_the_heat_map_says_its_severity_in_a_letter(fleet_of_60):
    audit = fleet.audit(fleet_of_60)
    drawing = fleet.plot_findings(audit, most=100)
    assert drawing.png().startswith(PNG)
    assert len(texts(drawing)) == len(audit.findings.reset_index()[["id", "code"]].drop_duplicates())
    assert {text[0] for text in texts(drawing)} == {"E", "W", "i"}


def test_a_large_fleet_shows_the_worst_and_counts_the_others(fleet_of_60):
    drawing = fleet.plot_findings(fleet.audit(fleet_of_60), most=10)
    assert len(labels(drawing)) == 11
    assert labels(drawing)[-1] == "… 50 more instances"


def test_the_load_is_told_by_site_with_numbers(fleet_of_60):
    load = fleet.poller_load(fleet_of_60)
    one = next(
        each
        for each in fleet_of_60
        if each.configuration["event.notification.enabled"] == "true" and not each.disabled
    )
    every = int(one.configuration["event.poller.refresh_interval"])
    alone = fleet.poller_load([one])
    assert alone["requests_per_hour"].to_list() == [5 * 60 / every]
    assert alone.index[0] in one.configuration["baseUrl"]
    assert load["requests_per_hour"].is_monotonic_decreasing
    drawing = fleet.plot_load(fleet_of_60, most=1)
    assert "more sites" in labels(drawing)[1]
    assert f"{load['requests_per_hour'].sum():,.0f} requests an hour" in repr(drawing)


@pytest.mark.parametrize(("interval", "requests"), [("15", 20.0), ("30", 10.0), ("60", 5.0)])
def test_a_longer_interval_is_less_load(acme, interval, requests):
    acme.configuration.update(
        {"event.notification.enabled": "true", "event.poller.refresh_interval": interval}
    )
    assert fleet.poller_load([acme])["requests_per_hour"].to_list() == [requests]


@pytest.mark.parametrize(
    "change",
    [
        {"event.notification.enabled": "false"},
        {"event.poller.configuration": "{"},
        {"event.poller.refresh_interval": "0"},
    ],
)
def test_what_does_not_poll_is_no_load(acme, change):
    acme.configuration.update({"event.notification.enabled": "true", **change})
    assert fleet.poller_load([acme]).empty
    assert repr(fleet.plot_load([acme])) == "No instance polls."


def test_instances_over_time_have_a_line_for_each_element(fleet_of_60):
    other = [
        Instance(id=n, element_key="connectwisehd", created_date=f"2024-0{n}-01T00:00:00Z")
        for n in range(1, 5)
    ]
    undated = Instance(id=9, element_key="connectwisehd")
    drawing = fleet.plot_instances([*fleet_of_60, *other, undated])
    assert texts(drawing) == ["connectwisehd: 4", "connectwisecrmrest: 60"]
    assert "1 without a date" in repr(drawing)
    styles = {line.get_linestyle() for line in drawing.figure.axes[0].lines}
    assert len(styles) == 2


def test_nothing_to_draw_is_told(tmp_path):
    assert repr(fleet.plot_findings(fleet.audit([]))) == "No findings on 0 instances."
    fleet.plot_instances([]).save(tmp_path / "empty.png")
    assert (tmp_path / "empty.png").read_bytes().startswith(PNG)


def test_a_dollar_sign_in_a_name_is_no_formula(acme):
    acme.name = "$\\frac{a$ & <b>"
    assert fleet.plot_findings(fleet.audit([acme])).png().startswith(PNG)
