"""A client written from the platform facts alone walks every route; nothing of cwkit but the start."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

import cwkit_sandbox as sandboxes
from cwkit_sandbox.demo import DEMO, ORGANIZATION_SECRET, USER_SECRET

CRM, HELPDESK = "connectwisecrmrest", "connectwisehd"


@dataclass
class Walk:
    """Where the walk takes place, and what it found on the way."""

    url: str
    made: dict[str, dict[str, Any]] = field(default_factory=dict)

    def ask(self, method: str, path: str, *pairs: str, status: int = 200, **more: Any) -> httpx.Response:
        pairs = pairs or (f"User {USER_SECRET}", f"Organization {ORGANIZATION_SECRET}")
        headers = {"Authorization": ", ".join(pairs), **more.pop("headers", {})}
        answer = httpx.request(method, self.url + path, headers=headers, timeout=30, **more)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        assert re.fullmatch("[0-9a-f]{24}", answer.headers["Elements-Request-Id"])
        if status >= 400:
            assert answer.json()["requestId"] == answer.headers["Elements-Request-Id"]
            assert answer.json()["message"]
        return answer

    def hub(self, element: str, method: str, path: str, **more: Any) -> httpx.Response:
        token = self.made[element]["token"]
        return self.ask(method, path, f"User {USER_SECRET}", f"Element {token}", **more)

    def current(self, element: str) -> tuple[str, ...]:
        token = self.made[element]["token"]
        return (f"Element {token}", f"Organization {ORGANIZATION_SECRET}", f"User {USER_SECRET}")


@pytest.fixture(scope="module")
def walk() -> Iterator[Walk]:
    with sandboxes.start() as sandbox:
        walk = Walk(sandbox.url)
        for element in (CRM, HELPDESK):
            body = {
                "element": {"key": element},
                "configuration": DEMO[element],
                "tags": ["Docs"],
                "name": element,
            }
            walk.made[element] = walk.ask("POST", "/instances", json=body).json()
        yield walk


def test_elements_are_listed_read_and_described(walk: Walk) -> None:
    listed = walk.ask("GET", "/elements").json()
    assert len(listed) >= 6
    assert {CRM, HELPDESK} <= {element["key"] for element in listed}
    whole = walk.ask("GET", f"/elements/{CRM}").json()
    assert walk.ask("GET", f"/elements/{whole['id']}").json() == whole
    fields = walk.ask("GET", f"/elements/{CRM}/configuration").json()
    assert {"baseUrl", "company", "public.key", "private.key", "connectwise.clientid"} == {
        one["key"] for one in fields if one["required"]
    }
    assert walk.ask("GET", f"/elements/{CRM}/metadata").json()["events"] == {
        "supported": True,
        "methods": ["polling"],
    }
    assert walk.ask("GET", f"/elements/{HELPDESK}/metadata").json()["events"]["methods"] == ["webhook"]
    walk.ask("GET", "/elements/no-such-element", status=404)


def test_instances_are_made_by_both_routes_and_never_the_same_twice(walk: Walk) -> None:
    body = {"configuration": DEMO[CRM], "tags": ["twice"], "name": "Twice"}
    first = walk.ask("POST", f"/elements/{CRM}/instances", json=body).json()
    second = walk.ask("POST", "/instances", json={**body, "element": {"key": CRM}}).json()
    assert first["id"] != second["id"]
    assert first["token"] != second["token"]
    assert first["createdDate"] == "2026-01-05T09:00:00Z"
    assert all(value is None or isinstance(value, str) for value in first["configuration"].values())
    assert first["configuration"]["private.key"] == "********"
    assert first["configuration"]["event.poller.refresh_interval"] == "15"
    of_element = walk.ask("GET", f"/elements/{CRM}/instances", params={"tags[]": "twice"}).json()
    assert [one["id"] for one in of_element] == [first["id"], second["id"]]
    for one in (first, second):
        walk.ask("DELETE", f"/instances/{one['id']}")


def test_instances_are_found_by_tag_and_name_and_come_in_pages(walk: Walk) -> None:
    made = [
        walk.ask(
            "POST", "/instances",
            json={"element": {"key": CRM}, "configuration": DEMO[CRM], "tags": ["page"], "name": f"Page {n}"},
        ).json()["id"]
        for n in range(5)
    ]  # fmt: skip
    seen, token = [], None
    while True:
        query = {"tags[]": "page", "pageSize": 2, **({"nextPage": token} if token else {})}
        answer = walk.ask("GET", "/instances", params=query)
        assert int(answer.headers["Elements-Returned-Count"]) == len(answer.json())
        assert answer.headers["Elements-Total-Count"] == "5"
        seen += [one["id"] for one in answer.json()]
        token = answer.headers.get("Elements-Next-Page-Token")
        if not token:
            break
    assert seen == made
    found = walk.ask("GET", "/instances", params={"searchText": "page 3"}).json()
    assert [one["id"] for one in found] == [made[3]]
    walk.ask("GET", "/instances", params={"searchText": "nobody"}, status=404)
    walk.ask("GET", "/instances", params={"tags[]": "nobody"}, status=404)
    walk.ask("GET", "/instances", params={"pageSize": 201}, status=400)
    walk.ask("GET", "/instances", params={"nextPage": "made-up"}, status=400)


def test_an_instance_is_read_changed_and_replaced(walk: Walk) -> None:
    body = {"element": {"key": HELPDESK}, "configuration": DEMO[HELPDESK], "name": "Old", "tags": ["a", "b"]}
    made = walk.ask("POST", "/instances", json=body).json()
    path = f"/instances/{made['id']}"
    assert walk.ask("GET", path).json()["token"] == made["token"]
    changed = walk.ask("PATCH", path, json={"tags": ["c"]}).json()
    assert (changed["name"], changed["tags"]) == ("Old", ["c"])
    more = {"event.notification.enabled": "true"}
    changed = walk.ask("PATCH", path, json={"name": "<a href='x'>New</a>", "configuration": more}).json()
    assert (changed["name"], changed["eventsEnabled"]) == ("New", True)
    wrong = {**DEMO[HELPDESK], "helpdesk.connectwise.password": "wrong"}
    walk.ask("PUT", path, json={"name": "Put", "configuration": wrong}, status=400)
    answer = walk.ask(
        "PUT", path, params={"reAuthenticate": "false"}, json={"name": "Put", "configuration": wrong}
    )
    assert answer.json()["tags"] == []
    walk.ask("DELETE", path)
    walk.ask("GET", path, status=404)
    walk.ask("GET", "/hubs/helpdesk/ping", f"User {USER_SECRET}", f"Element {made['token']}", status=401)


def test_configuration_is_listed_and_changed_by_entry(walk: Walk) -> None:
    path = f"/instances/{walk.made[CRM]['id']}/configuration"
    entries = walk.ask("GET", path).json()
    by_key = {entry["key"]: entry for entry in entries}
    assert by_key["private.key"]["propertyValue"] == "********"
    one = by_key["event.poller.refresh_interval"]
    assert walk.ask("GET", f"{path}/{one['id']}").json() == one
    changed = walk.ask("PATCH", f"{path}/{one['id']}", json={"propertyValue": "30"}).json()
    assert changed["propertyValue"] == "30"
    walk.ask("PATCH", f"{path}/{one['id']}", json={}, status=400)
    walk.ask("GET", f"{path}/1", status=404)
    company = by_key["company"]["id"]
    walk.ask("PATCH", f"{path}/{company}", json={"propertyValue": None}, status=400)
    walk.ask("PATCH", f"{path}/{company}", json={"propertyValue": "x" * 33}, status=400)


def test_the_current_instance_answers_without_an_id(walk: Walk) -> None:
    pairs = walk.current(HELPDESK)
    answer = walk.ask("GET", "/instances", *pairs)
    assert answer.json()["id"] == walk.made[HELPDESK]["id"]
    assert answer.headers["Elements-Element-Instance-Id"] == str(walk.made[HELPDESK]["id"])
    assert walk.ask("GET", "/instances/configuration", *pairs).json()
    assert walk.ask("PATCH", "/instances", *pairs, json={"name": "Now"}).json()["name"] == "Now"
    walk.ask("DELETE", "/instances/enabled", *pairs)
    walk.ask("PUT", "/instances/enabled", *pairs)
    walk.ask("PATCH", "/instances", json={"name": "Whose?"}, status=400)


def test_a_disabled_instance_gives_no_data_but_its_objects(walk: Walk) -> None:
    path = f"/instances/{walk.made[CRM]['id']}/enabled"
    walk.ask("DELETE", path)
    walk.hub(CRM, "GET", "/hubs/crm/contacts", status=403)
    assert "contacts" in walk.hub(CRM, "GET", "/hubs/crm/objects").json()
    walk.ask("PUT", path)
    walk.hub(CRM, "GET", "/hubs/crm/contacts", params={"pageSize": 1})


@pytest.mark.parametrize(
    "pairs",
    [
        (f"User {ORGANIZATION_SECRET}", f"Organization {USER_SECRET}"),
        (f"User {USER_SECRET}",),
        ("Basic abc",),
        (f"User {USER_SECRET}", f"Organization {ORGANIZATION_SECRET}", f"User {USER_SECRET}"),
    ],
)
def test_swapped_missing_or_doubled_secrets_are_refused(walk: Walk, pairs: tuple[str, ...]) -> None:
    walk.ask("GET", "/elements", *pairs, status=401)


def test_unknown_paths_wrong_methods_and_wrong_types_are_told_in_json(walk: Walk) -> None:
    walk.ask("GET", "/no/such/path", status=404)
    walk.ask("GET", "/instances/../../etc/passwd", status=404)
    assert "GET" in walk.ask("DELETE", "/elements", status=405).headers["Allow"]
    walk.ask("POST", "/instances", content=b"{}", headers={"Content-Type": "text/plain"}, status=415)


@pytest.mark.parametrize("element", [CRM, HELPDESK])
def test_records_are_made_changed_replaced_and_deleted(walk: Walk, element: str) -> None:
    path = f"/hubs/anything/{'contacts'}"
    made = walk.hub(element, "POST", path, json={"firstName": "Ada", "lastName": "Byron"}).json()
    one = f"{path}/{made['id']}"
    assert walk.hub(element, "PATCH", one, json={"title": "Countess"}).json()["title"] == "Countess"
    assert walk.hub(element, "GET", one).json()["lastName"] == "Byron"
    put = walk.hub(element, "PUT", one, json={"firstName": "Augusta"}).json()
    assert put["firstName"] == "Augusta"
    assert "title" not in put
    assert walk.hub(element, "GET", f"/contacts/{made['id']}").json()["firstName"] == "Augusta"
    walk.hub(element, "DELETE", one)
    walk.hub(element, "GET", one, status=404)
    walk.hub(element, "POST", path, json={"lastName": "Nobody"}, status=400)


@pytest.mark.parametrize("element", [CRM, HELPDESK])
def test_comments_hang_on_their_incident(walk: Walk, element: str) -> None:
    incident = walk.hub(element, "GET", "/hubs/x/incidents", params={"pageSize": 1}).json()[0]["id"]
    path = f"/hubs/x/incidents/{incident}/comments"
    before = walk.hub(element, "GET", path).json()
    text = "text" if element == CRM else "comment"
    made = walk.hub(element, "POST", path, json={text: "Looked at it."}).json()
    assert made["ticketId"] == incident
    after = walk.hub(element, "GET", path).json()
    assert len(after) == len(before) + 1
    changed = walk.hub(element, "PATCH", f"{path}/{made['id']}", json={text: "Solved."}).json()
    assert changed[text] == "Solved."
    walk.hub(element, "DELETE", f"{path}/{made['id']}")
    walk.hub(element, "GET", "/hubs/x/incidents/1/comments", status=404)


def test_what_belongs_to_an_incident_is_found_there(walk: Walk) -> None:
    entry = walk.hub(CRM, "GET", "/hubs/crm/time-entries", params={"pageSize": 1}).json()[0]
    path = f"/hubs/crm/incidents/{entry['chargeToId']}"
    found = walk.hub(CRM, "GET", f"{path}/time-entries").json()
    assert entry["id"] in [one["id"] for one in found]
    assert {one["chargeToId"] for one in found} == {entry["chargeToId"]}
    walk.hub(CRM, "PUT", f"{path}/configurations", json={"id": 3001})
    assert [one["id"] for one in walk.hub(CRM, "GET", f"{path}/configurations").json()] == [3001]
    walk.hub(CRM, "POST", f"{path}/members", json={"member": {"id": 101}})
    assert walk.hub(CRM, "GET", "/hubs/crm/members/101").json()["identifier"]


def test_ping_objects_and_metadata(walk: Walk) -> None:
    assert set(walk.hub(CRM, "GET", "/hubs/crm/ping").json()) == {"dateTime", "endpoint"}
    names = walk.hub(HELPDESK, "GET", "/hubs/helpdesk/objects").json()
    assert names == ["contacts", "incidents", "organizations", "time-entries"]
    fields = walk.hub(HELPDESK, "GET", "/hubs/helpdesk/objects/contacts/metadata").json()["fields"]
    assert {"path": "lastUpdated", "type": "integer", "vendorPath": "lastUpdated"} in fields
    walk.hub(HELPDESK, "GET", "/hubs/helpdesk/objects/nothing/metadata", status=404)


@pytest.mark.parametrize("element", [CRM, HELPDESK])
def test_both_ways_of_paging_give_every_record_once(walk: Walk, element: str) -> None:
    by_token, token = [], None
    while True:
        query = {"pageSize": 150, **({"nextPage": token} if token else {})}
        answer = walk.hub(element, "GET", "/hubs/x/contacts", params=query)
        by_token += [one["id"] for one in answer.json()]
        assert int(answer.headers["Elements-Returned-Count"]) == len(answer.json())
        token = answer.headers.get("Elements-Next-Page-Token")
        if not token:
            break
    pages = [
        walk.hub(element, "GET", "/hubs/x/contacts", params={"pageSize": 150, "page": number}).json()
        for number in (1, 2, 3, 4)
    ]
    assert by_token == [one["id"] for page in pages for one in page]
    assert len(set(by_token)) == len(by_token) >= 400
    walk.hub(element, "GET", "/hubs/x/contacts", params={"pageSize": 2001}, status=400)
    walk.hub(element, "GET", "/hubs/x/contacts", params={"nextPage": "made-up"}, status=400)


@pytest.mark.parametrize("element", [CRM, HELPDESK])
def test_records_are_searched_ordered_and_cut_to_fields(walk: Walk, element: str) -> None:
    query = {
        "where": "lastName IN ('Baker','Chen') AND id > 1100",
        "orderBy": "lastUpdated desc",
        "fields": "id,lastName",
    }
    found = walk.hub(element, "GET", "/hubs/x/contacts", params=query).json()
    assert found
    assert all(set(one) == {"id", "lastName"} and one["id"] > 1100 for one in found)
    walk.hub(element, "GET", "/hubs/x/contacts", params={"where": "lastName = 'open"}, status=400)


@pytest.mark.parametrize("element", [CRM, HELPDESK])
def test_bulk_goes_from_query_to_files(walk: Walk, element: str) -> None:
    query = {"q": "select * from contacts where lastName LIKE 'B%'"}
    started = walk.hub(element, "POST", "/hubs/x/bulk/query", params=query).json()
    assert started["status"] == "CREATED"
    path = f"/hubs/x/bulk/{started['id']}"
    walk.hub(element, "GET", f"{path}/contacts", status=409)
    assert walk.hub(element, "GET", f"{path}/status").json()["status"] == "RUNNING"
    status = walk.hub(element, "GET", f"{path}/status").json()
    assert (status["status"], status["recordsFailedCount"]) == ("COMPLETED", 0)
    lines = walk.hub(element, "GET", f"{path}/contacts", headers={"Accept": "application/json"}).text
    records = [json.loads(line) for line in lines.splitlines()]
    table = walk.hub(element, "GET", f"{path}/contacts", headers={"Accept": "text/csv"})
    assert table.headers["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [int(row["id"]) for row in rows] == [record["id"] for record in records]
    assert len(records) == status["recordsCount"] > 0
    assert walk.hub(element, "GET", f"{path}/errors").json() == []
    walk.hub(element, "PUT", f"{path}/cancel", status=409)
    walk.hub(element, "GET", f"{path}/contacts", headers={"Accept": "image/png"}, status=406)
    walk.hub(element, "POST", "/hubs/x/bulk/query", params={"q": "drop table contacts"}, status=400)


def test_a_bulk_job_is_cancelled(walk: Walk) -> None:
    query = {"q": "select id from contacts"}
    job = walk.hub(CRM, "POST", "/hubs/crm/bulk/query", params=query).json()["id"]
    assert walk.hub(CRM, "PUT", f"/hubs/crm/bulk/{job}/cancel").json()["status"] == "CANCELLED"
    assert walk.hub(CRM, "GET", f"/hubs/crm/bulk/{job}/status").json()["status"] == "CANCELLED"


def test_events_of_an_instance_can_be_read(walk: Walk) -> None:
    path = f"/instances/{walk.made[CRM]['id']}/events"
    assert walk.ask("GET", path).json() == []
    walk.ask("GET", f"{path}/1", status=404)
