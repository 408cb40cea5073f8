"""The one way to the platform: an httpx client behind calls and outcomes.

No exception of a library leaves this module, and no frame of a raised error contains a plain secret: they are
revealed inside :meth:`Transport._exchange`, whose frames are gone before anything is raised.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

import httpx
import stamina

from cwkit import errors
from cwkit.platform import error_mapping
from cwkit.platform.call import (
    RETRY_POLICY,
    TIMEOUTS,
    Call,
    Outcome,
    RetryPolicy,
    Timeouts,
)
from cwkit.platform.deadline import keep_deadlines, within
from cwkit.profile import Profile, host_is_local
from cwkit.redaction import Secret, mask_text, secrets_in, wrap_secrets
from cwkit.version import __version__

__all__ = ["Transport", "authorization"]


def authorization(profile: Profile, token: Secret | None, *, with_organization: bool) -> str:
    """Return the Authorization header (platform facts, section 1).

    Without a token ``User, Organization``; with one ``User, Element``, and all three where the call is
    about the current instance. Raises ``ValueError`` for a token that no header can contain.
    """
    # A line end in a header would begin another header; a profile's secrets are checked already.
    if token is not None and not re.fullmatch(r"[\x21-\x7e]+", token.reveal()):
        raise ValueError("a token that no header can contain")
    pairs = [f"User {profile.user_secret.reveal()}"]
    if token is None or with_organization:
        pairs.append(f"Organization {profile.organization_secret.reveal()}")
    if token is not None:
        pairs.append(f"Element {token.reveal()}")
    return ", ".join(pairs)


_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
_profiles: WeakValueDictionary[int, Profile] = WeakValueDictionary()


class _Mask(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        secrets = [secret for profile in list(_profiles.values()) for secret in profile.secrets]
        record.msg, record.args = mask_text(record.getMessage(), secrets), None
        record.exc_info = None  # the traceback of a library shows its frames to verbose handlers
        return True


_MASK = _Mask()


def hide_secrets_of(profile: Profile) -> None:
    """Mask the profile's secrets in everything that the HTTP libraries log from now on."""
    _profiles[id(profile)] = profile
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_MASK)  # adding the same filter again changes nothing
    stamina = logging.getLogger("stamina")
    if not any(isinstance(handler, logging.NullHandler) for handler in stamina.handlers):
        stamina.addHandler(logging.NullHandler())  # a repeated call is no news to a person in a notebook


_REPEAT_STATUSES = frozenset({429, 500, 502, 503, 504})
_NOT_REACHED: dict[type[Exception], str] = {
    httpx.ConnectTimeout: "nobody answered in time",
    httpx.PoolTimeout: "all connections were busy",
    httpx.ConnectError: "the connection was refused, or there is no such host",
    httpx.ProxyError: "the proxy refused",
    httpx.UnsupportedProtocol: "the address has no known scheme",
    httpx.InvalidURL: "the address is not a valid one",
    httpx.LocalProtocolError: "the request cannot be put on the wire",
}
_LOST: dict[type[Exception], str] = {
    httpx.TimeoutException: "no answer came in time",
    httpx.DecodingError: "the answer was broken",
    httpx.RemoteProtocolError: "the connection was closed in the middle",
    httpx.NetworkError: "the connection was lost",
}


