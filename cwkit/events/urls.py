"""A poller URL taken apart without touching its ``${...}``, and put together for reading or for use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote, unquote

from cwkit.events.templates import placeholders

__all__ = ["PollUrl", "decoded_url", "encoded_url", "split_url"]

_HUB = re.compile(r"(?:[a-z]+://[^/]+)?(?:/elements/api-v2)?/?hubs/([^/?]+)/?([^/?]*)", re.I)
_NEXT_PARAMETER = re.compile(r"&(?=[A-Za-z_][\w.\-\[\]]*=)")


@dataclass(frozen=True, slots=True)
class PollUrl:
    """A poller URL in its parts: ``hub`` and ``object`` (the first name behind the hub) as the path tells
    them, ``path`` before the question mark, ``query`` by name, decoded.
    """

    path: str
    query: Mapping[str, str]
    hub: str | None = None
    object: str | None = None


@lru_cache(maxsize=4096)
def split_url(url: str) -> PollUrl:
    """Return the parts of a poller URL, whose query is mostly written without any encoding; never raises."""
    text = url.strip()
    path, _, rest = text.partition("?")
    hub = _HUB.match(path)
    return PollUrl(
        path,
        MappingProxyType({name: unquote(value) for name, value in _parameters(rest)}),
        hub[1] if hub else None,
        (hub[2] or None) if hub else None,
    )


def _parameters(query: str) -> list[tuple[str, str]]:
    """Return the parameters of a query; an ``&`` within quotes or a ``${...}`` parts nothing."""
    plain = query
    for slot in placeholders(query):
        plain = f"{plain[: slot.position]}{'_' * len(slot.text)}{plain[slot.end :]}"
    plain = re.sub(r"'[^']*'", lambda match: "_" * len(match[0]), plain)
    cuts = [match.start() for match in _NEXT_PARAMETER.finditer(plain)]
    pieces = [
        query[start:end] for start, end in zip([0, *(c + 1 for c in cuts)], [*cuts, len(query)], strict=True)
    ]
    pairs = (piece.partition("=") for piece in pieces if piece)
    return [(name, value) for name, _, value in pairs]


def decoded_url(url: str) -> str:
    """Return a filled-in URL as a person reads it."""
    path, mark, query = url.strip().partition("?")
    return path + mark + unquote(query)


def encoded_url(url: str) -> str:
    """Return a filled-in URL as it is sent: every character of the query's values percent-encoded."""
    path, mark, query = url.strip().partition("?")
    pairs = [
        f"{quote(name, safe='[]')}={quote(_bytes(unquote(value)), safe='')}"
        for name, value in _parameters(query)
    ]
    return quote(_bytes(unquote(path)), safe="/:$") + mark + "&".join(pairs)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
