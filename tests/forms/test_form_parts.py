"""The parts that a creation form opens on request: the poller editor, and the check with ConnectWise."""

import json
from types import SimpleNamespace

import pytest

import cwkit_sandbox as sandbox
from cwkit.elements.connectwise.credentials_check import CheckResult, Step
from cwkit.events import PollerConfiguration
from cwkit.forms import InstanceForm, PollerEditor
from cwkit.forms.creation import check_outcome
from cwkit.platform import Platform
from tests.forms.stand_in import CRM_VALUES, StandIn, browser_says, listen, revealed

CRM, HELPDESK = "connectwisecrmrest", "connectwisehd"
CALLBACK, ENABLED = "event.notification.callback.url", "event.notification.enabled"
POLLER, INTERVAL = "event.poller.configuration", "event.poller.refresh_interval"


def editor_of(form):
    browser_says(form.children[0], type="press", name="poller", serial=0)
    return form.editor


def test_a_form_is_built_without_the_editor_and_opens_it_once():
    form = InstanceForm(StandIn(), CRM, **CRM_VALUES)
    assert len(form.children) == 2
    assert isinstance(editor_of(form), PollerEditor)
    browser_says(form.children[0], type="press", name="poller", serial=0)
    assert len(form.children) == 3


def test_an_element_that_does_not_poll_offers_no_editor():
    form = InstanceForm(StandIn(), HELPDESK)
    assert "Edit what is polled" not in str(form.children[0].spec)
    browser_says(form.children[0], type="press", name="poller", serial=0)
    assert len(form.children) == 2


def test_opening_the_editor_changes_nothing_of_the_request():
    form = InstanceForm(StandIn(), CRM, **CRM_VALUES)
    before = form.draft.configuration
    editor_of(form)
    assert form.draft.configuration == before


def test_what_is_set_in_the_editor_is_sent(monkeypatch):
    form = InstanceForm(StandIn(), CRM, **CRM_VALUES, **{INTERVAL: "20"})
    editor = editor_of(form)
    sent = listen(form.children[0], monkeypatch)
    assert editor.configuration[INTERVAL] == "20"
    editor.fields[CALLBACK].value = "https://receiver.example.com/events"
    editor.fields[ENABLED].value = True
    assert sent[-1]["fields"][CALLBACK]["locked"] is True
    form.submit()
    configuration = revealed(form.platform.asked[0]["configuration"])
    assert configuration[ENABLED] == "true"
    assert configuration[CALLBACK] == "https://receiver.example.com/events"
    assert configuration[INTERVAL] == "20"
    assert POLLER not in configuration


def test_a_changed_poller_is_sent_and_a_broken_one_stops_the_form():
    form = InstanceForm(StandIn(), CRM, **CRM_VALUES)
    editor = editor_of(form)
    editor.fields[POLLER].value = "{broken"
    assert form.create_button.disabled
    assert form.submit() is None
    contacts = json.loads(form.element.fields[POLLER].default_value)["contacts"]
    editor.fields[POLLER].value = json.dumps({"contacts": contacts})
    assert form.submit() is not None
    poller = PollerConfiguration.parse(form.platform.asked[0]["configuration"][POLLER])
    assert list(poller) == ["contacts"]


@pytest.fixture(scope="module")
def local():
    with sandbox.start() as running:
        yield running


@pytest.fixture
def platform(local):
    with Platform(local.profile, sandbox=local) as platform:
        yield platform


@pytest.mark.parametrize("element_key", [CRM, HELPDESK])
def test_connectwise_is_asked_without_creating_anything(platform, local, element_key):
    form = InstanceForm(platform, element_key, name="Only asked", **local.demo[element_key])
    result = form.check()
    assert result.wrong == ()
    assert result.ok is (element_key == CRM)  # the helpdesk password cannot be checked in advance
    assert form.instance is None
    assert platform.instances.list(search="Only asked") == []


def test_what_connectwise_refuses_is_told_in_the_form(platform, local, monkeypatch):
    form = InstanceForm(platform, CRM, **{**local.demo[CRM], "company": "nobody"})
    sent = listen(form.children[1], monkeypatch)
    browser_says(form.children[1], type="press", name="check", serial=0)
    status = sent[-1]["status"]
    assert status["level"] == "error"
    assert any("company" in line for line in status["lines"][1:])
    assert not form.check_button.disabled


def test_a_loopback_platform_without_its_connectwise_offers_no_check():
    stand_in = StandIn()
    stand_in.base_url = "http://127.0.0.1:8080/elements/api-v2"
    assert InstanceForm(stand_in, CRM).check() is None
    stand_in.sandbox = SimpleNamespace(connectwise_url=str, demo={})
    assert "Check with ConnectWise" in str(InstanceForm(stand_in, CRM).children[1].spec)


def test_an_element_without_a_source_to_ask_offers_no_check(platform):
    assert "Check with" not in str(InstanceForm(platform, "docvault").children[1].spec)


@pytest.mark.parametrize(
    ("outcomes", "level", "heading"),
    [
        (["right", "right"], "good", "ConnectWise accepts this."),
        (["right", "wrong"], "error", "ConnectWise does not accept this."),
        (["right", "not checked"], "warning", "Nothing wrong was found, but not checked: login."),
        (["right", "unclear"], "warning", "Nothing wrong was found, but not checked: login."),
    ],
)
def test_a_check_is_green_only_for_what_was_checked(outcomes, level, heading):
    steps = [Step(part, outcome, "") for part, outcome in zip(["site", "login"], outcomes, strict=True)]
    outcome = check_outcome(CheckResult(tuple(steps)))
    assert (outcome.level, outcome.lines[0]) == (level, heading)


def test_a_wrong_helpdesk_password_is_not_shown_as_accepted(platform, local, monkeypatch):
    values = {**local.demo[HELPDESK], "helpdesk.connectwise.password": "wrong"}
    form = InstanceForm(platform, HELPDESK, name="Only asked", **values)
    sent = listen(form.children[1], monkeypatch)
    form.check()
    assert sent[-1]["status"]["level"] == "warning"
    assert sent[-1]["status"]["lines"][0].startswith("Nothing wrong was found, but not checked")
