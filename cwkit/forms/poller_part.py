"""The poller editor inside a creation form: opened on request, its settings written to the fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets

from cwkit.elements import Element, event_settings
from cwkit.forms.event_settings import SIGNATURE
from cwkit.forms.fields import FormField
from cwkit.forms.poller_editor import PollerEditor

__all__ = ["PollerPart"]

_KEYS = frozenset(
    {
        event_settings.ENABLED,
        event_settings.CALLBACK,
        SIGNATURE,
        event_settings.INTERVAL,
        event_settings.POLLER,
    }
)
"""What the editor sets."""


class PollerPart:
    """Event settings of a form, in its own fields or, once it is open, in a :class:`PollerEditor`.

    While the editor is open its settings count, and the fields for the same keys are locked.
    ``write`` is called with the settings whenever the editor has changed them.
    """

    def __init__(
        self, element: Element, fields: Mapping[str, FormField], write: Callable[[Mapping[str, Any]], None]
    ) -> None:
        self._element, self._fields, self._write = element, fields, write
        self.offered = event_settings.POLLER in fields and element.event_method == "polling"
        self.editor: PollerEditor | None = None

    def open(self) -> None:
        """Open the editor on what the fields hold now; a second call does nothing."""
        if self.editor is not None or not self.offered:
            return
        fields = ((key, self._fields.get(key)) for key in _KEYS)
        values = {key: field.text for key, field in fields if field is not None and field.text}
        self.editor = PollerEditor(
            self._element, values=values, on_change=lambda editor: self._write(editor.configuration)
        )

    def boxed(self) -> list[ipywidgets.Widget]:
        """Return what stands between the fields and the buttons: nothing, or the editor."""
        if self.editor is None:
            return []
        box = ipywidgets.VBox([self.editor])
        box.add_class("cwkit-between")
        return [box]

    def owns(self, key: str) -> bool:
        """Say whether a field is set in the editor now."""
        return self.editor is not None and key in _KEYS

    @property
    def problems(self) -> list[str]:
        """What is wrong in the editor."""
        return list(self.editor.problems) if self.editor is not None else []

    def state(self, *, locked: bool) -> dict[str, Any]:
        """Return what the browser draws of the button that opens the editor."""
        label = "Edit what is polled" if self.editor is None else "What is polled is edited below"
        return {"label": label, "disabled": locked or self.editor is not None, "busy": False, "serial": 0}
