"""The poller editor in JupyterLab: driven by hand, with all its parts in step."""

from __future__ import annotations

import pytest

from tests.browser.contrast import assert_readable

pytestmark = pytest.mark.browser
CRM = "connectwisecrmrest"
MAKE = f"""import cwkit
platform = cwkit.connect()
demo = platform.sandbox.demo["{CRM}"]
instance = platform.instances.create("{CRM}", name="Poller by hand", configuration=demo)"""


def settings_of(lab):
    from cwkit.platform import Platform

    with Platform(lab.sandbox.profile) as platform:
        found = [each for each in platform.instances.list() if each.name == "Poller by hand"]
        return platform.instances.get(found[0].id)


def test_events_are_set_up_by_hand_and_saved_after_a_look_at_the_changes(page, lab, hands):
    lab.write_notebook("editor.ipynb", MAKE, "cwkit.forms.PollerEditor(instance, platform)")
    hands.open("editor.ipynb")
    hands.run_cell(0)
    editor = hands.run_cell(1)
    editor.get_by_text("The next requests").wait_for()
    hands.look("editor-opened", editor)

    editor.get_by_role("radiogroup", name="Events").get_by_text("On", exact=True).click()
    editor.get_by_text("there is no callback URL").first.wait_for()
    editor.get_by_label("Callback URL").fill("https://hooks.example.com/cw")
    editor.get_by_label("Signature key").fill("s3cr3t-by-hand")
    editor.get_by_label("contacts", exact=True).uncheck()
    editor.get_by_text("/company/contacts").wait_for(state="detached")

    code = editor.get_by_label("Poller as JSON")
    good = code.input_value()
    code.fill('{"incidents": {\n  "url" 5}}')
    editor.get_by_text("line 2, column 9").wait_for()
    hands.look("editor-wrong-json", editor)
    editor.get_by_role("button", name="Restore the last valid JSON").click()
    page.wait_for_function("([box, text]) => box.value === text", arg=[code.element_handle(), good])

    editor.get_by_label("Settings of").select_option("incidents")
    editor.get_by_label("Tolerance (seconds)").fill("10")
    editor.get_by_text("at most 10 seconds apart").wait_for()
    editor.get_by_role("button", name="Save …").click()
    editor.get_by_text("not polled any more").wait_for()
    hands.look("editor-changes", editor)
    assert settings_of(lab).configuration["event.notification.enabled"] == "false"
    editor.get_by_role("button", name="Save these changes").click()
    editor.get_by_text("Saved:").wait_for()

    saved = settings_of(lab)
    assert saved.configuration["event.notification.callback.url"] == "https://hooks.example.com/cw"
    assert "contacts" not in saved.poller
    assert saved.poller["incidents"].created_tolerance_s == 10
    assert "s3cr3t-by-hand" not in hands.save()


def test_the_editor_is_worked_by_keyboard_and_every_text_can_be_read_in_both_themes(page, lab, hands):
    pasted = (
        'cwkit.read_instance(\'{"id": 7, "element": {"key": "connectwisecrmrest"}, "configuration":'
        ' {"event.poller.configuration": "{\\\\"contacts\\\\": {\\\\"url\\\\":'
        ' \\\\"/hubs/crm/contacts?where=lastUpdated>${epoch}\\\\"}}"}}\')'
    )
    lab.write_notebook("editor-keys.ipynb", f"import cwkit\ncwkit.forms.PollerEditor({pasted})")
    hands.open("editor-keys.ipynb")
    editor = hands.run_cell(0)
    editor.get_by_text("The next requests").wait_for()
    box = editor.get_by_label("contacts", exact=True)
    box.focus()
    page.keyboard.press("Space")
    editor.get_by_text("Nothing is polled").wait_for()
    assert page.evaluate(FOCUSED) == "checkbox"
    page.keyboard.press("Space")
    editor.get_by_text("Nothing is polled").wait_for(state="detached")

    editor.get_by_label("Poll every (minutes)", exact=True).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    editor.get_by_text("Every 16 minutes").first.wait_for()
    assert page.evaluate(FOCUSED) == "range"

    editor.get_by_label("Name of a new resource").fill("tickets")
    editor.get_by_role("button", name="Copy this resource").focus()
    page.keyboard.press("Enter")
    editor.get_by_label("tickets", exact=True).wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Copy this resource"
    page.wait_for_function("document.activeElement.getAttribute('aria-disabled') === 'false'")
    for theme in ("Dark", "Light"):
        hands.theme(theme)
        hands.look(f"editor-{theme.lower()}", editor)
        assert_readable(editor)


FOCUSED = "document.activeElement.type"
