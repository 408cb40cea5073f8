"""Signatures of notifications: HMAC-SHA256 over the raw body, as the platform sends them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from cwkit.errors import InputError
from cwkit.redaction import Secret, as_secret, frameless

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ID_HEADER", "SIGNATURE_HEADER", "Notification", "Receiver", "sign", "verify_signature"]

SIGNATURE_HEADER = "Elements-Webhook-Signature"
ID_HEADER = "Elements-Webhook-Id"
_PREFIX = "sha256="
_MOST_REFUSED = 20


@frameless
def sign(body: bytes | str, key: Secret | str) -> str:
    """Return the value of the header ``Elements-Webhook-Signature`` for a body (platform facts, section 5).

    ``body`` is the raw body, a text being taken as UTF-8; ``key`` the signature key of the instance.
    Raises ``InputError`` for an empty key, which the platform does not sign with.
    """
    secret = as_secret(key)
    if not secret:
        raise InputError(
            "The signature key is empty.",
            fix="Give the value of event.notification.signature.key.",
            field="event.notification.signature.key",
        )
    digest = hmac.new(_bytes(secret.reveal()), _bytes(body), hashlib.sha256).digest()
    return _PREFIX + base64.b64encode(digest).decode("ascii")


@dataclass(frozen=True)
class SignatureCheck:
    """Whether a notification is signed rightly, and why: true or false in an ``if``, the reason as text."""

    valid: bool
    reason: str

    def __bool__(self) -> bool:
        return self.valid

    def __str__(self) -> str:
        return self.reason


@frameless
def verify_signature(body: bytes | str, key: Secret | str, header: str | None) -> SignatureCheck:
    """Return whether ``header`` is the signature of ``body`` under ``key``, compared in constant time.

    Check the body as it arrived, before any JSON is read from it: another spacing is another signature.
    The result is true or false and its ``reason`` says why. The older form ``sha1=`` is verified as well
    (platform facts, section 7). Raises ``InputError`` for an empty key.
    """
    expected = sign(body, key)
    given = (header or "").strip()
    if _same(given, expected):
        return SignatureCheck(True, "The signature is right.")
    if not given:
        return SignatureCheck(False, f"The request has no {SIGNATURE_HEADER} header: it is not signed.")
    method, _, code = given.partition("=")
    raw, secret = _bytes(body), _bytes(as_secret(key).reveal())
    if method == "sha1":
        older = base64.b64encode(hmac.new(secret, raw, hashlib.sha1).digest()).decode("ascii")
        if _same(code, older):
            return SignatureCheck(True, "The signature is right, in the older form sha1=.")
    elif method != "sha256":
        right = " The rest of it is right." if _same(given, expected.removeprefix(_PREFIX)) else ""
        return SignatureCheck(False, f"The signature does not begin with sha256=.{right}")
    elif _same(code.lower(), hmac.new(secret, raw, hashlib.sha256).hexdigest()):
        return SignatureCheck(False, "The signature is in hexadecimal digits; the platform sends base64.")
    elif not re.fullmatch(r"[A-Za-z0-9+/]{43}=", code):
        return SignatureCheck(False, "The signature is not complete: 44 base64 characters follow sha256=.")
    if (compact := _compact(raw)) and compact != raw and _same(given, sign(compact, key)):
        return SignatureCheck(
            False, "The body was changed on its way: its JSON has other spaces. Check the body as it arrived."
        )
    return SignatureCheck(False, "The signature was made with another key or of another body.")


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(_bytes(one), _bytes(other))


def _bytes(text: bytes | str) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)


def _compact(body: bytes) -> bytes:
    try:
        return json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return b""


Signature = Literal["right", "wrong", "missing", "not checked"]

_EVENT_COLUMNS = {
    "event_type": "eventType",
    "object_type": "objectType",
    "object_id": "objectId",
    "date": "date",
    "element_key": "elementKey",
}
_COLUMNS = (
    "received", "signature", *_EVENT_COLUMNS, "event_id", "instance_id", "webhook_id", "problem"
)  # fmt: skip


@dataclass(frozen=True)
class Notification:
    """One request that arrived: its raw ``body``, what the signature is, and its events as they came."""

    received: datetime
    body: bytes = field(repr=False)
    signature: Signature = "not checked"
    webhook_id: str = ""
    message: dict[str, Any] = field(default_factory=dict, repr=False)
    events: tuple[dict[str, Any], ...] = ()
    problem: str = ""


class Receiver:
    """Collects notifications at ``url`` while it is open.

    ``key`` is the signature key: with it every body is checked as it arrives, before anything is read from
    it, and one that is signed wrongly or not at all is answered with 401. ``port`` 0 takes a free one.
    ``status`` is what a good notification is answered with; a 500 lets a sender retry. A notification with
    the ``Elements-Webhook-Id`` of one that was taken is answered as that one was, and not kept again. Listens
    on this machine alone; a body above ``limit`` bytes is refused with 413. Of notifications that
    are signed wrongly or not at all the latest 20 are kept: anybody who knows the address can send them.

    >>> with Receiver(key="k") as receiver:  # doctest: +SKIP
    ...     platform.instances.set_configuration(5, "event.notification.callback.url", receiver.url)
    ...     receiver.wait(1)
    ...     receiver.table()
    """

    def __init__(
        self, key: Secret | str | None = None, *, port: int = 0, status: int = 200, limit: int = 1_000_000
    ) -> None:
        self._key = as_secret(key) if key else None
        self.status = status
        self.limit = limit
        self.notifications: list[Notification] = []
        self._taken: dict[str, int] = {}  # what a notification was answered with, by its webhook id
        self._arrived = threading.Condition()
        self._port = port
        self._server: ThreadingHTTPServer | None = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = self.url if self._server else "closed"
        return f"Receiver({state}, {len(self.notifications)} received)"

    def _repr_html_(self) -> str:
        return str(self.table().to_html(escape=True))

    @property
    def url(self) -> str:
        """Where notifications are to be sent. Raises ``InputError`` while the receiver is closed."""
        if not self._server:
            raise InputError("The receiver is closed.", fix="Open it: with Receiver() as receiver: ...")
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    def start(self) -> Self:
        """Open the receiver, as a ``with`` block does. Raises ``InputError`` for a port in use."""
        if self._server:
            return self
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", self._port), _handler(self))
        except (OSError, OverflowError):
            self._server = None
        if not self._server:
            raise InputError(f"Port {self._port} cannot be used.", fix="Leave port out: a free one is taken.")
        self._server.daemon_threads = True
        threading.Thread(
            target=self._server.serve_forever,
            kwargs={"poll_interval": 0.05},
            name="cwkit-receiver",
            daemon=True,
        ).start()
        return self

    def stop(self) -> None:
        """Close the receiver; what it has collected stays."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def wait(self, count: int = 1, timeout: float = 5.0) -> bool:
        """Wait at most ``timeout`` seconds for ``count`` notifications; say whether they came."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.notifications) >= count, timeout)

    def table(self) -> pd.DataFrame:
        """Return one row an event, in order of arrival.

        Columns ``received`` (UTC), ``signature`` (right, wrong, missing, not checked), ``event_type``,
        ``object_type``, ``object_id``, ``date``, ``element_key``, ``event_id``, ``instance_id``,
        ``webhook_id``, ``problem``. A notification without events has a row of its own.
        """
        import pandas as pd

        with self._arrived:
            rows = [row for notification in self.notifications for row in _rows(notification)]
        table = pd.DataFrame(rows, columns=list(_COLUMNS))
        table["received"] = pd.to_datetime(table["received"], utc=True)
        return table

    def accept(self, body: bytes, signature: str | None, webhook_id: str) -> int:
        """Keep one notification; return the HTTP status to answer with."""
        verdict: Signature = "not checked"
        if self._key:
            right = verify_signature(body, self._key, signature)
            verdict = "right" if right else "wrong" if signature else "missing"
        refused = verdict in ("wrong", "missing")
        message, events, problem = _content(body)
        notification = Notification(datetime.now(UTC), body, verdict, webhook_id, message, events, problem)
        with self._arrived:
            if not refused and webhook_id and webhook_id in self._taken:
                return self._taken[webhook_id]
            status = 401 if refused else 400 if problem else self.status
            if status < 300 and webhook_id:
                self._taken[webhook_id] = status
            self.notifications.append(notification)
            self._drop_refused()
            self._arrived.notify_all()
        return status

    def _drop_refused(self) -> None:
        refused = [n for n in self.notifications if n.signature in ("wrong", "missing")]
        if len(refused) > _MOST_REFUSED:
            self.notifications.remove(refused[0])


def _content(body: bytes) -> tuple[dict[str, Any], tuple[dict[str, Any], ...], str]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}, (), "the body is not JSON"
    if not isinstance(value, dict):
        return {}, (), "the body is not a JSON object"
    response = value.get("response")
    if isinstance(response, dict) and "message" not in value:  # the older form (platform facts, section 7)
        message = {**value, "instance_id": value.get("instanceId"), "events": response.get("events")}
    elif "message" in value or "events" in value:
        message = value.get("message", value)
    else:
        return {}, (), "the body is not a notification: it has neither message nor response"
    if not isinstance(message, dict):
        return {}, (), "the message in the body is not an object"
    events = message.get("events")
    if events is not None and not (isinstance(events, list) and all(isinstance(e, dict) for e in events)):
        return message, (), "the events in the body are not a list of objects"
    return message, tuple(events or ()), ""


def _rows(notification: Notification) -> list[dict[str, Any]]:
    base = {
        "received": notification.received,
        "signature": notification.signature,
        "event_id": notification.message.get("eventId"),
        "instance_id": notification.message.get("instance_id"),
        "element_key": notification.message.get("elementKey"),
        "webhook_id": notification.webhook_id,
        "problem": notification.problem,
    }
    if not notification.events:
        return [base]
    return [
        base | {column: event[name] for column, name in _EVENT_COLUMNS.items() if name in event}
        for event in notification.events
    ]


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not (length.isascii() and length.isdigit()):
                self._answer(411)
            elif len(length) > 12 or int(length) > receiver.limit:
                self._answer(413)
            else:
                body = self.rfile.read(int(length))
                signature, identity = self.headers.get(SIGNATURE_HEADER), self.headers.get(ID_HEADER, "")
                self._answer(receiver.accept(body, signature, identity), keep=True)

        def do_GET(self) -> None:
            self._answer(405)

        do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET  # noqa: N815 - the names that the server looks for

        def _answer(self, status: int, *, keep: bool = False) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            if not keep:  # the body was not read, so the connection cannot serve another request
                self.send_header("Connection", "close")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the server's own signature
            """Say nothing: a notebook's output is no log."""

    return Handler
