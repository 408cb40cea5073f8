"""What a notebook's next cell gets from a form, with and without somebody to press the button."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import cwkit_sandbox as local
from cwkit.errors import CwkitError
from cwkit.forms import InstanceForm
from cwkit.platform import Platform
from tests.forms.stand_in import browser_says


@pytest.fixture
def sandbox() -> Iterator[local.Sandbox]:
    with local.start() as running:
        yield running


@pytest.fixture
def learning(sandbox: local.Sandbox) -> Iterator[Platform]:
    with Platform(sandbox.profile, sandbox=sandbox) as platform:
        yield platform


def test_an_untouched_form_on_the_sandbox_creates_with_demo_values(learning: Platform) -> None:
    form = InstanceForm(learning, "connectwisecrmrest", name="Lesson")
    instance = form.result()
    assert instance.name == "Lesson"
    assert form.result() is instance
    assert len(learning.instances.list()) == 1


def test_a_form_that_somebody_began_is_not_filled_in_by_itself(learning: Platform) -> None:
    form = InstanceForm(learning, "connectwisecrmrest")
    form.fields["company"].value = "acme"
    with pytest.raises(CwkitError, match="has not created an instance yet"):
        form.result()
    assert learning.instances.list() == []


def test_on_a_real_platform_nothing_is_filled_in(sandbox: local.Sandbox) -> None:
    with Platform(sandbox.profile) as platform:
        form = InstanceForm(platform, "connectwisecrmrest")
        assert form.demo_values == {}
        with pytest.raises(CwkitError, match="Still to fill in"):
            form.result()


def test_the_platforms_refusal_is_told_again(learning: Platform) -> None:
    form = InstanceForm(learning, "connectwisecrmrest")
    form.fill({**form.demo_values, "private.key": "not-the-right-one"})
    assert form.submit() is None
    with pytest.raises(CwkitError):
        form.result()


def test_filling_in_shows_no_secret(learning: Platform) -> None:
    form = InstanceForm(learning, "connectwisecrmrest")
    form.fill(form.demo_values)
    assert not form.create_button.disabled
    assert form.demo_values["private.key"].reveal() not in repr(form._fields_state())


def test_demo_values_replace_everything_entered_before(learning: Platform) -> None:
    form = InstanceForm(learning, "connectwisecrmrest", company="earlier")
    form.fields["filter.response.nulls"].value = False
    form.fields["tags"].value = "earlier"
    browser_says(form.children[1], type="press", name="demo", serial=0)
    assert form.fields["filter.response.nulls"].value is True
    assert form.fields["tags"].value == ["demo"]
    assert form.fields["company"].value == learning.sandbox.demo["connectwisecrmrest"]["company"]
