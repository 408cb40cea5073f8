"""Reading a list page by page, by page number or by next-page token, with the next pages asked for ahead."""

from __future__ import annotations

import json
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from math import inf
from typing import Any, Literal
from urllib.parse import quote

from cwkit.elements.connectwise.hub_requests import date_style
from cwkit.elements.provider import vendor_request
from cwkit.errors import InputError, NotThePlatform
from cwkit.instances import Instance
from cwkit.platform.call import Call
from cwkit.platform.filters import FilterWarning, Where, ceql
from cwkit.platform.transport import Transport
from cwkit.redaction import safe_text

__all__ = [
    "LARGEST_PAGE",
    "Fetch",
    "Page",
    "Paging",
    "Query",
    "SentFilter",
    "WhereLike",
    "hub_path",
    "pages",
    "read_pages",
    "sent_filter",
]

Paging = Literal["auto", "page", "token"]

AHEAD = 4
"""How many pages are asked for before they are needed, where pages go by number."""


@dataclass(frozen=True)
class Page:
    """One page: its records, the token of the next (or nothing), and how many records there are in all."""

    records: list[dict[str, Any]] = field(repr=False)
    token: str = ""
    total: int | None = None


Fetch = Callable[[Mapping[str, str]], Page]


def pages(
    fetch: Fetch, *, page_size: int, paging: Paging = "auto", limit: int | None = None
) -> Iterator[Page]:
    """Yield every page in order (platform facts, section 4).

    ``fetch`` gets the paging parameters. With ``auto``, tokens are followed where the first answer has
    one, and pages are counted otherwise. While a page is being used the next are already under way;
    with ``limit``, no page beyond that many records is asked for. What ``fetch`` raises is raised in
    place of its page.
    """
    size = {"pageSize": str(page_size)}
    first = fetch({**size, "page": "1"} if paging == "page" else size)
    if limit is not None and len(first.records) >= limit:
        yield first
        return
    with_token = paging == "token" or (paging == "auto" and bool(first.token))
    pool = ThreadPoolExecutor(max_workers=1 if with_token else AHEAD, thread_name_prefix="cwkit-pages")
    try:
        if with_token:
            yield from _by_token(fetch, pool, first, size, limit)
        else:
            yield from _by_number(fetch, pool, first, size, limit)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _by_token(
    fetch: Fetch, pool: ThreadPoolExecutor, page: Page, size: Mapping[str, str], limit: int | None
) -> Iterator[Page]:
    seen: set[str] = set()
    rows = 0
    while True:
        rows += len(page.records)
        token = page.token
        if not token or token in seen or (limit is not None and rows >= limit):
            yield page
            return
        seen.add(token)
        following = pool.submit(fetch, {**size, "nextPage": token})
        yield page
        page = following.result()


def _by_number(
    fetch: Fetch, pool: ThreadPoolExecutor, first: Page, size: Mapping[str, str], limit: int | None
) -> Iterator[Page]:
    full = len(first.records)
    asked = int(size["pageSize"])
    if full == 0 or (full < asked and first.total == full):
        yield first
        return
    # A first page that is shorter than asked for is the only one, or the provider gives fewer records
    # a page than asked. Only the second page tells; once it has come, several are asked for at a time.
    counted = first.total is not None and first.total > full
    last = _last_page(first.total if counted else None, full, limit)
    waiting: deque[Future[Page]] = deque()
    number, certain, page = 2, counted, first
    while True:
        while number <= last and len(waiting) < (AHEAD if certain else 1):
            waiting.append(pool.submit(fetch, {**size, "page": str(number)}))
            number += 1
        yield page
        if not waiting:
            return
        following = waiting.popleft().result()
        if following.records == page.records:
            _tell_of_repetition(full, asked)
            return
        page = following
        if len(page.records) < full and not counted:
            yield page
            return
        certain = True


