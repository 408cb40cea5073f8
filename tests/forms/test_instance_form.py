"""InstanceForm: filled in, checked, sent once, and honest about what became of it."""

import json
import subprocess
import sys

import ipywidgets
import pytest

from cwkit.elements import Element
from cwkit.errors import BadRequest, CreationUnsettled, CwkitError, Unauthorized
from cwkit.forms import InstanceCard, InstanceForm
from cwkit.instances import read_request
from cwkit.redaction import Secret
from tests.forms.stand_in import CRM_VALUES, StandIn, browser_says, created, listen, revealed

CRM, HELPDESK = "connectwisecrmrest", "connectwisehd"
REFUSED = BadRequest(
    "The provider refused the credentials.",
    fix="Check them.",
    status=400,
    request_id="5f0c",
    provider_message="Company, public key or private key is not right.",
)


@pytest.fixture
def form():
    return InstanceForm(StandIn(), CRM, **CRM_VALUES)


def test_it_asks_for_every_field_but_the_internal_ones():
    form = InstanceForm(StandIn(), CRM)
    asked = {key for key, field in form.element.fields.items() if field.section != "internal"}
    assert set(form.fields) == asked | {"name", "tags"}


def test_required_fields_come_first_in_display_order_and_advanced_ones_are_folded():
    form = InstanceForm(StandIn(), CRM)
    blocks = form.children[0].spec["blocks"]
    drawn = [[field["key"] for field in block["fields"]] for block in blocks if block["kind"] == "fields"]
    assert drawn == [["name", "tags"], [field.key for field in form.element.section("required")]]
    folded = {block["text"]: block for block in blocks if block["kind"] == "folded"}
    assert list(folded) == ["Events", "Options", "Advanced"]
    assert not folded["Advanced"]["open"]


def test_usable_defaults_are_filled_in_and_templates_are_not():
    assert InstanceForm(StandIn(), HELPDESK).fields["helpdesk.connectwise.wsdl.path"].value == (
        "/v4_6_release/apis/2.0/"
    )
    crm = InstanceForm(StandIn(), CRM)
    assert crm.fields["baseUrl"].value == ""
    assert crm.fields["event.notification.callback.url"].value == ""
    assert crm.fields["event.poller.refresh_interval"].value == "15"


def test_nothing_is_called_wrong_before_it_was_touched():
    form = InstanceForm(StandIn(), CRM)
    assert form.messages == {}
    assert form.create_button.disabled


def test_the_button_wakes_up_when_everything_is_right(form):
    assert not form.create_button.disabled
    form.fields["company"].value = ""
    assert form.create_button.disabled
    assert "missing" in form.messages["company"]


def test_a_wrong_value_is_told_at_once_with_its_fix(form):
    form.fields["connectwise.clientid"].value = "nope"
    assert form.messages["connectwise.clientid"].startswith(
        "ConnectWise ClientId is not a client ID: 'nope'. Copy it"
    )
    form.fields["connectwise.clientid"].value = CRM_VALUES["connectwise.clientid"]
    assert "connectwise.clientid" not in form.messages


def test_what_has_one_meaning_is_repaired_and_told(form):
    form.fields["baseUrl"].value = " eu.myconnectwise.net "
    assert form.fields["baseUrl"].value == "https://api-eu.myconnectwise.net/v4_6_release/apis/3.0"
    assert form.messages["baseUrl"].endswith("Now: https://api-eu.myconnectwise.net/v4_6_release/apis/3.0")
    form.fields["private.key"].value = "  pasted \n"
    assert form.fields["private.key"].value == Secret("pasted")
    assert "taken away" in form.messages["private.key"]


def test_a_whole_address_pasted_as_wsdl_path_is_repaired():
    form = InstanceForm(StandIn(), HELPDESK)
    pasted = "https://my.connectwise.com/v2017_2/ConnectWise.aspx?locale=en_US&session=new"
    form.fields["helpdesk.connectwise.wsdl.path"].value = pasted
    assert form.fields["helpdesk.connectwise.wsdl.path"].value == "/v2017_2/apis/2.0/"


