"""The ``${...}`` of a poller URL: found, checked, and filled with the times of the polls."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote, unquote

from cwkit.errors import DateError, TemplateError
from cwkit.events.java_dates import check_pattern, format_date
from cwkit.events.time_zones import check_zone
from cwkit.events.timestamps import EPOCH, Moment, moment, shown

__all__ = [
    "DESCRIPTORS",
    "Placeholder",
    "PollUrl",
    "check_template",
    "decoded_url",
    "encoded_url",
    "placeholders",
    "render",
    "split_url",
]

Kind = Literal["last-poll", "now", "unfilled", "unclosed", "unknown"]

DESCRIPTORS: dict[str, str] = {
    "gmtDate": "the last poll, in GMT",
    "date": "the last poll, in the server's time zone; without a format, epoch milliseconds",
    "dateTimeZone": "the last poll, in the zone that is named",
    "epoch": "the last poll as Unix time: milliseconds, or :ms, :s, :us",
    "milliseconds": "the last poll as epoch milliseconds",
    "now": "this poll, in the server's time zone",
    "nowTimeZone": "this poll, in the zone that is named",
}
"""What each descriptor stands for (platform facts, section 5). Their case counts."""

_EPOCH_UNITS = {"": 1_000, "ms": 1_000, "s": 1_000_000, "us": 1}
"""Microseconds in one unit of ``${epoch:...}``."""

_ZONED = frozenset({"dateTimeZone", "nowTimeZone"})
_DATED = frozenset({"gmtDate", "date", "now"}) | _ZONED
_ZONE_AND_FORMAT = re.compile(r"((?:GMT|UTC)?[+-]\d{1,2}:\d{2}|[^:]*):(.*)", re.S)
_BRACE = re.compile(r"\$\{|[{}]")
_SLOT = re.compile(r"\$\{|\{[A-Za-z_][\w.\-]*\}|<[A-Z][A-Z_ ]+>")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One thing in a URL that has to be filled in.

    ``text`` as it stands, ``position`` in the URL (from 0); ``kind`` is ``last-poll`` or ``now`` for what
    the platform fills, ``unfilled`` for a name or blank that a person had to fill, ``unclosed`` for ``${``
    without ``}``, ``unknown`` for a descriptor that the platform does not have. ``zone`` and ``pattern``
    are empty where the descriptor takes none; ``meant`` is the descriptor of a misspelling.
    """

    text: str
    position: int
    kind: Kind
    descriptor: str = ""
    zone: str = ""
    pattern: str = ""
    meant: str = ""

    @property
    def end(self) -> int:
        """The position behind it."""
        return self.position + len(self.text)


def placeholders(url: str) -> tuple[Placeholder, ...]:
    """Return everything in a URL that has to be filled in, in order, right and wrong; never raises."""
    found = []
    position = 0
    while slot := _SLOT.search(url, position):
        start = slot.start()
        if slot[0] != "${":
            found.append(Placeholder(slot[0], start, "unfilled", descriptor=slot[0][1:-1]))
            position = slot.end()
            continue
        end = _closing(url, slot.end())
        if end < 0:
            found.append(Placeholder(url[start:], start, "unclosed"))
            break
        found.append(_understood(url[start : end + 1], start))
        position = end + 1
    return tuple(found)


def _closing(url: str, start: int) -> int:
    depth = 1
    for brace in _BRACE.finditer(url, start):
        if brace[0] == "${":
            return -1  # the next one begins before this one has ended
        depth += 1 if brace[0] == "{" else -1
        if not depth:
            return brace.start()
    return -1


def _understood(text: str, position: int) -> Placeholder:
    descriptor, _, rest = text[2:-1].partition(":")
    if re.search(r"\{[^{}]*\}", text[2:-1]):
        return Placeholder(text, position, "unfilled", descriptor)
    if descriptor not in DESCRIPTORS:
        meant = next((name for name in DESCRIPTORS if name.lower() == descriptor.strip().lower()), "")
        return Placeholder(text, position, "unknown", descriptor, meant=meant)
    zone = ""
    if descriptor in _ZONED:
        split = _ZONE_AND_FORMAT.fullmatch(rest)
        zone, rest = (split[1], split[2]) if split else (rest, "")
    kind: Kind = "now" if descriptor.startswith("now") else "last-poll"
    return Placeholder(text, position, kind, descriptor, zone, rest)


def check_template(template: str) -> None:
    """Raise ``TemplateError`` for the first thing in a URL that the platform cannot fill in.

    The error quotes it and says where it stands (``position`` from 0).
    """
    _writers(template)


