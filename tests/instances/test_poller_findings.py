"""Findings on pollers: an example for each, and no false alarm over the defaults of sixty elements."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from cwkit.elements.connectwise.conditions import CODES as TRANSLATION_CODES
from cwkit.instances.finding import CODES
from cwkit.instances.poller_rules import poller_findings

from .conftest import FIXTURES, codes, crm_poller, polled

GMT = "${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}"


def url(where: str, target: str = "incidents") -> dict[str, str]:
    return {"url": f"/hubs/crm/{target}?where={where}"}


def dates(**settings: str) -> dict[str, dict[str, str]]:
    return {"datesConfiguration": {**crm_poller()["incidents"]["datesConfiguration"], **settings}}


EXAMPLES = [
    ("created-is-updated", dates(createdDateField="_info.lastUpdated")),
    ("id-field-empty", {"idField": ""}),
    ("id-field-empty", {"idField": None}),
    ("url-missing", {"url": " "}),
    ("other-hub", {"url": f"/hubs/helpdesk/incidents?where=lastUpdated>'{GMT}'"}),
    ("other-object", url(f"lastUpdated>'{GMT}'", "opportunities")),
    ("object-unknown", url(f"lastUpdated>'{GMT}'", "incident-list")),
    ("field-unknown", {"idField": "ticketNumber"}),
    ("field-unknown", dates(createdDateField="enteredOn")),
    ("no-last-poll", {"url": "/hubs/crm/incidents"}),
    ("no-last-poll", url("status='New'")),
    ("placeholder-unfilled", url("lastUpdated>'${dateTimeZone:{TimeZone}:yyyy-MM-dd}'")),
    ("template-refused", url("lastUpdated>'${lastPoll}'")),
    ("template-refused", url("lastUpdated>'${gmtDate:yyyy")),
    ("template-refused", url("lastUpdated>'${gmtDate:}'")),
    ("descriptor-case", url("lastUpdated>'${GMTDate:yyyy-MM-dd}'")),
    ("pattern-refused", url("lastUpdated>'${gmtDate:yyyy-MM-ddTHH:mm}'")),
    ("pattern-refused", dates(updatedDateFormat="yyyy-MM-dd'T")),
    ("zone-unknown", dates(updatedDateTimezone="PDT")),
    ("zone-unknown", url("lastUpdated>'${dateTimeZone:PDT:yyyy-MM-dd}'")),
    ("zone-contradiction", dates(updatedDateTimezone="PST")),
    ("zone-contradiction", url("lastUpdated>'${dateTimeZone:PST:yyyy-MM-dd'T'HH:mm:ss'Z'}'")),
    ("date-not-gmt", url("lastUpdated>'${date:yyyy-MM-dd'T'HH:mm:ss'Z'}'")),
    ("delay-too-long", {"pollDelay": 901}),
    ("page-size", {"pageSize": 5000}),
    ("page-size", {"url": f"/hubs/crm/incidents?pageSize=2001&where=lastUpdated>'{GMT}'"}),
    ("setting-odd", {"pollDelay": "soon"}),
    ("no-dates", {"datesConfiguration": {}}),
    ("no-dates", {"datesConfiguration": None}),
    ("date-format-missing", dates(updatedDateFormat="")),
    ("setting-misspelt", dates(UpdatedDateTimezone="GMT")),
    ("setting-misspelt", {"iDField": "id"}),
    ("setting-misspelt", {"pollDealy": 5}),
    ("setting-misspelt", {"updatedDateField": "_info.lastUpdated"}),
    ("date-not-recognised", url("lastUpdated>'${epoch:ms}'")),
    ("date-not-recognised", url("lastUpdated>'${epoch:s}'")),
    ("date-not-recognised", url("lastUpdated>'${gmtDate:MM/dd/yyyy HH:mm:ss}'")),
    ("date-not-recognised", url("lastUpdated>'${gmtDate:yyyy-M-d'T'HH:mm:ss'Z'}'")),
    ("where-unreadable", url(f"lastUpdated>>'{GMT}'")),
    ("or-trap", url(f"organization='Acme' AND lastUpdated>'{GMT}'")),
    ("comma-text", url(f"company.name='Acme, Inc' AND lastUpdated>'{GMT}'")),
]


@pytest.mark.parametrize(("code", "settings"), EXAMPLES)
def test_each_finding_has_an_example(code, settings):
    instance = polled(lambda resource: resource.update(settings))
    findings = instance.findings()
    assert code in list(findings["code"])
    assert set(findings["subject"]) == {"incidents"}


@pytest.mark.parametrize(
    "settings",
    [
        {"pollDelay": 900},
        {"pageSize": "2000"},
        {"filterByUpdatedDate": "true", "unknownSetting": {"a": 1}},
        url("lastUpdated>'${dateTimeZone:PST:yyyy-MM-dd'T'HH:mm:ssZ}'"),
        dates(updatedDateFormat="milliseconds", updatedDateTimezone=""),
        dates(updatedDateTimezone="Etc/UTC"),
    ],
)
def test_what_is_sound_has_none(settings):
    assert codes(polled(lambda resource: resource.update(settings))) == []


def test_an_object_with_an_entry_of_its_own_under_another_name_is_a_warning():
    poller = crm_poller()
    poller["tickets"] = {**poller["incidents"]}
    (finding,) = poller_findings(json.dumps(poller), "connectwisecrmrest", "crm", 15)
    assert (finding.severity, finding.code, finding.subject) == ("warning", "other-object", "tickets")


def test_names_and_addresses_of_an_element_that_is_not_known_are_left_alone():
    poller = {"leads": {"url": f"/lead-changes?since={GMT}", "idField": "whatever"}}
    assert poller_findings(json.dumps(poller), "marketo", "marketing", 15) == []


def told(settings: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Severity, code and message of the findings on ``incidents`` with these settings."""
    findings = polled(lambda resource: resource.update(settings)).findings()
    return list(zip(findings["severity"], findings["code"], findings["message"], strict=True))


