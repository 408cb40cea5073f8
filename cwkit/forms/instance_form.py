"""InstanceForm: creates an instance from what a person enters, drawn from the element's own fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ipywidgets

from cwkit.elements import Element, shipped, shipped_keys
from cwkit.errors import CreationUnsettled, CwkitError
from cwkit.forms.creation import Outcome, create, look_again
from cwkit.forms.draft import Draft
from cwkit.forms.entries import Entries
from cwkit.forms.fields import FormField
from cwkit.forms.instance_card import InstanceCard
from cwkit.forms.layout import ActionButton, field_blocks, finish_blocks
from cwkit.forms.poller_part import PollerPart
from cwkit.forms.preview import as_curl, as_json
from cwkit.forms.sheet import Sheet
from cwkit.forms.source_check import CHECK_LABEL, source_check
from cwkit.instances import Instance, PastedRequest
from cwkit.redaction import frameless

__all__ = ["InstanceForm"]


class InstanceForm(ipywidgets.VBox):
    """A form that creates one instance.

    ``element`` is the key of an element or an ``Element``; the two ConnectWise elements come with cwkit,
    others are fetched from the platform. It may also be what :func:`cwkit.read_request` has read: the form
    then opens filled in with it. ``values`` fill the form in: ``name``, ``tags`` and configuration values
    by key (``InstanceForm(platform, "connectwisehd", **{"name": "..."})``); misspelt keys are put right.

    ``fields`` holds the fields by key (``name`` and ``tags`` too), each with a ``value``; ``messages``
    what is shown under each; ``error`` the last error of the platform; ``instance`` what was created.
    """

    @frameless
    def __init__(self, platform: Any, element: str | Element | PastedRequest, /, **values: Any) -> None:
        if isinstance(element, PastedRequest):
            values = {"name": element.name, "tags": element.tags, **element.values, **values}
            element = element.element_key
        self.platform = platform
        self.element = _element(platform, element)
        self._entries = Entries(self.element)
        self.fields: dict[str, FormField] = self._entries.fields
        self.instance: Instance | None = None
        self.error: CwkitError | None = None
        self._source_check = source_check(platform, self.element.key)
        self._poller_part = PollerPart(self.element, self.fields, self._set_in_editor)
        self.create_button = ActionButton("Create instance", self.submit, ready=self._ready)
        self.check_button = ActionButton(CHECK_LABEL, self.check, ready=lambda: not self._locked)
        self._status: dict[str, Any] = {"level": "", "lines": []}
        self._entries.fill(values)
        self._given = self._entries.touched
        blocks = field_blocks(self.element, self.fields, platform, polls=self._poller_part.offered)
        self._sheet = Sheet(
            "sheet", blocks, current=self._fields_state, on_edit=self._edited, on_press=self._pressed
        )
        end = finish_blocks(demo=bool(self.demo_values), check=CHECK_LABEL if self._source_check else "")
        self._finish = Sheet("finish", end, current=self._finish_state, on_press=self._pressed)
        super().__init__([self._sheet, self._finish])
        for field in self.fields.values():
            field.changed = self._set_from_python

    @property
    def messages(self) -> dict[str, str]:
        """What is shown under each field that has something to tell: what is wrong, or was put right."""
        told = {key: self._entries.message(key)[0] for key in self.fields}
        return {key: text for key, text in told.items() if text}

    @property
    def draft(self) -> Draft:
        """The request as it stands, checked."""
        return self._entries.draft

    @frameless
    def fill(self, values: Mapping[str, Any]) -> None:
        """Enter values as a person would: ``name``, ``tags`` and configuration values by key."""
        if self._locked:
            return
        self._entries.fill(values)
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
            f"The form has not created an instance yet. {self._entries.summary()}",
            fix="Fill in the form, press Create instance, and run this cell again.",
        )

    @property
    def _used(self) -> bool:
        return self._entries.touched != self._given

    @frameless
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

    @frameless
    def check(self) -> Any:
        """Ask the service behind the element whether the values are right; creates nothing.

        Returns what :func:`cwkit.connectwise_check` returns, and shows it in the form; ``None`` where
        there is nobody to ask for this element.
        """
        if self._source_check is None or not self.check_button.begin():
            return None
        result = None
        try:
            self._say("", "Asking ConnectWise …", "Nothing is created or changed.")
            self._tell([])
            result = self._source_check(self.draft.configuration)
            heading = "ConnectWise accepts this." if result.ok else "ConnectWise does not accept this."
            self._say("good" if result.ok else "error", heading, *str(result).splitlines())
        finally:
            self.check_button.end(again=True)
            self._tell([])
        return result

    def _submit(self) -> None:
        if isinstance(self.error, CreationUnsettled):
            self._say("", f"Looking for {self.draft.name} …")
            self._tell([])
            self._heard(look_again(self.platform, self.draft, self.error))
            return
        self._entries.touch_all()
        self._entries.check()
        if not self._ready():
            self._say("warning", "Something is left to put right.", "See the messages under the fields.")
            return
        self.error = None
        self._say("", f"Creating {self.draft.name} …", "The platform tries the credentials first.")
        self._tell([])
        self._heard(create(self.platform, self.draft))

    def _heard(self, outcome: Outcome) -> None:
        self.instance, self.error = outcome.instance, outcome.error
        self._say(outcome.level, *outcome.lines)
        if self.instance is not None or outcome.ask_again:
            # They have served, or they were the cause. In every other case nothing is asked for twice.
            keys = self._entries.forget_secrets(refused=outcome.ask_again)
            self._sheet.tell({"fields": {key: {"clear": True} for key in keys}})
        if self.instance is not None:
            self._arrange()

    def _arrange(self) -> None:
        card = [InstanceCard(self.instance)] if self.instance is not None else []
        self.children = [self._sheet, *self._poller_part.boxed(), self._finish, *card]

    def _ready(self) -> bool:
        return self.draft.valid and not self._poller_part.problems

    def _label(self) -> str:
        if self.instance is not None:
            return "Created"
        return "Look again" if self._unsettled else "Create instance"

    @property
    def _unsettled(self) -> bool:
        return isinstance(self.error, CreationUnsettled)

    @property
    def _locked(self) -> bool:
        return self.instance is not None or self._unsettled

    # What a person or a program enters.

    def _set_from_python(self, field: FormField) -> None:
        if field.kind == "secret":
            # What the box holds is not the secret any more.
            self._sheet.tell({"fields": {field.key: {"clear": True}}})
        self._tell(self._entries.changed(field.key, done=True), values=True)

    def _edited(self, key: str, text: str, done: bool) -> None:
        if key not in self.fields or self._locked:
            return
        self.fields[key].take(text)
        self.fields[key].touched = True
        changed, *others = self._entries.changed(key, done=done)
        state = self._field_state(changed, values=done)
        # The browser writes the value only over the text that it answers.
        self._tell(others, state={changed: {**state, "was": text}})

    def _set_in_editor(self, values: Mapping[str, Any]) -> None:
        if not self._locked:
            self._tell(self._entries.put(values), values=True)

    # What the browser is told.

    def _field_state(self, key: str, *, values: bool) -> dict[str, Any]:
        message, level = self._entries.message(key)
        locked = self._locked or self._poller_part.owns(key)
        state = {"message": message, "level": level, "locked": locked}
        return {**state, **self.fields[key].shown()} if values else state

    def _fields_state(self) -> dict[str, Any]:
        return self._poller_state() | {
            "fields": {key: self._field_state(key, values=True) for key in self.fields}
        }

    def _poller_state(self) -> dict[str, Any]:
        return {"buttons": {"poller": self._poller_part.state(locked=self._locked)}}

    def _finish_state(self) -> dict[str, Any]:
        summary, level = self._summary()
        return {
            "buttons": {
                "create": self.create_button.state(),
                "check": self.check_button.state(),
                "demo": self._demo_state(),
            },
            "summary": summary,
            "summaryLevel": level,
            "status": self._status,
            "preview": {"json": as_json(self.draft), "curl": as_curl(self.draft, self.platform.base_url)},
        }

    def _demo_state(self) -> dict[str, Any]:
        locked = self.create_button.busy or self._locked
        return {"label": "Fill in demo values", "disabled": locked, "busy": False, "serial": 0}

    def _summary(self) -> tuple[str, str]:
        if self.instance is not None:
            return "Run the cell again for another one.", ""
        if self._unsettled:
            return "It may exist already, so nothing is sent again.", "warning"
        if self._poller_part.problems:
            return "To put right: what is polled.", ""
        return self._entries.summary(), ""

    def _tell(
        self, keys: Iterable[str], *, values: bool = False, state: Mapping[str, Any] | None = None
    ) -> None:
        states = {key: self._field_state(key, values=values) for key in keys}
        self._sheet.tell({**self._poller_state(), "fields": {**states, **(state or {})}})
        self._finish.tell(self._finish_state())

    def _say(self, level: str, *lines: str) -> None:
        self._status = {"level": level, "lines": [line for line in lines if line]}

    def _pressed(self, name: str, serial: int) -> None:
        if name == "create" and self.create_button.is_current(serial):
            self.submit()
        elif name == "check" and self.check_button.is_current(serial):
            self.check()
        elif name == "poller" and not self._locked:
            self._poller_part.open()
            self._arrange()
            self._tell(list(self.fields))
        elif name == "demo" and not self._demo_state()["disabled"]:
            self.fill(self.demo_values)
        else:
            self._finish.tell(self._finish_state())

    def __repr__(self) -> str:
        return f"<InstanceForm {self.element.key}>"


def _element(platform: Any, element: str | Element) -> Element:
    if isinstance(element, Element):
        return element
    if element in shipped_keys():
        return shipped(element)
    found: Element = platform.elements.get(element)
    return found
