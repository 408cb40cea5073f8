"""The poller editor: fields, JSON, sentences and requests in step; saved only after showing what changes."""

from __future__ import annotations

import json
from typing import Any

import ipywidgets
import pytest

from cwkit.elements import Element, shipped
from cwkit.errors import Forbidden, InputError
from cwkit.events import PollerConfiguration
from cwkit.forms import PollerEditor
from cwkit.instances import Instance, read_instance
from cwkit.redaction import Secret
from tests.forms.stand_in import browser_says, listen

CRM = "connectwisecrmrest"
POLLER = "event.poller.configuration"
INTERVAL = "event.poller.refresh_interval"
ENABLED = "event.notification.enabled"
CALLBACK = "event.notification.callback.url"
SIGNATURE = "event.notification.signature.key"
SEED = shipped(CRM).fields[POLLER].default_value or ""
HOOK = "https://hooks.example.com/cw"


class Instances:
    """A platform's instances, as far as the editor uses them."""

    def __init__(self, **values: Any) -> None:
        self.values: dict[str, Any] = shipped(CRM).defaults() | values
        self.sent: list[dict[str, Any]] = []
        self.error: Exception | None = None

    def get(self, instance_id: Any) -> Instance:
        data = {"id": 7, "name": "x", "element": {"key": CRM}, "configuration": dict(self.values)}
        return Instance.from_response(data)

    def update(self, instance_id: Any, *, configuration: dict[str, Any]) -> Instance:
        self.sent.append(configuration)
        if self.error:
            raise self.error
        self.values |= {k: v.reveal() if isinstance(v, Secret) else v for k, v in configuration.items()}
        return self.get(instance_id)


class Platform:
    base_url = "https://platform.example/elements/api-v2"

    def __init__(self, **values: Any) -> None:
        self.instances = Instances(**values)


def editor(**values: Any) -> PollerEditor:
    return PollerEditor(7, Platform(**values), last_poll="2026-01-05T09:00:00Z")


def page_of(form: PollerEditor) -> dict[str, Any]:
    """Return what a page that was loaded again is sent."""
    sent: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(form, "send", lambda content, buffers=None: sent.append(content))
        browser_says(form, type="hello")
    return sent[-1]


def shown(form: PollerEditor, panel: str) -> str:
    return json.dumps(page_of(form)["panels"][panel], ensure_ascii=False)


def status(form: PollerEditor) -> str:
    return "\n".join(page_of(form)["status"]["lines"])


def ticked(form: PollerEditor) -> dict[str, bool]:
    return {each["name"]: each["on"] for each in page_of(form)["checks"]["resources"]}


def test_it_opens_with_what_is_set_and_nothing_to_save() -> None:
    form = editor(**{INTERVAL: "30", SIGNATURE: "k3y"})
    assert form.changes() == {}
    assert form.problems == []
    assert form.configuration[POLLER] == SEED
    assert form.configuration[SIGNATURE] == Secret("k3y")
    assert form.fields[INTERVAL].value == "30"
    assert list(ticked(form).values()) == [True] * 5
    assert json.loads(form.fields[POLLER].value) == json.loads(SEED)
    assert "always reported as CREATED" in shown(form, "explanation")
    assert "lastUpdated>[2026-01-05T09:00:00Z]" in shown(form, "requests")


def test_a_tick_is_followed_by_json_sentences_and_requests_and_undone_without_a_trace() -> None:
    form = editor()
    browser_says(form, type="edit", key="resource:contacts", text="false", done=True)
    assert list(form.poller) == ["incidents", "organizations", "configurations", "opportunities"]
    assert "contacts" not in form.fields[POLLER].value + shown(form, "requests")
    form.tick("contacts", True)
    assert form.changes() == {}
    assert form.configuration[POLLER] == SEED


def test_a_setting_is_written_into_the_json_and_judged_beside_it() -> None:
    form = editor()
    form.fields["chosen"].value = "incidents"
    assert form.fields["createdDateField"].value == "dateEntered"
    form.fields["createdCheckTolerance"].value = "10"
    form.fields["updatedDateFormat"].value = "yyyy-MM-ddTHH"
    assert form.poller["incidents"].created_tolerance_s == 10
    assert json.loads(form.fields[POLLER].value)["incidents"]["createdCheckTolerance"] == 10
    assert "the letter T" in form.messages["updatedDateFormat"]
    assert any("the letter T" in problem for problem in form.problems)
    form.fields["createdCheckTolerance"].value = ""
    form.fields["updatedDateFormat"].value = "yyyy-MM-dd'T'HH:mm:ss'Z'"
    assert form.changes() == {}