def test_misspelt_keys_are_accepted_from_a_program():
    values = {**CRM_VALUES, "baseURL": CRM_VALUES["baseUrl"], "connectwise.clientID": "x" * 8}
    del values["baseUrl"], values["connectwise.clientid"]
    form = InstanceForm(StandIn(), CRM, **values)
    assert form.fields["baseUrl"].value == CRM_VALUES["baseUrl"]
    assert "placeholder" in form.messages["connectwise.clientid"]


def test_a_pasted_request_opens_the_form_filled_in():
    pasted = """curl -X POST https://api.cloud-elements.com/elements/api-v2/instances -d '{
      "element": {"key": "connectwisecrmrest"}, "name": "Pasted", "tags": ["one"],
      "configuration": {"baseURL": "na.myconnectwise.net", "company": "brightwater",
        "private.key": "pasted-key", "connectwise.clientID": "<CLIENT_ID>"}}'"""
    form = InstanceForm(StandIn(), read_request(pasted))
    assert form.fields["name"].value == "Pasted"
    assert form.fields["tags"].value == ["one"]
    assert form.fields["baseUrl"].value == CRM_VALUES["baseUrl"]
    assert form.fields["private.key"].value == Secret("pasted-key")
    assert form.fields["connectwise.clientid"].value == ""


def test_a_tag_given_twice_and_markup_in_names_are_refused(form):
    form.fields["tags"].value = "one, two, one"
    assert form.messages["tags"] == 'The tag "one" is entered twice. Remove one.'
    form.fields["name"].value = "<a href=..>x</a>"
    assert "angle brackets" in form.messages["name"]
    assert form.create_button.disabled


def test_only_what_differs_from_the_defaults_is_sent(form):
    form.fields["event.poller.refresh_interval"].value = "15"
    form.fields["filter.response.nulls"].value = False
    form.submit()
    (asked,) = form.platform.asked
    given = {key: value for key, value in CRM_VALUES.items() if key != "name"}
    assert revealed(asked["configuration"]) == {**given, "filter.response.nulls": "false"}
    assert isinstance(asked["configuration"]["private.key"], Secret)


def test_pressing_creates_once_and_shows_the_card(form):
    form.fields["tags"].value = ["one", "two"]
    form.create_button.click()
    assert form.instance.id == 440001
    assert form.platform.asked[0]["tags"] == ("one", "two")
    assert isinstance(form.children[-1], InstanceCard)
    assert form.create_button.disabled
    assert form.create_button.description == "Created"
    assert form.submit() is form.instance
    assert len(form.platform.asked) == 1


def test_a_second_press_that_waited_in_the_queue_does_nothing(form):
    finish = form.children[1]
    form.platform.answers = [REFUSED]
    browser_says(finish, type="press", name="create", serial=0)
    form.fields["private.key"].value = "another"
    browser_says(finish, type="press", name="create", serial=0)
    assert len(form.platform.asked) == 1
    browser_says(finish, type="press", name="create", serial=form.create_button.state()["serial"])
    assert len(form.platform.asked) == 2


def test_the_button_says_that_it_is_at_work(form):
    seen = []

    def answer(platform):
        seen.append((form.create_button.description, form.create_button.disabled))
        form.submit()
        return created()

    form.platform.answers = [answer]
    form.submit()
    assert seen == [("Creating …", True)]
    assert len(form.platform.asked) == 1


def test_an_invalid_form_is_not_sent_and_says_what_is_left():
    form = InstanceForm(StandIn(), CRM)
    assert form.submit() is None
    assert form.platform.asked == []
    assert set(form.messages) == set(CRM_VALUES)


