"""The small ConnectWise by itself, over HTTP: logging in, its errors, conditions, paging and changes."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cwkit_sandbox import Sandbox
from cwkit_sandbox.answers import ApiError
from cwkit_sandbox.connectwise.conditions import conditions
from cwkit_sandbox.demo import CLIENT_ID, DEMO

SITE = "https://api-na.myconnectwise.net"
BASE = f"{SITE}/v4_6_release/apis/3.0"


def login(private_key: str | None = None) -> dict[str, str]:
    values = DEMO["connectwisecrmrest"]
    key = private_key or values["private.key"]
    text = f"{values['company']}+{values['public.key']}:{key}"
    return {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}", "clientId": CLIENT_ID}


@pytest.fixture(scope="module")
def api(shared: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=shared.connectwise_url(BASE), headers=login(), timeout=30) as client:
        yield client


def test_company_info_needs_no_login(shared: Sandbox) -> None:
    info = httpx.get(shared.connectwise_url(f"{SITE}/login/companyinfo/brightwater")).json()
    assert (info["Codebase"], info["SiteUrl"], info["IsCloud"]) == (
        "v4_6_release/",
        "api-na.myconnectwise.net",
        True,
    )
    assert httpx.get(shared.connectwise_url(f"{SITE}/login/companyinfo/nobody")).json() is None


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({**login(), "clientId": ""}, "ClientIdRequired"),
        ({**login(), "clientId": "unknown"}, "ClientIdRequired"),
        (login("wrong"), "Unauthorized"),
        ({"clientId": CLIENT_ID}, "Unauthorized"),
        ({"clientId": CLIENT_ID, "Authorization": "Basic !!!"}, "Unauthorized"),
        ({"clientId": CLIENT_ID, "Authorization": "Bearer x"}, "Unauthorized"),
    ],
)
def test_a_stranger_gets_connectwises_own_error(shared: Sandbox, headers: dict[str, str], code: str) -> None:
    answer = httpx.get(shared.connectwise_url(f"{BASE}/company/contacts"), headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == code
    assert answer.json()["message"]


def test_a_narrow_role_may_read_contacts_but_not_the_system(shared: Sandbox, api: httpx.Client) -> None:
    assert api.get("/system/info").json()["version"]
    text = base64.b64encode(b"cloudelements+xxxxxxxx:xxxxxxxx").decode()
    narrow = {"Authorization": f"Basic {text}", "clientId": "<CLIENT_ID>"}
    refused = httpx.get(shared.connectwise_url(f"{BASE}/system/info"), headers=narrow)
    assert (refused.status_code, refused.json()["code"]) == (403, "UserNotAuthenticated")
    read = httpx.get(shared.connectwise_url(f"{BASE}/company/contacts?pageSize=1"), headers=narrow)
    assert len(read.json()) == 1


def test_pages_are_linked(api: httpx.Client) -> None:
    answer = api.get("/company/contacts", params={"pageSize": 200, "page": 2, "orderBy": "lastName desc"})
    links = dict(re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers["Link"]))
    assert set(links.values()) == {"next", "prev"}
    following = next(url for url, relation in links.items() if relation == "next")
    rest = api.get(following)
    assert rest.json()
    assert "next" not in rest.headers["Link"]
    assert api.get("/company/contacts", params={"pageSize": 1001}).json()["code"] == "InvalidObject"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('lastName="Baker"', {"Baker"}),
        ('lastName="Baker" or lastName="Chen" and firstName="Nobody"', {"Baker"}),
        ('(lastName="Baker" or lastName="Chen") and firstName!="Nobody"', {"Baker", "Chen"}),
        ('lastName in ("Baker","Chen")', {"Baker", "Chen"}),
        ('lastName like "bak%"', {"Baker"}),
        ('lastName contains "ake" and lastName not like "%y"', {"Baker"}),
        ("nickName = null and lastName = 'Baker'", {"Baker"}),
    ],
)
def test_conditions(api: httpx.Client, text: str, names: set[str]) -> None:
    found = api.get("/company/contacts", params={"conditions": text, "pageSize": 1000}).json()
    assert {one["lastName"] for one in found} == names


def test_dates_stand_in_brackets(api: httpx.Client) -> None:
    query = {"conditions": "lastUpdated>[2025-06-01T12:00:00+02:00]", "pageSize": 1000, "fields": "id,_info"}
    found = api.get("/company/contacts", params=query).json()
    assert found
    assert min(one["_info"]["lastUpdated"] for one in found) > "2025-06-01T10:00:00Z"


@pytest.mark.parametrize(
    "text",
    ["lastName=Baker", "lastName='x", "nothing=1", "a=1 and", "(id=1", "id=[tomorrow]", "id in ()", "id ~ 1"],
)
def test_conditions_that_cannot_be_read_are_refused(api: httpx.Client, text: str) -> None:
    answer = api.get("/company/contacts", params={"conditions": text})
    assert (answer.status_code, answer.json()["code"]) == (400, "InvalidObject")


def test_records_are_patched_by_operations(api: httpx.Client) -> None:
    made = api.post("/company/contacts", json={"firstName": "Ada", "company": {"identifier": "nobody"}})
    assert made.status_code == 400
    made = api.post("/company/contacts", json={"firstName": "Ada", "company": {"id": 251}})
    assert made.status_code == 201
    path = f"/company/contacts/{made.json()['id']}"
    operations = [
        {"op": "add", "path": "/title", "value": "Countess"},
        {"op": "replace", "path": "/company/id", "value": 252},
        {"op": "remove", "path": "/firstName"},
    ]
    assert api.patch(path, json=operations).status_code == 400  # a first name has to be there
    changed = api.patch(path, json=operations[:2]).json()
    assert (changed["title"], changed["company"]["id"]) == ("Countess", 252)
    assert api.patch(path, json={"title": "x"}).status_code == 400
    assert api.patch(path, json=[{"op": "copy", "path": "/title"}]).status_code == 400
    assert api.delete(path).status_code == 204
    assert api.delete(path).status_code == 404


def test_another_version_or_path_is_not_there(shared: Sandbox, api: httpx.Client) -> None:
    assert api.get("/company/nothing").status_code == 404
    other = shared.connectwise_url(f"{SITE}/v1_0/apis/3.0/company/contacts")
    assert httpx.get(other, headers=login()).json()["code"] == "NotFound"
    assert api.request("TRACE", "/company/contacts").status_code == 405


WORDS = st.sampled_from(
    [
        "lastName",
        "id",
        "=",
        "<",
        "!=",
        "and",
        "or",
        "not",
        "in",
        "like",
        "(",
        ")",
        ",",
        '"x"',
        "5",
        "null",
        "[2026-01-05]",
        "[",
        "true",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=40))
def test_any_conditions_are_sql_without_their_text_or_a_refusal(text: str) -> None:
    try:
        condition = conditions(text, {"lastName", "id"})
    except ApiError as refused:
        assert refused.status == 400  # noqa: PT017 - the other branch is as good
        return
    assert condition.sql.count("?") == len(condition.values)
    assert '"' not in condition.sql