PATTERNS = [
    ("YYYY-MM-dd'T'HH:mm:ss'Z'", "YYYY is the year of the week, which differs around New Year. Write yyyy."),
    ("yyyy-MM-DD'T'HH:mm:ss'Z'", "DD is the day of the year. Write dd."),
    ("yyyy-mm-dd'T'HH:mm:ss'Z'", "mm are minutes. Write MM for the month."),
    ("yyyy-MM-dd'T'HH:MM:ss'Z'", "MM is the month. Write mm for minutes."),
    ("yyyy-MM-dd'T'HH:mm:SS'Z'", "SS are milliseconds. Write ss for seconds."),
    (
        "yyyy-MM-dd'T'hh:mm:ss'Z'",
        "hh counts to 12 and needs a for AM and PM. Write HH for hours from 0 to 23.",
    ),
    ("yyyy-MM-dd'T'kk:mm:ss'Z'", "kk counts from 1 to 24. Write HH for hours from 0 to 23."),
    ("uuuu-MM-dd'T'HH:mm:ss'Z'", "u is the number of the weekday. Write yyyy for the year."),
]


@pytest.mark.parametrize(("pattern", "reason"), PATTERNS)
def test_a_pattern_that_java_takes_for_something_else(pattern, reason):
    message = f"The date pattern {pattern} is accepted, but means something else: {reason}"
    for settings in (dates(updatedDateFormat=pattern), url(f"lastUpdated>'${{gmtDate:{pattern}}}'")):
        assert ("warning", "pattern-meaning", message) in told(settings)


def test_a_fault_of_both_date_formats_is_one_finding():
    pattern = "yyyy-mm-dd'T'HH:mm:ss'Z'"
    both = dates(updatedDateFormat=pattern, createdDateFormat=pattern)
    assert [code for _, code, _ in told(both)] == ["pattern-meaning"]


