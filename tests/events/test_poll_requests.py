"""The requests of the next poll, and what ConnectWise is asked."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from cwkit.elements import shipped
from cwkit.events import PollerConfiguration

SEED = PollerConfiguration.parse(
    shipped("connectwisecrmrest").fields["event.poller.configuration"].default_value,
    element_key="connectwisecrmrest",
)
LAST = "2026-01-05T09:00:00Z"


def test_each_resource_has_its_url_for_reading_and_for_use() -> None:
    requests = SEED.requests(last_poll=LAST)
    assert list(requests.index) == list(SEED)
    row = requests.loc["contacts"]
    assert row["url"] == "/hubs/crm/contacts?where=lastUpdated>'2026-01-05T09:00:00Z'"
    assert row["encoded_url"] == "/hubs/crm/contacts?where=lastUpdated%3E%272026-01-05T09%3A00%3A00Z%27"
    assert parse_qs(urlsplit(row["encoded_url"]).query) == {"where": ["lastUpdated>'2026-01-05T09:00:00Z'"]}
    assert (requests["problem"] == "").all()


def test_the_crm_element_shows_what_connectwise_is_asked() -> None:
    row = SEED.requests(LAST).loc["incidents"]
    assert row["vendor_method"] == "GET"
    assert row["vendor_url"] == "/service/tickets?conditions=lastUpdated>[2026-01-05T09:00:00Z]"
    assert row["vendor_headers"] == "Authorization, clientId, Accept"
    assert row["warnings"] == ""


def test_another_element_or_an_unknown_one_has_no_vendor_columns() -> None:
    poller = PollerConfiguration.parse(SEED.to_json())
    assert list(poller.requests(LAST).columns) == ["url", "encoded_url", "problem"]
    assert "vendor_url" in poller.requests(LAST, element_key="connectwisecrmrest")


def test_one_wrong_resource_does_not_hide_the_others() -> None:
    poller = SEED.with_resource("bad", {"url": "/hubs/crm/contacts?where=a>'${GmtDate:yyyy}'"}).with_resource(
        "none", {}
    )
    requests = poller.requests(LAST)
    assert "gmtDate" in requests.loc["bad", "problem"]
    assert "no URL" in requests.loc["none", "problem"]
    assert (requests["problem"] == "").sum() == 5


def test_the_traps_of_the_translation_are_warned_of() -> None:
    url = "/hubs/crm/contacts?where=lastUpdated>'${gmtDate:yyyy-MM-dd}' AND company.name='Orlando'"
    row = SEED.with_resource("contacts", {"url": url}).requests(LAST).loc["contacts"]
    assert (
        row["vendor_url"] == '/company/contacts?conditions=lastUpdated>[2026-01-05] or company/name="Orlando"'
    )
    assert "Every AND becomes OR" in row["warnings"]


def test_an_object_that_the_element_does_not_have_and_an_unreadable_filter_are_problems() -> None:
    poller = SEED.with_resource("tickets", {"url": "/hubs/crm/tickets?where=a=1"}).with_resource(
        "bad", {"url": "/hubs/crm/contacts?where=a ~ 1"}
    )
    requests = poller.requests(LAST)
    assert "no call GET /hubs/crm/tickets" in requests.loc["tickets", "problem"]
    assert "cannot be read" in requests.loc["bad", "problem"]
    assert requests.loc["bad", "url"] == "/hubs/crm/contacts?where=a ~ 1"


def test_now_is_fifteen_minutes_after_the_last_poll_unless_told() -> None:
    poller = PollerConfiguration.parse({"x": {"url": "/hubs/a/b?w=${now:HH:mm}"}})
    assert poller.requests(LAST).loc["x", "url"].endswith("09:15")
    assert poller.requests(LAST, now="2026-01-05T10:00:00Z").loc["x", "url"].endswith("10:00")


def test_what_is_encoded_already_is_not_encoded_twice() -> None:
    poller = PollerConfiguration.parse({"x": {"url": "/hubs/documents/folders/contents?path=%2F&q=a b&ü=ü"}})
    row = poller.requests(LAST).loc["x"]
    assert row["encoded_url"] == "/hubs/documents/folders/contents?path=%2F&q=a%20b&%C3%BC=%C3%BC" or row[
        "encoded_url"
    ].startswith("/hubs/documents/folders/contents?path=%2F&q=a%20b")