def render(
    template: str,
    last_poll: Moment,
    now: Moment | None = None,
    poll_delay: float = 0,
    *,
    server_zone: str = "GMT",
) -> str:
    """Return a poller URL with its ``${...}`` filled in, as the platform does (platform facts, section 5).

    ``last_poll`` and ``now`` are moments as :func:`cwkit.events.format_date` takes them; ``poll_delay``
    (seconds) is taken off the last poll, not off ``now``; ``server_zone`` is where ``date`` and ``now``
    are written, GMT in production. Raises ``TemplateError`` for anything that the platform would not
    understand, and for ``${now...}`` when ``now`` is not given.

    >>> render("/hubs/crm/contacts?where=lastUpdated>'${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}'", 1569265234567)
    "/hubs/crm/contacts?where=lastUpdated>'2019-09-23T19:00:34Z'"
    """
    since = moment(last_poll) - timedelta(seconds=poll_delay)
    until = None if now is None else moment(now)
    pieces, position = [], 0
    for placeholder, write in _writers(template):
        when = until if placeholder.kind == "now" else since
        if when is None:
            raise _wrong(placeholder, "needs the time of this poll", "Give now= as well.")
        pieces += [template[position : placeholder.position], write(when, server_zone)]
        position = placeholder.end
    return "".join([*pieces, template[position:]])


_Writer = Callable[[datetime, str], str]


def _writers(template: str) -> tuple[tuple[Placeholder, _Writer], ...]:
    return tuple((placeholder, _writer(placeholder)) for placeholder in placeholders(template))


def _writer(placeholder: Placeholder) -> _Writer:
    """Return what writes a moment in the place of ``placeholder``; raise ``TemplateError`` if nothing can."""
    if placeholder.kind in ("unclosed", "unfilled", "unknown"):
        raise _not_understood(placeholder)
    descriptor, pattern = placeholder.descriptor, placeholder.pattern
    bare = placeholder.text == f"${{{descriptor}}}"
    if descriptor == "epoch":
        unit = _EPOCH_UNITS.get(pattern)
        if unit is None or (not pattern and not bare):
            raise _wrong(
                placeholder, f"has no unit {pattern!r}", "Write ${epoch:ms}, ${epoch:s} or ${epoch:us}."
            )
        return lambda when, server: str((when - EPOCH) // timedelta(microseconds=unit))
    if bare and descriptor in ("milliseconds", "date"):
        return lambda when, server: str((when - EPOCH) // timedelta(milliseconds=1))
    if descriptor not in _DATED:
        raise _wrong(placeholder, "takes no format", f"Write ${{{descriptor}}}.")
    _check_date(placeholder)
    zone = "GMT" if descriptor == "gmtDate" else placeholder.zone
    return lambda when, server: format_date(pattern, when, zone or server)


def _check_date(placeholder: Placeholder) -> None:
    descriptor, problem = placeholder.descriptor, None
    example = f"${{{descriptor}:{'PST:' if descriptor in _ZONED else ''}yyyy-MM-dd'T'HH:mm:ss}}"
    if descriptor in _ZONED and not placeholder.zone.strip():
        raise _wrong(placeholder, "names no time zone", f"Write it like {example}.")
    if not placeholder.pattern.strip():
        raise _wrong(placeholder, "has no date format", f"Write it like {example}.")
    try:
        if descriptor in _ZONED:
            check_zone(placeholder.zone)
        check_pattern(placeholder.pattern)
    except DateError as error:
        problem = error
    if problem:
        raise _wrong(placeholder, f"cannot be filled in. {problem.message.rstrip('.')}", problem.fix)


def _not_understood(placeholder: Placeholder) -> TemplateError:
    if placeholder.kind == "unclosed":
        return _wrong(placeholder, "is never closed", "Put a } behind the date format.")
    if placeholder.kind == "unfilled":
        return _wrong(placeholder, "was never filled in", "Put the value that is meant in its place.")
    known = ", ".join(f"${{{name}...}}" for name in DESCRIPTORS)
    return _wrong(
        placeholder,
        "is not something that the platform fills in",
        f"Write {placeholder.meant}: the case of the letters counts."
        if placeholder.meant
        else f"It knows {known}.",
    )


def _wrong(placeholder: Placeholder, what: str, fix: str) -> TemplateError:
    quoted = placeholder.text if len(placeholder.text) <= 80 else f"{placeholder.text[:77]}..."
    return TemplateError(
        f"{quoted} {what} (character {placeholder.position + 1} of the URL).",
        fix=fix,
        value=shown(placeholder.text),
        position=placeholder.position,
    )


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
