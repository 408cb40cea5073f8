"""Nothing that was typed, and no token, is in what a notebook saves of the widgets."""

import ipywidgets
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cwkit.errors import BadRequest
from cwkit.forms import InstanceForm, SecretField
from cwkit.redaction import Secret
from tests.forms.stand_in import CRM_VALUES, TOKEN, StandIn, browser_says, everything_saved
from tests.spellings import spellings

CRM = "connectwisecrmrest"


@pytest.fixture(autouse=True)
def _no_other_widgets():
    ipywidgets.Widget.close_all()
    yield
    ipywidgets.Widget.close_all()


def nothing_of(secret):
    saved = everything_saved()
    assert [form for form in spellings(secret) if form in saved] == []


def test_the_search_would_find_the_text_of_a_plain_widget():
    text = ipywidgets.Text(value="found+Me/=1")
    assert text.value in everything_saved()


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=8, max_size=30)


@settings(max_examples=25, deadline=None)
@given(texts.map(lambda text: f"S3k{text}!"))
def test_a_typed_secret_is_in_no_state_at_any_time(secret):
    ipywidgets.Widget.close_all()
    error = BadRequest(f"password {secret} refused", provider_message=f"login with {secret} failed")
    form = InstanceForm(StandIn(error), CRM, **{**CRM_VALUES, "private.key": ""})
    sheet = form.children[0]
    browser_says(sheet, type="edit", key="private.key", text=secret[:-2], done=False)
    nothing_of(secret[:-2])
    browser_says(sheet, type="edit", key="private.key", text=secret, done=True)
    nothing_of(secret)
    form.submit()
    nothing_of(secret)
    browser_says(sheet, type="edit", key="private.key", text=secret, done=True)
    form.submit()
    nothing_of(secret)


def test_a_secret_pasted_into_the_wrong_field_is_in_no_state_either():
    form = InstanceForm(StandIn(), CRM, **CRM_VALUES)
    browser_says(form.children[0], type="edit", key="company", text="Sup3r+secret/word", done=True)
    assert form.fields["company"].value == "Sup3r+secret/word"
    nothing_of("Sup3r+secret/word")


def test_the_token_is_in_no_state_though_it_was_shown_and_copied():
    form = InstanceForm(StandIn(), CRM, **CRM_VALUES)
    form.submit()
    for name in ("show", "copy"):
        browser_says(form.children[-1], type="press", name=name)
    nothing_of(TOKEN)


def test_a_secret_field_keeps_its_text_out_of_its_state():
    field = SecretField("User secret")
    browser_says(field, type="edit", key="secret", text=" typed+Secret/1= ", done=True)
    assert field.value == Secret("typed+Secret/1=")
    nothing_of("typed+Secret/1=")
    field.value = "set+From/Python="
    assert field.value == Secret("set+From/Python=")
    nothing_of("set+From/Python=")
    assert repr(field) == "<SecretField>"
    assert repr(ipywidgets.VBox([field])) == "VBox(children=(<SecretField>,))"


def test_a_secret_field_tells_of_changes_and_can_be_emptied(monkeypatch):
    seen = []
    field = SecretField("User secret", on_change=lambda changed: seen.append(changed.value))
    field.value = "one"
    browser_says(field, type="edit", key="secret", text="", done=True)
    assert seen == [Secret("one"), None]
    assert field.value is None