def test_refused_credentials_are_asked_for_again_and_the_rest_stays(form):
    form.platform.answers = [REFUSED]
    assert form.submit() is None
    assert form.error is REFUSED
    assert form.fields["private.key"].value is None
    assert "not accepted" in form.messages["private.key"]
    assert form.fields["company"].value == "brightwater"
    form.fields["private.key"].value = "right"
    assert form.submit() is form.instance


@pytest.mark.parametrize(
    "error",
    [
        BadRequest("Failed to connect to the API URL. Validate that you are using the correct WSDL path."),
        Unauthorized("The user secret is not accepted.", status=401),
        CwkitError("No network."),
    ],
)
def test_after_other_errors_the_secrets_are_still_there(form, error):
    form.platform.answers = [error]
    form.submit()
    assert form.fields["private.key"].value == Secret(CRM_VALUES["private.key"])
    assert not form.create_button.disabled


def test_what_went_wrong_is_told_with_request_id_and_fix(form, monkeypatch):
    sent = listen(form.children[1], monkeypatch)
    form.platform.answers = [REFUSED]
    form.submit()
    lines = sent[-1]["status"]["lines"]
    assert lines[0] == "The provider refused the credentials."
    assert {"Request id: 5f0c", "What to do: Check them."} <= set(lines)


def test_an_error_that_quotes_a_secret_is_shown_masked(form, monkeypatch):
    sent = listen(form.children[1], monkeypatch)
    form.platform.answers = [CwkitError(f"cannot use {CRM_VALUES['private.key']}")]
    form.submit()
    assert sent[-1]["status"]["lines"][0] == "cannot use ********"
    assert (str(form.error), form.error.args) == ("cannot use ********", ("cannot use ********",))


def test_a_lost_answer_is_looked_for_and_never_sent_again(form):
    form.platform.answers = [CreationUnsettled("Nobody knows.", creation_tag="cwkit-1")]
    form.submit()
    assert form.create_button.description == "Look again"
    form.platform.settled.loc["cwkit-1"] = ["Brightwater", CRM, "unknown", "", "Look again in 5 minutes."]
    form.submit()
    assert form.instance is None
    form.platform.settled.loc["cwkit-1"] = ["Brightwater", CRM, "done", "7", ""]
    assert form.submit().name == "found 7"
    assert len(form.platform.asked) == 1


def test_what_is_known_to_be_absent_can_be_created_again(form):
    form.platform.answers = [CreationUnsettled("Nobody knows.", creation_tag="cwkit-1")]
    form.submit()
    form.platform.settled.loc["cwkit-1"] = ["Brightwater", CRM, "absent", "", ""]
    form.submit()
    assert form.create_button.description == "Create instance"
    assert form.submit() is not None


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), RuntimeError(CRM_VALUES["private.key"])])
def test_a_creation_broken_off_is_not_sent_again_without_looking(form, failure):
    form.platform.answers = [failure]
    form.submit()
    assert form.create_button.description == "Look again"
    assert CRM_VALUES["private.key"] not in str(form.error)


def test_the_secrets_are_forgotten_once_they_have_served(form):
    form.submit()
    assert form.fields["private.key"].value is None
    assert form.draft.configuration["private.key"] == Secret("")


def test_a_site_is_picked_by_its_address():
    fields = InstanceForm(StandIn(), CRM).children[0].spec["blocks"][3]["fields"]
    picker = fields[0]["picker"]
    assert [choice["value"] for choice in picker["choices"]] == [
        f"https://api-{site}/v4_6_release/apis/3.0"
        for site in ("na.myconnectwise.net", "eu.myconnectwise.net", "au.myconnectwise.net",
                     "staging.connectwisedev.com")
    ]  # fmt: skip
    assert picker["own"] == "https://{host}/v4_6_release/apis/3.0"


