"""The quick look at a value never passes what the rules themselves would speak of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwkit.elements import check_field, shipped
from cwkit.elements.connectwise.existing_instance import _PLAINLY_RIGHT, plainly_right


@pytest.mark.parametrize(("element_key", "key"), list(_PLAINLY_RIGHT))
@given(data=st.data())
def test_what_looks_plain_has_no_problem_and_no_repair(element_key, key, data):
    value = data.draw(st.from_regex(_PLAINLY_RIGHT[element_key, key], fullmatch=True))
    assert plainly_right(element_key, key, value)
    check = check_field(shipped(element_key), key, value)
    assert check.problem is None
    assert check.repairs == ()
    assert check.text == value


@pytest.mark.parametrize("value", ["xxxxxxxx", "TODO", "acme.com", "https://acme", "a" * 40, "<INSERT>", ""])
def test_what_is_not_plain_is_left_to_the_rules(value):
    assert not plainly_right("connectwisecrmrest", "company", value)
    assert not plainly_right("connectwisecrmrest", "public.key", value)
    assert not plainly_right("another", "company", "acme")