@pytest.mark.parametrize(
    "pattern", ["dd/MM/yyyy hh:mm:ss a", "EEE, dd MMM yyyy HH:mm:ss Z", "yyyyDDD", "YYYY-'W'ww-u"]
)
def test_a_pattern_that_means_what_it_says(pattern):
    assert told(dates(updatedDateFormat=pattern)) == []


ZONES = [
    (
        dates(updatedDateFormat="yyyy-MM-dd'T'HH:mm:ss'-0800'", updatedDateTimezone="GMT"),
        "updatedDateFormat ends in -0800, but updatedDateTimezone is GMT: dates are off by the difference.",
    ),
    (
        dates(updatedDateFormat="yyyy-MM-dd'T'HH:mm:ss-08:00", updatedDateTimezone="PST"),
        "updatedDateFormat ends in -08:00, but updatedDateTimezone is PST: dates are off by the difference.",
    ),
    (
        dates(updatedDateFormat="yyyy-MM-dd'T'HH:mm:ss'-0800'", updatedDateTimezone=""),
        "updatedDateFormat ends in -0800, but updatedDateTimezone is blank, which means GMT: "
        "dates are off by the difference.",
    ),
    (
        url("lastUpdated>'${gmtDate:yyyy-MM-dd'T'HH:mm:ss}-0800'"),
        "${gmtDate:yyyy-MM-dd'T'HH:mm:ss} writes the time of GMT, but ends in -0800, which is another time: "
        "dates are off by the difference.",
    ),
]


@pytest.mark.parametrize(("settings", "message"), ZONES)
def test_a_fixed_offset_beside_another_zone(settings, message):
    assert told(settings) == [("warning", "zone-contradiction", message)]


def test_a_fixed_offset_beside_the_same_zone_is_right():
    assert told(dates(updatedDateFormat="yyyy-MM-dd'T'HH:mm:ss'-0800'", updatedDateTimezone="GMT-8:00")) == []
    assert told(url("lastUpdated>'${dateTimeZone:-8:00:yyyy-MM-dd'T'HH:mm:ss}-0800'")) == []


def test_what_a_placeholder_prints_is_shown_where_connectwise_does_not_get_a_date():
    message = (
        "${epoch:ms} prints 1795463156789, which does not reach ConnectWise as a date in brackets, "
        "so the filter fails or finds nothing."
    )
    assert told(url("lastUpdated>'${epoch:ms}'")) == [("error", "date-not-recognised", message)]


MISSPELT = [
    (
        dates(UpdatedDateTimezone="GMT"),
        "datesConfiguration.UpdatedDateTimezone",
        "datesConfiguration.updatedDateTimezone",
    ),
    ({"idfield": "id", "idField": ""}, "idfield", "idField"),
]


@pytest.mark.parametrize(("settings", "key", "right"), MISSPELT)
def test_a_misspelt_setting_is_one_finding_with_the_right_spelling(settings, key, right):
    message = f"{key} is not a setting of a resource, so it has no effect. The right spelling is {right}."
    assert told(settings) == [("error", "setting-misspelt", message)]


def test_a_setting_in_the_wrong_place_is_named_with_the_right_one():
    message = "updatedDateField has no effect here. It belongs in datesConfiguration.updatedDateField."
    assert told({"updatedDateField": "_info.lastUpdated"}) == [("error", "setting-misspelt", message)]


READS_20 = (
    "The URL does not filter by the last poll. "
    "The platform then reads 20 records at a time until one is older than the last poll."
)


def poller_with(**settings: Any) -> str:
    resource = {
        "url": "/orders",
        "idField": "id",
        "datesConfiguration": {"updatedDateField": "updated_at", "updatedDateFormat": "milliseconds"},
    }
    return json.dumps({"orders": {**resource, **settings}})


def other(**settings: Any) -> list[tuple[str, str, str]]:
    """Severity, code and message of the findings on a resource of an element that is not known."""
    return [
        (f.severity, f.code, f.message)
        for f in poller_findings(poller_with(**settings), "shop", "ecommerce", 15)
    ]


