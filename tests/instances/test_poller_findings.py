"""Findings on pollers: an example for each, and no false alarm over the defaults of sixty elements."""

from __future__ import annotations

import json
from collections import Counter

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
        url("lastUpdated>'${epoch:s}'"),
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


def test_over_the_defaults_of_sixty_elements_every_error_is_a_blank_that_was_never_filled_in():
    counts: Counter[tuple[str, str]] = Counter()
    for entry in json.loads((FIXTURES / "element-pollers.json").read_text("utf-8")):
        text = entry["event.poller.configuration"]
        counts.update((f.severity, f.code) for f in poller_findings(text, entry["element"], entry["hub"], 15))
    assert {code for severity, code in counts if severity == "error"} == {"placeholder-unfilled"}
    assert counts["error", "placeholder-unfilled"] == 9
    assert counts["warning", "created-is-updated"] == 25
    assert counts["warning", "id-field-empty"] == 9


def test_every_trap_of_the_translation_has_a_code():
    assert set(TRANSLATION_CODES) <= set(CODES)
