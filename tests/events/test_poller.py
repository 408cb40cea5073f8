"""A poller configuration: read whole, kept whole, shown as a table."""

from __future__ import annotations

import copy
import json
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwkit.elements import shipped
from cwkit.errors import CwkitError, PollerError
from cwkit.events import PollerConfiguration, explain_resource

SEED = shipped("connectwisecrmrest").fields["event.poller.configuration"].default_value or ""
REFERENCE = json.loads(
    (Path(__file__).parent.parent / "fixtures" / "pollers.json").read_text(encoding="utf-8")
)
COLUMNS = [
    "hub",
    "path",
    "where",
    "id_field",
    "updated_field",
    "updated_format",
    "updated_zone",
    "created_field",
    "created_format",
    "created_zone",
    "filter_by_updated",
    "created_tolerance_s",
    "page_size",
    "poll_delay_s",
    "url",
]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
setting = st.sampled_from(
    [
        "url",
        "idField",
        "datesConfiguration",
        "filterByUpdatedDate",
        "pollDelay",
        "pageSize",
        "x",
        "createdCheckTolerance",
    ]
)
pollers = st.dictionaries(st.text(max_size=10), st.dictionaries(setting, json_values, max_size=5), max_size=4)


def compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("entry", REFERENCE, ids=lambda entry: entry["element"])
def test_pollers_of_the_field_are_read_written_unchanged_and_explained(entry: dict[str, str]) -> None:
    text = entry["event.poller.configuration"]
    poller = PollerConfiguration.parse(text)
    assert poller.to_json() == compact(json.loads(text) if text.strip() else {})
    assert len(poller.explain()) == len(poller.table()) == len(poller)
    assert not any(resource.oddities() for resource in poller.values())


def test_the_seeds_poller_is_a_table_with_the_agreed_columns() -> None:
    table = PollerConfiguration.parse(SEED).table()
    assert list(table.columns) == COLUMNS
    assert table.index.name == "resource"
    assert list(table.index) == ["contacts", "incidents", "organizations", "configurations", "opportunities"]
    row = table.loc["incidents"]
    assert (row["hub"], row["path"]) == ("crm", "/hubs/crm/incidents")
    assert row["where"] == "lastUpdated>'${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}'"
    assert (row["updated_field"], row["created_field"]) == ("_info.lastUpdated", "dateEntered")
    assert table.loc["configurations", "id_field"] == ""
    assert bool(row["filter_by_updated"])
    assert (row["created_tolerance_s"], row["poll_delay_s"]) == (0.0, 0.0)
    assert pd.isna(row["page_size"])


@pytest.mark.parametrize("blank", ["", " ", "\n", "{}", "null", None, {}, b"", "\ufeff{}"])
def test_blank_and_empty_is_an_empty_poller(blank: Any) -> None:
    poller = PollerConfiguration.parse(blank)
    assert len(poller) == 0
    assert poller.to_json() == "{}"
    assert poller.table().empty
    assert str(poller.explain()) == "Nothing is polled."


def test_order_unknown_keys_and_booleans_as_texts_survive() -> None:
    text = '{"b":{"zz":[1,{"é":null}],"filterByUpdatedDate":"false","url":""},"a":{"datesConfiguration":{}}}'
    poller = PollerConfiguration.parse(text)
    assert poller.to_json() == text
    assert poller["b"].filter_by_updated is False
    assert poller["a"].filter_by_updated is True
    assert PollerConfiguration.parse(json.loads(text)).to_json() == text


def test_settings_are_read_wherever_they_are_seen() -> None:
    resource = PollerConfiguration.parse(
        {
            "x": {
                "url": " /hubs/crm/contacts?where=a='1'&pageSize=5",
                "pageSize": "100",
                "pollDelay": 30,
                "filterByCreatedDate": "TRUE",
                "createdCheckTolerance": 5,
                "datesConfiguration": {"createdCheckTolerance": "10"},
            }
        }
    )["x"]
    assert (resource.page_size, resource.poll_delay_s, resource.created_tolerance_s) == (100, 30.0, 10.0)
    assert resource.filter_by_created is True
    assert (resource.hub, resource.address.object) == ("crm", "contacts")
    assert resource.address.query == {"where": "a='1'", "pageSize": "5"}


