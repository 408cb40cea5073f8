"""``ceql``: filters from Python values, with the quoting done right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from cwkit.errors import FilterError
from cwkit.platform.filters import ceql

NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lookups", "text"),
    [
        ({"lastName": "Smith"}, "lastName='Smith'"),
        ({"lastName": "O'Brien"}, "lastName='O''Brien'"),
        ({"company__id": 19}, "company.id=19"),
        ({"company__id__in": [2, 19]}, "company.id IN (2, 19)"),
        ({"_info__lastUpdated__gt": NINE}, "_info.lastUpdated>'2026-01-05T09:00:00Z'"),
        ({"city__ne": "Tampa"}, "city!='Tampa'"),
        ({"id__gte": 5, "id__lt": 9}, "id>=5 AND id<9"),
        ({"name__like": "A%b"}, "name LIKE 'A%b'"),
        ({"name__contains": "me"}, "name LIKE '%me%'"),
        ({"name__startswith": "Ac"}, "name LIKE 'Ac%'"),
        ({"name__endswith": "me"}, "name LIKE '%me'"),
        ({"zip": None}, "zip IS NULL"),
        ({"zip__isnull": True}, "zip IS NULL"),
        ({"inactiveFlag": False}, "inactiveFlag=false"),
        ({"hours__gt": 1.5, "rate": Decimal("2.10")}, "hours>1.5 AND rate=2.10"),
        ({"id": np.int64(7)}, "id=7"),
        ({"day": date(2026, 1, 5)}, "day='2026-01-05T00:00:00Z'"),
    ],
)
def test_a_lookup_becomes_its_ceql(lookups: dict[str, object], text: str) -> None:
    assert str(ceql(**lookups)) == text


def test_a_date_in_another_zone_is_sent_in_gmt() -> None:
    two_hours_east = datetime(2026, 1, 5, 11, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))
    where = ceql(lastUpdated__gt=two_hours_east)
    assert str(where) == "lastUpdated>'2026-01-05T09:00:00.250Z'"
    assert where.render("milliseconds") == "lastUpdated>1767603600250"


def test_a_pandas_timestamp_is_a_date() -> None:
    assert ceql(a=pd.Timestamp("2026-01-05T09:00Z")).render("milliseconds") == "a=1767603600000"


def test_odd_fields_go_into_backticks() -> None:
    assert str(ceql({"custom field": 1, "order.in": 2})) == "`custom field`=1 AND `order.in`=2"


def test_or_stands_in_parentheses_inside_and() -> None:
    where = ceql(ceql(a=1) | ceql(b=2), c=3)
    assert str(where) == "(a=1 OR b=2) AND c=3"
    assert str(ceql(a=1) & ceql(b=2) & ceql(c=3)) == "a=1 AND b=2 AND c=3"


@pytest.mark.parametrize(
    "lookups",
    [
        {},
        {"a__in": []},
        {"a__in": "text"},
        {"a__isnull": False},
        {"a__contains": "50%"},
        {"a__like": 5},
        {"a": float("nan")},
        {"a": pd.NaT},
        {"a": object()},
        {"a__in": [None]},
        {"a`b": 1},
    ],
)
def test_what_ceql_cannot_say_is_refused_with_a_fix(lookups: dict[str, object]) -> None:
    with pytest.raises(FilterError) as caught:
        ceql(lookups) if lookups else ceql()
    assert caught.value.fix


def test_a_part_that_is_no_filter_is_refused() -> None:
    with pytest.raises(FilterError, match="str, not a filter"):
        ceql("a = 1")  # type: ignore[arg-type]


@given(st.text(min_size=1).filter(lambda text: "\x00" not in text))
def test_no_text_escapes_its_quotes(text: str) -> None:
    parsed = sqlglot.parse_one(f"SELECT * FROM t WHERE {ceql(name=text)}", dialect="postgres")
    condition = parsed.find(sqlglot.exp.Where).this
    assert isinstance(condition, sqlglot.exp.EQ)
    assert condition.expression.this == text


RECORD = {
    "name": "Acme",
    "id": 7,
    "closed": False,
    "company": {"id": 19},
    "at": "2026-01-05T09:00:00Z",
    "zip": None,
}


@pytest.mark.parametrize(
    ("lookups", "fits"),
    [
        ({"name": "ACME"}, True),
        ({"name__ne": "Acme"}, False),
        ({"name__like": "a%E"}, True),
        ({"name__startswith": "cm"}, False),
        ({"id__gt": 6, "company__id__in": [18, 19]}, True),
        ({"id": "7"}, True),
        ({"id__lt": 7}, False),
        ({"closed": False}, True),
        ({"at__gte": NINE}, True),
        ({"at__gt": NINE}, False),
        ({"zip": None}, True),
        ({"zip__ne": "1"}, False),
        ({"name__gt": 3}, True),
        ({"no__such__field": 1}, False),
    ],
)
def test_a_filter_says_which_records_fit(lookups: dict[str, object], fits: bool) -> None:
    assert ceql(**lookups).matches(RECORD) is fits


def test_epoch_milliseconds_in_a_record_compare_with_dates() -> None:
    record = {"lastUpdated": 1767603600000}
    assert ceql(lastUpdated__gte=NINE).matches(record)
    assert (ceql(lastUpdated__gt=NINE) | ceql(lastUpdated=NINE)).matches(record)
    assert not ceql(lastUpdated__gt=NINE).matches(record)
