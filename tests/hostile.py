"""A hostile platform over raw sockets: it lies, lags and loses, the same way for the same seed.

It replaces every other stand-in of the tests. It keeps instances and serves records; it gives prepared
responses (``says``, ``answers``, ``failures``); and it lets faults happen to any call, looks included.
A fault is a response (``RESPONSES``) and a moment: ``before`` (not processed), ``after`` (processed all the
same) or ``working`` (processed ``late`` seconds later, while something else has answered already).
"""

from __future__ import annotations

import json
import random
import re
import socket
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

API = "/elements/api-v2"
REQUEST_ID = "5b604d71faf77b14a6be0c2f"
OWN = {"requestId": REQUEST_ID, "message": "It did not work."}
PAGE = b"<!DOCTYPE html><html><head><title>Gateway</title></head><body>Later.</body></html>"

RESPONSES = {
    "400": (400, OWN),
    "408": (408, OWN),
    "409": (409, OWN),
    "429": (429, OWN),
    "500": (500, OWN),
    "502": (502, {**OWN, "providerMessage": "The provider is not available."}),
    "503": (503, OWN),
    "504": (504, OWN),
    "gateway 404": (404, {"message": "no route"}),
    "gateway 409": (409, {"message": "conflict"}),
    "html": (200, PAGE),
    "html 403": (403, PAGE),
    "html 404": (404, PAGE),
    "html 408": (408, PAGE),
    "html 503": (503, PAGE),
    "html 504": (504, PAGE),
    "redirect": (303, b""),
    "moved": (301, b""),
    "empty": (200, b""),
    "null": (200, b"null"),
    "object": (200, {}),
    "message": (200, {"message": "Service busy"}),
    "drop": None,
    "truncate": None,
    "stall": None,
    "trickle": None,
}
"""Every response that is not the right one: status and body, or what happens to the connection."""

REFUSALS = frozenset({"400"})
"""The responses that prove that nothing was done; they never come after processing."""


def every_fault():
    """Return every fault as (response, moment)."""
    return [
        (response, moment)
        for response in RESPONSES
        for moment in (["before"] if response in REFUSALS else ["before", "after", "working"])
    ]


@dataclass
class Stored:
    """An instance on the platform; it can be read and listed from these moments of the platform's clock."""

    id: int
    name: str
    element: str
    tags: list
    created: float
    listed_at: float
    readable_at: float
    configuration: dict = field(default_factory=dict)
    disabled: bool = False

    def shown(self, with_tags=True, with_token=True):
        """Return the instance as JSON data."""
        return {
            "id": self.id,
            "name": self.name,
            "element": {"key": self.element},
            "createdDate": str(int(self.created * 1000)),
            "disabled": self.disabled,
            **({"tags": self.tags} if with_tags else {}),
            **({"token": f"token-{self.id}="} if with_token else {}),
        }


