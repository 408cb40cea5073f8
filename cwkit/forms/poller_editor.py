"""PollerEditor: the event settings of an instance, seen, understood and changed without breaking them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cwkit.elements import Element, event_settings, shipped, shipped_keys
from cwkit.errors import CwkitError, InputError, PollerError
from cwkit.events import PollerConfiguration
from cwkit.forms.fields import FormField
from cwkit.forms.message_widget import MessageForm
from cwkit.forms.poller_panels import (
    CHOSEN,
    COPY_NAME,
    changes_panel,
    editor_blocks,
    editor_fields,
    explanation_panel,
    lines_panel,
    requests_panel,
    yes_no_options,
)
from cwkit.forms.poller_state import SETTINGS, SIGNATURE, PollerState
from cwkit.instances import Instance
from cwkit.profile import host_is_local
from cwkit.redaction import Secret, frameless, mask_text

__all__ = ["PollerEditor"]

_RESOURCE = "resource:"
_SETTINGS = {setting.key: setting for setting in SETTINGS}


class PollerEditor(MessageForm):
    """An editor for events: switch, callback, signature key, interval, and what is polled.

    ``source`` is an instance (or its id) with the ``platform`` to save to, or an element (or its key) with
    configuration ``values`` for an instance that is yet to be created. ``on_change`` is called with the
    editor after each change. ``last_poll`` is the time for which the next requests are shown, by default
    one interval ago.

    ``fields`` contains the fields, each with a ``value``: the event settings by configuration key (the poller
    as JSON), the settings of the resource in ``fields["chosen"]`` by their own key, and ``copy_name``;
    ``messages`` what is shown under each. ``configuration`` contains the event settings as they would be
    sent, ``poller`` the selected resources (the last valid ones while the JSON has a mistake), ``problems``
    why it cannot be saved; ``changes()`` returns what saving would change, ``save()`` saves it.
    """

    @frameless
    def __init__(
        self,
        source: Instance | Element | str | int,
        platform: Any = None,
        *,
        values: Mapping[str, Any] | None = None,
        on_change: Callable[[PollerEditor], None] | None = None,
        last_poll: Any = None,
    ) -> None:
        self.platform = platform
        self.instance, self.element = _instance_and_element(source, platform)
        self._on_change, self._last_poll = on_change, last_poll
        now = dict(self.instance.configuration) if self.instance else self.element.defaults()
        host = urlsplit(str(getattr(platform, "base_url", ""))).hostname or ""
        self.settings = PollerState(
            self.element, now, values or {}, local_platform=bool(host) and host_is_local(host)
        )
        self.fields: dict[str, FormField] = {
            field.key: field for field in editor_fields(self.element, polls=self.settings.polls)
        }
        self._asking = False
        self._copy_problem = ""
        self._status: dict[str, Any] = {"level": "", "lines": []}
        self._sent: dict[str, Any] = {}
        self._follow("")
        self.saves = self.instance is not None and platform is not None
        blocks = editor_blocks(self.fields, polls=self.settings.polls, saves=self.saves)
        super().__init__(
            "card" if self.saves else "between",
            blocks,
            current=self._everything,
            on_edit=self._edited,
            on_press=self._pressed,
        )
        for field in self.fields.values():
            field.changed = self._set_from_python

    @property
    def poller(self) -> PollerConfiguration:
        """The selected resources."""
        return self.settings.poller

    @property
    def configuration(self) -> dict[str, str | Secret]:
        """The event settings as they would be sent; what is blank and was never set is omitted."""
        return self.settings.configuration

    @property
    def problems(self) -> list[str]:
        """Why it cannot be saved, in words."""
        return self.settings.problems

    @property
    def messages(self) -> dict[str, str]:
        """What is shown under each field that has a message."""
        return {key: text for key, (text, _level) in self._messages().items() if text}

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Return what saving would change: by key, the value now and after; pollers as configurations."""
        return self.settings.changes()

    @frameless
    def save(self) -> Instance | None:
        """Send what has changed (``PATCH``), and return the instance as the platform then has it.

        ``None`` if nothing was saved; the reason is shown in the editor. Looks first whether someone else
        has changed the same settings since they were read, and then does not overwrite them.
        """
        changes = self.changes()
        self._asking = False
        if self.platform is None or self.instance is None or self.problems or not changes:
            self._say_unsaved(bool(changes))
        elif problem := self._save_values({key: self.configuration[key] for key in changes}):
            self._say("error", problem)
        else:
            self.settings.saved(self.instance.configuration)
            self._say("good", f"Saved: {', '.join(changes)}.")
            self._follow("")
            self._tell_changes()
            return self.instance
        self._tell_changes()
        return None

    def tick(self, name: str, on: bool) -> None:
        """Select a resource to be polled, or not; its settings stay."""
        self.settings.draft.tick(name, on)
        self._changed("resources")

    def press(self, name: str) -> None:
        """Press a button: ``copy``, ``reset``, ``undo``, ``save``, ``confirm`` or ``cancel``."""
        actions: dict[str, Callable[[], Any]] = {
            "copy": self._copy,
            "reset": self._reset,
            "undo": lambda: self._changed("undo"),
            "save": self._ask,
            "confirm": self.save,
            "cancel": self._cancel,
        }
        if name in actions:
            actions[name]()

    def _save_values(self, values: dict[str, str | Secret]) -> str:
        assert self.instance is not None
        try:
            current = self.platform.instances.get(self.instance.id).configuration
            moved = [key for key in values if (current.get(key) or None) != (self.settings.now[key] or None)]
            if moved:
                return f"Someone else has changed: {', '.join(moved)}. Open the editor again."
            self.instance = self.platform.instances.update(self.instance.id, configuration=values)
        except CwkitError as error:
            return mask_text(str(error), [value for value in values.values() if isinstance(value, Secret)])
        return ""

    def _say(self, level: str, *lines: str) -> None:
        self._status = {"level": level, "lines": list(lines)}

    def _say_unsaved(self, changed: bool) -> None:
        if self.problems:
            self._say("error", "This cannot be saved.", *self.problems)
        else:
            self._say("", "There is no instance to save to." if changed else "There is nothing to save.")

    def _ask(self) -> None:
        """Show exactly what will change, with the button that saves it."""
        changes = self.changes()
        self._say("")
        self._asking = not self.problems and bool(changes)
        if not self._asking:
            self._say_unsaved(bool(changes))
        self._tell_changes()

    def _cancel(self) -> None:
        self._asking = False
        self._tell_changes()

    def _copy(self) -> None:
        new_name = self.fields[COPY_NAME].text.strip()
        self._copy_problem = ""
        try:
            if chosen := self.fields[CHOSEN].text:
                self.settings.draft.copy(chosen, new_name)
        except PollerError as error:
            self._copy_problem = f"{error.message} {error.fix}"
            self._tell_changes()
            return
        self.fields[COPY_NAME].take("")
        self.fields[CHOSEN].take(new_name)
        self._changed("copy")

    def _reset(self) -> None:
        self.settings.draft.reset()
        self._changed("reset")

    # What a person or a program enters.

    def _pressed(self, name: str, serial: int) -> None:
        self._sent.pop("buttons", None)  # the page has disabled them until their state is sent again
        self.press(name)

    def _edited(self, key: str, text: str, done: bool) -> None:
        if key.startswith(_RESOURCE):
            name = key.removeprefix(_RESOURCE)
            self._sent.setdefault("checks", {}).pop("resources", None)
            self.tick(name, text == "true")
        elif key in self.fields:
            self.fields[key].take(text)
            self._sent.setdefault("fields", {}).setdefault(key, {})["value"] = text
            self._enter(key, done=done)

    def _set_from_python(self, field: FormField) -> None:
        if field.kind == "secret":
            # What is in the box is not the secret any more.
            self.tell({"fields": {field.key: {"clear": True}}})
        self._enter(field.key, done=True)

    def _enter(self, key: str, *, done: bool) -> None:
        settings, field = self.settings, self.fields[key]
        if key == event_settings.ENABLED:
            settings.enabled = field.value is True
        elif key == event_settings.CALLBACK:
            settings.callback = field.text.strip()
        elif key == SIGNATURE:
            settings.signature = field.value
        elif key == event_settings.INTERVAL:
            settings.interval = field.text.strip()
        elif key == event_settings.POLLER:
            settings.read_code(field.text)
        elif key in _SETTINGS:
            settings.draft.set(self.fields[CHOSEN].text, _SETTINGS[key], field.text.strip())
        self._copy_problem = ""
        self._changed(key, typing=not done)

    def _changed(self, source: str, *, typing: bool = False) -> None:
        """Bring everything in step with what was changed at ``source``, and call ``on_change``."""
        if source in _SETTINGS or source in ("resources", "copy", "reset", "undo"):
            # The fields show the last valid state: with a change of theirs, it replaces a broken JSON.
            self.settings.code_problem = ""
        self._say("")
        self._asking = False
        self._follow(source, typing=typing)
        self._tell_changes()
        if self._on_change and source not in (CHOSEN, COPY_NAME):
            self._on_change(self)

    def _follow(self, source: str, *, typing: bool = False) -> None:
        """Write the settings into the fields, but not into the one in which a person is typing."""
        settings, draft = self.settings, self.settings.draft
        now: dict[str, Any] = {
            event_settings.ENABLED: settings.enabled,
            event_settings.CALLBACK: settings.callback,
            SIGNATURE: settings.signature,
        }
        if settings.polls:
            chosen = self.fields[CHOSEN].text
            chosen = chosen if chosen in draft.names else next(iter(draft.names), "")
            now |= {event_settings.INTERVAL: settings.interval, CHOSEN: chosen}
            now |= {setting.key: draft.setting(chosen, setting) for setting in SETTINGS}
            if source != event_settings.POLLER and not settings.code_problem:
                now[event_settings.POLLER] = draft.code
        for key, value in now.items():
            if not (typing and key == source):
                self.fields[key].take(value)

    # What is sent to the page.

    def _everything(self) -> dict[str, Any]:
        self._sent = {}
        return self._changes_to_tell()

    def _tell_changes(self) -> None:
        if changes := self._changes_to_tell():
            self.tell(changes)

    def _changes_to_tell(self) -> dict[str, Any]:
        state = self._page_state()
        changed = _difference(state, self._sent)
        self._sent = state
        return changed

    def _page_state(self) -> dict[str, Any]:
        settings = self.settings
        messages = self._messages()
        fields: dict[str, Any] = {
            key: {"message": messages[key][0], "level": messages[key][1], **field.shown()}
            for key, field in self.fields.items()
        }
        state: dict[str, Any] = {"fields": fields, "status": self._status, "buttons": self._buttons()}
        state["panels"] = {"problems": lines_panel("error", self._other_problems())}
        if settings.polls:
            names, chosen = settings.draft.names, self.fields[CHOSEN].text
            fields[CHOSEN]["options"] = [{"value": name, "label": name} for name in names]
            for setting in SETTINGS:
                if setting.kind == "choice":
                    fields[setting.key]["options"] = yes_no_options(self.fields[setting.key].text)
            ticks = [{"name": name, "on": settings.draft.ticked(name)} for name in names]
            state["checks"] = {"resources": ticks}
            rest = ", ".join(settings.draft.unlisted(chosen))
            note = [f"Also set, and kept: {rest}. Change this in the JSON."] if rest else []
            state["panels"] |= {
                "unlisted": lines_panel("note", note),
                "explanation": explanation_panel(settings.poller, settings.minutes),
                "requests": requests_panel(settings.poller, *self._poll_times()),
            }
        if self.saves:
            state["panels"]["changes"] = changes_panel(self.changes()) if self._asking else {}
        return state

    def _buttons(self) -> dict[str, Any]:
        def button(label: str, *, hidden: bool = False, disabled: bool = False) -> dict[str, Any]:
            return {"label": label, "hidden": hidden, "disabled": disabled, "busy": False, "serial": 0}

        return {
            "copy": button("Copy this resource"),
            "reset": button("Reset to defaults", disabled=self.settings.draft.default is None),
            "undo": button("Restore the last valid JSON", hidden=not self.settings.code_problem),
            "save": button("Save …", hidden=self._asking),
            "confirm": button("Save these changes", hidden=not self._asking),
            "cancel": button("Cancel", hidden=not self._asking),
        }

    def _messages(self) -> dict[str, tuple[str, str]]:
        """Return what is shown under each field, and its level."""
        settings = self.settings
        found = {key: (text, "error") for key, text in settings.field_problems().items()}
        if settings.signature and SIGNATURE not in self.element.fields:
            name = self.element.name or self.element.key
            found.setdefault(
                SIGNATURE, (f"{name} lists no signature key; the platform may not use it.", "warning")
            )
        if settings.polls:
            if problem := settings.code_problem or settings.unreadable:
                found[event_settings.POLLER] = (problem, "error")
            found[COPY_NAME] = (self._copy_problem, "error")
            found |= {
                key: (text, "error")
                for key, text in settings.setting_problems(self.fields[CHOSEN].text).items()
            }
        return {key: found.get(key, ("", "note")) for key in self.fields}

    def _other_problems(self) -> list[str]:
        """Return the problems that are shown under no field: those of resources that are not chosen."""
        shown = {text for text, _level in self._messages().values() if text}
        return [text for text in self.problems if not any(text.endswith(each) for each in shown)]

    def _poll_times(self) -> tuple[Any, Any]:
        if self._last_poll is not None:
            return self._last_poll, None
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        return now - timedelta(minutes=self.settings.minutes), now

    def __repr__(self) -> str:
        of = self.instance.id if self.instance is not None else self.element.key
        return f"<PollerEditor {of}>"


def _instance_and_element(source: Any, platform: Any) -> tuple[Instance | None, Element]:
    if isinstance(source, Element):
        return None, source
    if isinstance(source, str) and source in shipped_keys():
        return None, shipped(source)
    if isinstance(source, Instance):
        return source, source.definition
    if platform is None:
        raise InputError(
            f"{source!r} cannot be looked up without a platform.",
            fix="Give platform= as well, or an Element.",
        )
    if isinstance(source, int) or str(source).isdigit():
        instance: Instance = platform.instances.get(source)
        return instance, instance.definition
    return None, platform.elements.get(source)


def _difference(new: Mapping[str, Any], old: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is other in ``new``, nested mappings likewise; a panel or a list is sent whole."""
    found: dict[str, Any] = {}
    for key, value in new.items():
        before = old.get(key)
        if key in ("fields", "panels", "buttons", "checks"):
            if inner := _difference(value, before or {}):
                found[key] = inner
        elif isinstance(value, Mapping) and "message" in value and isinstance(before, Mapping):
            if inner := {name: each for name, each in value.items() if before.get(name, ...) != each}:
                found[key] = {**inner, "level": value["level"]}
        elif value != before:
            found[key] = value
    return found
