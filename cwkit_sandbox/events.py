"""Events: polls as the clock moves, webhooks as records change, and what is stored of both."""

from __future__ import annotations

import asyncio
import ipaddress
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from cwkit.elements.connectwise import HELPDESK
from cwkit.errors import CwkitError
from cwkit.events import (
    ID_HEADER,
    SIGNATURE_HEADER,
    PollerConfiguration,
    PollerResource,
    classify,
    field_value,
    record_dates,
    render,
    sign,
)
from cwkit_sandbox.answers import ApiError
from cwkit_sandbox.catalog import definitions
from cwkit_sandbox.clock import Clock, iso
from cwkit_sandbox.helpdesk_mapping import FLAT_KINDS
from cwkit_sandbox.records import Records
from cwkit_sandbox.store import Store, Stored

__all__ = ["Events", "Outcome", "Push", "Pusher"]

POLLED_AT_ONCE, PUSHED_AT_ONCE = 10, 20
MOST_RETRIES = 9
ENABLED = "event.notification.enabled"
INTERVAL = "event.poller.refresh_interval"
USUAL_MINUTES = 15
_LIVE_PAUSE = 0.5

Event = dict[str, Any]
PollHub = Callable[[Stored, str, int | None], Awaitable[list[dict[str, Any]]]]
"""Fetches the records under a poller's URL, with a page size where one is set."""


def _value(key: str) -> str:
    return f"json_extract(configuration, '$.\"{key}\"')"


_LISTENING = f"{_value(ENABLED)} = 'true' AND NOT disabled AND NOT deleted"


def _milliseconds(interval: str | None) -> int:
    """Return the milliseconds between two polls; where the setting is no number, the usual ones."""
    text = (interval or "").removesuffix(".0")
    minutes = int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else USUAL_MINUTES
    return max(minutes, 1) * 60_000


