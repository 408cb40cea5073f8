"""A person's path in JupyterLab: from the form to a created instance and its tables."""

from __future__ import annotations

import pytest

from cwkit.redaction import reveal
from tests.browser.contrast import assert_readable

pytestmark = pytest.mark.browser
CRM = "connectwisecrmrest"
START = f'import cwkit\nplatform = cwkit.connect()\nform = cwkit.forms.InstanceForm(platform, "{CRM}")\nform'


def enter(page, sandbox, **instead):
    """Fill the CRM form in with the sandbox's demo values, as a person would."""
    demo = {**sandbox.demo[CRM], **instead}
    page.get_by_label("ConnectWise site").select_option(label="North America (api-na.myconnectwise.net)")
    labels = {
        "connectwise.clientid": "ConnectWise ClientId",
        "company": "Company",
        "public.key": "Public Key",
        "private.key": "Private Key",
    }
    for key, label in labels.items():
        page.get_by_label(f"{label} *").fill(str(reveal(demo[key])))
    page.get_by_label("Private Key *").blur()


def name_it(page, name):
    page.get_by_role("textbox", name="Name *", exact=True).fill(name)


def create(page):
    return page.get_by_role("button", name="Create instance")


def instances(lab, name):
    from cwkit.platform import Platform

    with Platform(lab.sandbox.profile) as platform:
        return [instance for instance in platform.instances.list() if instance.name == name]


def test_from_the_form_to_the_poller_table(page, lab, hands):
    hands.open("02-crm-instance.ipynb")
    hands.run_cell(1)
    form = hands.run_cell(3)
    form.get_by_role("heading", name="New ConnectWise CRM REST instance").wait_for()
    hands.look("02-form-empty", form)
    assert create(page).is_disabled()

    name_it(page, "Brightwater Managed Services")
    page.get_by_label("Tags").fill("brightwater, production")
    enter(page, lab.sandbox, **{"connectwise.clientid": "my integration"})
    wrong = form.locator('[data-key="connectwise.clientid"] .cwkit-message')
    wrong.get_by_text("is not a client ID").wait_for()
    hands.look("02-form-wrong-value", form)
    assert create(page).is_disabled()

    page.get_by_label("ConnectWise ClientId *").fill(lab.sandbox.demo[CRM]["connectwise.clientid"])
    form.get_by_text("Everything is filled in.").wait_for()
    assert wrong.inner_text() == ""
    form.get_by_text("Preview the request").click()
    form.get_by_role("tab", name="cURL").click()
    hands.look("02-form-filled-in", form)
    page.get_by_role("button", name="Check with ConnectWise").click()
    form.get_by_text("ConnectWise accepts this.").wait_for()
    create(page).click()

    card = form.locator(".cwkit-card")
    card.get_by_role("heading", name="Brightwater Managed Services").wait_for()
    assert card.locator(".cwkit-badge").inner_text() == "valid"
    form.get_by_text("Preview the request").click()
    hands.look("02-card", form)

    for cell in (5, 7):
        hands.run_cell(cell).locator("table").wait_for()
    table = hands.run_cell(9).locator("table")
    table.wait_for()
    rows = table.locator("tbody tr th").all_inner_texts()
    assert sorted(rows) == ["configurations", "contacts", "incidents", "opportunities", "organizations"]
    hands.look("02-poller-table")
    assert len(instances(lab, "Brightwater Managed Services")) == 1


def test_a_refusal_keeps_what_was_entered_and_a_double_click_creates_once(page, lab, hands):
    lab.write_notebook("refused.ipynb", START)
    hands.open("refused.ipynb")
    form = hands.run_cell(0)
    form.get_by_label("Company *").wait_for()
    name_it(page, "Refused at first")
    enter(page, lab.sandbox, **{"private.key": "not-the-right-key"})
    create(page).click()
    form.get_by_text("The provider refused the credentials.").wait_for()
    hands.look("form-refused", form)
    assert page.get_by_label("Company *").input_value() == lab.sandbox.demo[CRM]["company"]
    assert page.get_by_label("Private Key *").input_value() == ""

    page.get_by_label("Private Key *").fill(lab.sandbox.demo[CRM]["private.key"].reveal())
    form.get_by_text("Everything is filled in.").wait_for()
    lab.sandbox.fail_next("latency", route="POST /instances", seconds=1.0)
    create(page).dblclick()
    form.get_by_role("button", name="Creating").wait_for()
    hands.look("form-creating", form)
    form.locator(".cwkit-card").wait_for()
    assert len(instances(lab, "Refused at first")) == 1


