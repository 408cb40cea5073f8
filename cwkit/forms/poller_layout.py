"""The widgets of the poller editor and how they are arranged; what they do is in ``poller_editor``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets

from cwkit.forms.event_settings import EventSettings
from cwkit.forms.poller_panels import heading
from cwkit.forms.poller_settings import SettingsTable
from cwkit.forms.secret_field import SecretField

__all__ = ["LONGEST_ON_SLIDER", "EditorWidgets"]

LONGEST_ON_SLIDER = 120
"""Minutes at the end of the slider; the number beside it takes more."""

_STYLE = {"description_width": "190px"}
_WIDE = {"width": "98%"}


class EditorWidgets:
    """All widgets of one editor, each under its name, with the values of ``settings``."""

    def __init__(
        self, settings: EventSettings, *, signed: Callable[[], None], changed: Callable[[], None]
    ) -> None:
        wide = widgets.Layout(**_WIDE)
        self.enabled = widgets.Checkbox(value=settings.enabled, description="Events on", style=_STYLE)
        self.callback = widgets.Text(
            value=settings.callback, description="Callback URL", style=_STYLE, layout=wide,
            placeholder="https://, where your application is told of events",
        )  # fmt: skip
        self.signature = SecretField(
            "Signature key", description="Notifications are signed with it.", on_change=lambda field: signed()
        )
        self.signature.value = settings.signature
        self.slider = widgets.IntSlider(
            value=min(settings.minutes, LONGEST_ON_SLIDER), min=1, max=LONGEST_ON_SLIDER,
            description="Poll every", style=_STYLE, readout=False,
            layout=widgets.Layout(width="480px"),
        )  # fmt: skip
        self.minutes = widgets.BoundedIntText(
            value=settings.minutes, min=1, max=525_600, layout=widgets.Layout(width="90px")
        )
        self.note = widgets.HTML()
        self.resources = widgets.VBox()
        self.chosen = widgets.Dropdown(description="Settings of", style=_STYLE, layout=wide)
        self.table = SettingsTable(settings.draft, changed)
        self.copy_name = widgets.Text(
            placeholder="name of the new resource", layout=widgets.Layout(width="220px")
        )
        self.copy_button = widgets.Button(description="Add a copy of it", icon="copy", layout=_fitting())
        self.copy_note = widgets.HTML()
        self.reset_button = widgets.Button(description="Element's default", icon="undo", layout=_fitting())
        self.reset_button.tooltip = "Take the resources and settings that the element comes with"
        self.code = widgets.Textarea(rows=14, layout=wide)
        self.code_note = widgets.HTML()
        self.code_undo = widgets.Button(description="Back to the last good JSON", layout=_fitting())
        self.explanation, self.requests = widgets.HTML(), widgets.HTML()
        self.save_button = widgets.Button(description="Save …", button_style="primary")
        self.confirm_button = widgets.Button(
            description="Save these changes", button_style="primary", layout=_fitting()
        )
        self.cancel_button = widgets.Button(description="Cancel")
        self.preview, self.status = widgets.HTML(), widgets.HTML()

    def arranged(self, *, polls: bool, saves: bool) -> list[Any]:
        """Return the parts from top to bottom; a form that creates an instance has no *Save*."""
        parts: list[Any] = [
            _heading("Events", "what your application is told when something changes"),
            self.enabled,
            self.callback,
            self.signature,
        ]
        if polls:
            parts += [widgets.HBox([self.slider, self.minutes, widgets.Label("minutes")]), self.note]
            parts += self._polling()
        else:
            parts.append(self.note)
        if saves:
            parts += [
                self.preview,
                widgets.HBox([self.save_button, self.confirm_button, self.cancel_button]),
                self.status,
            ]
        return parts

    def _polling(self) -> list[Any]:
        right = widgets.VBox(
            [self.chosen, self.table], layout=widgets.Layout(flex="1 1 0%", min_width="320px")
        )
        return [
            _heading("Resources", "what is ticked is polled"),
            widgets.HBox([self.resources, right], layout=widgets.Layout(flex_flow="row wrap")),
            widgets.HBox([self.copy_name, self.copy_button, self.reset_button]),
            self.copy_note,
            _heading("As JSON", "the value of event.poller.configuration; edit either"),
            self.code,
            self.code_note,
            self.code_undo,
            _heading("What happens"),
            self.explanation,
            _heading("The next requests"),
            self.requests,
        ]


def _fitting() -> Any:
    return widgets.Layout(width="auto", align_self="flex-start")


def _heading(text: str, note: str = "") -> Any:
    return widgets.HTML(heading(text, note))
