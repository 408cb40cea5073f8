"""What an error says to a person."""

from __future__ import annotations

import inspect
import re

import pytest

from cwkit import errors
from cwkit.elements import check_values, shipped


def _classes() -> dict[str, type[Exception]]:
    return {
        name: thing
        for name, thing in vars(errors).items()
        if inspect.isclass(thing) and issubclass(thing, Exception)
    }


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    drawn = ["CwkitError"]
    above = ["CwkitError"]
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"([│ ]*)[├└]── (\w+)", line):
            depth, name = len(match[1]) // 4 + 1, match[2]
            assert _classes()[name].__mro__[1] is _classes()[above[depth - 1]]
            above[depth:] = [name]
            drawn.append(name)
    assert sorted(drawn) == sorted(_classes()) == sorted(errors.__all__)


def test_an_error_says_what_happened_and_what_to_do() -> None:
    error = errors.Unauthorized(
        "The secret is not accepted.", fix="Check it.", status=401, request_id="5f", url="/x"
    )
    assert str(error).splitlines() == [
        "The secret is not accepted.",
        "Call:  /x (status 401)",
        "Request id: 5f",
        "What to do: Check it.",
    ]


def test_a_notebook_shows_an_error_without_frames() -> None:
    assert errors.ReadError("Nothing here.", fix="Paste more.")._render_traceback_() == [
        "ReadError: Nothing here.\nWhat to do: Paste more."
    ]


def test_bad_input_is_a_value_error_too() -> None:
    with pytest.raises(ValueError, match="Nothing"):
        raise errors.ReadError("Nothing here.")


def test_field_errors_list_every_wrong_value_with_its_fix() -> None:
    check = check_values(shipped("connectwisecrmrest"), {"company": "acme", "public.key": "p" * 40})
    error = errors.FieldErrors("These values cannot be sent.", problems=check.certain)
    assert "- baseUrl: " in str(error)
    assert "- public.key: Has 40 characters; at most 32" in str(error)
