"""A report can be sent: it holds what is needed, no secret, and nothing that a page or ticket would run."""

from __future__ import annotations

import cwkit
from cwkit.instances import read_instance, read_request, report

from .conftest import CRM, CRM_FILE, HELPDESK, instance_with


def test_it_tells_what_it_is_what_was_found_and_with_what_it_was_made():
    text = report(read_instance(CRM))
    for part in (
        "## Instance 123456 of connectwisecrmrest",
        "## Findings",
        "created-is-updated",
        "## Event poller",
    ):
        assert part in text.markdown
    assert cwkit.__version__ in text.markdown
    assert "<h3>Findings</h3>" in text.html
    assert str(text) == text.markdown
    assert text._repr_html_() == text.html


def test_the_same_gives_the_same():
    assert report(CRM) == report(read_instance(CRM))


def test_no_secret_is_in_it_even_where_another_value_repeats_it():
    secrets = {"private.key": "hY3nP8sDf6GjK1aM", "note": "the key is hY3nP8sDf6GjK1aM"}
    made = report(instance_with(token="tok-1234567890", configuration=secrets))
    for text in (made.markdown, made.html, repr(made)):
        assert "hY3nP8sDf6GjK1aM" not in text
        assert "tok-1234567890" not in text


def test_a_short_password_is_masked_in_its_field_without_spoiling_other_words():
    made = report(HELPDESK).markdown
    assert "| helpdesk.connectwise.password | Password | \\*\\*\\*\\*\\*\\*\\*\\* |" in made


def test_markup_from_outside_is_text():
    nasty = "<img src=x onerror=alert(1)> [click](javascript:x) | `code` **bold**\n# head"
    made = report(instance_with(name=nasty, tags=[nasty], configuration={nasty: nasty}))
    assert "<img" not in made.html
    assert "<img" not in made.markdown
    assert "[click](" not in made.markdown
    assert "\n# head" not in made.markdown
    assert "**bold**" not in made.markdown


def test_a_request_and_several_things_go_into_one_report():
    made = report(read_request(CRM_FILE), HELPDESK).markdown
    assert "## Request for connectwisecrmrest" in made
    assert "## Instance 12345 of connectwisehd" in made
    assert "key-misspelt" in made
