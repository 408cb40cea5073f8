"""What is typed into a form, and the token it yields, are in no notebook that JupyterLab saves."""

from __future__ import annotations

import json
import re

import pytest

from tests.browser.jupyter import Hands
from tests.browser.test_creating import CRM, START, create, enter, name_it
from tests.spellings import spellings

pytestmark = pytest.mark.browser


def found(saved, *secrets):
    return [form for secret in secrets for form in spellings(secret) if form in saved]


def saved_widgets(saved):
    """The models in the notebook's saved widget state."""
    widgets = json.loads(saved)["metadata"]["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    return [model["model_name"] for model in widgets.values()]


def test_saved_while_typing_before_creating_and_after(page, lab, hands):
    private = lab.sandbox.demo[CRM]["private.key"].reveal()
    wrong_place = "pasted+In/the-wrong=place"
    lab.write_notebook("typing.ipynb", START, "form.instance.token", "form")
    hands.open("typing.ipynb")
    form = hands.run_cell(0)
    form.get_by_label("Company *").wait_for()
    name_it(page, "Never in a file")
    enter(page, lab.sandbox, **{"private.key": ""})
    page.get_by_label("Company *").fill(wrong_place)
    page.get_by_label("Private Key *").press_sequentially(private[:-3], delay=5)
    assert page.get_by_label("Private Key *").input_value() == private[:-3]
    saved = hands.save()
    assert saved_widgets(saved).count("AnyModel") == 2
    assert found(saved, private[:-3], wrong_place) == []

    page.get_by_label("Company *").fill(lab.sandbox.demo[CRM]["company"])
    page.get_by_label("Private Key *").fill(private)
    page.get_by_label("Private Key *").blur()
    form.get_by_text("Everything is filled in.").wait_for()
    assert found(hands.save(), private) == []

    hands.open("typing.ipynb")  # loaded again, the page is told what was entered, but no secret
    form = hands.output(0)
    form.get_by_text("Everything is filled in.").wait_for()
    assert page.get_by_label("Company *").input_value() == lab.sandbox.demo[CRM]["company"]
    assert page.get_by_label("Private Key *").input_value() == ""
    assert "entered" in page.get_by_label("Private Key *").get_attribute("placeholder")

    create(page).click()
    card = form.locator(".cwkit-card")
    card.get_by_role("button", name="Show").click()
    card.get_by_text("Shown for").wait_for()
    token = card.locator(".cwkit-token").inner_text()
    assert len(token) > 20
    hands.run_cell(1)
    hands.run_cell(2)
    saved = hands.save()
    assert "AnyModel" in saved_widgets(saved)
    assert found(saved, private, token) == []


def test_the_token_is_shown_for_thirty_seconds_and_can_be_copied(page_with_a_clock, lab, shots):
    page, hands = page_with_a_clock, Hands(page_with_a_clock, lab, shots)
    demo = "form.fill(form.demo_values)\nform.submit()\nform"
    lab.write_notebook("token.ipynb", START.removesuffix("form") + demo)
    hands.open("token.ipynb")
    card = hands.run_cell(0).locator(".cwkit-card")
    token = card.locator(".cwkit-token")
    token.wait_for()
    assert re.fullmatch(r"\*+", token.inner_text())
    card.get_by_role("button", name="Show").click()
    card.get_by_text("Shown for").wait_for()
    shown = token.inner_text()
    assert len(shown) > 20
    hands.look("card-shown", card)
    page.clock.fast_forward(20_000)
    assert token.inner_text() == shown
    page.clock.fast_forward(11_000)
    card.get_by_role("button", name="Show").wait_for()
    assert re.fullmatch(r"\*+", token.inner_text())
    card.locator("[data-name=copy]").click()
    card.get_by_text("on the clipboard").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == shown
    card.get_by_role("button", name="Save to keyring").click()
    card.get_by_text("cwkit keeps no secret in a file").wait_for()  # there is no keyring in this test
    assert found(hands.save(), shown) == []
