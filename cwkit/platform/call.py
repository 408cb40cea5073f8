"""A call to the platform and what came of it, both free of plain secrets; and the patience for each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from cwkit.errors import CwkitError
from cwkit.redaction import Secret, is_secret_key

__all__ = ["PATIENCE", "Call", "Kind", "Outcome", "Patience", "secrets_in", "wrap_secrets"]

_IDENTIFIERS = frozenset({"id", "elementId", "key"})
"""Keys that name things: a secret that happens to be the same text is not told by them."""


Kind = Literal["read", "write", "create", "bulk"]


@dataclass(frozen=True)
class Patience:
    """How long a call may take, and how often one that is safe to repeat is repeated. All in seconds.

    ``connect`` is for reaching the platform; the others for each wait on its answer, by kind of call.
    ``create`` is long because the platform tries the credentials on ConnectWise before it answers
    (platform facts, section 3).
    """

    connect: float = 10.0
    read: float = 30.0
    write: float = 60.0
    create: float = 180.0
    bulk: float = 300.0
    attempts: int = 5
    retry_total: float = 90.0
    wait_initial: float = 0.25
    wait_max: float = 10.0
    wait_jitter: float = 0.25

    def answer_within(self, kind: Kind) -> float:
        """Return the seconds to wait for an answer to a call of this kind."""
        return float(getattr(self, kind))


PATIENCE = Patience()
"""The figures told in docs/provisioning.md."""


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


def secrets_in(value: Any) -> Iterator[Secret]:
    """Yield every secret in a body, at any depth."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from secrets_in(item)


def wrap_secrets(value: Any, known: frozenset[str], keys: frozenset[str], key: str = "") -> Any:
    """Return a JSON value in which every secret text is a :class:`Secret`.

    Secret are values under ``keys`` or under a key that sounds secret, the ``propertyValue`` beside such
    a key, and texts that equal one of ``known``: what was sent as a secret and comes back in clear.
    """
    if isinstance(value, dict):
        inner = value.get("key")
        named = isinstance(inner, str) and (inner in keys or is_secret_key(inner))
        return {
            k: wrap_secrets(v, known, keys, str(inner) if named and k == "propertyValue" else k)
            for k, v in value.items()
        }
    if isinstance(value, list):
        return [wrap_secrets(item, known, keys, key) for item in value]
    if not isinstance(value, str) or not value or key in _IDENTIFIERS:
        return value
    if value in known or key in keys or is_secret_key(key):
        return Secret(value)
    return value