class Events:
    """The events of all instances; one worker at a time moves the clock and lets what is due happen."""

    def __init__(self, origin: str, store: Store, clock: Clock, records: Records, poll_hub: PollHub) -> None:
        self._store = store
        self._clock = clock
        self._records = records
        self._poll_hub = poll_hub
        self._moving = asyncio.Lock()
        self._pusher = Pusher(origin)
        self._tasks: set[asyncio.Task[None]] = set()
        self.counts = {"polls": 0, "events": 0, "notifications": 0}
        records.watchers.append(self._record_changed)
        if clock.live:
            self._start(self._keep_up())

    async def close(self) -> None:
        """Stop what still goes on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._pusher.close()

    def _start(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _keep_up(self) -> None:
        while True:
            await asyncio.sleep(_LIVE_PAUSE)
            async with self._moving:
                await self._happen(self._clock.now)

    async def advance(self, milliseconds: int) -> dict[str, Any]:
        """Move the clock; what falls due on the way happens at its own moment, in order."""
        async with self._moving:
            before = dict(self.counts)
            target = self._clock.now + milliseconds
            await self._happen(target)
            self._clock.move_to(target)
            self._store.remember("clock", str(self._clock.now))
        done = {name: count - before[name] for name, count in self.counts.items()}
        return {"clock": iso(self._clock.now), **done}

    async def _happen(self, until: int) -> None:
        """Let every poll and repeated notification up to a moment happen, the earliest first."""
        while True:
            polls = [poll for poll in self._polls() if poll[0] <= until]
            retries = self._store.run(
                "SELECT next_try, id FROM event WHERE next_try <= ? ORDER BY next_try, id LIMIT 1", (until,)
            )
            poll, retry = min(polls, default=None), (retries[0] if retries else None)
            if poll is None and retry is None:
                return
            if retry is not None and (poll is None or retry[0] <= poll[0]):
                self._clock.move_to(retry[0])
                await self._push(int(retry[1]))
            elif poll is not None:
                self._clock.move_to(poll[0])
                await self._poll(poll[1], poll[0], until)

    def _polls(self) -> list[tuple[int, int]]:
        """Return when each instance is polled next, with its id."""
        polling = [key for key, one in definitions().items() if one.event_method == "polling"]
        marks = ", ".join("?" for _ in polling)
        rows = self._store.run(
            f"SELECT id, coalesce(last_poll, created), {_value(INTERVAL)} FROM instance"  # noqa: S608
            f" WHERE element IN ({marks}) AND {_LISTENING}",
            polling,
        )
        return [(last + _milliseconds(interval), identifier) for identifier, last, interval in rows]

    async def _poll(self, identifier: int, now: int, until: int) -> None:
        """Poll an instance once; where nothing has changed since, all polls up to ``until`` are one."""
        instance = self._store.instance(identifier)
        if instance is None:
            return
        last = instance.created if instance.last_poll is None else instance.last_poll
        interval = _milliseconds(instance.configuration.get(INTERVAL))
        rounds = 1
        if self._records.newest() <= last:
            rounds = (until - now) // interval + 1
        else:
            found = [event async for event in self._polled(instance, last, now)]
            await self._record(instance, found, POLLED_AT_ONCE)
        self.counts["polls"] += rounds
        instance.last_poll = now + (rounds - 1) * interval
        self._store.run("UPDATE instance SET last_poll = ? WHERE id = ?", (instance.last_poll, instance.id))

    async def _polled(self, instance: Stored, last: int, now: int) -> Any:
        try:
            poller = PollerConfiguration.parse(instance.configuration.get("event.poller.configuration"))
        except CwkitError:
            return
        for name, resource in poller.resources.items():
            try:
                for record in await self._fetched(instance, resource, last, now):
                    if event := _polled_event(instance, name, resource, record, last, now):
                        yield event
            except (CwkitError, ApiError) as problem:
                self._failed(instance, name, str(problem), now)

    async def _fetched(
        self, instance: Stored, resource: PollerResource, last: int, now: int
    ) -> list[dict[str, Any]]:
        """Fetch the records under a resource's URL, filled in."""
        since = _moment(last - round(resource.poll_delay_s * 1000))
        url = render(resource.url, last_poll=since, now=_moment(now))
        return await self._poll_hub(instance, url, resource.page_size)

    def _failed(self, instance: Stored, name: str, reason: str, now: int) -> None:
        """Keep that a resource could not be polled, where a person can find it."""
        self._store.remember(f"poll-problem/{instance.id}/{name}", f"{iso(now)} {reason[:500]}")

    def _record_changed(self, kind: str, record: dict[str, Any] | None, change: str) -> None:
        """Tell every helpdesk instance of a change, as ConnectWise's webhook does."""
        if kind not in FLAT_KINDS or record is None:
            return
        sql = f"SELECT id FROM instance WHERE element = ? AND {_LISTENING}"  # noqa: S608 - fixed text
        for row in self._store.run(sql, (HELPDESK,)):
            instance = self._store.instance(row[0])
            if instance is None:
                continue
            event = {
                "objectId": str(record.get("id", "")),
                "objectType": kind,
                "eventType": change,
                "elementKey": instance.element,
                "date": iso(self._records.stamp),
                "record": record,
            }
            numbers = self._stored(instance, [event], PUSHED_AT_ONCE)
            self._start(self._push_all(numbers))

    async def _record(self, instance: Stored, found: list[Event], at_once: int) -> None:
        await self._push_all(self._stored(instance, found, at_once))

    def _stored(self, instance: Stored, found: list[Event], at_once: int) -> list[int]:
        """Store events, so many to a notification; return the numbers of the notifications."""
        self.counts["events"] += len(found)
        numbers = []
        with self._store.together():
            for start in range(0, len(found), at_once):
                part = found[start : start + at_once]
                raw: dict[str, list[Any]] = {}
                for event in part:
                    raw.setdefault(event["objectType"], []).append(event["record"])
                told = [{k: v for k, v in event.items() if k != "record"} for event in part]
                data = json.dumps({"events": told, "raw": raw}, ensure_ascii=False)
                self._store.run(
                    "INSERT INTO event (instance, date, status, provider_data) VALUES (?, ?, 'RECEIVED', ?)",
                    (instance.id, self._clock.now, data),
                )
                numbers.append(int(self._store.run("SELECT last_insert_rowid()")[0][0]))
        return numbers

    async def _push_all(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            await self._push(number)

    async def _push(self, number: int) -> None:
        """Send one notification; where that fails it is due again 4^attempt seconds later, nine times."""
        store = self._store
        rows = store.run("SELECT instance, date, provider_data, attempt FROM event WHERE id = ?", (number,))
        instance = store.instance(int(rows[0][0])) if rows else None
        if instance is None:
            store.run("UPDATE event SET next_try = NULL WHERE id = ?", (number,))
            return
        _, date, data, attempt = rows[0]
        push = Push.made(instance, number, iso(date), json.loads(data))
        outcome = await self._pusher.send(push)
        if outcome.sent:
            self.counts["notifications"] += 1
        due, status = None, "NOTIFIED" if outcome.sent else "RECEIVED"
        if outcome.worth_repeating:
            status = "DISPATCHED"
            due = self._clock.now + 4 ** (attempt + 1) * 1000 if attempt < MOST_RETRIES else None
        store.run(
            "UPDATE event SET status = ?, notified_data = ?, attempt = ?, next_try = ?, reason = ?"
            " WHERE id = ?",
            (status, push.body.decode() if outcome.sent else None, attempt + 1, due, outcome.reason, number),
        )


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _polled_event(
    instance: Stored, name: str, resource: PollerResource, record: dict[str, Any], last: int, now: int
) -> Event | None:
    kind = classify(record, resource, _moment(last))
    if kind is None:
        return None
    updated, created = record_dates(record, resource)
    moment = updated or created
    date = round(moment.timestamp() * 1000) if moment else now
    if now < date <= now + 1000:
        return None  # dated to the next whole second: the next poll reports it, and this one must not
    identifier = field_value(record, resource.id_field)
    return {
        "objectId": "" if identifier is None else str(identifier),
        "objectType": name,
        "eventType": kind,
        "elementKey": instance.element,
        "date": iso(date),
        "pollDate": iso(now),
        "record": record,
    }


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
