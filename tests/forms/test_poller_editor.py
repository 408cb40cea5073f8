"""The poller editor: fields, JSON, sentences and requests in step; saved only after showing what changes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cwkit.elements import Element, shipped
from cwkit.errors import Forbidden, InputError
from cwkit.events import PollerConfiguration
from cwkit.forms.poller_editor import PollerEditor
from cwkit.instances import Instance
from cwkit.redaction import MASK, Secret

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
    def __init__(self, **values: Any) -> None:
        self.instances = Instances(**values)


def editor(**values: Any) -> PollerEditor:
    return PollerEditor(7, Platform(**values), last_poll="2026-01-05T09:00:00Z")


def box(form: PollerEditor, name: str) -> Any:
    return next(box for box in form.parts.resources.children if box.description == name)


def test_it_opens_with_what_is_set_and_nothing_to_save() -> None:
    form = editor(**{INTERVAL: "30", SIGNATURE: "k3y"})
    assert form.changes() == {}
    assert form.problems == []
    assert form.configuration[POLLER] == SEED
    assert form.configuration[SIGNATURE] == Secret("k3y")
    assert (form.parts.slider.value, form.parts.minutes.value) == (30, 30)
    assert [box.value for box in form.parts.resources.children] == [True] * 5
    assert json.loads(form.parts.code.value) == json.loads(SEED)
    assert "always reported as CREATED" in form.parts.explanation.value
    assert "lastUpdated&gt;[2026-01-05T09:00:00Z]" in form.parts.requests.value


def test_a_tick_is_followed_by_json_sentences_and_requests_and_undone_without_a_trace() -> None:
    form = editor()
    box(form, "contacts").value = False
    assert list(form.poller) == ["incidents", "organizations", "configurations", "opportunities"]
    assert "contacts" not in form.parts.code.value + form.parts.requests.value
    box(form, "contacts").value = True
    assert form.changes() == {}
    assert form.configuration[POLLER] == SEED


def test_a_setting_is_written_into_the_json_and_judged_beside_it() -> None:
    form = editor()
    form.parts.chosen.value = "incidents"
    table = form.parts.table
    assert table.fields["createdDateField"].value == "dateEntered"
    table.fields["createdCheckTolerance"].value = "10"
    table.fields["updatedDateFormat"].value = "yyyy-MM-ddTHH"
    assert form.poller["incidents"].created_tolerance_s == 10
    assert json.loads(form.parts.code.value)["incidents"]["createdCheckTolerance"] == 10
    assert "the letter T" in table.messages["updatedDateFormat"].value
    assert any("the letter T" in problem for problem in form.problems)
    table.fields["createdCheckTolerance"].value = ""
    table.fields["updatedDateFormat"].value = "yyyy-MM-dd'T'HH:mm:ss'Z'"
    assert form.changes() == {}


def test_the_json_is_followed_by_the_fields() -> None:
    form = editor()
    form.parts.code.value = '{"incidents": {"url": "/hubs/crm/incidents?where=a>${epoch}", "xPath": "y"}}'
    assert list(form.poller) == ["incidents"]
    assert [box.value for box in form.parts.resources.children] == [True, False, False, False, False]
    form.parts.chosen.value = "incidents"
    assert form.parts.table.fields["url"].value == "/hubs/crm/incidents?where=a>${epoch}"
    assert "xPath" in form.parts.table._rest.value


def test_a_mistake_in_the_json_is_marked_and_the_last_good_state_is_kept() -> None:
    form = editor()
    form.parts.code.value = '{"contacts": {\n "url" 5}}'
    assert "line 2, column 8" in form.parts.code_note.value
    assert len(form.poller) == 5
    assert form.save() is None
    assert form.platform.instances.sent == []
    form.parts.code_undo.click()
    assert form.problems == []
    assert json.loads(form.parts.code.value) == json.loads(SEED)


def test_slider_and_number_move_together_and_the_number_goes_further() -> None:
    form = editor()
    form.parts.slider.value = 30
    assert form.parts.minutes.value == 30
    form.parts.minutes.value = 500
    assert form.parts.slider.value == 120
    assert form.configuration[INTERVAL] == "500"
    assert "Every 500 minutes" in form.parts.explanation.value


@pytest.mark.parametrize("interval", ["0", "-5", "often", "NaN"])
def test_an_interval_that_is_none_is_told_and_kept_until_it_is_changed(interval: str) -> None:
    form = editor(**{INTERVAL: interval})
    assert any("refresh interval" in problem for problem in form.problems)
    assert form.changes() == {}
    form.parts.minutes.value = 20
    assert form.problems == []


def test_a_resource_is_added_by_copying_one() -> None:
    form = editor()
    form.parts.chosen.value = "incidents"
    form.parts.copy_name.value = "time-entries"
    form.parts.copy_button.click()
    assert list(form.poller)[:3] == ["contacts", "incidents", "time-entries"]
    assert form.parts.chosen.value == "time-entries"
    assert form.poller["time-entries"].path == "/hubs/crm/time-entries"
    form.parts.copy_name.value = "contacts"
    form.parts.copy_button.click()
    assert "already" in form.parts.copy_note.value


def test_the_elements_default_can_be_taken_again_and_what_was_added_stays_unticked() -> None:
    form = editor(**{POLLER: '{"members":{"url":"/hubs/crm/members"}}'})
    form.parts.reset_button.click()
    assert form.poller == PollerConfiguration.parse(SEED)
    assert box(form, "members").value is False


def test_saving_shows_exactly_what_changes_first_and_sends_only_that() -> None:
    form = editor(**{SIGNATURE: "oldkey"})
    form.parts.enabled.value = True
    form.parts.callback.value = HOOK
    form.parts.signature.value = "newkey"
    box(form, "contacts").value = False
    form.parts.save_button.click()
    shown = form.parts.preview.value
    assert form.platform.instances.sent == []
    assert all(text in shown for text in (HOOK, "not polled any more", MASK))
    assert "key</span>" not in shown
    form.parts.confirm_button.click()
    assert set(form.platform.instances.sent[0]) == {ENABLED, CALLBACK, SIGNATURE, POLLER}
    assert form.platform.instances.sent[0][SIGNATURE] == Secret("newkey")
    assert "Saved" in form.parts.status.value
    assert form.changes() == {}


def test_a_change_after_the_question_takes_the_question_back() -> None:
    form = editor()
    form.parts.minutes.value = 5
    form.parts.save_button.click()
    assert form.parts.preview.value
    form.parts.minutes.value = 6
    assert form.parts.preview.value == ""
    assert form.parts.confirm_button.layout.display == "none"


def test_what_somebody_else_changed_meanwhile_is_not_overwritten() -> None:
    form = editor()
    form.parts.minutes.value = 5
    form.platform.instances.values[INTERVAL] = "60"
    assert form.save() is None
    assert "somebody else" in form.parts.status.value
    assert form.platform.instances.sent == []


def test_a_refusal_is_shown_without_secrets_and_everything_entered_stays() -> None:
    form = editor()
    form.parts.signature.value = "s3cr3tkey"
    form.platform.instances.error = Forbidden("Not with s3cr3tkey", status=403, request_id="abc")
    assert form.save() is None
    assert "Request id: abc" in form.parts.status.value
    assert "s3cr3tkey" not in form.parts.status.value
    assert SIGNATURE in form.changes()


def test_events_without_a_callback_are_not_saved() -> None:
    form = editor()
    form.parts.enabled.value = True
    form.parts.save_button.click()
    assert "no callback URL" in form.parts.status.value
    form.parts.callback.value = "http://hooks.example.com"
    assert any("not encrypted" in problem for problem in form.problems)


def test_with_nothing_changed_there_is_nothing_to_save() -> None:
    form = editor()
    form.parts.save_button.click()
    assert "nothing to save" in form.parts.status.value


def test_for_a_new_instance_it_starts_from_values_and_tells_each_change() -> None:
    told: list[dict[str, Any]] = []
    form = PollerEditor(
        shipped(CRM), values={INTERVAL: "5"}, on_change=lambda each: told.append(each.configuration)
    )
    assert form.configuration[INTERVAL] == "5"
    form.parts.callback.value = HOOK
    assert told[-1][CALLBACK] == HOOK
    assert form.parts.save_button not in form.children
    assert form.save() is None


def test_an_element_that_does_not_poll_has_no_poller() -> None:
    form = PollerEditor("connectwisehd")
    form.parts.enabled.value = True
    form.parts.callback.value = HOOK
    form.parts.signature.value = "key"
    assert form.configuration == {ENABLED: "true", CALLBACK: HOOK, SIGNATURE: Secret("key")}
    assert form.parts.code not in form.children


def test_a_poller_that_cannot_be_read_is_told_and_kept_until_it_is_replaced() -> None:
    form = editor(**{POLLER: '{"contacts": '})
    assert "cannot be read" in form.parts.code_note.value
    assert form.changes() == {}
    form.parts.reset_button.click()
    before, after = form.changes()[POLLER]
    assert before == '{"contacts": '
    assert "contacts" in after


def test_errors_that_were_there_before_do_not_stand_in_the_way() -> None:
    form = editor(**{POLLER: '{"x":{"url":"/hubs/crm/{id}"}}'})
    form.parts.minutes.value = 5
    assert form.problems == []
    assert form.save() is not None


def test_outside_data_is_never_markup_and_the_key_is_in_no_state() -> None:
    name = '<img src=x onerror="alert(1)">'
    form = editor(**{POLLER: json.dumps({name: {"url": f"/hubs/crm/{name}?where=${{{name}"}})})
    form.parts.signature.value = "s3cr3tkey"
    shown = "".join(
        part.value for part in vars(form.parts).values() if type(part).__name__ == "HTML"
    ) + "".join(part.value for part in form.parts.table.messages.values())
    assert "<img" not in shown
    assert "&lt;img" in shown
    states = [part.get_state() for part in [*vars(form.parts).values(), form] if hasattr(part, "get_state")]
    assert "s3cr3tkey" not in repr(states)
    assert repr(form) == "<PollerEditor 7>"


def test_an_id_without_a_platform_is_our_error() -> None:
    with pytest.raises(InputError, match="without a platform"):
        PollerEditor(7)


def test_an_element_of_another_kind_has_a_reset_only_with_a_default() -> None:
    field = {"key": POLLER, "type": "TEXTAREA", "defaultValue": "not json"}
    form = PollerEditor(Element.model_validate({"key": "other", "configuration": [field]}))
    assert form.parts.reset_button.disabled
    assert len(form.poller) == 0
