"""InstanceForm: creates an instance from what a person enters, drawn from the element's own fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import ipywidgets

from cwkit.elements import Element, event_settings, shipped, shipped_keys
from cwkit.errors import CreationUnsettled, CwkitError
from cwkit.forms.creation import Outcome, check_outcome, create, look_again, source_check
from cwkit.forms.fields import FormField
from cwkit.forms.form_state import Draft, FormState, as_curl, as_json
from cwkit.forms.instance_card import InstanceCard
from cwkit.forms.message_widget import ActionButton, MessageForm, with_stored_text
from cwkit.forms.poller_editor import PollerEditor
from cwkit.forms.poller_state import EVENT_KEYS, SIGNATURE
from cwkit.instances import Instance
from cwkit.profile import host_is_local
from cwkit.redaction import frameless

if TYPE_CHECKING:
    from cwkit.instances import PastedRequest

__all__ = ["InstanceForm"]

CHECK_LABEL = "Check with ConnectWise"
Block = dict[str, Any]
# The switch comes before what it needs.
_EVENT_ORDER = (
    event_settings.ENABLED,
    event_settings.CALLBACK,
    SIGNATURE,
    event_settings.USERNAME,
    event_settings.PASSWORD,
    event_settings.INTERVAL,
    event_settings.POLLER,
)


class InstanceForm(ipywidgets.VBox):  # type: ignore[misc] # ipywidgets has no types
    """A form that creates one instance.

    ``element`` is the key of an element or an ``Element``; the two ConnectWise elements come with cwkit,
    others are fetched from the platform. It may also be a pasted request (JSON body or cURL command), as text
    or as what :func:`cwkit.read_request` has read: the form then opens filled in with it, and says what was
    corrected. ``values`` fill the form in: ``name``, ``tags`` and configuration values by key
    (``InstanceForm(platform, "connectwisehd", **{"name": "..."})``); misspelt keys are corrected.

    ``fields`` contains the fields by key (``name`` and ``tags`` too), each with a ``value``; ``messages``
    what is shown under each; ``error`` the last error of the platform; ``instance`` what was created.
    """

    @frameless
    def __init__(self, platform: Any, element: str | Element | PastedRequest, /, **values: Any) -> None:
        self.platform = platform
        pasted = _pasted(element)
        self.element = _element(platform, pasted.element_key if pasted else element)
        address = urlsplit(str(platform.base_url)).hostname or ""
        self._state = FormState(self.element, local_platform=host_is_local(address))
        self.fields: dict[str, FormField] = self._state.fields
        self.instance: Instance | None = None
        self.error: CwkitError | None = None
        self.editor: PollerEditor | None = None
        self._source_check = source_check(platform, self.element.key)
        self._polls = event_settings.POLLER in self.fields and self.element.event_method == "polling"
        self.create_button = ActionButton(
            "Create instance", self.submit, busy_label="Creating …", ready=self._ready
        )
        self.check_button = ActionButton(
            CHECK_LABEL, self.check, busy_label="Checking …", ready=lambda: not self._locked
        )
        self._status: dict[str, Any] = {"level": "", "lines": []}
        if pasted:
            self._fill_from(pasted)
        self._state.fill(values)
        self._given = self._state.touched
        blocks = _field_blocks(self.element, self.fields, platform, polls=self._polls)
        self._form = MessageForm(
            "form", blocks, current=self._fields_state, on_edit=self._edited, on_press=self._pressed
        )
        end = _finish_blocks(demo=bool(self.demo_values), check=CHECK_LABEL if self._source_check else "")
        self._finish = MessageForm("finish", end, current=self._finish_state, on_press=self._pressed)
        super().__init__([self._form, self._finish])
        for field in self.fields.values():
            field.changed = self._set_from_python

    @property
    def messages(self) -> dict[str, str]:
        """What is shown under each field that has a message: what is wrong, or was corrected."""
        shown = {key: self._state.message(key)[0] for key in self.fields}
        return {key: text for key, text in shown.items() if text}

    @property
    def draft(self) -> Draft:
        """The request that the form makes now, checked."""
        return self._state.draft

    @frameless
    def fill(self, values: Mapping[str, Any]) -> None:
        """Enter values as a person would: ``name``, ``tags`` and configuration values by key."""
        if self._locked:
            return
        self._state.fill(values)
        self._tell(list(self.fields), values=True)

    @property
    def demo_values(self) -> dict[str, Any]:
        """Values with which the sandbox creates an instance of this element; empty on a real platform."""
        sandbox = getattr(self.platform, "sandbox", None)
        demo: dict[str, Any] = sandbox.demo.get(self.element.key, {}) if sandbox is not None else {}
        return {"name": f"Demo {self.element.name}", "tags": ["demo"], **demo} if demo else {}

    def result(self) -> Instance:
        """Return the instance that this form has created.

        On the sandbox, where a notebook may run without a person who presses the button, a form that was
        not used is filled in with the sandbox's demo values and sent. Raises ``CwkitError`` with what
        is missing if there is no instance.
        """
        if self.instance is None and self.error is None and self.demo_values and not self._used:
            self.fill({key: value for key, value in self.demo_values.items() if key not in self._given})
            self.submit()
        if self.instance is not None:
            return self.instance
        if self.error is not None:
            raise self.error
        raise CwkitError(
            f"The form has not created an instance yet. {self._state.summary()}",
            fix="Fill in the form, press Create instance, and run this cell again.",
        )

    @property
    def _used(self) -> bool:
        return self._state.touched != self._given

    @frameless
    def submit(self) -> Instance | None:
        """Create the instance, as the button does; return it, or ``None`` if that was not possible.

        The reason is then shown in the form and is in ``messages`` and ``error``. A form creates one
        instance: once it has, this returns that one and sends nothing. While we do not know yet whether
        it was created, this looks for it, and sends nothing either.
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
        """Check the values with the vendor of the element; creates nothing.

        Returns what :func:`cwkit.connectwise_check` returns, and shows it in the form; ``None`` if
        there is no such check for this element.
        """
        if self._source_check is None or not self.check_button.begin():
            return None
        result = None
        try:
            self._say("", "Checking with ConnectWise …", "Nothing is created or changed.")
            self._tell([])
            result = self._source_check(self.draft.configuration)
            outcome = check_outcome(result)
            self._say(outcome.level, *outcome.lines)
        finally:
            self.check_button.end(again=True)
            self._tell([])
        return result

    def _submit(self) -> None:
        if isinstance(self.error, CreationUnsettled):
            self._say("", f"Looking for {self.draft.name} …")
            self._tell([])
            self._show_outcome(look_again(self.platform, self.draft, self.error))
            return
        self._state.touch_all()
        self._state.check()
        if not self._ready():
            self._say("warning", "Some values need correction.", "See the messages under the fields.")
            return
        self.error = None
        self._say("", f"Creating {self.draft.name} …", "The platform tries the credentials first.")
        self._tell([])
        self._show_outcome(create(self.platform, self.draft))

    def _show_outcome(self, outcome: Outcome) -> None:
        self.instance, self.error = outcome.instance, outcome.error
        self._say(outcome.level, *outcome.lines)
        if self.instance is not None or outcome.ask_again:
            # They are no longer needed, or they were the cause; in every other case they are kept.
            keys = self._state.forget_secrets(refused=outcome.ask_again)
            self._form.tell({"fields": {key: {"clear": True} for key in keys}})
        if self.instance is not None:
            self._arrange()

    def _arrange(self) -> None:
        editor = [self.editor] if self.editor is not None else []
        card = [InstanceCard(self.instance)] if self.instance is not None else []
        self.children = [self._form, *editor, self._finish, *card]

    def _ready(self) -> bool:
        return self.draft.valid and not (self.editor is not None and self.editor.problems)

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

    def _open_editor(self) -> None:
        """Open the poller editor on what the fields contain now; while it is open, its settings apply."""
        if self.editor is not None or not self._polls:
            return
        given = ((key, self.fields[key].text) for key in EVENT_KEYS if key in self.fields)
        self.editor = PollerEditor(
            self.element,
            values={key: text for key, text in given if text},
            on_change=lambda editor: self._set_in_editor(editor.configuration),
        )
        self._arrange()

    def _fill_from(self, request: PastedRequest) -> None:
        """Enter what a pasted request contains, showing each correction, and say what was left out."""
        given = {key: value for key, value in request.configuration.items() if value}
        entered = self._state.fill({"name": request.name, "tags": request.tags, **given})
        usable = {"name", "tags", *request.values}
        dropped = [key for key in entered if key not in usable]
        self._state.reset(dropped)
        labels = ", ".join(self.fields[key].label for key in dropped)
        left_out = f"Only a placeholder was given, so enter the value: {labels}." if dropped else ""
        self._say("", "Filled in from the pasted text.", *request.repairs, *request.notes, left_out)

    # What a person or a program enters.

    def _set_from_python(self, field: FormField) -> None:
        if field.kind == "secret":
            # What is in the box is not the secret any more.
            self._form.tell({"fields": {field.key: {"clear": True}}})
        self._tell(self._state.changed(field.key, done=True), values=True)

    def _edited(self, key: str, text: str, done: bool) -> None:
        if key not in self.fields or self._locked:
            return
        self.fields[key].take(text)
        self.fields[key].touched = True
        changed, *others = self._state.changed(key, done=done)
        state = self._field_state(changed, values=done)
        # The page writes the value only over the text that was typed.
        self._tell(others, state={changed: {**state, "was": text}})

    def _set_in_editor(self, values: Mapping[str, Any]) -> None:
        if not self._locked:
            self._tell(self._state.put(values), values=True)

    # What is sent to the page.

    def _field_state(self, key: str, *, values: bool) -> dict[str, Any]:
        message, level = self._state.message(key)
        locked = self._locked or (self.editor is not None and key in EVENT_KEYS)
        state = {"message": message, "level": level, "locked": locked}
        return {**state, **self.fields[key].shown()} if values else state

    def _fields_state(self) -> dict[str, Any]:
        return self._poller_state() | {
            "fields": {key: self._field_state(key, values=True) for key in self.fields}
        }

    def _poller_state(self) -> dict[str, Any]:
        opened = self.editor is not None
        label = "The poller is edited below" if opened else "Edit what is polled"
        disabled = self._locked or opened
        return {"buttons": {"poller": {"label": label, "disabled": disabled, "busy": False, "serial": 0}}}

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
            return "To create another instance, run the cell again.", ""
        if self._unsettled:
            return "It may exist already, so nothing is sent again.", "warning"
        if self.editor is not None and self.editor.problems:
            return "Needs correction: what is polled.", ""
        return self._state.summary(), ""

    def _tell(
        self, keys: Iterable[str], *, values: bool = False, state: Mapping[str, Any] | None = None
    ) -> None:
        states = {key: self._field_state(key, values=values) for key in keys}
        self._form.tell({**self._poller_state(), "fields": {**states, **(state or {})}})
        self._finish.tell(self._finish_state())

    def _say(self, level: str, *lines: str) -> None:
        self._status = {"level": level, "lines": [line for line in lines if line]}

    def _pressed(self, name: str, serial: int) -> None:
        if name == "create" and self.create_button.is_current(serial):
            self.submit()
        elif name == "check" and self.check_button.is_current(serial):
            self.check()
        elif name == "poller" and not self._locked:
            self._open_editor()
            self._tell(list(self.fields))
        elif name == "demo" and not self._demo_state()["disabled"]:
            self._state.clear()
            self.fill(self.demo_values)
        else:
            self._finish.tell(self._finish_state())

    def __repr__(self) -> str:
        return f"<InstanceForm {self.element.key}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_stored_text(super()._repr_mimebundle_(**kwargs))


