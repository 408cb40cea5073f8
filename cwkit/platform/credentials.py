"""The calls of the ConnectWise check over HTTP: reading only, patient for some seconds, never elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from cwkit.elements.connectwise.credentials_check import Answer, CheckResult, check
from cwkit.errors import CwkitError
from cwkit.instances import Instance
from cwkit.redaction import Secret, frameless, reveal

__all__ = ["connectwise_check"]

_LARGEST = 1_000_000


@frameless
def connectwise_check(
    values: Mapping[str, Any] | Instance, *, timeout: float = 15, resolve: Callable[[str], str] | None = None
) -> CheckResult:
    """Ask ConnectWise itself whether values are right, and which part is wrong: site, company, keys, rights.

    ``values`` are those of a request, under any spelling of their keys, or an instance; ``timeout`` counts
    seconds for each call. ``resolve`` maps an address to the one that is called, as the sandbox needs it
    (``sandbox.connectwise_url``). Only reading calls are made, and the keys are sent to no host but the one
    given: redirects are not followed.

    Raises nothing over what ConnectWise or the network does; the result tells it.
    """
    given = values.configuration if isinstance(values, Instance) else values
    plan = httpx.Timeout(timeout, connect=min(timeout, 10))
    with httpx.Client(timeout=plan, follow_redirects=False, trust_env=resolve is None) as client:
        return check(given, lambda url, headers: _get(client, url, headers, resolve))


def _get(
    client: httpx.Client,
    url: str,
    headers: Mapping[str, str | Secret],
    resolve: Callable[[str], str] | None,
) -> Answer:
    try:
        target = resolve(url) if resolve else url
    except CwkitError:
        return Answer(problem="unknown-host")
    plain = {name: str(reveal(value)) for name, value in headers.items()}
    try:
        with client.stream("GET", target, headers=plain) as response:
            body = b""
            for part in response.iter_bytes():
                body += part
                if len(body) > _LARGEST:
                    return Answer(response.status_code, problem="not-json")
            return _answer(response.status_code, body)
    except httpx.TimeoutException:
        return Answer(problem="timeout")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, ValueError) as error:
        return Answer(problem=_kind(str(error)))


def _kind(text: str) -> str:
    words = text.lower()
    if "certificate" in words or "ssl" in words:
        return "certificate"
    unknown = ("name or service", "nodename", "getaddrinfo", "no address", "name resolution")
    return "unknown-host" if any(word in words for word in unknown) else "refused"


def _answer(status: int, body: bytes) -> Answer:
    try:
        return Answer(status, json.loads(body) if body.strip() else None)
    except (ValueError, RecursionError):
        # A missing page is HTML everywhere; that says nothing of the site being another.
        return Answer(status, problem="" if status in (401, 403, 404) else "not-json")
