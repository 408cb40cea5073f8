"""The troubleshooting form in JupyterLab: pasted into by hand, looked at, copied from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.contrast import assert_readable

pytestmark = pytest.mark.browser
CRM = (Path(__file__).parents[1] / "fixtures" / "seed-crm.txt").read_text("utf-8")
ERROR = 'HTTP/1.1 401 Unauthorized\n{"requestId": "5d8a1b2c3d4e5f6071829304", "message": "Invalid token"}'
SECRET = "Typed+By/Hand=2026"


def test_a_pasted_answer_is_diagnosed_and_a_report_copied_and_nothing_is_saved(page, lab, hands):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=lab.url)
    lab.write_notebook("trouble.ipynb", "import cwkit\ncwkit.forms.TroubleshootForm()")
    hands.open("trouble.ipynb")
    form = hands.run_cell(0)
    box = form.get_by_label("Pasted text")
    box.fill(CRM.replace('"private.key": "********"', f'"private.key": "{SECRET}"'))
    form.get_by_role("button", name="Analyse").click()
    form.get_by_text("Instance 123456 of connectwisecrmrest").wait_for()
    assert form.locator(".cwkit-finding[data-code=created-is-updated]").count() == 1
    assert "▲ 3 warnings" in form.locator(".cwkit-cardhead").inner_text()
    hands.look("troubleshoot-findings", form)

    form.get_by_role("tab", name="Event poller").click()
    assert form.locator(".cwkit-grid tbody tr").count() == 5
    form.get_by_role("tab", name="Configuration").click()
    form.get_by_text("********", exact=True).first.wait_for()
    hands.look("troubleshoot-configuration", form)
    form.get_by_role("button", name="Copy report", exact=True).click()
    form.get_by_role("button", name="Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("## Instance 123456")
    assert SECRET not in copied
    saved = hands.save()
    assert SECRET not in saved
    assert "123456" not in saved


def test_an_error_is_explained_and_markup_is_shown_as_text(page, lab, hands):
    lab.write_notebook("error.ipynb", "import cwkit\ncwkit.forms.TroubleshootForm()")
    hands.open("error.ipynb")
    form = hands.run_cell(0)
    box = form.get_by_label("Pasted text")
    box.fill(ERROR)
    box.press("Control+Enter")
    form.get_by_text("Request id: 5d8a1b2c3d4e5f6071829304").wait_for()
    hands.look("troubleshoot-error", form)
    box.fill('{"id": 1, "name": "<img src=x onerror=alert(1)>", "valid": false, "configuration": {}}')
    form.get_by_role("button", name="Analyse").click()
    form.get_by_text("<img src=x onerror=alert(1)>").first.wait_for()
    assert form.locator("img").count() == 0
    box.fill("hello")
    form.get_by_role("button", name="Analyse").click()
    form.get_by_text("There is no instance in this text.").wait_for()
    form.get_by_role("button", name="Clear").click()
    form.get_by_text("There is no instance").wait_for(state="detached")


def test_a_result_goes_when_the_text_changes_and_every_text_can_be_read_in_both_themes(page, lab, hands):
    lab.write_notebook("stale.ipynb", "import cwkit\ncwkit.forms.TroubleshootForm()")
    hands.open("stale.ipynb")
    form = hands.run_cell(0)
    box = form.get_by_label("Pasted text")
    box.fill(CRM)
    form.get_by_role("button", name="Analyse").focus()
    page.keyboard.press("Enter")
    title = form.get_by_text("Instance 123456 of connectwisecrmrest")
    title.wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Analyse"
    for theme in ("Dark", "Light"):
        hands.theme(theme)
        hands.look(f"troubleshoot-{theme.lower()}", form)
        assert_readable(form)
    form.get_by_role("tab", name="Findings").focus()
    page.keyboard.press("ArrowRight")
    form.locator(".cwkit-grid tbody tr").first.wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Configuration"
    box.press("End")
    box.press_sequentially(" x")
    title.wait_for(state="detached")