def _pasted(element: str | Element | PastedRequest) -> PastedRequest | None:
    """Return the pasted request that a form was opened with, if it was."""
    if isinstance(element, Element):
        return None
    if isinstance(element, str):
        if not re.search(r"[\s{]", element.strip()):
            return None
        from cwkit.instances import read_request

        return read_request(element)
    return element


def _element(platform: Any, element: Any) -> Element:
    if isinstance(element, Element):
        return element
    if element in shipped_keys():
        return shipped(element)
    found: Element = platform.elements.get(element)
    return found


def _field_blocks(
    element: Element, fields: Mapping[str, FormField], platform: Any, *, polls: bool = False
) -> list[Block]:
    """Return the form above its button: name and tags, then the element's fields by section.

    ``polls`` adds a button that opens the editor of what is polled.
    """
    profile = getattr(platform, "profile", None)
    where = f"{getattr(profile, 'name', '')}: {platform.base_url}".lstrip(": ")
    blocks: list[Block] = [
        {"kind": "heading", "text": f"New {element.name or element.key} instance", "note": f"On {where}"},
        _fields(fields, ["name", "tags"]),
        {"kind": "heading", "small": True, "text": "Connection", "note": "Fields with * are required."},
        _fields(fields, [field.key for field in element.section("required")]),
    ]
    folded = (
        ("events", "Events", "notifications sent to your application"),
        ("optional", "Options", ""),
        ("advanced", "Advanced", "change these only if you need to"),
    )
    for section, text, note in folded:
        keys = [field.key for field in element.section(section)]  # type: ignore[arg-type]
        if keys:
            keys.sort(key=lambda key: _EVENT_ORDER.index(key) if key in _EVENT_ORDER else len(_EVENT_ORDER))
            opened = section != "advanced" and any(fields[key].touched for key in keys)
            part = {"kind": "folded", "text": text, "note": note, "open": opened}
            edit = {"kind": "buttons", "buttons": [{"name": "poller", "label": "Edit what is polled"}]}
            more = [edit] if section == "events" and polls else []
            blocks.append({**part, "blocks": [_fields(fields, keys), *more]})
    return blocks


def _finish_blocks(*, demo: bool = False, check: str = "") -> list[Block]:
    """Return the end of the form: the preview, the buttons, and the outcome.

    ``demo`` adds a button that fills in the sandbox's demo values, ``check`` (its label) one that checks
    the values with the vendor.
    """
    preview = {
        "kind": "preview",
        "label": "Preview the request",
        "description": "Secrets are masked: replace each ***NAME*** and the command works in bash, zsh or "
        "Git Bash. A ' inside a secret is written '\\'' there.",
        "tabs": [{"name": "json", "label": "JSON"}, {"name": "curl", "label": "cURL"}],
    }
    buttons = [{"name": "create", "label": "Create instance", "primary": True}]
    if check:
        title = "Checks whether the values are right; creates nothing"
        buttons.append({"name": "check", "label": check, "title": title})
    if demo:
        title = "Replaces everything entered with values that the sandbox accepts"
        buttons.append({"name": "demo", "label": "Fill in demo values", "title": title})
    return [preview, {"kind": "buttons", "buttons": buttons}, {"kind": "status"}]


def _fields(fields: Mapping[str, FormField], keys: list[str]) -> Block:
    return {"kind": "fields", "fields": [fields[key].spec for key in keys]}
