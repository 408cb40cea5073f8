"""InstanceForm: creates an instance from what a person enters, drawn from the element's own fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets

from cwkit.elements import Element, connectwise, shipped, shipped_keys
from cwkit.errors import CreationUnsettled, CwkitError
from cwkit.forms.creation import Outcome, create, look_again
from cwkit.forms.draft import Draft, draft_of, in_words
from cwkit.forms.fields import FormField, form_fields, name_field, tags_field
from cwkit.forms.instance_card import InstanceCard
from cwkit.forms.layout import ActionButton, field_blocks, finish_blocks
from cwkit.forms.preview import as_curl, as_json
from cwkit.forms.sheet import Sheet
from cwkit.instances import Instance

__all__ = ["InstanceForm"]


class InstanceForm(ipywidgets.VBox):
    """A form that creates one instance.

    ``element_key`` is the key of an element or an ``Element``; the two ConnectWise elements come with
    cwkit, others are fetched from the platform. ``values`` fill the form in: ``name``, ``tags`` and
    configuration values by key (``InstanceForm(platform, "connectwisehd", **{"name": "..."})``);
    misspelt keys are put right.

    ``fields`` holds the fields by key (``name`` and ``tags`` too), each with a ``value``; ``messages``
    what is shown under each; ``error`` the last error of the platform; ``instance`` what was created.
    """

    def __init__(self, platform: Any, element_key: str | Element, /, **values: Any) -> None:
        self.platform = platform
        self.element = _element(platform, element_key)
        self.fields: dict[str, FormField] = {
            **form_fields(self.element),
            "name": name_field(),
            "tags": tags_field(),
        }
        self.instance: Instance | None = None
        self.error: CwkitError | None = None
        self.create_button = ActionButton("Create instance", self.submit, ready=lambda: self._draft.valid)
        self._extra: dict[str, Any] = {}
        self._notes: dict[str, str] = {}
        self._refused: frozenset[str] = frozenset()
        self._status: dict[str, Any] = {"level": "", "lines": []}
        self._fill(values)
        self._given = frozenset(key for key, field in self.fields.items() if field.touched)
        self._draft = self._checked(list(self.fields))
        blocks = field_blocks(self.element, self.fields, platform)
        self._sheet = Sheet("sheet", blocks, current=self._fields_state, on_edit=self._edited)
        end = finish_blocks(demo=bool(self.demo_values))
        self._finish = Sheet("finish", end, current=self._finish_state, on_press=self._pressed)
        super().__init__([self._sheet, self._finish])
        for field in self.fields.values():
            field.changed = self._set_from_python

    @property
    def messages(self) -> dict[str, str]:
        """What is shown under each field that has something to tell: what is wrong, or was put right."""
        told = {key: self._message(key)["message"] for key in self.fields}
        return {key: text for key, text in told.items() if text}

    @property
    def draft(self) -> Draft:
        """The request as it stands, checked."""
        return self._draft

    def fill(self, values: Mapping[str, Any]) -> None:
        """Enter values as a person would: ``name``, ``tags`` and configuration values by key."""
        if self.instance is not None:
            return
        self._fill(values)
        self._draft = self._checked(list(self.fields))
        self._tell(list(self.fields), values=True)

    @property
    def demo_values(self) -> dict[str, Any]:
        """Values with which the sandbox creates an instance of this element; empty on a real platform."""
        sandbox = getattr(self.platform, "sandbox", None)
        demo: dict[str, Any] = sandbox.demo.get(self.element.key, {}) if sandbox is not None else {}
        return {"name": f"Demo {self.element.name}", "tags": ["demo"], **demo} if demo else {}

    def result(self) -> Instance:
        """Return the instance that this form has created.

        On the sandbox, where a notebook may run with nobody there to press the button, a form that was
        not used is filled in with the sandbox's demo values and sent. Raises ``CwkitError`` where there is
        no instance, with what stands in the way.
        """
        if self.instance is None and self.error is None and self.demo_values and not self._used:
            self.fill({key: value for key, value in self.demo_values.items() if key not in self._given})
            self.submit()
        if self.instance is not None:
            return self.instance
        if self.error is not None:
            raise self.error
        raise CwkitError(
            f"The form has not created an instance yet. {self._summary()[0]}",
            fix="Fill in the form, press Create instance, and run this cell again.",
        )

    @property
    def _used(self) -> bool:
        return any(field.touched and key not in self._given for key, field in self.fields.items())

    def submit(self) -> Instance | None:
        """Create the instance, as the button does; returns it, or ``None`` where that was not possible.

        What stood in the way is then shown in the form and is in ``messages`` and ``error``. A form
        creates one instance: once it has, this returns that one and sends nothing. Where nobody can say
        whether it was created, this looks for it, and sends nothing either.
        """
        if self.instance is not None or not self.create_button.begin():
            return self.instance
        try:
            self._submit()
        finally:
            self.create_button.label = self._label()
            self.create_button.end(again=self.instance is None)
            self._tell(list(self.fields), values=True)
        return self.instance

    def _submit(self) -> None:
        if isinstance(self.error, CreationUnsettled):
            self._say("", f"Looking for {self._draft.name} …")
            self._tell([])
            self._heard(look_again(self.platform, self._draft, self.error))
            return
        for field in self.fields.values():
            field.touched = True
        self._draft = self._checked(list(self.fields))
        if not self._draft.valid:
            self._say("warning", "Something is left to put right.", "See the messages under the fields.")
            return
        self.error = None
        self._say("", f"Creating {self._draft.name} …", "The platform tries the credentials first.")
        self._tell([])
        self._heard(create(self.platform, self._draft))

    def _heard(self, outcome: Outcome) -> None:
        self.instance, self.error = outcome.instance, outcome.error
        self._say(outcome.level, *outcome.lines)
        self._forget_secrets(outcome)
        if self.instance is not None:
            self.children = [self._sheet, self._finish, InstanceCard(self.instance)]

    def _label(self) -> str:
        if self.instance is not None:
            return "Created"
        return "Look again" if self._unsettled else "Create instance"

    def _forget_secrets(self, outcome: Outcome) -> None:
        """Ask for secrets again only where they were the cause; keep none once they have served."""
        if self.instance is None and not outcome.ask_again:
            return
        keys = [key for key, field in self.fields.items() if field.kind == "secret"]
        self._refused = frozenset(key for key in keys if outcome.ask_again and self.fields[key].value)
        for key in keys:
            self.fields[key].take(None)
            self._notes.pop(key, None)
        self._draft = self._checked([]) if outcome.ask_again else self._draft.without_secrets()
        self._sheet.tell({"fields": {key: {"clear": True} for key in keys}})

    @property
    def _unsettled(self) -> bool:
        return isinstance(self.error, CreationUnsettled)

    # What a person or a program enters.

    def _fill(self, values: Mapping[str, Any]) -> None:
        own = {key: value for key, value in values.items() if key in ("name", "tags")}
        rest = {key: value for key, value in values.items() if key not in own}
        renamed, repairs, _problems = connectwise.repaired_keys(self.element, rest)
        for key, value in {**own, **renamed}.items():
            if key in self.fields:
                self.fields[key].take(value)
                self.fields[key].touched = True
            else:
                self._extra[key] = value
        self._notes = {repair.key: repair.reason for repair in repairs if repair.key in self.fields}

    def _set_from_python(self, field: FormField) -> None:
        if field.kind == "secret":
            self._sheet.tell({"fields": {field.key: {"clear": True}}})
        self._changed(field, done=True, was=None)

    def _edited(self, key: str, text: str, done: bool) -> None:
        field = self.fields.get(key)
        if field is None or self.instance is not None:
            return
        if done and field.kind == "secret" and not text and field.value and not field.touched:
            return
        field.take(text)
        field.touched = True
        self._changed(field, done=done, was=text)

    def _changed(self, field: FormField, *, done: bool, was: str | None) -> None:
        before = self._draft
        self._notes.pop(field.key, None)
        self._draft = self._checked([field.key] if done else [], typing="" if done else field.key)
        affected = {problem.key for draft in (before, self._draft) for problem in draft.problems}
        self._tell([field.key, *sorted(affected - {field.key})], values=done, was=was)

    def _checked(self, done: list[str], typing: str = "") -> Draft:
        """Check everything; write what was put right into the fields that are ``done``."""
        draft = draft_of(self.element, self.fields, self._extra)
        for key in done:
            field, value = self.fields[key], draft.values.get(key)
            if (note := draft.repair(key)) and draft.problem(key) is None and value is not None:
                field.take(value)
                self._notes[key] = note
        if typing and (note := draft.repair(typing, sending=True)):
            self._notes[typing] = note
        return draft

    # What the browser is told.

    def _message(self, key: str) -> dict[str, str]:
        problem = self._draft.problem(key)
        if problem and problem.code == "missing" and key in self._refused:
            return {"message": "The credentials were not accepted. Enter it again.", "level": "error"}
        if problem and (self.fields[key].touched or problem.code != "missing"):
            return {"message": in_words(problem, self.fields[key].label), "level": "error"}
        return {"message": self._notes.get(key, ""), "level": "note"}

    def _field_state(self, key: str, values: bool, was: str | None = None) -> dict[str, Any]:
        state: dict[str, Any] = {**self._message(key), "locked": self.instance is not None}
        if values:
            state |= self.fields[key].shown()
            if was is not None and "value" in state:
                state["was"] = was
        return state

    def _fields_state(self) -> dict[str, Any]:
        return {"fields": {key: self._field_state(key, values=True) for key in self.fields}}

    def _finish_state(self) -> dict[str, Any]:
        summary, level = self._summary()
        return {
            "buttons": {"create": self.create_button.state(), "demo": self._demo_state()},
            "summary": summary,
            "summaryLevel": level,
            "status": self._status,
            "preview": {"json": as_json(self._draft), "curl": as_curl(self._draft, self.platform.base_url)},
        }

    def _demo_state(self) -> dict[str, Any]:
        locked = self.create_button.busy or self.instance is not None
        return {"label": "Fill in demo values", "disabled": locked, "busy": False, "serial": 0}

    def _summary(self) -> tuple[str, str]:
        if self.instance is not None:
            return "Run the cell again for another one.", ""
        if self._unsettled:
            return "It may exist already, so nothing is sent again.", "warning"
        missing = [p.key for p in self._draft.problems if p.code == "missing"]
        wrong = [p.key for p in self._draft.problems if p.code != "missing"]
        parts = [
            f"{what}: {self._labels(keys)}."
            for what, keys in (("To put right", wrong), ("Still to fill in", missing))
            if keys
        ]
        return " ".join(parts) or "Everything is filled in.", ""

    def _labels(self, keys: list[str]) -> str:
        names = [self.fields[key].label if key in self.fields else key for key in keys]
        return ", ".join(dict.fromkeys(names))

    def _tell(self, keys: list[str], *, values: bool = False, was: str | None = None) -> None:
        states = {}
        for key in keys:
            if key in self.fields:
                own = was if keys and key == keys[0] else None
                states[key] = self._field_state(key, values and (was is None or own is not None), own)
        self._sheet.tell({"fields": states})
        self._finish.tell(self._finish_state())

    def _say(self, level: str, *lines: str) -> None:
        self._status = {"level": level, "lines": [line for line in lines if line]}

    def _pressed(self, name: str, serial: int) -> None:
        if name == "create" and self.create_button.is_current(serial):
            self.submit()
        elif name == "demo" and not self._demo_state()["disabled"]:
            self.fill(self.demo_values)
        else:
            self._finish.tell(self._finish_state())

    def __repr__(self) -> str:
        return f"<InstanceForm {self.element.key}>"


def _element(platform: Any, element_key: str | Element) -> Element:
    if isinstance(element_key, Element):
        return element_key
    if element_key in shipped_keys():
        return shipped(element_key)
    found: Element = platform.elements.get(element_key)
    return found