def test_an_ampersand_in_quotes_or_in_a_placeholder_parts_no_parameters() -> None:
    url = "/hubs/crm/a?where=x='a&b=c' and t>'${gmtDate:yyyy'&a='HH}'&orderBy=t%20desc"
    resource = PollerConfiguration.parse({"a": {"url": url}})["a"]
    assert resource.address.query == {
        "where": "x='a&b=c' and t>'${gmtDate:yyyy'&a='HH}'",
        "orderBy": "t desc",
    }


def test_values_of_a_strange_kind_are_told_and_hide_nothing() -> None:
    poller = PollerConfiguration.parse(
        {"a": {"url": 5, "pollDelay": "soon", "filterByUpdatedDate": "maybe", "datesConfiguration": [],
               "createdCheckTolerance": -1, "pageSize": True}, "b": {"url": "/hubs/crm/b"}}
    )  # fmt: skip
    assert {key for key, _ in poller["a"].oddities()} == {
        "url", "pollDelay", "filterByUpdatedDate", "datesConfiguration", "createdCheckTolerance", "pageSize",
    }  # fmt: skip
    assert len(poller.table()) == 2
    assert poller["a"].created_tolerance_s == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[]", "a list"),
        ('"x"', "a text"),
        ("5", "a number"),
        ("true", "true or false"),
        ('{"a": 1}', "'a'"),
        ('{"a": null}', "not an object"),
        ('{"a": {"b": NaN}}', "NaN"),
        ('{"a": {"b": 1e999}}', "too large"),
        ('{"a": {"b": ' + "9" * 5000 + "}}", "too many digits"),
        ("[" * 100_000, "nested too deeply|not JSON"),
        ('{"a":{"b":' + "[" * 200 + "]" * 200 + "}}", "nested too deeply"),
        (b"\xff\xfe", "not JSON"),
        (5, "not 5"),
        ({"a": {"b": object()}}, "cannot be written as JSON"),
        ({"a": {"b": float("nan")}}, "cannot be written as JSON"),
    ],
)
def test_what_is_no_poller_is_our_error(text: Any, told: str) -> None:
    with pytest.raises(PollerError, match=told) as caught:
        PollerConfiguration.parse(text)
    assert caught.value.fix
    assert caught.value.__context__ is None


def test_a_mistake_in_the_json_is_told_with_line_and_column() -> None:
    with pytest.raises(PollerError, match=r"line 3, column 13") as caught:
        PollerConfiguration.parse('{"contacts": {\n  "url": "/hubs/crm/contacts",\n  "idField" "id"}}')
    assert (caught.value.line, caught.value.column) == (3, 13)


@pytest.mark.parametrize(
    "pasted",
    [
        "{'contacts': {'url': '/hubs/crm/contacts', 'idField': 'id', }}",
        "{“contacts”: {“url”: “/hubs/crm/contacts”, “idField”: “id”}}",
        '```json\n{"contacts": {"url": "/hubs/crm/contacts", "idField": "id",},}\n```',
        json.dumps('{"contacts": {"url": "/hubs/crm/contacts", "idField": "id"}}'),
        '{\\"contacts\\": {\\"url\\": \\"/hubs/crm/contacts\\", \\"idField\\": \\"id\\"}}',
    ],
)
def test_pasted_text_is_repaired_on_request_and_the_repair_is_told(pasted: str) -> None:
    with pytest.raises(PollerError, match="poller configuration is"):
        PollerConfiguration.parse(pasted)
    poller = PollerConfiguration.read(pasted)
    assert poller == PollerConfiguration.parse({"contacts": {"url": "/hubs/crm/contacts", "idField": "id"}})
    assert poller.notes