def test_without_a_filter_the_platform_reads_twenty_records_at_a_time():
    missed = f"{READS_20} Changes are missed unless the newest records come first."
    assert other() == [("warning", "no-last-poll", missed)]
    assert other(url="/orders?where=direction='desc'") == [("info", "no-last-poll", READS_20)]


@pytest.mark.parametrize(
    "path", ["/changed-orders", "/orders/changes", "/events/poll/orders", "/orders?where=fetchChanges='true'"]
)
def test_calls_that_give_changes_only_need_no_filter(path):
    assert [code for _, code, _ in other(url=path)] == []


def test_a_resource_without_dates():
    dateless = {"datesConfiguration": {}}
    without = "No date field is set, so the platform cannot distinguish new records from changed ones."
    assert other(url="/orders?where=since='${epoch}'", **dateless) == [("info", "no-dates", without)]
    assert [(severity, code) for severity, code, _ in other(**dateless)] == [("warning", "no-dates")]
    assert other(url="/orders/changes", **dateless) == []


def one_date(field: str) -> dict[str, Any]:
    return {
        "url": "/orders?where=since='${epoch}'",
        "datesConfiguration": {
            "updatedDateField": field,
            "updatedDateFormat": "milliseconds",
            "createdDateField": field,
            "createdDateFormat": "milliseconds",
        },
    }


@pytest.mark.parametrize(
    ("field", "consequence"),
    [
        ("updated_at", ", so every change is reported as CREATED, never as UPDATED."),
        ("createdAt", ", a date of creation, so only new records are reported, and changes are not noticed."),
        (
            "date",
            ". If this is the date of creation, only new records are reported, and changes are not noticed.",
        ),
    ],
)
def test_one_field_for_both_dates_by_what_it_means(field, consequence):
    message = f"Created and updated date are both {field}{consequence}"
    assert other(**one_date(field)) == [("warning", "created-is-updated", message)]


def test_the_fix_for_one_date_fits_its_meaning():
    def fix(field: str, **settings: Any) -> list[str]:
        text = poller_with(**one_date(field), **settings)
        return [finding.fix for finding in poller_findings(text, "shop", "ecommerce", 15)]

    assert fix("updated_at") == [
        "Set createdDateField to the field with the date of creation, if the records have one."
    ]
    assert fix("createdAt") == [
        "Set updatedDateField to the field with the date of the last change. "
        "If the records have none, set filterByUpdatedDate to false."
    ]
    assert fix("createdAt", filterByUpdatedDate=False) == []
    incidents = polled(lambda r: r.update(dates(createdDateField="_info.lastUpdated"))).findings()
    assert list(incidents["fix"]) == ["Set createdDateField to dateEntered."]


def test_an_unreadable_where_of_any_element():
    (finding,) = other(url="/orders?where=since>>'${epoch}'")
    assert finding[:2] == ("error", "where-unreadable")


COUNTS = {
    ("error", "placeholder-unfilled"): 11,
    ("warning", "created-is-updated"): 25,
    ("warning", "id-field-empty"): 9,
    ("warning", "no-dates"): 1,
    ("warning", "no-last-poll"): 16,
    ("warning", "pattern-meaning"): 3,
    ("info", "date-not-gmt"): 16,
    ("info", "no-dates"): 14,
    ("info", "no-last-poll"): 3,
    ("info", "other-object"): 1,
}


def test_over_the_defaults_of_sixty_elements_every_finding_was_read_by_a_person():
    counts: Counter[tuple[str, str]] = Counter()
    for entry in json.loads((FIXTURES / "element-pollers.json").read_text("utf-8")):
        text = entry["event.poller.configuration"]
        counts.update((f.severity, f.code) for f in poller_findings(text, entry["element"], entry["hub"], 15))
    assert counts == COUNTS


def test_every_trap_of_the_translation_has_a_code():
    assert set(TRANSLATION_CODES) <= set(CODES)
