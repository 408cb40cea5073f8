"""Notifications on their way to a callback address: made, signed, and sent to loopback alone."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from cwkit.events.webhook_receiver import ID_HEADER, SIGNATURE_HEADER, sign
from cwkit_sandbox.store import Stored

__all__ = ["Outcome", "Push", "Pusher"]

CALLBACK = "event.notification.callback.url"
_SIGNATURE_KEY = "event.notification.signature.key"
_USER, _PASSWORD = "event.notification.basic.username", "event.notification.basic.password"
_SECONDS = 5.0


@dataclass(frozen=True)
class Push:
    """One notification: where it goes, what it says, with which headers."""

    url: str
    body: bytes
    headers: dict[str, str] = field(repr=False)
    login: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def made(cls, instance: Stored, number: int, date: str, data: dict[str, Any]) -> Push:
        """Return the notification of stored events (platform facts, section 5)."""
        values = instance.configuration
        message = {
            "eventId": number,
            "elementKey": instance.element,
            "instance_id": instance.id,
            "instanceName": instance.name,
            "instanceTags": instance.tags,
            "date": date,
            "events": data["events"],
            "raw": data["raw"],
        }
        body = json.dumps({"message": message}, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        headers = {"content-type": "application/json", ID_HEADER: f"{instance.id}-{number}"}
        if key := values.get(_SIGNATURE_KEY):
            headers[SIGNATURE_HEADER] = sign(body, key)
        user = values.get(_USER)
        return cls(
            values.get(CALLBACK) or "", body, headers, (user, values.get(_PASSWORD) or "") if user else None
        )


@dataclass(frozen=True)
class Outcome:
    """Whether a notification arrived; if not, why, and whether it is sent again later."""

    sent: bool
    reason: str = ""
    worth_repeating: bool = False


class Pusher:
    """Sends notifications; nothing but this machine's loopback addresses is ever called."""

    def __init__(self, origin: str) -> None:
        self._origin = urlsplit(origin)
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    def _http(self) -> httpx.AsyncClient:
        # Made on first use: reading the certificates takes longer than the rest of the sandbox's start.
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=_SECONDS, trust_env=False, follow_redirects=False)
        return self._client

    async def send(self, push: Push) -> Outcome:
        """Send a notification once."""
        if reason := self._not_for_us(push.url):
            return Outcome(False, reason)
        auth = httpx.BasicAuth(*push.login) if push.login else None
        try:
            async with self._http().stream(
                "POST", push.url, content=push.body, headers=push.headers, auth=auth
            ) as answer:
                status = answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
            return Outcome(
                False, f"The callback did not answer ({type(problem).__name__}).", worth_repeating=True
            )
        if 200 <= status < 300:
            return Outcome(True)
        return Outcome(False, f"The callback answered with status {status}.", worth_repeating=True)

    def _not_for_us(self, url: str) -> str:
        """Return why an address is not called at all; empty where it may be."""
        if url in ("", "false"):
            return "There is no callback address."
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return "The callback address cannot be read."
        if parts.scheme not in ("http", "https") or not _is_loopback(host):
            return "The sandbox calls loopback addresses only; a real platform would call this one."
        if port == self._origin.port:
            return "The callback address is the sandbox itself."
        return ""


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
