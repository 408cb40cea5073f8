"""Polls, webhooks and notifications on the sandbox's own clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest

import cwkit_sandbox as sandboxes
from cwkit_sandbox import Sandbox
from tests.sandbox.conftest import CRM, HELPDESK, Callback, account, events_on, hub, new


def made(client: httpx.Client, sandbox: Sandbox, element: str, **values: str) -> dict[str, Any]:
    answer = client.post("/instances", json=new(sandbox, element, **values))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def events(client: httpx.Client, instance: dict[str, Any]) -> list[dict[str, Any]]:
    return list(client.get(f"/instances/{instance['id']}/events").json())


def test_the_clock_stands_still_until_it_is_moved(sandbox: Sandbox) -> None:
    assert sandbox.clock == "2026-01-05T09:00:00Z"
    assert sandbox.advance(minutes=90)["clock"] == "2026-01-05T10:30:00Z"
    assert sandbox.clock == "2026-01-05T10:30:00Z"


def test_a_change_is_polled_once_and_pushed_signed(
    sandbox: Sandbox, client: httpx.Client, callback: Callback
) -> None:
    key = "k-1234567890"
    # The CRM element's definition has no signature key; the platform takes it all the same.
    on = events_on(callback.url, **{"event.notification.signature.key": key})
    instance = made(client, sandbox, CRM, **on)
    with hub(sandbox, instance["token"]) as data:
        incident = data.get("/hubs/crm/incidents", params={"pageSize": 1}).json()[0]["id"]
        data.patch(f"/hubs/crm/incidents/{incident}", json={"severity": "High"})
    done = sandbox.advance(minutes=15)
    assert (done["polls"], done["events"], done["notifications"]) == (1, 1, 1)
    (headers, body), message = callback.pushed[0], callback.messages[0]
    event = message["events"][0]
    assert (event["objectId"], event["objectType"], event["eventType"]) == (
        str(incident),
        "incidents",
        "UPDATED",
    )
    assert message["instance_id"] == instance["id"]
    assert message["raw"]["incidents"][0]["severity"] == "High"
    digest = hmac.new(key.encode(), body, hashlib.sha256).digest()
    assert headers["Elements-Webhook-Signature"] == "sha256=" + base64.b64encode(digest).decode()
    assert headers["Elements-Webhook-Id"]
    assert sandbox.advance(minutes=15)["events"] == 0
    stored = events(client, instance)
    assert [one["status"] for one in stored] == ["NOTIFIED"]
    one = client.get(f"/instances/{instance['id']}/events/{stored[0]['id']}").json()
    assert one["notifiedData"] == json.loads(body)


def test_the_seeds_contacts_are_always_reported_as_created(sandbox: Sandbox, client: httpx.Client) -> None:
    instance = made(client, sandbox, CRM, **events_on("false"))
    with hub(sandbox, instance["token"]) as data:
        data.patch("/hubs/crm/contacts/1001", json={"title": "Director"})
    sandbox.advance(minutes=15)
    told = events(client, instance)[0]["providerData"]["events"]
    assert [(one["objectType"], one["eventType"]) for one in told] == [("contacts", "CREATED")]


def test_an_empty_id_field_gives_events_without_an_id(sandbox: Sandbox, client: httpx.Client) -> None:
    instance = made(client, sandbox, CRM, **events_on("false"))
    with hub(sandbox, instance["token"]) as data:
        body = {"name": "SRV-1", "type": {"id": 1, "name": "Server"}, "company": {"id": 250}}
        assert data.post("/hubs/crm/configurations", json=body).status_code == 200
    sandbox.advance(minutes=15)
    told = events(client, instance)[0]["providerData"]["events"]
    assert [(one["objectType"], one["objectId"]) for one in told] == [("configurations", "")]


def test_twenty_five_polled_changes_come_in_three_notifications(
    sandbox: Sandbox, client: httpx.Client, callback: Callback
) -> None:
    instance = made(client, sandbox, CRM, **events_on(callback.url))
    with hub(sandbox, instance["token"]) as data:
        for number in range(25):
            data.post("/hubs/crm/contacts", json={"firstName": f"N{number}"})
    assert sandbox.advance(minutes=15)["notifications"] == 3
    assert [len(message["events"]) for message in callback.messages] == [10, 10, 5]


def test_a_failed_push_is_repeated_after_growing_waits(
    sandbox: Sandbox, client: httpx.Client, callback: Callback
) -> None:
    instance = made(client, sandbox, CRM, **events_on(callback.url))
    callback.status = 500
    with hub(sandbox, instance["token"]) as data:
        data.post("/hubs/crm/contacts", json={"firstName": "Ada"})
    sandbox.advance(minutes=15)
    assert len(callback.pushed) == 1
    assert events(client, instance)[0]["nextAttemptDate"] == "2026-01-05T09:15:04Z"
    sandbox.advance(minutes=4 / 60)
    assert events(client, instance)[0]["nextAttemptDate"] == "2026-01-05T09:15:20Z"
    callback.status = 204
    sandbox.advance(minutes=16 / 60)
    assert [one["status"] for one in events(client, instance)] == ["NOTIFIED"]
    assert len(callback.pushed) == 3


def test_pushes_end_after_nine_repetitions(
    sandbox: Sandbox, client: httpx.Client, callback: Callback
) -> None:
    instance = made(client, sandbox, CRM, **events_on(callback.url))
    callback.status = 500
    with hub(sandbox, instance["token"]) as data:
        data.post("/hubs/crm/contacts", json={"firstName": "Ada"})
    sandbox.advance(minutes=60 * 24 * 7)
    last = events(client, instance)[0]
    assert (last["attempts"], last["status"]) == (10, "DISPATCHED")
    assert "nextAttemptDate" not in last
    assert len(callback.pushed) == 10


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://callback.example.com/x", "loopback"),
        ("http://10.0.0.7/x", "loopback"),
        ("http://127.0.0.1.example.com/x", "loopback"),
        ("false", "no callback"),
    ],
)
def test_nothing_beyond_loopback_is_called(
    sandbox: Sandbox, client: httpx.Client, address: str, reason: str
) -> None:
    instance = made(client, sandbox, CRM, **events_on(address))
    with hub(sandbox, instance["token"]) as data:
        data.post("/hubs/crm/contacts", json={"firstName": "Ada"})
    assert sandbox.advance(minutes=15)["notifications"] == 0
    stored = events(client, instance)[0]
    assert stored["status"] == "RECEIVED"
    assert reason in stored["statusMessage"]


def test_the_sandbox_never_calls_itself(sandbox: Sandbox, client: httpx.Client) -> None:
    instance = made(client, sandbox, CRM, **events_on(f"{sandbox.origin}/sandbox/clock"))
    with hub(sandbox, instance["token"]) as data:
        data.post("/hubs/crm/contacts", json={"firstName": "Ada"})
    assert sandbox.advance(minutes=15)["notifications"] == 0
    assert "itself" in events(client, instance)[0]["statusMessage"]


def test_helpdesk_is_told_at_once_of_what_crm_changed(
    sandbox: Sandbox, client: httpx.Client, callback: Callback
) -> None:
    helpdesk = made(client, sandbox, HELPDESK, **events_on(callback.url))
    crm = made(client, sandbox, CRM)
    with hub(sandbox, crm["token"]) as data:
        data.patch("/hubs/crm/contacts/1001", json={"title": "Director"})
    assert callback.wait()
    message = callback.messages[0]
    assert message["instance_id"] == helpdesk["id"]
    assert message["events"][0]["eventType"] == "UPDATED"
    assert message["raw"]["contacts"][0]["title"] == "Director"


def test_disabled_and_deleted_instances_are_not_polled(sandbox: Sandbox, client: httpx.Client) -> None:
    off = made(client, sandbox, CRM, **events_on("false"))
    gone = made(client, sandbox, CRM, **events_on("false"))
    client.delete(f"/instances/{off['id']}/enabled")
    client.delete(f"/instances/{gone['id']}")
    assert sandbox.advance(minutes=60)["polls"] == 0


def test_a_broken_poller_does_not_stop_the_others(sandbox: Sandbox, client: httpx.Client) -> None:
    poller = {"contacts": {"url": "/hubs/crm/contacts?where=lastUpdated>'${gmtDate:bad pattern'"}}
    texts = ["not json", "[1]", json.dumps(poller), "{}"]
    for text in texts:
        made(client, sandbox, CRM, **events_on("false", **{"event.poller.configuration": text}))
    good = made(client, sandbox, CRM, **events_on("false"))
    with hub(sandbox, good["token"]) as data:
        data.post("/hubs/crm/contacts", json={"firstName": "Ada"})
    assert sandbox.advance(minutes=15)["polls"] == len(texts) + 1
    assert len(events(client, good)) == 1


def test_polls_of_other_elements_work_too(sandbox: Sandbox, client: httpx.Client) -> None:
    instance = made(client, sandbox, "roadcrew", **events_on("false"))
    with hub(sandbox, instance["token"]) as data:
        data.patch("/hubs/fieldservice/visits/3", json={"status": "done"})
        data.post("/hubs/fieldservice/visits", json={"name": "New visit"})
    sandbox.advance(minutes=15)
    told = events(client, instance)[0]["providerData"]["events"]
    assert [(one["objectId"], one["eventType"]) for one in told] == [("3", "UPDATED"), ("31", "CREATED")]


def test_a_month_without_changes_passes_quickly_and_counts_its_polls(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    made(client, sandbox, CRM, **events_on("false"))
    assert sandbox.advance(minutes=60 * 24 * 30)["polls"] == 4 * 24 * 30


def test_a_live_clock_runs_by_itself(callback: Callback) -> None:
    with sandboxes.start(live=True) as sandbox, account(sandbox) as client:
        on = events_on(callback.url, **{"event.poller.refresh_interval": "1"})
        instance = made(client, sandbox, CRM, **on)
        with hub(sandbox, instance["token"]) as data:
            data.post("/hubs/crm/contacts", json={"firstName": "Ada"})
        sandbox.advance(minutes=1)
        assert callback.wait()
        before = sandbox.clock
        until = time.monotonic() + 5
        while sandbox.clock == before and time.monotonic() < until:
            time.sleep(0.05)
        assert sandbox.clock > before
