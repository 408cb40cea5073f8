"""Reading a list page by page, by page number or by next-page token, with the next pages asked for ahead."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from math import inf
from typing import Any, Literal

__all__ = ["Fetch", "Page", "Paging", "pages"]

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
