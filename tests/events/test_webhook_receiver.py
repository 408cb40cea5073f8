"""The receiver: real HTTP on this machine."""

from __future__ import annotations

import json
import socket
from typing import Any

import httpx
import pytest

from cwkit.errors import InputError
from cwkit.events import ID_HEADER, SIGNATURE_HEADER, Receiver, sign
from cwkit.redaction import Secret

BODY = json.dumps(
    {
        "message": {
            "eventId": "abc",
            "elementKey": "connectwisecrmrest",
            "instance_id": 5,
            "events": [
                {
                    "objectId": "7",
                    "objectType": "contacts",
                    "eventType": "CREATED",
                    "date": "2026-01-05T09:00:00Z",
                },
                {
                    "objectId": "8",
                    "objectType": "contacts",
                    "eventType": "UPDATED",
                    "date": "2026-01-05T09:00:01Z",
                },
            ],
            "raw": {},
        }
    }
).encode()


def post(receiver: Receiver, body: bytes, **headers: str) -> int:
    return httpx.post(receiver.url, content=body, headers=headers, trust_env=False).status_code


def test_notifications_are_collected_and_shown_one_row_an_event() -> None:
    with Receiver() as receiver:
        assert receiver.url.startswith("http://127.0.0.1:")
        assert post(receiver, BODY, **{ID_HEADER: "w1"}) == 200
        assert receiver.wait(1, timeout=1)
        table = receiver.table()
    assert list(table["object_id"]) == ["7", "8"]
    assert list(table["event_type"]) == ["CREATED", "UPDATED"]
    assert set(table["signature"]) == {"not checked"}
    assert set(table["webhook_id"]) == {"w1"}
    assert set(table["element_key"]) == {"connectwisecrmrest"}


@pytest.mark.parametrize(
    ("header", "status", "verdict"),
    [(sign(BODY, "key"), 200, "right"), (sign(BODY, "other"), 401, "wrong"), (None, 401, "missing")],
)
def test_signatures_are_checked_over_the_raw_body(header: str | None, status: int, verdict: str) -> None:
    with Receiver(key=Secret("key")) as receiver:
        assert post(receiver, BODY, **({SIGNATURE_HEADER: header} if header else {})) == status
        assert receiver.notifications[0].signature == verdict
        assert receiver.notifications[0].body == BODY


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b'{"message": 5}', b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_notification_is_kept_and_told(body: bytes) -> None:
    with Receiver() as receiver:
        assert post(receiver, body) == 400
        assert receiver.table().loc[0, "problem"].startswith("the ")


def test_the_older_form_of_a_notification_is_read() -> None:
    body = {
        "eventId": "e1",
        "instanceId": 7,
        "notificationId": 9,
        "response": {"events": [{"objectId": "5", "objectType": "contacts", "eventType": "UPDATED"}]},
    }
    with Receiver() as receiver:
        assert post(receiver, json.dumps(body).encode()) == 200
        row = receiver.table().loc[0]
    assert row[["event_id", "instance_id", "object_id", "object_type", "event_type"]].to_list() == [
        "e1", 7, "5", "contacts", "UPDATED",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b'{"a": 1}', "the body is not a notification: it has neither message nor response"),
        (b'{"message": []}', "the message in the body is not an object"),
        (b'{"message": {"events": "many"}}', "the events in the body are not a list of objects"),
        (b'{"response": {"events": [5]}}', "the events in the body are not a list of objects"),
    ],
)
def test_an_unreadable_notification_is_reported_as_such(body: bytes, problem: str) -> None:
    with Receiver() as receiver:
        assert post(receiver, body) == 400
        assert receiver.table().loc[0, "problem"] == problem


def test_a_message_without_events_has_a_row_of_its_own() -> None:
    with Receiver() as receiver:
        assert post(receiver, b'{"message": {"eventId": "e"}}') == 200
        assert receiver.table().loc[0, "event_id"] == "e"


def test_a_large_body_a_missing_length_and_another_method_are_refused() -> None:
    with Receiver(limit=10) as receiver:
        assert post(receiver, b"x" * 11) == 413
        assert httpx.get(receiver.url, trust_env=False).status_code == 405
        with socket.create_connection(("127.0.0.1", int(receiver.url.rsplit(":")[-1].strip("/")))) as raw:
            raw.sendall(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b" 411 " in raw.recv(200)
        assert receiver.notifications == []


def test_a_failing_receiver_answers_as_told() -> None:
    with Receiver(status=500) as receiver:
        assert post(receiver, BODY) == 500


def test_what_came_stays_after_closing_and_the_key_is_never_shown() -> None:
    with Receiver(key="topsecretkey") as receiver:
        post(receiver, BODY, **{SIGNATURE_HEADER: sign(BODY, "topsecretkey")})
        port = int(receiver.url.rsplit(":")[-1].strip("/"))
    assert len(receiver.table()) == 2
    assert "topsecretkey" not in repr(receiver) + repr(receiver.notifications) + str(vars(receiver))
    with pytest.raises(InputError, match="closed"):
        _ = receiver.url
    with pytest.raises(ConnectionError), socket.create_connection(("127.0.0.1", port), timeout=1):
        pass


def test_a_port_in_use_is_our_error() -> None:
    with Receiver() as first:
        taken = int(first.url.rsplit(":")[-1].strip("/"))
        with pytest.raises(InputError, match="cannot be used"):
            Receiver(port=taken).start()
    with pytest.raises(InputError, match="cannot be used"):
        Receiver(port=99_999).start()


def test_waiting_gives_up_in_time_and_html_is_escaped() -> None:
    body: dict[str, Any] = {"message": {"events": [{"objectId": "<script>"}]}}
    with Receiver() as receiver:
        assert receiver.wait(1, timeout=0.01) is False
        post(receiver, json.dumps(body).encode())
        assert "<script>" not in receiver._repr_html_()


def test_a_notification_that_was_taken_is_not_taken_again() -> None:
    with Receiver(key="key") as receiver:
        headers = {SIGNATURE_HEADER: sign(BODY, "key"), ID_HEADER: "w-1"}
        assert [post(receiver, BODY, **headers) for _ in range(3)] == [200, 200, 200]
        assert post(receiver, BODY, **{**headers, ID_HEADER: "w-2"}) == 200
        assert [n.webhook_id for n in receiver.notifications] == ["w-1", "w-2"]


def test_one_that_was_refused_or_failed_may_come_again() -> None:
    with Receiver(key="key", status=500) as receiver:
        assert post(receiver, BODY, **{SIGNATURE_HEADER: "sha256=x", ID_HEADER: "w-1"}) == 401
        headers = {SIGNATURE_HEADER: sign(BODY, "key"), ID_HEADER: "w-1"}
        assert post(receiver, BODY, **headers) == 500
        receiver.status = 200
        assert post(receiver, BODY, **headers) == 200
        assert len(receiver.notifications) == 3


def test_wrongly_signed_notifications_do_not_fill_the_memory() -> None:
    with Receiver(key="key") as receiver:
        assert post(receiver, BODY, **{SIGNATURE_HEADER: sign(BODY, "key")}) == 200
        for _ in range(30):
            receiver.accept(BODY, "sha256=x", "")
        assert len(receiver.notifications) == 21
        assert receiver.notifications[0].signature == "right"