def test_text_from_outside_stays_text(page, lab, hands):
    nasty = "<img src=x onerror=window.hit=1><script>window.hit=2</script>"
    lab.write_notebook(
        "nasty.ipynb",
        "from cwkit.forms import InstanceCard, InstanceForm\nfrom cwkit.instances import Instance\n"
        "from cwkit.elements import Element\nimport types\n"
        f"nasty = {nasty!r}\n"
        "card = InstanceCard(Instance.from_response({'id': nasty, 'name': nasty, 'tags': [nasty],"
        " 'element': {'key': nasty, 'name': nasty}, 'token': nasty}))\ncard",
        "fields = [{'key': 'k', 'name': nasty, 'description': nasty, 'required': True}]\n"
        "stand_in = types.SimpleNamespace(base_url=nasty, profile=types.SimpleNamespace(name=nasty))\n"
        "element = Element.model_validate({'key': 'e', 'name': nasty, 'configuration': fields})\n"
        "InstanceForm(stand_in, element, name=nasty, k='<' + nasty)",
    )
    hands.open("nasty.ipynb")
    card = hands.run_cell(0)
    card.locator(".cwkit-card").wait_for()
    card.get_by_role("button", name="Show").click()
    card.get_by_text("Shown for").wait_for()
    form = hands.run_cell(1)
    form.get_by_text("angle brackets").wait_for()
    assert page.locator(".cwkit img, .cwkit script").count() == 0
    assert page.evaluate("window.hit") is None
    assert nasty in card.inner_text()


def test_every_text_can_be_read_in_both_themes(page, lab, hands):
    lab.write_notebook("themes.ipynb", START)
    hands.open("themes.ipynb")
    form = hands.run_cell(0)
    form.get_by_label("Company *").wait_for()
    page.get_by_label("Company *").fill("https://wrong.example.com")
    form.get_by_text("is an address").wait_for()
    form.locator("summary", has_text="Events").click()
    for theme in ("Dark", "Light"):
        hands.theme(theme)
        hands.look(f"form-{theme.lower()}", form)
        assert_readable(form)


def test_a_site_is_chosen_by_keyboard_and_no_key_reaches_the_notebook(page, lab, hands):
    lab.write_notebook("keyboard.ipynb", START)
    hands.open("keyboard.ipynb")
    form = hands.run_cell(0)
    site = form.get_by_label("ConnectWise site")
    site.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.activeElement.tagName === 'SELECT'")
    address = form.get_by_label("Connectwise URL *")
    page.wait_for_function("(box) => box.value.includes('api-eu.')", arg=address.element_handle())

    cells = hands.cells()
    for place in (site, form.get_by_text("Preview the request"), create(page)):
        place.focus()
        for key in ("x", "d", "d", "a", "b"):
            page.keyboard.press(key)
    assert hands.cells() == cells
    assert form.get_by_label("Company *").is_visible()


def test_undo_works_in_a_box_and_a_button_keeps_the_focus(page, lab, hands):
    lab.write_notebook("undo.ipynb", START)
    hands.open("undo.ipynb")
    form = hands.run_cell(0)
    company = form.get_by_label("Company *")
    company.click()
    page.keyboard.type("acme")
    page.keyboard.press("Control+z")
    page.wait_for_function("(box) => box.value !== 'acme'", arg=company.element_handle())

    form.get_by_role("button", name="Fill in demo values").focus()
    page.keyboard.press("Enter")
    form.get_by_text("Everything is filled in.").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Fill in demo values"
    create(page).focus()
    page.keyboard.press("Enter")
    form.locator(".cwkit-card").wait_for()
    assert page.evaluate("document.activeElement.dataset.name") == "create"


def test_the_form_fits_a_narrow_page(page, lab, hands):
    lab.write_notebook("narrow.ipynb", START)
    hands.open("narrow.ipynb")
    form = hands.run_cell(0)
    form.get_by_label("Company *").wait_for()
    page.set_viewport_size({"width": 640, "height": 800})  # 1280 at 200 percent
    hands.look("form-narrow")
    assert form.locator(".cwkit").first.evaluate("(e) => e.scrollWidth - e.clientWidth") <= 0
    page.set_viewport_size({"width": 1280, "height": 800})
