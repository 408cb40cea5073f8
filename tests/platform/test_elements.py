"""Elements: shipped ones without a call, others fetched, unknown ones with a suggestion."""

import pytest

from cwkit.errors import NotThePlatform, UnknownElement


def test_the_shipped_elements_need_no_call(strange, stand_in):
    assert strange.elements.get("connectwisehd").hub == "helpdesk"
    assert stand_in.requests == []


def test_another_element_is_fetched_once_with_its_fields(platform):
    element = platform.elements.get("ledgerline")
    assert element.fields["api.key"].is_secret
    assert platform.elements.get("ledgerline") is element


def test_fields_are_fetched_apart_where_the_element_lacks_them(strange, stand_in):
    stand_in.says(
        (200, {"key": "one", "configuration": None}), (200, [{"key": "a", "type": "PASSWORD"}, "odd", {}])
    )
    assert list(strange.elements.get("one").fields) == ["a"]


def test_all_elements_are_listed_and_odd_ones_left_out(strange, stand_in, platform):
    assert {"connectwisehd", "connectwisecrmrest"} <= {element.key for element in platform.elements.list()}
    stand_in.says((200, [{"key": "one"}, None, 7, {"name": "no key"}, {"key": "two", "configuration": [1]}]))
    assert [element.key for element in strange.elements.list()] == ["one", "two"]


@pytest.mark.parametrize(
    ("key", "near"),
    [("connectwise", "'connectwisehd'"), ("ConnectWiseHD", "'connectwisehd'"), ("", "list()")],
)
def test_an_unknown_key_is_answered_with_the_nearest(platform, key, near):
    with pytest.raises(UnknownElement) as caught:
        platform.elements.get(key)
    assert near in caught.value.fix


def test_a_page_instead_of_elements_is_no_unknown_element(strange, stand_in):
    stand_in.says((404, b"<html>", {"content-type": "text/html"}))
    with pytest.raises(NotThePlatform):
        strange.elements.get("some")


def test_a_key_cannot_leave_its_path(strange, stand_in):
    stand_in.says((404, {}))
    with pytest.raises(UnknownElement):
        strange.elements.get("../instances?x")
    assert stand_in.requests[0][1].endswith("/elements/..%2Finstances%3Fx")