def test_what_is_typed_stays_as_typed_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    form = editor()
    browser_says(form, type="hello")
    sent = listen(form, monkeypatch)
    browser_says(form, type="edit", key="updatedDateFormat", text="yyyy-MM-dd ", done=False)
    assert "value" not in sent[-1]["fields"].get("updatedDateFormat", {})
    assert "yyyy-MM-dd" in sent[-1]["fields"][POLLER]["value"]
    browser_says(form, type="edit", key="updatedDateFormat", text="yyyy-MM-dd ", done=True)
    assert sent[-1]["fields"]["updatedDateFormat"]["value"] == "yyyy-MM-dd"


def test_the_json_is_followed_by_the_fields() -> None:
    form = editor()
    form.fields[POLLER].value = '{"incidents": {"url": "/hubs/crm/incidents?where=a>${epoch}", "xPath": "y"}}'
    assert list(form.poller) == ["incidents"]
    assert list(ticked(form).values()) == [True, False, False, False, False]
    form.fields["chosen"].value = "incidents"
    assert form.fields["url"].value == "/hubs/crm/incidents?where=a>${epoch}"
    assert "xPath" in shown(form, "unlisted")


def test_a_mistake_in_the_json_is_reported_and_the_last_valid_state_is_kept() -> None:
    form = editor()
    form.fields[POLLER].value = '{"contacts": {\n "url" 5}}'
    assert "line 2, column 8" in form.messages[POLLER]
    assert len(form.poller) == 5
    assert form.save() is None
    assert form.platform.instances.sent == []
    form.press("undo")
    assert form.problems == []
    assert json.loads(form.fields[POLLER].value) == json.loads(SEED)


def test_the_interval_may_be_longer_than_the_slider() -> None:
    form = editor()
    form.fields[INTERVAL].value = "500"
    assert form.configuration[INTERVAL] == "500"
    assert "Every 500 minutes" in shown(form, "explanation")


@pytest.mark.parametrize("interval", ["0", "-5", "often", "NaN", "0.5", "1e1"])
def test_an_interval_that_is_not_one_is_reported_and_kept_until_it_is_changed(interval: str) -> None:
    form = editor(**{INTERVAL: interval})
    assert any("refresh interval" in problem for problem in form.problems)
    assert form.changes() == {}
    form.fields[INTERVAL].value = "20"
    assert form.problems == []


def test_a_resource_is_added_by_copying_one() -> None:
    form = editor()
    form.fields["chosen"].value = "incidents"
    form.fields["copy_name"].value = "time-entries"
    form.press("copy")
    assert list(form.poller)[:3] == ["contacts", "incidents", "time-entries"]
    assert form.fields["chosen"].value == "time-entries"
    assert form.poller["time-entries"].path == "/hubs/crm/time-entries"
    form.fields["copy_name"].value = "contacts"
    form.press("copy")
    assert "already" in form.messages["copy_name"]


def test_the_elements_default_can_be_set_again_and_what_was_added_stays_unselected() -> None:
    form = editor(**{POLLER: '{"members":{"url":"/hubs/crm/members"}}'})
    form.press("reset")
    assert form.poller == PollerConfiguration.parse(SEED)
    assert ticked(form)["members"] is False


def test_saving_shows_exactly_what_changes_first_and_sends_only_that() -> None:
    form = editor(**{SIGNATURE: "oldkey"})
    form.fields[ENABLED].value = True
    form.fields[CALLBACK].value = HOOK
    form.fields[SIGNATURE].value = "newkey"
    form.tick("contacts", False)
    form.press("save")
    preview = shown(form, "changes")
    assert form.platform.instances.sent == []
    assert all(text in preview for text in (HOOK, "not polled any more", "********"))
    assert "newkey" not in preview
    assert "oldkey" not in preview
    form.press("confirm")
    assert set(form.platform.instances.sent[0]) == {ENABLED, CALLBACK, SIGNATURE, POLLER}
    assert form.platform.instances.sent[0][SIGNATURE] == Secret("newkey")
    assert "Saved" in status(form)
    assert form.changes() == {}


def test_a_change_after_the_preview_takes_the_preview_back() -> None:
    form = editor()
    form.fields[INTERVAL].value = "5"
    form.press("save")
    assert "What will change" in shown(form, "changes")
    form.fields[INTERVAL].value = "6"
    page = page_of(form)
    assert page["panels"]["changes"] == {}
    assert page["buttons"]["confirm"]["hidden"] is True


def test_what_someone_else_changed_is_not_overwritten() -> None:
    form = editor()
    form.fields[INTERVAL].value = "5"
    form.platform.instances.values[INTERVAL] = "60"
    assert form.save() is None
    assert "Someone else has changed: event.poller.refresh_interval." in status(form)
    assert form.platform.instances.sent == []