def test_any_element_makes_a_form_of_its_own():
    definition = {
        "key": "mailroom",
        "name": "Mailroom",
        "configuration": [
            {"key": "region", "type": "COMBO", "required": True, "options": [{"name": "EU", "value": "eu"}]},
            {"key": "active", "type": "BOOLEAN_YESNO", "name": "Active"},
            {"key": "note", "type": "TEXTAREA"},
            {"key": "api.key", "type": "TEXTFIELD_32", "required": True},
        ],
    }
    form = InstanceForm(StandIn(), Element.model_validate(definition), name="x", region="EU", active="yes")
    assert {key: form.fields[key].spec["kind"] for key in ("region", "active", "note", "api.key")} == {
        "region": "choice",
        "active": "toggle",
        "note": "area",
        "api.key": "secret",
    }
    form.fields["api.key"].value = "k" * 33
    assert "33 characters" in form.messages["api.key"]
    form.fields["api.key"].value = "good-key"
    form.submit()
    assert revealed(form.platform.asked[0]["configuration"]) == {
        "region": "eu",
        "active": "true",
        "api.key": "good-key",
    }


def test_an_element_that_does_not_come_with_cwkit_is_fetched():
    platform = StandIn()
    platform.elements = type("E", (), {"get": staticmethod(lambda key: Element(key=key, name="Fetched"))})
    assert InstanceForm(platform, "docvault").element.name == "Fetched"


def test_what_is_typed_is_checked_while_it_is_typed_and_repaired_when_done(form, monkeypatch):
    sheet = form.children[0]
    sent = listen(sheet, monkeypatch)
    browser_says(sheet, type="edit", key="baseUrl", text="au.myconnectwise.net", done=False)
    assert "value" not in sent[-1]["fields"]["baseUrl"]
    assert "Will be sent as: https://api-au" in sent[-1]["fields"]["baseUrl"]["message"]
    browser_says(sheet, type="edit", key="baseUrl", text="au.myconnectwise.net", done=True)
    told = sent[-1]["fields"]["baseUrl"]
    assert told["value"] == "https://api-au.myconnectwise.net/v4_6_release/apis/3.0"
    assert told["was"] == "au.myconnectwise.net"


def test_a_page_loaded_again_is_told_everything_but_secrets(form, monkeypatch):
    sheet = form.children[0]
    sent = listen(sheet, monkeypatch)
    browser_says(sheet, type="hello")
    assert sent[-1]["fields"]["company"]["value"] == "brightwater"
    assert sent[-1]["fields"]["private.key"]["filled"] is True
    assert CRM_VALUES["private.key"] not in str(sent)


@pytest.mark.parametrize(
    "content",
    [
        None,
        "text",
        {},
        {"type": "edit"},
        {"type": "edit", "key": "no.such"},
        {"type": "press", "serial": "x"},
    ],
)
def test_a_message_that_makes_no_sense_changes_nothing(form, content, capsys):
    for sheet in form.children:
        sheet._handle_custom_msg(content, [])
    assert form.platform.asked == []
    assert "Traceback" not in capsys.readouterr().out


def test_the_form_is_one_widget_in_a_box_whose_text_tells_no_value(form):
    assert repr(form) == f"<InstanceForm {CRM}>"
    assert "brightwater" not in repr(ipywidgets.VBox([form]))


def test_importing_the_forms_does_not_import_pandas():
    code = "import sys, cwkit.forms; print('pandas' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"


def test_a_note_on_an_old_value_goes_when_a_new_one_comes(form):
    form.fill({"baseUrl": "na.myconnectwise.net"})
    assert "Now: https://api-na" in form.messages["baseUrl"]
    form.fill({"baseUrl": "https://api-eu.myconnectwise.net/v4_6_release/apis/3.0"})
    assert "baseUrl" not in form.messages


