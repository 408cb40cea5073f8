"""A call to the platform and what came of it, both free of plain secrets; with the timeouts of each kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cwkit.errors import CwkitError
from cwkit.redaction import Secret

__all__ = ["RETRY_POLICY", "TIMEOUTS", "Call", "Kind", "Outcome", "RetryPolicy", "Timeouts"]

Kind = Literal["read", "write", "create", "bulk"]


@dataclass(frozen=True)
class Timeouts:
    """How long a call may take, in seconds: ``connect`` to reach the platform, the others in all, by kind.

    ``create`` is long because the platform tries the credentials on ConnectWise before it responds
    (platform facts, section 3).
    """

    connect: float = 10.0
    read: float = 30.0
    write: float = 60.0
    create: float = 180.0
    bulk: float = 300.0

    def of(self, kind: Kind) -> float:
        """Return the seconds for the whole response to a call of this kind."""
        return float(getattr(self, kind))


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call that is safe to repeat is sent, and with which waits (seconds) between."""

    attempts: int = 5
    total: float = 90.0
    first_wait: float = 0.25
    longest_wait: float = 10.0
    jitter: float = 0.25


TIMEOUTS = Timeouts()
RETRY_POLICY = RetryPolicy()
"""The figures of docs/provisioning.md."""


@dataclass(frozen=True)
class Call:
    """One call: ``path`` is below the base URL; ``body`` becomes JSON and may hold :class:`Secret` values.

    ``token`` makes it a hub call (``User, Element``); ``with_organization`` adds the organization secret,
    which the calls on the current instance need. ``safe``: it may be sent twice; by default only GET and
    HEAD are. ``secret_keys`` are keys of the answer whose values are secret besides those that sound so.
    ``raw`` keeps the bytes of the answer and parses nothing.
    """

    method: str
    path: str
    params: Sequence[tuple[str, str]] = ()
    body: Any = field(default=None, repr=False)
    kind: Kind = "read"
    token: Secret | None = None
    with_organization: bool = False
    safe: bool | None = None
    secret_keys: frozenset[str] = frozenset()
    accept: str = "application/json"
    raw: bool = False

    @property
    def repeatable(self) -> bool:
        """Say whether sending it twice does the same as sending it once."""
        return self.method in ("GET", "HEAD") if self.safe is None else self.safe


@dataclass(frozen=True)
class Outcome:
    """What came of a call: ``answered``, ``not_reached`` (surely not carried out), ``lost``, ``interrupted``.

    ``data`` is the JSON answer, its secrets wrapped; ``content`` the bytes, kept for raw calls only;
    ``error`` is what to raise, ready made, where the answer is not a good one.
    """

    kind: Literal["answered", "not_reached", "lost", "interrupted"]
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    data: Any = field(default=None, repr=False)
    content: bytes = field(default=b"", repr=False)
    error: CwkitError | None = None
    retry_after: float | None = None
    request_id: str = ""