class _Again(Exception):
    """An outcome after which a safe call is repeated. Internal, never seen outside."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class Transport:
    """One httpx client for one profile; threads may share it."""

    def __init__(
        self,
        profile: Profile,
        *,
        timeouts: Timeouts = TIMEOUTS,
        retry: RetryPolicy = RETRY_POLICY,
        connections: int = 64,
    ) -> None:
        self.profile = profile
        self.timeouts = timeouts
        self.retry = retry
        self._known = False  # whether the platform has ever answered here
        hide_secrets_of(profile)
        local = host_is_local(urlsplit(profile.base_url).hostname or "")
        self._client = httpx.Client(
            headers={"User-Agent": f"cwkit/{__version__}", "Content-Type": "application/json"},
            limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
            trust_env=not local,  # a proxy of the network has no way to this machine
            verify=not local or profile.base_url.startswith("https"),
        )
        keep_deadlines(self._client)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def call(self, call: Call) -> Outcome:
        """Send a call and return the good answer; one that is safe to repeat is repeated for a while.

        Raises the errors of :mod:`cwkit.errors` for everything else.
        """
        outcome = self.outcome(call)
        if outcome.error is None:
            return outcome
        raise outcome.error

    def outcome(self, call: Call) -> Outcome:
        """Send a call, repeat it while that is safe and promising, and return what came of it at last."""
        return self._repeated(call) if call.repeatable else self.once(call)

    def once(self, call: Call) -> Outcome:
        """Send a call a single time and return what came of it; nothing of a library is raised.

        An interruption (Ctrl-C) is raised anew, without the frames that hold the request.
        """
        outcome = self._exchange(call)
        if outcome.kind == "interrupted":
            raise KeyboardInterrupt
        return outcome

    def _repeated(self, call: Call) -> Outcome:
        policy = self.retry
        last: Outcome | None = None
        try:
            for attempt in stamina.retry_context(
                on=_wait_for,
                attempts=policy.attempts,
                timeout=policy.total,
                wait_initial=policy.first_wait,
                wait_max=policy.longest_wait,
                wait_jitter=policy.jitter,
            ):
                with attempt:
                    last = self.once(call)
                    if self._worth_repeating(call, last):
                        raise _Again(last)
        except _Again as again:
            last = again.outcome
        assert last is not None
        return last

    def _worth_repeating(self, call: Call, outcome: Outcome) -> bool:
        error = outcome.error
        if error is None:
            return False
        if isinstance(error, errors.InputError):
            return False
        if isinstance(error, errors.NotThePlatform):
            return self._known and not 300 <= outcome.status < 500  # a proxy's page in between
        if outcome.status == 0:
            return True
        if call.token and isinstance(error, errors.ProviderError) and error.provider_message:
            return False  # the service behind the platform has said no; asking again changes nothing
        return outcome.status in _REPEAT_STATUSES and (outcome.retry_after or 0) <= self.retry.total

    def _exchange(self, call: Call) -> Outcome:
        # The exception's frames (httpx, h11, json) hold the request in clear: only its class leaves here.
        try:
            request = self._request(call)
        except KeyboardInterrupt:
            return Outcome("interrupted")
        except Exception:  # noqa: BLE001 - it may name the value that it stumbles over
            return Outcome("not_reached", error=error_mapping.cannot_be_sent(call))
        try:
            with within(self.timeouts.of(call.kind)):
                response = self._client.send(request)
            return self._read(call, response)
        except KeyboardInterrupt:
            return Outcome("interrupted")
        except Exception as problem:  # noqa: BLE001 - whatever a library raises is told in our words
            kind = type(problem)
        return self._failure(call, kind)

    def _failure(self, call: Call, kind: type[Exception]) -> Outcome:
        for known, reason in _NOT_REACHED.items():
            if issubclass(kind, known):
                return Outcome("not_reached", error=error_mapping.unreachable(self.profile, reason))
        reason = next((r for known, r in _LOST.items() if issubclass(kind, known)), "the answer was broken")
        carried_out = "" if call.repeatable else " It may have been carried out all the same."
        error = errors.AnswerLost(
            f"The answer to {call.method} {call.path} was lost: {reason}.{carried_out}",
            fix="Try again." if call.repeatable else "Look at what is there before you send it again.",
        )
        return Outcome("lost", error=error)

    def _request(self, call: Call) -> httpx.Request:
        within = self.timeouts.of(call.kind)
        header = authorization(self.profile, call.token, with_organization=call.with_organization)
        return self._client.build_request(
            call.method,
            self.profile.base_url + call.path,
            params=list(call.params) or None,
            content=None if call.body is None else _to_json(call.body),
            headers={"Accept": call.accept, "Authorization": header},
            timeout=httpx.Timeout(within, connect=self.timeouts.connect),
        )

    def _read(self, call: Call, response: httpx.Response) -> Outcome:
        status, headers = response.status_code, dict(response.headers)
        wait = error_mapping.retry_after(headers)
        secrets = [*self.profile.secrets, *secrets_in(call.body), *([call.token] if call.token else [])]
        if call.raw and response.is_success and "html" not in headers.get("content-type", ""):
            return Outcome("answered", status, headers, content=response.content)
        data, is_json = _parsed(response)
        if not is_json or response.is_redirect:
            content_type = headers.get("content-type", "")
            error: errors.CwkitError = error_mapping.not_the_platform(
                call, self.profile, status, content_type, response.text, secrets
            )
            # Whatever something in between says, it proves nothing about what the platform has done.
            return Outcome("lost", status, headers, error=error, retry_after=wait)
        known = frozenset(secret.reveal() for secret in secrets)
        data = wrap_secrets(data, known=known, keys=call.secret_keys)
        self._known = True
        if response.is_success:
            return Outcome("answered", status, headers, data)
        refusal = error_mapping.error_for(call, self.profile, status, data, headers, secrets)
        return Outcome(
            _kind_of(status), status, headers, error=refusal, retry_after=wait, request_id=refusal.request_id
        )


def _to_json(body: Any) -> bytes:
    return json.dumps(body, default=lambda value: value.reveal()).encode("utf-8")


def _parsed(response: httpx.Response) -> tuple[Any, bool]:
    if not response.content.strip():
        return None, True
    try:
        return json.loads(response.content), True
    except (ValueError, RecursionError):
        return None, False


def _kind_of(status: int) -> Any:
    """Return what an error status proves of a write (platform facts, section 12)."""
    return "answered" if status in error_mapping.NOT_CARRIED_OUT else "lost"


def _wait_for(problem: Exception) -> bool | float:
    if not isinstance(problem, _Again):
        return False
    return True if problem.outcome.retry_after is None else problem.outcome.retry_after