class HostilePlatform:
    """One hostile platform. Everything public may be set by a test at any time."""

    def __init__(self, seed=0, clock=time.monotonic, now=time.time):
        self.seed, self.clock, self.now = seed, clock, now
        self.requests, self.seen = [], []  # as (method, target, headers, body), and parsed
        self.answers, self.failures = {}, {}  # prepared responses
        self.records, self.tokens, self.totals, self.cap = [], True, True, 2000
        self.instances = {}
        self.list_lag = self.get_lag = self.late = 0.0
        self.alter_tags = list  # what the platform makes of the tags that it stores
        self.list_shows_tags, self.page_size = True, 200
        self.rate, self.kinds, self.deliveries = 0.0, every_fault(), 1
        self.during_creation = lambda: None
        self._queue, self._calls, self._lock = {}, Counter(), threading.RLock()
        self._ids, self._names, self._working = 1000, {}, []
        self._closed = threading.Event()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    # what a test says

    def says(self, *answers):
        """Give these responses in turn, the last for ever: ``(status, body)`` or with headers as third."""
        self.answers = [
            (status, dict(*rest), body if isinstance(body, bytes) else json.dumps(body).encode())
            for status, body, *rest in answers
        ]

    def fail_next(self, response, moment="before", *, method="POST", times=1):
        """Let a fault happen to the next calls of a method."""
        self._queue.setdefault(method, []).extend([(response, moment)] * times)

    def no_faults(self):
        """Let nothing more go wrong, and finish what is being worked on."""
        self.rate, self._queue = 0.0, {}
        while self._working:
            time.sleep(0.01)

    def add(self, name, element="connectwisehd", tags=(), age=0.0):
        """Put an instance there that nobody sent."""
        with self._lock:
            self._ids += 1
            one = Stored(self._ids, name, element, list(tags), self.now() - age, 0, 0)
            self.instances[one.id] = one
            return one

    def creations(self):
        """Return how many requests to create have arrived."""
        return sum(method == "POST" and path == "/instances" for method, path, *_ in list(self.seen))

    def stop(self):
        """Close the server."""
        self._closed.set()
        self._socket.close()

    # the connections

    def _accept(self):
        while not self._closed.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        buffer = b""
        with connection, suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while not self._closed.is_set():
                while b"\r\n\r\n" not in buffer:
                    if not (more := connection.recv(65536)):
                        return
                    buffer += more
                head, _, buffer = buffer.partition(b"\r\n\r\n")
                first, *lines = head.decode("latin-1").split("\r\n")
                headers = _Headers(line.split(": ", 1) for line in lines)
                length = int(headers.get("content-length") or 0)
                while len(buffer) < length:
                    if not (more := connection.recv(65536)):
                        return
                    buffer += more
                body, buffer = buffer[:length], buffer[length:]
                method, target, _ = first.split(" ", 2)
                if not self._answer(connection, method, target, headers, body):
                    return

    def _answer(self, connection, method, target, headers, body):
        """Answer one request; return whether the connection stays open."""
        parts = urlsplit(target)
        path, query = parts.path.removeprefix(API), dict(parse_qsl(parts.query, keep_blank_values=True))
        data = None
        with suppress(ValueError):
            data = json.loads(body) if body else None
        with self._lock:
            self.requests.append((method, target, headers, body))
            self.seen.append((method, path, query, data))
            if isinstance(self.answers, list):
                one = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                return _send(connection, *(one(headers, body) if callable(one) else one))
            if (prepared := self._prepared(method, path, query)) is not None:
                return _send(connection, prepared[0], {}, _bytes(prepared[1]))
            fault = self._fault(method, path, query, data)
        if fault is None:
            return _send(connection, *self._process(method, path, query, data))
        return self._fail(connection, *fault, method, path, query, data)

    def _prepared(self, method, path, query):
        page = int(query.get("page") or query.get("nextPage") or 1)
        for key in ((method, page), (method, path)):
            if self.failures.get(key):
                return self.failures[key].pop(0)
        return self.answers.get((method, path))

    # faults

    def _fault(self, method, path, query, data):
        """Return the fault of a call; the dice depend on the seed and on what it is about, not on when."""
        if self._queue.get(method):
            return self._queue[method].pop(0)
        about = (data or {}).get("name") if isinstance(data, dict) else None
        about = about or self._names.get(query.get("tags[]")) or query.get("searchText") or path
        call = (method, about)
        self._calls[call] += 1
        dice = random.Random(f"{self.seed}/{call}/{self._calls[call]}")
        return dice.choice(self.kinds) if dice.random() < self.rate else None

    def _fail(self, connection, response, moment, method, path, query, data):
        right = (200, {}, b"[]")
        if moment == "after" or response in ("truncate", "stall", "trickle"):
            right = self._process(method, path, query, data)
        elif moment == "working":
            work = threading.Thread(target=self._later, args=(method, path, query, data), daemon=True)
            self._working.append(work)
            work.start()
        if response == "drop":
            return False
        if response == "stall":
            connection.settimeout(5)
            with suppress(OSError):
                connection.recv(1)
            return False
        if response == "truncate":
            _send(connection, *right, part=0.5)
            return False
        if response == "trickle":
            return _send(connection, *right, pause=0.02)
        status, body = RESPONSES[response]
        headers = {"location": f"{self.url}/elsewhere"} if status in (301, 303) else {}
        if isinstance(body, bytes) and body.startswith(b"<"):
            headers["content-type"] = "text/html"
        return _send(connection, status, headers, _bytes(body))

    def _later(self, *call):
        time.sleep(self.late)
        self._process(*call)
        self._working.remove(threading.current_thread())

    # the platform

    def _process(self, method, path, query, data):
        if path.startswith("/hubs/"):
            return self._records(query)
        if path == "/instances" and method == "POST":
            self.during_creation()
            delivered = [self._create(data) for _ in range(self.deliveries)]
            return delivered[0]
        with self._lock:
            if path == "/instances" and method == "GET":
                return self._list(query)
            if match := re.fullmatch(r"/instances/([^/]+)(/enabled)?", path):
                return self._one(method, unquote(match[1]), bool(match[2]), data)
        return _own(404, {"message": "There is no such thing.", "requestId": REQUEST_ID})

    def _create(self, data):
        with self._lock:
            self._ids += 1
            now = self.clock()
            for tag in data["tags"]:
                self._names[tag] = data["name"]
            one = Stored(
                self._ids, data["name"], data["element"]["key"], self.alter_tags(data["tags"]), self.now(),
                now + self.list_lag, now + self.get_lag, data["configuration"],
            )  # fmt: skip
            self.instances[one.id] = one
            return _own(200, one.shown())

    def _list(self, query):
        found = [one for one in self.instances.values() if one.listed_at <= self.clock()]
        if tag := query.get("tags[]"):
            found = [one for one in found if tag in one.tags]
        if text := query.get("searchText"):
            found = [one for one in found if text.lower() in one.name.lower()]
        start, size = int(query.get("nextPage") or 0), min(int(query.get("pageSize", 200)), self.page_size)
        if not found[start:]:
            return _own(404, {"message": "Nothing matches.", "requestId": REQUEST_ID})
        more = {"Elements-Next-Page-Token": str(start + size)} if start + size < len(found) else {}
        page = [one.shown(self.list_shows_tags, with_token=False) for one in found[start : start + size]]
        return _own(200, page, more)

    def _one(self, method, text, switch, data):
        one = self.instances.get(int(text)) if text.isdecimal() else None
        if one is None or one.readable_at > self.clock():
            return _own(404, {"message": f"No instance {text}.", "requestId": REQUEST_ID})
        if switch:
            one.disabled = method == "DELETE"
        elif method == "DELETE":
            del self.instances[one.id]
        elif method == "PATCH":
            one.name, one.tags = data.get("name", one.name), data.get("tags", one.tags)
        return _own(200, one.shown())

    def _records(self, query):
        page, size = int(query.get("page") or query.get("nextPage") or 1), int(query.get("pageSize", 200))
        size = min(size, self.cap)
        found = self.records[(page - 1) * size : page * size]
        headers = {"Elements-Total-Count": str(len(self.records))} if self.totals else {}
        if self.tokens and page * size < len(self.records):
            headers["Elements-Next-Page-Token"] = str(page + 1)
        return 200, headers, json.dumps(found).encode()


class _Headers(dict):
    def get(self, name, default=None):
        return next((value for key, value in self.items() if key.lower() == name.lower()), default)


def _own(status, data, headers=()):
    return status, {"Elements-Request-Id": REQUEST_ID, **dict(headers)}, json.dumps(data).encode()


def _bytes(body):
    return body if isinstance(body, bytes) else json.dumps(body).encode()


def _send(connection, status, headers, body, part=1.0, pause=0.0):
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}"]
    headers = {"content-type": "application/json", **headers, "content-length": str(len(body))}
    lines += [f"{name}: {value}" for name, value in headers.items()]
    whole = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body
    whole = whole[: max(1, int(len(whole) * part))]
    if pause:
        for start in range(len(whole)):
            connection.sendall(whole[start : start + 1])
            time.sleep(pause)
    else:
        connection.sendall(whole)
    return True
