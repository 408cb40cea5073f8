"""What is pasted is looked at at once, shown by message only, and is in no saved state."""

from __future__ import annotations

from pathlib import Path

import ipywidgets
import pytest

from cwkit.forms import InstanceForm, TroubleshootForm
from cwkit.instances import read_request
from tests.forms.stand_in import StandIn, browser_says, everything_saved
from tests.spellings import spellings

FIXTURES = Path(__file__).parent.parent / "fixtures"
CRM = (FIXTURES / "seed-crm.txt").read_text("utf-8")
HELPDESK = (FIXTURES / "seed-helpdesk.txt").read_text("utf-8")


@pytest.fixture
def form(monkeypatch):
    made = TroubleshootForm()
    made.told = []
    monkeypatch.setattr(made, "send", lambda content, buffers=None: made.told.append(content))
    return made


def test_a_pasted_answer_is_diagnosed(form):
    browser_says(form, type="look", text=CRM)
    told = form.told[-1]
    assert told["title"] == "Instance 123456 of connectwisecrmrest: <INSTANCE_NAME>"
    assert told["counts"] == [["warning", 2], ["info", 3]]
    assert [table["label"] for table in told["tables"]] == ["Configuration", "Event poller", "Summary"]
    assert "created-is-updated" in told["report"]["markdown"]
    assert form.instance.id == 123456


def test_a_pasted_request_is_diagnosed(form):
    form.look(HELPDESK[HELPDESK.index("curl -X") : HELPDESK.index("\nParameters")])
    assert form.told[-1]["title"].startswith("A request for connectwisehd")
    assert form.diagnosis.request.values["helpdesk.connectwise.company"] == "cloudelements"


def test_a_pasted_request_opens_the_creation_form_filled_in():
    request = read_request(CRM[CRM.index("curl -X") : CRM.index("\nParameters")])
    form = InstanceForm(StandIn(), request.element_key, name=request.name, **request.values)
    assert form.fields["company"].value == "cloudelements"
    assert form.fields["name"].value == "ConnectWise_Instance"
    assert not form.fields["private.key"].value


def test_a_pasted_error_is_explained(form):
    form.look('HTTP/1.1 401 Unauthorized\n{"requestId": "5d8a1b2c3d4e5f6071829304", "message": "Invalid"}')
    told = form.told[-1]
    assert told["title"] == "An error message"
    assert "Request id: 5d8a1b2c3d4e5f6071829304" in told["error"]["lines"]
    assert told["report"] is None


@pytest.mark.parametrize("text", ["", "hello there", "<html>sign in</html>"])
def test_what_is_neither_gets_a_clear_word(form, text):
    form.look(text)
    told = form.told[-1]
    assert ("status" in told) != ("error" in told)
    assert form.instance is None


def test_one_of_several_instances_can_be_chosen(form):
    answer = HELPDESK[HELPDESK.index('{\n  "id"') :]
    form.look(answer + "\n" + answer.replace("12345", "67890"))
    assert len(form.told[-1]["choices"]) == 2
    browser_says(form, type="choose", number=1)
    assert form.instance.id == 67890
    browser_says(form, type="choose", number=7)
    assert form.instance.id == 67890


def test_a_page_loaded_again_is_told_again_and_clearing_forgets(form):
    form.look(CRM)
    browser_says(form, type="hello")
    assert form.told[-1] == form.told[-2]
    browser_says(form, type="clear")
    assert set(form.told[-1]) == {"type", "serial"}
    assert form.diagnosis is None


def test_nothing_pasted_is_in_any_saved_state_and_no_secret_is_sent_back(form):
    secret = "Sup3r+Secret/Word="
    masked = HELPDESK.replace('password": "api1"', f'password": "{secret}"')
    browser_says(form, type="look", text=masked)
    assert form.instance is not None
    saved = everything_saved()
    assert [spelt for spelt in spellings(secret) if spelt in saved or spelt in str(form.told)] == []
    assert "company_f" not in saved
    assert repr(ipywidgets.VBox([form])) == "VBox(children=(<TroubleshootForm>,))"