def _last_page(total: int | None, full: int, limit: int | None) -> float:
    """Return the number of the last page that is worth asking for; infinity where nothing tells."""
    return min((-(-count // full) for count in (total, limit) if count is not None), default=inf)


def _tell_of_repetition(full: int, asked: int) -> None:
    if full >= asked:
        warnings.warn(
            f"The platform gives the same {full} records for every page; others cannot be read.",
            stacklevel=2,
        )


WhereLike = str | Where | Mapping[str, Any] | None

LARGEST_PAGE = 2000
"""The most records that the platform gives on one page (platform facts, section 4)."""

_WIDENED = frozenset({"or-trap", "parentheses-lost", "where-ignored"})
"""Codes of the warnings after which more records come than the filter means, but none is missing."""


@dataclass(frozen=True)
class SentFilter:
    """The CEQL that is sent, and the filter by which the records have to be sifted here as well."""

    text: str = ""
    sift: Where | None = None


@dataclass(frozen=True)
class Query:
    """Which records, in which order, and how they come; the parameters of ``Hub.records``."""

    object: str
    where: WhereLike = None
    order_by: str | Sequence[str] | None = None
    fields: Sequence[str] | None = None
    limit: int | None = None
    page_size: int = 1000
    paging: Paging = "auto"

    def parameters(self, sent: SentFilter) -> list[tuple[str, str]]:
        """Return the query parameters that every page has; sifting needs the filter's fields as well."""
        order = self.order_by if isinstance(self.order_by, str) else ",".join(self.order_by or ())
        asked = self.fields.split(",") if isinstance(self.fields, str) else list(self.fields or ())
        needed = sorted(sent.sift.fields - set(asked)) if sent.sift and asked else []
        named = (("where", sent.text), ("orderBy", order), ("fields", ",".join([*asked, *needed])))
        return [(name, value) for name, value in named if value]


def read_pages(
    transport: Transport, instance: Instance, hub: str, query: Query
) -> Iterator[tuple[Page, list[dict[str, Any]]]]:
    """Yield each page of the answer, with those of its records that count; at most ``limit`` in all."""
    _whole("limit", query.limit)
    _whole("page_size", query.page_size, LARGEST_PAGE)
    path = hub_path(hub, query.object)
    sent = sent_filter(instance, path, query.where)
    keep = sent.sift
    parameters = query.parameters(sent)

    def fetch(paging: Mapping[str, str]) -> Page:
        return _fetch(
            transport, Call("GET", path, [*parameters, *paging.items()], token=instance.token, raw=True)
        )

    # Where records are sifted here, nobody knows how many pages it takes to find ``limit`` of them.
    ask_for = query.limit if keep is None else None
    size = min(query.page_size, ask_for or query.page_size)
    left = query.limit
    for page in pages(fetch, page_size=size, paging=query.paging, limit=ask_for):
        kept = page.records if keep is None else [record for record in page.records if keep.matches(record)]
        yield page, kept if left is None else kept[:left]
        if left is not None:
            left -= len(kept)
            if left <= 0:
                return


def sent_filter(instance: Instance, path: str, where: WhereLike) -> SentFilter:
    """Return the filter as it is sent to ``path``; warn where the service behind the platform is asked more.

    For the CRM element a filter can lose its meaning on the way (platform facts, section 4: one *or* in a
    name, and every AND is OR). What comes back then holds all that was meant, and more; a filter made
    with ``ceql`` is applied once more here, one given as text can only be warned of (``FilterWarning``).
    """
    if where is None or where == "":
        return SentFilter()
    built = ceql(where) if isinstance(where, Mapping) else where
    text = built if isinstance(built, str) else built.render(date_style(instance.element_key))
    request = vendor_request(instance.element_key, "GET", path, {"where": text})
    told = request.warnings if request else ()
    # Conditions on children and custom fields are not on the record itself: they cannot be sifted here.
    on_record = request is not None and not {"childConditions", "customConditions"} & set(request.parameters)
    sift = None
    for warning in told:
        if warning.code in _WIDENED and isinstance(built, Where) and on_record:
            sift = built
            message = f"{warning.message} Those that do not fit are left out here, after reading."
        else:
            message = str(warning)
        warnings.warn(message, FilterWarning, stacklevel=4)
    return SentFilter(text, sift)


def hub_path(hub: str, name: str, record_id: int | str | None = None) -> str:
    """Return the path of an object (``contacts``, ``incidents/7/comments``) or of one record of it."""
    parts = [*str(name).strip("/").split("/"), *([] if record_id is None else [str(record_id)])]
    if not all(part.strip() and part not in (".", "..") for part in parts):
        raise InputError(
            f"{'/'.join(parts)!r} names no object or record.",
            fix="Name an object as hub.objects() lists it, and a record by its id.",
            field="object",
        )
    return "/hubs/" + "/".join(quote(part, safe="") for part in (hub, *parts))


def _fetch(transport: Transport, call: Call) -> Page:
    for _ in range(2):  # a response that breaks off in the middle is requested once more
        outcome = transport.call(call)
        records = _records(outcome.content)
        if records is not None:
            total = outcome.headers.get("elements-total-count", "")
            token = outcome.headers.get("elements-next-page-token", "")
            return Page(records, token, int(total) if total.isdigit() else None)
    raise NotThePlatform(
        f"The response to GET {call.path} is not a list of records but {_description(outcome.content)}.",
        fix="Try again with a smaller page_size. If it happens again, give support the object and the "
        "instance.",
    )


def _records(content: bytes) -> list[dict[str, Any]] | None:
    """Return the records of a page, ``None`` for anything but a list: that proves nothing about them."""
    data = _json(content)
    if not isinstance(data, list):
        return None
    return [item if isinstance(item, dict) else {"value": item} for item in data]


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _description(content: bytes) -> str:
    if not content.strip():
        return "empty"
    data = _json(content)
    if isinstance(data, dict) and isinstance(data.get("message"), str):
        return f"the message {safe_text(data['message'])[:200]!r}"
    return "an object" if isinstance(data, dict) else "text that cannot be read"


def _whole(name: str, value: int | None, most: int | None = None) -> None:
    if value is not None and (value < 1 or (most is not None and value > most)):
        raise InputError(
            f"{name} is {value}.",
            fix=f"Give a whole number from 1 {f'to {most}' if most else 'up'}.",
            field=name,
        )
