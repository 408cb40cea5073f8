"""Paging: by number and by token, ahead of need, and never more than needed."""

from __future__ import annotations

import threading

import pytest

from cwkit.errors import ServerError
from cwkit.platform.record_pages import Page, pages


class Shelf:
    """A list served page by page, as a platform would; keeps what it was asked."""

    def __init__(self, count, *, tokens=True, totals=False, cap=10**6):
        self.items = [{"id": n} for n in range(count)]
        self.tokens, self.totals, self.cap = tokens, totals, cap
        self.asked = []
        self.lock = threading.Lock()

    def __call__(self, paging):
        with self.lock:
            self.asked.append(dict(paging))
        size = min(int(paging["pageSize"]), self.cap)
        number = int(paging.get("page") or paging.get("nextPage") or 1)
        more = self.tokens and number * size < len(self.items)
        return Page(
            self.items[(number - 1) * size : number * size],
            str(number + 1) if more else "",
            len(self.items) if self.totals else None,
        )


def ids(shelf, **how):
    return [record["id"] for page in pages(shelf, **how) for record in page.records]


@pytest.mark.parametrize("paging", ["auto", "page", "token"])
@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 11, 95])
def test_every_record_comes_once_and_in_order(paging, totals, count):
    shelf = Shelf(count, tokens=paging != "page", totals=totals)
    assert ids(shelf, page_size=10, paging=paging) == list(range(count))


def test_a_provider_that_gives_smaller_pages_than_asked_loses_nothing():
    assert ids(Shelf(45, tokens=False, cap=10), page_size=100) == list(range(45))


def test_tokens_are_followed_where_there_are_any_and_numbers_counted_otherwise():
    with_tokens, without = Shelf(25), Shelf(25, tokens=False)
    ids(with_tokens, page_size=10)
    ids(without, page_size=10)
    assert {"nextPage"} == {key for asked in with_tokens.asked for key in asked} - {"pageSize"}
    assert {"page"} == {key for asked in without.asked for key in asked} - {"pageSize"}


def test_a_known_total_spares_the_question_for_an_empty_page():
    shelf = Shelf(30, tokens=False, totals=True)
    ids(shelf, page_size=10)
    assert len(shelf.asked) == 3


@pytest.mark.parametrize("paging", ["page", "token"])
def test_no_page_beyond_the_limit_is_asked_for(paging):
    shelf = Shelf(1000, tokens=paging == "token")
    assert len(ids(shelf, page_size=10, paging=paging, limit=25)) == 30
    assert len(shelf.asked) == 3


def test_a_page_that_fails_is_told_after_the_pages_before_it():
    shelf = Shelf(50, tokens=False)

    def failing(paging):
        if paging.get("page") == "3":
            raise ServerError("The platform failed.")
        return shelf(paging)

    got = []
    with pytest.raises(ServerError):
        got.extend(record["id"] for page in pages(failing, page_size=10) for record in page.records)
    assert got == list(range(20))


def test_a_platform_that_ignores_the_page_number_does_not_go_on_for_ever():
    shelf = Shelf(10, tokens=False)
    with pytest.warns(UserWarning, match="same 10 records"):
        assert ids(lambda paging: shelf({"pageSize": "10"}), page_size=10) == list(range(10))


def test_a_token_that_repeats_ends_the_list():
    assert len(list(pages(lambda paging: Page([{"id": 1}], "again"), page_size=10))) == 2


def test_four_numbered_pages_are_under_way_while_one_is_used():
    shelf, together = Shelf(100, tokens=False, totals=True), threading.Barrier(4)

    def fetch(paging):
        if int(paging.get("page", 1)) in (2, 3, 4, 5):
            together.wait(timeout=10)  # breaks where they are requested one after the other
        return shelf(paging)

    assert [len(page.records) for page in pages(fetch, page_size=10)] == [10] * 10