def test_good_text_needs_no_repair_and_hopeless_text_gets_none() -> None:
    assert PollerConfiguration.read(SEED).notes == ()
    with pytest.raises(PollerError):
        PollerConfiguration.read("events do not come")


def test_a_change_makes_another_configuration_and_leaves_this_one() -> None:
    poller = PollerConfiguration.parse(SEED, element_key="connectwisecrmrest")
    copy = poller.with_resource("members", poller["contacts"]).without("contacts", "incidents")
    assert list(copy) == ["organizations", "configurations", "opportunities", "members"]
    assert copy["members"].data == poller["contacts"].data
    assert copy.element_key == "connectwisecrmrest"
    assert poller.to_json() == SEED
    with pytest.raises(TypeError):
        poller["contacts"].data["url"] = "x"  # type: ignore[index]


def test_changing_the_dictionary_that_was_read_changes_nothing() -> None:
    source: dict[str, Any] = {"a": {"datesConfiguration": {"updatedDateField": "u"}}}
    poller = PollerConfiguration.parse(source)
    source["a"]["datesConfiguration"]["updatedDateField"] = "other"
    poller.to_dict()["a"]["datesConfiguration"]["updatedDateField"] = "third"
    assert poller["a"].updated_field == "u"


def test_a_configuration_can_be_copied_and_pickled() -> None:
    poller = PollerConfiguration.parse(SEED, element_key="connectwisecrmrest")
    assert poller.resources
    for other in (copy.deepcopy(poller), pickle.loads(pickle.dumps(poller))):
        assert other == poller
        assert other.element_key == "connectwisecrmrest"


def test_names_and_urls_are_escaped_in_html() -> None:
    poller = PollerConfiguration.parse({"<script>alert(1)</script>": {"url": "/hubs/<img src=x>"}})
    assert "<script>" not in poller._repr_html_()
    assert "<img" not in poller._repr_html_()
    assert "<script>" not in poller.explain()._repr_html_()


def test_half_a_surrogate_pair_can_be_sent() -> None:
    poller = PollerConfiguration.parse('{"a":{"x":"\\ud800","é":"ü"}}')
    assert poller.to_json().encode("utf-8")
    assert PollerConfiguration.parse(poller.to_json()) == poller


@given(pollers)
def test_what_is_written_is_read_back_the_same(data: dict[str, Any]) -> None:
    poller = PollerConfiguration.parse(compact(data))
    assert PollerConfiguration.parse(poller.to_json()) == poller
    assert PollerConfiguration.parse(data) == poller
    assert json.loads(poller.to_json()) == data
    assert list(poller) == list(data)


@given(pollers)
def test_strange_settings_never_break_table_requests_or_explanation(data: dict[str, Any]) -> None:
    poller = PollerConfiguration.parse(data)
    assert list(poller.table().index) == list(data)
    assert list(poller.requests("2026-01-05T09:00:00Z", element_key="connectwisecrmrest").index) == list(data)
    for resource in poller.values():
        assert explain_resource(resource)
        resource.oddities()


@given(
    st.text() | st.binary() | st.text(alphabet='{}[]":,\\ne1-.', max_size=40) | json_values.map(json.dumps)
)
def test_no_text_makes_the_parser_raise_anything_but_our_error(text: str | bytes) -> None:
    with suppress(PollerError):
        poller = PollerConfiguration.parse(text)
        assert PollerConfiguration.parse(poller.to_json()) == poller


@given(st.integers(0, len(SEED)), st.integers(0, 200), st.text(max_size=5))
def test_a_damaged_paste_is_read_or_refused_and_nothing_else(start: int, length: int, middle: str) -> None:
    text = SEED[:start] + middle + SEED[start + length :]
    with suppress(CwkitError):
        poller = PollerConfiguration.read(text)
        assert len(poller.explain()) == len(poller)
