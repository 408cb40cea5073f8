"""The table of one resource's settings in the poller editor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as widgets

from cwkit.errors import CwkitError
from cwkit.events import errors_in
from cwkit.forms.poller_draft import DATE_FORMATS, SETTINGS, ZONES, PollerDraft, Setting
from cwkit.forms.poller_panels import message

__all__ = ["SettingsTable"]

_CHOICES = (("not set", ""), ("yes", "true"), ("no", "false"))
_STYLE = {"description_width": "190px"}
_WIDE = "98%"


class SettingsTable(widgets.VBox):
    """The settings of ``name``, each with its message; ``changed`` is called after each change."""

    def __init__(self, draft: PollerDraft, changed: Callable[[], None]) -> None:
        self._draft = draft
        self._changed = changed
        self._drawing = False
        self.name = ""
        self.fields: dict[str, Any] = {setting.key: _widget(setting) for setting in SETTINGS}
        self.messages: dict[str, Any] = {setting.key: widgets.HTML() for setting in SETTINGS}
        self._rest = widgets.HTML()
        for setting in SETTINGS:
            self.fields[setting.key].observe(self._observer(setting), "value")
        rows = [
            part for setting in SETTINGS for part in (self.fields[setting.key], self.messages[setting.key])
        ]
        super().__init__([*rows, self._rest])

    def show(self, name: str) -> None:
        """Show the settings of another resource, or those of the same one anew."""
        self.name = name
        self._drawing = True
        try:
            for setting in SETTINGS:
                text = self._draft.setting(name, setting)
                field = self.fields[setting.key]
                if setting.kind == "choice" and text not in ("", "true", "false"):
                    field.options = [*_CHOICES, (f"not understood: {text[:40]}", text)]
                elif setting.kind == "choice":
                    field.options = _CHOICES
                field.value = text
        finally:
            self._drawing = False
        self.judge()

    def judge(self) -> None:
        """Say beneath each setting what is wrong with it."""
        resource = self._draft.resource(self.name)
        problems: Mapping[str, CwkitError] = errors_in(resource) if resource else {}
        odd = {key.rpartition(".")[2]: wanted for key, wanted in resource.oddities()} if resource else {}
        for setting in SETTINGS:
            error = problems.get(setting.key)
            text = f"{error.message} {error.fix}" if error else ""
            if not text and setting.key in odd:
                text = f"{odd[setting.key].capitalize()} is expected here."
            self.messages[setting.key].value = message(text)
        rest = ", ".join(self._draft.unlisted(self.name))
        self._rest.value = message(
            f"Also set, and kept: {rest}. Change them in the JSON." if rest else "", "note"
        )

    def _observer(self, setting: Setting) -> Callable[[Any], None]:
        def changed(change: Any) -> None:
            if self._drawing or not self.name:
                return
            self._draft.set(self.name, setting, str(change["new"]).strip())
            self.judge()
            self._changed()

        return changed

    def __repr__(self) -> str:
        return f"<SettingsTable {self.name}>"


def _widget(setting: Setting) -> Any:
    common = {"description": setting.label, "style": _STYLE, "layout": widgets.Layout(width=_WIDE)}
    if setting.help:
        common |= {"placeholder": setting.help, "tooltip": setting.help}
    if setting.kind == "choice":
        common.pop("placeholder", None)
        return widgets.Dropdown(options=_CHOICES, value="", **common)
    if setting.kind == "area":
        return widgets.Textarea(rows=3, **common)
    if setting.kind in ("format", "zone"):
        options = DATE_FORMATS if setting.kind == "format" else ZONES
        return widgets.Combobox(options=options, ensure_option=False, **common)
    return widgets.Text(**common)