def test_a_refusal_is_shown_without_secrets_and_everything_entered_stays() -> None:
    form = editor()
    form.fields[SIGNATURE].value = "s3cr3tkey"
    form.platform.instances.error = Forbidden("Not with s3cr3tkey", status=403, request_id="abc")
    assert form.save() is None
    assert "Request id: abc" in status(form)
    assert "s3cr3tkey" not in status(form)
    assert SIGNATURE in form.changes()


def test_events_without_a_callback_are_not_saved() -> None:
    form = editor()
    form.fields[ENABLED].value = True
    form.press("save")
    assert "no callback URL" in status(form)
    form.fields[CALLBACK].value = "http://hooks.example.com"
    assert any("not encrypted" in problem for problem in form.problems)


@pytest.mark.parametrize("address", ["https://10.1.2.3/cw", "https://localhost/cw"])
def test_a_callback_that_the_platform_cannot_reach_is_not_saved(address: str) -> None:
    form = editor()
    form.fields[ENABLED].value = True
    form.fields[CALLBACK].value = address
    assert form.save() is None
    assert "The platform cannot reach" in form.messages[CALLBACK]


def test_with_nothing_changed_there_is_nothing_to_save() -> None:
    form = editor()
    form.press("save")
    assert "nothing to save" in status(form)


def test_for_a_new_instance_it_starts_from_values_and_reports_each_change() -> None:
    reported: list[dict[str, Any]] = []
    form = PollerEditor(
        shipped(CRM), values={INTERVAL: "5"}, on_change=lambda each: reported.append(each.configuration)
    )
    assert form.configuration[INTERVAL] == "5"
    form.fields[CALLBACK].value = HOOK
    assert reported[-1][CALLBACK] == HOOK
    assert "Save" not in json.dumps(form.spec)
    assert form.save() is None


def test_an_element_that_does_not_poll_has_no_poller() -> None:
    form = PollerEditor("connectwisehd")
    form.fields[ENABLED].value = True
    form.fields[CALLBACK].value = HOOK
    form.fields[SIGNATURE].value = "key"
    assert form.configuration == {ENABLED: "true", CALLBACK: HOOK, SIGNATURE: Secret("key")}
    assert set(form.fields) == {ENABLED, CALLBACK, SIGNATURE}


def test_a_poller_that_cannot_be_read_is_reported_and_kept_until_it_is_replaced() -> None:
    form = editor(**{POLLER: '{"contacts": '})
    assert "cannot be read" in form.messages[POLLER]
    assert form.changes() == {}
    form.press("reset")
    before, after = form.changes()[POLLER]
    assert before == '{"contacts": '
    assert "contacts" in after


def test_errors_that_were_there_before_do_not_prevent_saving() -> None:
    form = editor(**{POLLER: '{"x":{"url":"/hubs/crm/{id}"}}'})
    form.fields[INTERVAL].value = "5"
    assert form.problems == []
    assert form.save() is not None


def test_nothing_opened_or_typed_is_in_the_saved_state() -> None:
    text = json.dumps(
        {
            "id": 7,
            "element": {"key": CRM},
            "configuration": {
                CALLBACK: "https://bob:S3cretPw@hooks.example.com/x",
                POLLER: json.dumps({"contacts": {"url": "/hubs/crm/contacts?access_token=T0kenT0ken"}}),
            },
        }
    )
    form = PollerEditor(read_instance(text))
    form.fields[SIGNATURE].value = "s3cr3tkey"
    browser_says(form, type="edit", key=CALLBACK, text="https://hooks.example.com/An0therTyped", done=True)
    browser_says(form, type="edit", key=POLLER, text='{"x": {"url": "/L4stTyped', done=False)
    saved = json.dumps(ipywidgets.Widget.get_manager_state(), default=str)
    secrets = ("S3cretPw", "T0kenT0ken", "s3cr3tkey", "An0therTyped", "L4stTyped", "hooks.example.com")
    assert [secret for secret in secrets if secret in saved] == []
    assert "Callback URL" in saved
    assert repr(form) == "<PollerEditor 7>"


def test_a_stored_editor_says_how_to_see_it() -> None:
    bundle = editor()._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert data["text/plain"] == "Run this cell (Shift+Enter) to see the form."


def test_an_id_without_a_platform_is_our_error() -> None:
    with pytest.raises(InputError, match="without a platform"):
        PollerEditor(7)


def test_an_element_of_another_kind_has_a_reset_only_with_a_default() -> None:
    field = {"key": POLLER, "type": "TEXTAREA", "defaultValue": "not json"}
    form = PollerEditor(Element.model_validate({"key": "other", "configuration": [field]}))
    assert page_of(form)["buttons"]["reset"]["disabled"] is True
    assert len(form.poller) == 0


def test_after_a_press_the_buttons_are_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    form = editor()
    browser_says(form, type="hello")
    sent = listen(form, monkeypatch)
    browser_says(form, type="press", name="copy", serial=0)
    assert sent[-1]["buttons"]["copy"]["disabled"] is False
