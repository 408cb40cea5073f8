"""Which ConnectWise request a hub call becomes."""

from __future__ import annotations

import pytest

from cwkit.elements.connectwise.hub_requests import hub_objects, hub_resources
from cwkit.elements.provider import vendor_known, vendor_request

CRM = "connectwisecrmrest"


@pytest.mark.parametrize(
    ("method", "path", "vendor"),
    [
        ("GET", "/hubs/crm/contacts", ("GET", "/company/contacts")),
        ("get", "/hubs/anything/contacts/", ("GET", "/company/contacts")),
        ("GET", "/contacts", ("GET", "/company/contacts")),
        (
            "GET",
            "https://api.cloud-elements.com/elements/api-v2/hubs/crm/contacts?x=1",
            ("GET", "/company/contacts"),
        ),
        ("GET", "/hubs/crm/organizations", ("GET", "/company/companies")),
        ("PATCH", "/hubs/crm/incidents/7", ("PATCH", "/service/tickets/7")),
        ("GET", "/hubs/crm/incidents/7/comments/9", ("GET", "/service/tickets/7/notes/9")),
        ("PUT", "/hubs/crm/incidents/7/configurations", ("POST", "/service/tickets/7/configurations")),
        ("GET", "/hubs/crm/incidents/7/time-entries", ("GET", "/time/entries")),
    ],
)
def test_a_hub_path_becomes_connectwises(method: str, path: str, vendor: tuple[str, str]) -> None:
    request = vendor_request(CRM, method, path)
    assert request is not None
    assert (request.method, request.path) == vendor


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/hubs/crm/tickets"), ("TRACE", "/hubs/crm/contacts"), ("GET", "/hubs/crm/provision-auth"),
                         ("DELETE", "/hubs/crm/members/5"), ("GET", "/hubs/crm/contacts/5/x")]
)  # fmt: skip
def test_a_call_that_the_element_does_not_have_becomes_nothing(method: str, path: str) -> None:
    assert vendor_request(CRM, method, path) is None


def test_tickets_are_asked_for_in_their_third_version() -> None:
    contacts, tickets = (
        vendor_request(CRM, "GET", f"/hubs/crm/{name}") for name in ("contacts", "incidents")
    )
    assert contacts is not None
    assert tickets is not None
    assert set(contacts.headers) == {"Authorization", "clientId"}
    assert tickets.headers["Accept"] == "application/vnd.connectwise.com+json; version=3.0.0"


def test_parameters_are_translated_and_unknown_ones_left_out() -> None:
    query = {
        "where": "company.id=5",
        "pageSize": "10",
        "page": "2",
        "orderBy": "_info.lastUpdated desc",
        "fields": "id",
    }
    request = vendor_request(CRM, "GET", "/hubs/crm/contacts", query)
    assert request is not None
    assert dict(request.parameters) == {
        "conditions": "company/id=5", "pageSize": "10", "page": "2", "orderBy": "_info/lastUpdated desc",
    }  # fmt: skip
    assert request.encoded_url.startswith("/company/contacts?conditions=company%2Fid%3D5&pageSize=10")


def test_a_filter_that_the_call_does_not_take_is_left_out_with_a_warning() -> None:
    request = vendor_request(CRM, "GET", "/hubs/crm/incidents/7/configurations", {"where": "a=1"})
    assert request is not None
    assert request.parameters == {}
    assert [warning.code for warning in request.warnings] == ["where-ignored"]


def test_an_id_is_text_and_no_pattern() -> None:
    request = vendor_request(CRM, "GET", r"/hubs/crm/contacts/\g<0>{id}")
    assert request is not None
    assert request.path == r"/company/contacts/\g<0>{id}"


def test_other_elements_are_not_known() -> None:
    assert vendor_known(CRM)
    assert not vendor_known("connectwisehd")
    assert vendor_request("hubspot", "GET", "/hubs/crm/contacts") is None
    assert vendor_request(None, "GET", "/hubs/crm/contacts") is None


def test_the_listed_objects_and_calls_are_all_there() -> None:
    assert len(hub_resources()) == 49
    assert hub_objects() == {
        "configurations", "contacts", "fields", "incidents", "opportunities", "organizations", "time-entries",
    }  # fmt: skip
