"""Sheet: fields and buttons in the browser whose contents never become part of a notebook.

ipywidgets keeps the text of an input in the widget's state, and the state is saved in the notebook.
Here the state holds only what is drawn (labels, descriptions, choices). What a person types, what is
said about it and what is shown in answer travel by custom messages, which nothing stores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets

from cwkit.forms.assets import script, style

__all__ = ["Sheet", "quietly"]


class Sheet(anywidget.AnyWidget):
    """A drawing of ``blocks`` (headings, fields, folded parts, buttons, a status line, a preview).

    ``on_edit(key, text, done)`` is called with what is typed; ``done`` is false while a person is
    still at it. ``on_press(name, serial)`` is called for a button. ``current()`` returns all that
    :meth:`tell` would have told so far; a page that was loaded again asks for it.
    """

    _esm = traitlets.Unicode(script("sheet")).tag(sync=True)
    _css = traitlets.Unicode(style()).tag(sync=True)
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
        super().__init__(spec={"name": name, "blocks": blocks})
        self._current, self._on_edit, self._on_press = current, on_edit, on_press
        self.on_msg(self._received)

    def tell(self, state: Mapping[str, Any]) -> None:
        """Send what changed to every view of the sheet; nothing of it is kept in the widget."""
        self.send({"type": "state", **state})

    def _received(self, widget: Any, content: Any, buffers: Any) -> None:
        quietly(self._answer, content)

    def _answer(self, content: Mapping[str, Any]) -> None:
        kind = content.get("type")
        if kind == "hello":
            self.tell(self._current())
        elif kind == "edit" and self._on_edit:
            self._on_edit(str(content.get("key")), str(content.get("text", "")), bool(content.get("done")))
        elif kind == "press" and self._on_press:
            self._on_press(str(content.get("name")), int(content.get("serial") or 0))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"


def quietly(handler: Callable[[Mapping[str, Any]], None], content: Any) -> None:
    """Run the handler of a browser message so that no traceback of it is ever printed.

    A traceback in the notebook's log shows the message, and the message may be a typed secret. What
    can go wrong for a person is told by the handlers themselves; this is the last net.
    """
    if not isinstance(content, Mapping):
        return
    failed = ""
    try:
        handler(content)
    except BaseException as problem:  # noqa: BLE001 - Ctrl-C too: its frames must not be printed
        failed = type(problem).__name__
    if failed:
        print(f"cwkit could not carry that out ({failed}). Run the cell again.")