def test_a_pasted_page_of_connectwise_fills_in_the_wsdl_path():
    form = InstanceForm(StandIn(), HELPDESK)
    page = "https://na.myconnectwise.net/v2017_2/ConnectWise.aspx?locale=en_US"
    browser_says(form.children[0], type="edit", key="helpdesk.connectwise.server.url", text=page, done=True)
    assert form.fields["helpdesk.connectwise.server.url"].value == "https://api-na.myconnectwise.net"
    assert form.fields["helpdesk.connectwise.wsdl.path"].value == "/v2017_2/apis/2.0/"
    assert form.messages["helpdesk.connectwise.wsdl.path"] == "Taken from what was entered under Server URL."


def test_a_wsdl_path_that_was_entered_is_not_replaced():
    form = InstanceForm(StandIn(), HELPDESK, **{"helpdesk.connectwise.wsdl.path": "/v2020_1/apis/2.0/"})
    page = "https://na.myconnectwise.net/v2017_2/ConnectWise.aspx"
    form.fields["helpdesk.connectwise.server.url"].value = page
    assert form.fields["helpdesk.connectwise.wsdl.path"].value == "/v2020_1/apis/2.0/"


@pytest.mark.parametrize(
    "address", ["https://10.0.0.5/hook", "https://localhost/hook", "https://192.168.1.9:8443/hook"]
)
def test_a_callback_that_the_findings_call_an_error_is_not_accepted(form, address):
    form.fields["event.notification.callback.url"].value = address
    assert "The platform cannot reach" in form.messages["event.notification.callback.url"]
    assert form.submit() is None
    assert form.platform.asked == []


def test_a_platform_on_this_computer_reaches_a_callback_on_it():
    platform = StandIn()
    platform.base_url = "http://127.0.0.1:8080/elements/api-v2"
    form = InstanceForm(platform, CRM, **CRM_VALUES)
    form.fields["event.notification.callback.url"].value = "http://127.0.0.1:9000/hook"
    assert form.submit() is not None


def test_an_old_host_of_connectwise_is_an_error_in_form_and_findings():
    text = json.dumps({
        "element": {"key": CRM},
        "name": "Old",
        "configuration": {**{k: v for k, v in CRM_VALUES.items() if k != "name"},
                          "baseUrl": "https://eu.connectwise.com/v4_6_release/apis/3.0"},
    })  # fmt: skip
    found = {f.code for f in read_request(text).all_findings() if f.severity == "error"}
    form = InstanceForm(StandIn(), text)
    assert {problem.code for problem in form.draft.problems} == found - {"secret-in-clear"}


def test_a_pasted_text_opens_the_form_with_its_corrections_shown(monkeypatch):
    text = """curl -X POST 'https://api.cloud-elements.com/elements/api-v2/instances' -d '{
      "element": {"key": "connectwisecrmrest"}, "name": "Pasted",
      "configuration": {"baseURL": "na.myconnectwise.net", "company": "acme",
        "connectwise.clientID": "<CLIENT_ID>"}}'"""
    form = InstanceForm(StandIn(), text)
    note = form.messages["baseUrl"]
    assert "The key was written baseURL" in note
    assert note.endswith("Now: https://api-na.myconnectwise.net/v4_6_release/apis/3.0")
    sent = listen(form.children[1], monkeypatch)
    browser_says(form.children[1], type="hello")
    lines = sent[-1]["status"]["lines"]
    assert lines[0] == "Filled in from the pasted text."
    assert "Only a placeholder was given, so enter the value: ConnectWise ClientId." in lines


def test_the_switch_of_events_comes_before_what_it_needs():
    folded = [block for block in InstanceForm(StandIn(), CRM).children[0].spec["blocks"] if "blocks" in block]
    keys = [field["key"].removeprefix("event.") for field in folded[0]["blocks"][0]["fields"]]
    assert keys == [
        "notification.enabled",
        "notification.callback.url",
        "notification.basic.username",
        "notification.basic.password",
        "poller.refresh_interval",
        "poller.configuration",
    ]


def test_a_stored_form_says_how_to_see_it(form):
    data = form._repr_mimebundle_()
    assert data["text/plain"] == "Run this cell (Shift+Enter) to see the form."
