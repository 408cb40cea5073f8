"""PollerEditor: the event settings of an instance, seen, understood and changed without breaking them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import ipywidgets as widgets

from cwkit.elements import Element, shipped, shipped_keys
from cwkit.errors import CwkitError, InputError, PollerError
from cwkit.events import PollerConfiguration
from cwkit.forms.event_settings import SIGNATURE, EventSettings
from cwkit.forms.poller_layout import LONGEST_ON_SLIDER, EditorWidgets
from cwkit.forms.poller_panels import changes_panel, explanation_panel, message, requests_panel
from cwkit.instances import Instance
from cwkit.redaction import Secret, frameless, mask_text

__all__ = ["PollerEditor"]


class PollerEditor(widgets.VBox):
    """An editor for events: switch, callback, signature key, interval, and what is polled.

    ``source`` is an instance (or its id) with the ``platform`` to save to, or an element (or its key) with
    configuration ``values`` for an instance that is yet to be created. ``on_change`` is called with the
    editor after each change. ``last_poll`` is the time that the next requests are shown for, by default
    one interval ago.

    ``configuration`` holds the event settings as they would be sent, ``poller`` the ticked resources (the
    last good ones while the JSON has a mistake), ``problems`` what stands in the way of saving;
    ``changes()`` tells what saving would change, ``save()`` saves it. ``parts`` holds the widgets by name.
    """

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
        self._on_change = on_change
        self._last_poll = last_poll
        self._drawing = True
        now = dict(self.instance.configuration) if self.instance else self.element.defaults()
        self.settings = EventSettings(self.element, now, values or {})
        self.parts = EditorWidgets(self.settings, signed=self._signed, changed=lambda: self._edited("table"))
        saves = self.instance is not None and platform is not None
        super().__init__(self.parts.arranged(polls=self.settings.polls, saves=saves))
        self._connect()
        self._ask(False)
        self._refresh("")

    @property
    def poller(self) -> PollerConfiguration:
        """The ticked resources."""
        return self.settings.poller

    @property
    def configuration(self) -> dict[str, str | Secret]:
        """The event settings as they would be sent; what is blank and was never set is left out."""
        return self.settings.configuration

    @property
    def problems(self) -> list[str]:
        """What stands in the way of saving, in words."""
        return self.settings.problems

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Return what saving would change: by key, the value now and after; pollers as configurations."""
        return self.settings.changes()

    @frameless
    def save(self) -> Instance | None:
        """Send what has changed (``PATCH``), and return the instance as the platform then tells it.

        ``None`` where nothing was saved; why is shown in the editor. Looks first whether somebody else has
        changed the same settings since they were read, and then does not overwrite them.
        """
        changes = self.changes()
        self._ask(False)
        if self.platform is None or self.instance is None or self.problems or not changes:
            self._tell_unsaved(bool(changes))
            return None
        if problem := self._send({key: self.configuration[key] for key in changes}):
            self.parts.status.value = message(problem)
            return None
        self.settings.saved(self.instance.configuration)
        self._refresh("save")
        self.parts.status.value = message(f"Saved: {', '.join(changes)}.", "good")
        return self.instance

    def _send(self, values: dict[str, str | Secret]) -> str:
        assert self.instance is not None
        try:
            current = self.platform.instances.get(self.instance.id).configuration
            moved = [key for key in values if (current.get(key) or None) != (self.settings.now[key] or None)]
            if moved:
                return f"Changed by somebody else meanwhile: {', '.join(moved)}. Open the editor again."
            self.instance = self.platform.instances.update(self.instance.id, configuration=values)
        except CwkitError as error:
            return mask_text(str(error), [value for value in values.values() if isinstance(value, Secret)])
        return ""

    def _tell_unsaved(self, changed: bool) -> None:
        if self.problems:
            self.parts.status.value = message(self.problems)
        else:
            told = "There is no instance to save to." if changed else "There is nothing to save."
            self.parts.status.value = message(told, "note")

    def _press_save(self, button: Any) -> None:
        self.parts.status.value = ""
        changes = self.changes()
        if self.problems or not changes:
            self._tell_unsaved(bool(changes))
        else:
            self._ask(True)

    def _ask(self, asking: bool) -> None:
        """Show exactly what will change, with the button that does it; or hide both."""
        parts = self.parts
        parts.save_button.layout.display = "none" if asking else ""
        for button in (parts.confirm_button, parts.cancel_button):
            button.layout.display = "" if asking else "none"
        parts.preview.value = changes_panel(self.changes()) if asking else ""

    # What a person does.

    def _connect(self) -> None:
        parts = self.parts
        parts.enabled.observe(self._switched, "value")
        parts.callback.observe(self._called_back, "value")
        parts.slider.observe(self._timed, "value")
        parts.minutes.observe(self._timed, "value")
        parts.chosen.observe(lambda change: None if self._drawing else self._show_table(), "value")
        parts.code.observe(self._coded, "value")
        parts.copy_button.on_click(self._copied)
        parts.reset_button.on_click(self._reset)
        parts.code_undo.on_click(lambda button: self._edited("undo"))
        parts.save_button.on_click(self._press_save)
        parts.confirm_button.on_click(lambda button: self.save())
        parts.cancel_button.on_click(lambda button: self._ask(False))

    def _switched(self, change: Any) -> None:
        if not self._drawing:
            self.settings.enabled = bool(change["new"])
            self._edited("enabled")

    def _called_back(self, change: Any) -> None:
        if not self._drawing:
            self.settings.callback = str(change["new"]).strip()
            self._edited("callback")

    def _signed(self) -> None:
        if not self._drawing:
            self.settings.signature = self.parts.signature.value
            self._edited("signature")

    def _timed(self, change: Any) -> None:
        if not self._drawing:
            self.settings.interval = str(change["new"])
            self._edited("interval")

    def _ticked(self, change: Any) -> None:
        if not self._drawing:
            self.settings.draft.tick(change["owner"].description, bool(change["new"]))
            self._edited("resources")

    def _coded(self, change: Any) -> None:
        if not self._drawing:
            self.settings.read_code(str(change["new"]))
            self._edited("code")

    def _copied(self, button: Any) -> None:
        new_name, problem = self.parts.copy_name.value.strip(), ""
        try:
            if self.parts.chosen.value:
                self.settings.draft.copy(self.parts.chosen.value, new_name)
        except PollerError as error:
            problem = f"{error.message} {error.fix}"
        self.parts.copy_note.value = message(problem)
        if not problem:
            self.parts.copy_name.value = ""
            self._edited("copy")
            self.parts.chosen.value = new_name

    def _reset(self, button: Any) -> None:
        self.settings.draft.reset()
        self._edited("reset")

    # What is drawn.

    def _edited(self, source: str) -> None:
        """Bring everything in step with what was changed at ``source``, and tell whoever listens."""
        if source in ("table", "resources", "copy", "reset", "undo"):
            # The fields show the last good state: with a change of theirs, it replaces a broken JSON.
            self.settings.code_problem = ""
        self.parts.status.value = ""
        self._ask(False)
        self._refresh(source)
        if self._on_change:
            self._on_change(self)

    def _refresh(self, source: str) -> None:
        self._drawing = True
        try:
            self._draw_notes()
            if self.settings.polls:
                self._draw_poller(source)
        finally:
            self._drawing = False

    def _draw_notes(self) -> None:
        settings = self.settings
        beside = [text for text in settings.problems if text != settings.code_problem]
        unlisted = settings.signature and SIGNATURE not in self.element.fields
        name = self.element.name or self.element.key
        told = f"{name} lists no signature key; the platform may not use it." if unlisted else ""
        self.parts.note.value = message(beside) + message(told, "note")

    def _draw_poller(self, source: str) -> None:
        parts, settings = self.parts, self.settings
        if source == "interval":
            parts.minutes.value = settings.minutes
            parts.slider.value = min(settings.minutes, LONGEST_ON_SLIDER)
        self._draw_resources()
        if source != "table":
            self._show_table()
        if source != "code" and not settings.code_problem:
            parts.code.value = settings.draft.code
        parts.code_note.value = message(settings.code_problem or settings.unreadable)
        parts.code_undo.layout.display = "" if settings.code_problem else "none"
        parts.reset_button.disabled = settings.draft.default is None
        parts.explanation.value = explanation_panel(settings.poller, settings.interval)
        parts.requests.value = requests_panel(settings.poller, *self._poll_times())

    def _draw_resources(self) -> None:
        parts, draft = self.parts, self.settings.draft
        boxes = {box.description: box for box in parts.resources.children}
        for name in draft.names:
            if name not in boxes:
                layout = widgets.Layout(width="200px")
                boxes[name] = widgets.Checkbox(description=name, indent=False, layout=layout)
                boxes[name].observe(self._ticked, "value")
            boxes[name].value = draft.ticked(name)
        parts.resources.children = [boxes[name] for name in draft.names]
        chosen = parts.chosen.value
        parts.chosen.options = draft.names
        parts.chosen.value = chosen if chosen in draft.names else next(iter(draft.names), None)

    def _show_table(self) -> None:
        name = self.parts.chosen.value
        self.parts.table.layout.display = "" if name else "none"
        if name:
            self.parts.table.show(name)

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
