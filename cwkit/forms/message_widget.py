"""Widgets whose contents travel by message and never become part of a notebook.

ipywidgets keeps the text of an input in the widget's state, and the state is saved in the notebook.
Here the state contains only what is drawn (labels, descriptions, options). What a person types, the
messages on it and what is shown in response are custom messages, which nothing stores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import anywidget
import traitlets

from cwkit.redaction import Secret, as_secret

__all__ = [
    "RUN_TO_SEE",
    "ActionButton",
    "MessageForm",
    "MessageWidget",
    "SecretField",
    "script",
    "with_stored_text",
]

RUN_TO_SEE = "Run this cell (Shift+Enter) to see the form."
"""What a notebook shows in place of a form that was stored with it."""


@cache
def script(name: str) -> str:
    """Return one ES module: what all widgets draw with, then the widget's own part."""
    return _text("dom.js") + _text(f"{name}.js")


@cache
def _text(name: str) -> str:
    return resources.files("cwkit.forms").joinpath("static", name).read_text("utf-8")


def with_stored_text(bundle: Any) -> Any:
    """Return a widget's output for a notebook, with :data:`RUN_TO_SEE` as its plain text."""
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    if data:
        data["text/plain"] = RUN_TO_SEE
    return bundle


class MessageWidget(anywidget.AnyWidget):
    """A widget that talks with its page by messages; subclasses name their script and handle ``_answer``."""

    _css = traitlets.Unicode(_text("cwkit.css")).tag(sync=True)

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        self.on_msg(self._received)

    def _answer(self, content: Mapping[str, Any]) -> None:
        """Handle one message of the page."""

    def _received(self, widget: Any, content: Any, buffers: Any) -> None:
        """Handle a message so that no traceback is ever printed: its frames may contain a typed secret."""
        if not isinstance(content, Mapping):
            return
        failed = ""
        try:
            self._answer(content)
        except BaseException as problem:  # noqa: BLE001 - Ctrl-C too: its frames must not be printed
            failed = type(problem).__name__
        if failed:
            print(f"cwkit could not carry that out ({failed}). Run the cell again.")

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_stored_text(super()._repr_mimebundle_(**kwargs))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


class MessageForm(MessageWidget):
    """A drawing of ``blocks`` (headings, fields, folded parts, buttons, panels, a status line, a preview).

    ``on_edit(key, text, done)`` is called with what is typed; ``done`` is false while a person is still
    typing. ``on_press(name, serial)`` is called for a button. ``current()`` returns everything that
    :meth:`tell` has sent so far; a page that was loaded again requests it.
    """

    _esm = traitlets.Unicode(script("form")).tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        name: str,
        blocks: list[dict[str, Any]],
        *,
        current: Callable[[], Mapping[str, Any]],
        on_edit: Callable[[str, str, bool], None] | None = None,
        on_press: Callable[[str, int], None] | None = None,
    ) -> None:
        self._current, self._on_edit, self._on_press = current, on_edit, on_press
        super().__init__(spec={"name": name, "blocks": blocks})

    def tell(self, state: Mapping[str, Any]) -> None:
        """Send what changed to every view of the form; nothing of it is kept in the widget."""
        self.send({"type": "state", **state})

    def _answer(self, content: Mapping[str, Any]) -> None:
        kind = content.get("type")
        if kind == "hello":
            self.tell(self._current())
        elif kind == "edit" and self._on_edit:
            self._on_edit(str(content.get("key")), str(content.get("text", "")), bool(content.get("done")))
        elif kind == "press" and self._on_press:
            self._on_press(str(content.get("name")), int(content.get("serial") or 0))


class SecretField(MessageForm):
    """A password box whose text never is a widget trait.

    ``value`` is a :class:`Secret`, or ``None`` while the box is empty; it can be set from Python, and
    setting ``None`` or an empty text empties the box. ``on_change`` is called after each change. The
    page sends what is typed by message, and receives only whether there is something.

    >>> field = SecretField("User secret")
    >>> field.value = "s3cret"
    >>> field.value
    Secret('********')
    """

    def __init__(
        self, label: str, *, description: str = "", on_change: Callable[[SecretField], None] | None = None
    ) -> None:
        self._secret: Secret | None = None
        self._on_change = on_change
        field = {"key": "secret", "kind": "secret", "label": label, "description": description, "wide": True}
        blocks = [{"kind": "fields", "fields": [field]}]
        super().__init__("single", blocks, current=self._state, on_edit=self._edited)

    @property
    def value(self) -> Secret | None:
        """The secret, or ``None``."""
        return self._secret

    @value.setter
    def value(self, value: str | Secret | None) -> None:
        self._secret = as_secret(value) if value else None
        # What is in the box is not the secret any more.
        self.tell({"fields": {"secret": {"clear": True, "filled": self._secret is not None}}})
        self._changed()

    def _edited(self, key: str, text: str, done: bool) -> None:
        self._secret = Secret(text.strip()) if text.strip() else None
        self._changed()

    def _changed(self) -> None:
        if self._on_change:
            self._on_change(self)

    def _state(self) -> dict[str, Any]:
        return {"fields": {"secret": {"filled": self._secret is not None}}}


class ActionButton:
    """A button that does one thing at a time.

    ``disabled`` says whether it can be pressed, ``click()`` presses it. Each press in the page carries
    the ``serial`` that the button then had, so that a press that waited while another one was at work
    is known to be late and does nothing. ``busy_label`` is shown while it is at work.
    """

    def __init__(
        self, label: str, action: Callable[[], Any], *, busy_label: str, ready: Callable[[], bool]
    ) -> None:
        self.label, self.busy_label = label, busy_label
        self.busy = False
        self._action, self._ready = action, ready
        self._serial = 0
        self._spent = False

    @property
    def disabled(self) -> bool:
        """Return whether the button cannot be pressed now."""
        return self.busy or self._spent or not self._ready()

    @property
    def description(self) -> str:
        """The text on the button."""
        return self.busy_label if self.busy else self.label

    def click(self) -> None:
        """Press the button; nothing happens while it is disabled."""
        if not self.disabled:
            self._action()

    def is_current(self, serial: int) -> bool:
        """Return whether a press in the page was meant for the button as it is now."""
        return serial == self._serial and not self.disabled

    def begin(self) -> bool:
        """Note that the work begins; ``False`` if it is at work already or may not be done again."""
        if self.busy or self._spent:
            return False
        self.busy = True
        self._serial += 1
        return True

    def end(self, *, again: bool) -> None:
        """Note that the work has ended; ``again`` says whether it may be done once more."""
        self.busy = False
        self._spent = not again
        self._serial += 1

    def state(self) -> dict[str, Any]:
        """Return what the page draws."""
        return {
            "label": self.description,
            "disabled": self.disabled,
            "busy": self.busy,
            "serial": self._serial,
        }
