"""The rough translation of a where clause into ConnectWise's conditions (platform facts, section 4)."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwkit.elements.connectwise.conditions import CODES, translate_where
from cwkit.errors import FilterError


@pytest.mark.parametrize(
    ("where", "conditions"),
    [
        ("", ""),
        ("lastUpdated>'2016-08-20T18:04:26Z'", "lastUpdated>[2016-08-20T18:04:26Z]"),
        (
            "a>='2016-08-20' and b<'2016-08-20T18:04:26.5+02:00'",
            "a>=[2016-08-20] and b<[2016-08-20T18:04:26.5+02:00]",
        ),
        ("a='2016-13-20'", 'a="2016-13-20"'),
        ("company.id = 5", "company/id=5"),
        ("company.address.id='5'", "company/address/id=5"),
        ("`company.id`=-5.5", "company/id=-5.5"),
        ("inactive=true AND deleted='False'", "inactive=true and deleted=false"),
        ("name='Acme'", 'name="Acme"'),
        ("name LIKE 'Ac%'", 'name like "Ac%"'),
        ("name not like 'Ac%'", 'name not like "Ac%"'),
        ("id IN (1, 2,'x')", 'id in (1,2,"x")'),
        ("a IS NULL AND b is not null", "a=null and b!=null"),
        ("a<>1 AND b!=2 AND c<=3", "a!=1 and b!=2 and c<=3"),
        ("name='it''s'", 'name="it\'s"'),
        ("(a=1 AND (b=2))", "a=1 and b=2"),
    ],
)
def test_a_clause_is_carried_over_without_a_warning_where_its_meaning_stays(
    where: str, conditions: str
) -> None:
    translation = translate_where(where)
    assert (translation.parameter, translation.conditions) == ("conditions", conditions)
    assert translation.warnings == ()


@pytest.mark.parametrize(
    ("where", "conditions", "codes"),
    [
        ("organization.id=5 AND a=1", "organization/id=5 or a=1", ["or-trap"]),
        ("a='Corp' AND b=1 AND c=2", 'a="Corp" or b=1 or c=2', ["or-trap"]),
        ("(a=1 OR b=2) AND c=3", "a=1 or b=2 or c=3", ["or-trap", "parentheses-lost"]),
        ("a='Acme, Inc'", "a=Acme, Inc", ["comma-text"]),
        ("a IN ('x,y', 'z')", 'a in (x,y,"z")', ["comma-text"]),
        ("a='555-123-4567'", 'a="5551234567"', ["phone-number"]),
        ("a='5\" disk'", 'a="5" disk"', ["quote-in-text"]),
        ("zip='01234'", "zip=01234", ["digits-text"]),
    ],
)
def test_where_the_meaning_changes_a_warning_says_so(where: str, conditions: str, codes: list[str]) -> None:
    translation = translate_where(where)
    assert translation.conditions == conditions
    assert [warning.code for warning in translation.warnings] == codes
    assert set(codes) <= set(CODES)
    assert all(warning.message and warning.fix for warning in translation.warnings)


@pytest.mark.parametrize(
    "where", ["organization.id=5", "color='red' OR color='blue'", "lastUpdated>'2026-01-01'"]
)
def test_the_letters_or_do_no_harm_where_nothing_is_joined_by_and(where: str) -> None:
    assert translate_where(where).warnings == ()


@pytest.mark.parametrize("name", ["childConditions", "customConditions"])
def test_a_flag_sends_the_rest_under_another_parameter(name: str) -> None:
    translation = translate_where(f"{name}='true' AND communicationItems.value='x@y.de' AND a=1")
    assert translation.parameter == name
    assert translation.conditions == 'communicationItems/value="x@y.de" and a=1'


@pytest.mark.parametrize(
    ("where", "position"),
    [("a", 1), ("a=", 2), ("a='x", 2), ("a=1 b=2", 4), ("(a=1", 4), ("a=1)", 3), ("NOT (a=1)", 4),
     ("a in 1", 5),
     ("a in (1", 7), ("a is 5", 2), ("=1", 0), ("a=1 AND", 7), ("a ~ 1", 2), ("a=1; DROP TABLE x", 3)],
)  # fmt: skip
def test_a_clause_that_cannot_be_read_is_refused_with_its_place(where: str, position: int) -> None:
    with pytest.raises(FilterError) as caught:
        translate_where(where)
    assert caught.value.position == position
    assert caught.value.fix


@given(st.text(alphabet="ab.=<>!'()`, %1-5\"orANDINLIKE", max_size=40) | st.text(max_size=30))
def test_no_clause_raises_anything_but_our_error(where: str) -> None:
    with suppress(FilterError):
        assert isinstance(translate_where(where).conditions, str)
