"""The data behind an instance: many records, single ones, and what there is."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime

import pandas as pd
import pytest

import cwkit
from cwkit import errors
from cwkit.instances import Instance
from cwkit.platform import FilterWarning, Platform, Profile, ceql
from cwkit.redaction import MASK, Secret
from tests.hostile import HostilePlatform
from tests.platform.conftest import QUICK

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def server():
    running = HostilePlatform()
    yield running
    running.stop()


@pytest.fixture
def connected(server):
    with Platform(Profile("hub", server.url, "user-secret-4f/A+=", "org-secret-9/B+="), **QUICK) as platform:
        yield platform


def hub_of(platform, element_key="connectwisecrmrest", hub="crm"):
    instance = Instance(id=7, name="Acme", element_key=element_key, hub=hub, token=Secret("token-of-7"))
    return platform.hub(instance)


@pytest.fixture
def hub(connected):
    return hub_of(connected)


@pytest.mark.parametrize("tokens", [True, False])
def test_all_pages_become_one_table(hub, server, tokens):
    server.tokens = tokens
    server.records = [
        {"id": n, "company": {"id": n % 3}, "_info": {"lastUpdated": "2026-01-05T09:00:00Z"}}
        for n in range(45)
    ]
    frame = hub.records("contacts", page_size=10)
    assert frame["id"].to_list() == list(range(45))
    assert frame.loc[4, "company.id"] == 1
    assert frame.loc[4, "_info.lastUpdated"] == pd.Timestamp(NINE)


def test_the_helpdesk_writes_dates_in_milliseconds_both_ways(connected, server):
    hub = hub_of(connected, "connectwisehd", "helpdesk")
    server.records = [{"id": 1, "lastUpdated": 1767603600000}]
    frame = hub.records("contacts", where=ceql(lastUpdated__gte=NINE))
    assert server.seen[0][2]["where"] == "lastUpdated>=1767603600000"
    assert frame.loc[0, "lastUpdated"] == pd.Timestamp(NINE)


def test_what_is_asked_reaches_the_platform(hub, server):
    hub.records(
        "contacts", where={"firstName": "O'Hara"}, order_by="id desc", fields=["id", "firstName"], limit=5
    )
    _, path, query, _ = server.seen[0]
    assert path == "/hubs/crm/contacts"
    assert query == {
        "where": "firstName='O''Hara'",
        "orderBy": "id desc",
        "fields": "id,firstName",
        "pageSize": "5",
    }


def test_a_limit_reads_no_more(hub, server):
    server.records = [{"id": n} for n in range(100)]
    assert len(hub.records("contacts", limit=25, page_size=10)) == 25
    assert len(server.seen) == 3


def test_a_page_that_fails_once_is_read_again(hub, server):
    server.records = [{"id": n} for n in range(30)]
    server.failures = {("GET", 2): [(500, {"message": "oops"}), (200, b'[{"id": 1')]}
    assert hub.records("contacts", page_size=10)["id"].to_list() == list(range(30))


def test_what_was_read_before_a_page_failed_for_good_is_kept(hub, server):
    server.records = [{"id": n} for n in range(30)]
    server.failures = {("GET", 3): [(401, {"requestId": "5f3a", "message": "Invalid Element token."})] * 9}
    with pytest.raises(errors.RecordsIncomplete) as caught:
        hub.records("contacts", page_size=10)
    assert caught.value.partial["id"].to_list() == list(range(20))
    assert isinstance(caught.value.cause, errors.Unauthorized)
    assert "5f3a" in str(caught.value)
    assert "token-of-7" not in str(caught.value)


def test_a_first_page_that_fails_is_told_as_it_is(hub, server):
    server.failures = {("GET", 1): [(403, {"requestId": "5f", "message": "disabled"})]}
    with pytest.raises(errors.Forbidden):
        hub.records("contacts")


def test_an_iterator_gives_the_records_as_they_are_with_secrets_wrapped(hub, server):
    server.records = [{"id": n, "portalPassword": "hunter2"} for n in range(25)]
    reading = hub.iterate("contacts", page_size=10)
    assert next(reading) == {"id": 0, "portalPassword": Secret("hunter2")}
    assert len(list(reading)) == 24


def test_secrets_in_records_are_masked_in_the_table(hub, server):
    server.records = [{"id": 1, "portalPassword": "hunter2"}]
    assert hub.records("contacts").loc[0, "portalPassword"] == MASK


def test_the_or_trap_is_avoided_by_sifting_and_warned_of(hub, server):
    server.records = [{"id": 1, "color": "red"}, {"id": 2, "color": "blue"}, {"id": 1, "color": "blue"}]
    with pytest.warns(FilterWarning, match="left out here"):
        frame = hub.records("contacts", where=ceql(color="red", id=1), fields=["id"])
    assert frame["id"].to_list() == [1]
    assert server.seen[0][2]["fields"] == "id,color"


def test_a_filter_given_as_text_is_only_warned_of(hub, server):
    server.records = [{"id": 1}, {"id": 2}]
    with pytest.warns(FilterWarning, match="AND becomes OR"):
        assert len(hub.records("contacts", where="color='red' AND id=1")) == 2


def test_the_comma_trap_is_warned_of(hub):
    with pytest.warns(FilterWarning, match="comma"):
        hub.records("contacts", where=ceql(lastName="Smith, Jr."))


def test_a_harmless_filter_gives_no_warning(hub):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        hub.records("contacts", where=ceql(id__gt=5, city="Tampa"))


def test_single_records_are_created_changed_replaced_and_deleted(hub, server):
    path = "/hubs/crm/contacts"
    server.answers = {
        ("POST", path): (200, {"id": 9, "portalPassword": "hunter2"}),
        ("PATCH", f"{path}/9"): (200, {"id": 9, "city": "Tampa"}),
        ("PUT", f"{path}/9"): (200, {"id": 9}),
        ("DELETE", f"{path}/9"): (200, b""),
        ("GET", f"{path}/9"): (200, {"id": 9}),
    }
    made = hub.create("contacts", {"firstName": "Ann", "company.id": 19, "birthDay": NINE})
    assert made == {"id": 9, "portalPassword": Secret("hunter2")}
    assert hub.update("contacts", 9, pd.Series({"city": "Tampa", "zip": float("nan")}))["city"] == "Tampa"
    assert hub.replace("contacts", 9, {"firstName": "Ann"}) == hub.get("contacts", 9) == {"id": 9}
    hub.delete("contacts", 9)
    assert [seen[3] for seen in server.seen if seen[0] in ("POST", "PATCH")] == [
        {"firstName": "Ann", "company": {"id": 19}, "birthDay": "2026-01-05T09:00:00Z"},
        {"city": "Tampa", "zip": None},
    ]


def test_a_deletion_that_was_done_though_its_answer_failed_is_done(hub, server):
    path = "/hubs/crm/contacts/9"
    server.failures = {("DELETE", path): [(500, {"message": "oops"}), (404, {"message": "gone"})]}
    hub.delete("contacts", 9)
    server.failures = {("DELETE", path): [(404, {"message": "gone"})]}
    with pytest.raises(errors.NotFound):
        hub.delete("contacts", 9)


def test_objects_and_the_fields_of_one_are_tables(hub, server):
    fields = [{"path": "id", "type": "integer"}, {"path": "company.id", "type": "integer"}]
    server.answers = {
        ("GET", "/hubs/crm/objects"): (200, ["contacts", "incidents"]),
        ("GET", "/hubs/crm/objects/contacts/metadata"): (200, {"fields": fields}),
        ("GET", "/hubs/crm/ping"): (200, {"dateTime": "2026-01-05T09:00:00Z", "endpoint": "crm"}),
    }
    assert hub.objects()["object"].to_list() == ["contacts", "incidents"]
    assert hub.metadata("contacts").loc["company.id", "type"] == "integer"
    assert hub.ping()["endpoint"] == "crm"


@pytest.mark.parametrize("name", ["", "..", "contacts/../../instances", "a//b"])
def test_a_name_that_is_no_object_is_refused(hub, server, name):
    with pytest.raises(errors.InputError):
        hub.records(name)
    assert not server.seen


@pytest.mark.parametrize("how", [{"limit": 0}, {"page_size": 2001}, {"page_size": 0}])
def test_sizes_that_the_platform_does_not_take_are_refused(hub, how):
    with pytest.raises(errors.InputError, match="is"):
        hub.records("contacts", **how)


def test_a_page_that_is_no_json_at_all_is_our_own_error(hub, server):
    server.answers = {("GET", "/hubs/crm/contacts"): (200, b"%PDF-1.4")}
    with pytest.raises(errors.NotThePlatform):
        hub.records("contacts")


def test_a_value_that_cannot_be_sent_is_refused_by_name(hub):
    with pytest.raises(errors.InputError, match="photo"):
        hub.create("contacts", {"photo": object()})
    with pytest.raises(errors.InputError, match="company"):
        hub.create("contacts", {"company": 1, "company.id": 2})


def test_an_instance_without_its_token_says_what_to_do():
    from cwkit.platform.hub import Hub

    with pytest.raises(errors.SecretUnavailable, match="token"):
        Hub(None, Instance(id=7, name="Acme"))  # type: ignore[arg-type]


def test_the_filter_is_a_public_name():
    assert str(cwkit.ceql(id=1)) == "id=1"


@pytest.mark.parametrize("status", [302, 408, 429, 500, 503, 504])
def test_a_creation_that_may_have_been_carried_out_is_never_to_be_sent_again(hub, server, status):
    server.failures = {
        ("POST", "/hubs/crm/contacts"): [(status, {"requestId": "5f3a", "message": "Try again later."})]
    }
    with pytest.raises(errors.AnswerLost) as caught:
        hub.create("contacts", {"firstName": "Ann"})
    assert "may have been carried out" in caught.value.message
    assert caught.value.fix.startswith("Look whether the record is there")
    assert len(server.seen) == 1


def test_a_creation_that_the_provider_refuses_is_its_refusal_with_the_same_advice(hub, server):
    refusal = {"requestId": "5f3a", "message": "Failed", "providerMessage": "company is required"}
    server.failures = {("POST", "/hubs/crm/contacts"): [(502, refusal)]}
    with pytest.raises(errors.ProviderError, match="company is required") as caught:
        hub.create("contacts", {"firstName": "Ann"})
    assert "Look whether the record is there" in caught.value.fix


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413])
def test_a_refused_creation_is_what_the_platform_says(hub, server, status):
    server.failures = {("POST", "/hubs/crm/contacts"): [(status, {"requestId": "5f3a", "message": "No."})]}
    with pytest.raises(errors.PlatformError, match=r"No\."):
        hub.create("contacts", {"firstName": "Ann"})


@pytest.mark.parametrize(
    ("page", "what"),
    [
        (b"", "empty"),
        (b"null", "text that cannot be read"),
        (b"{}", "an object"),
        (b'{"message": "Service busy"}', "the message 'Service busy'"),
    ],
)
def test_a_page_of_the_wrong_shape_is_an_error_that_keeps_what_was_read(hub, server, page, what):
    server.records = [{"id": n} for n in range(30)]
    server.failures = {("GET", 2): [(200, page)] * 9}
    with pytest.raises(errors.RecordsIncomplete, match=f"not a list of records but {what}") as caught:
        hub.records("contacts", page_size=10)
    assert caught.value.partial["id"].to_list() == list(range(10))
