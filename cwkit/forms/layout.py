"""How an instance form is laid out: its blocks from top to bottom, and the button at its end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cwkit.elements import Element
from cwkit.forms.fields import FormField
from cwkit.forms.source_check import CHECK_LABEL

__all__ = ["ActionButton", "field_blocks", "finish_blocks"]

Block = dict[str, Any]
_AT_WORK = {"Create instance": "Creating …", "Look again": "Looking …", CHECK_LABEL: "Asking ConnectWise …"}


class ActionButton:
    """A button that does one thing at a time.

    ``disabled`` says whether it can be pressed, ``click()`` presses it. Each press in the browser carries
    the ``serial`` that the button then had, so that a press that waited while another one was at work
    is known to be late and does nothing.
    """

    def __init__(self, label: str, action: Callable[[], Any], *, ready: Callable[[], bool]) -> None:
        self.label = label
        self.busy = False
        self._action, self._ready = action, ready
        self._serial = 0
        self._spent = False

    @property
    def disabled(self) -> bool:
        """Say whether the button cannot be pressed now."""
        return self.busy or self._spent or not self._ready()

    @property
    def description(self) -> str:
        """What stands on the button."""
        return _AT_WORK.get(self.label, self.label) if self.busy else self.label

    def click(self) -> None:
        """Press the button; nothing happens while it is disabled."""
        if not self.disabled:
            self._action()

    def is_current(self, serial: int) -> bool:
        """Say whether a press in the browser was meant for the button as it stands now."""
        return serial == self._serial and not self.disabled

    def begin(self) -> bool:
        """Note that the work begins; ``False`` where it is at work already or has done all it may."""
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
        """Return what the browser draws."""
        return {
            "label": self.description,
            "disabled": self.disabled,
            "busy": self.busy,
            "serial": self._serial,
        }


def field_blocks(
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
        ("events", "Events", "what is told to your own application when something changes"),
        ("optional", "Options", ""),
        ("advanced", "Advanced", "leave these as they are unless you know why"),
    )
    for section, text, note in folded:
        keys = [field.key for field in element.section(section)]  # type: ignore[arg-type]
        if keys:
            opened = section != "advanced" and any(fields[key].touched for key in keys)
            part = {"kind": "folded", "text": text, "note": note, "open": opened}
            edit = {"kind": "buttons", "buttons": [{"name": "poller", "label": "Edit what is polled"}]}
            more = [edit] if section == "events" and polls else []
            blocks.append({**part, "blocks": [_fields(fields, keys), *more]})
    return blocks


def finish_blocks(*, demo: bool = False, check: str = "") -> list[Block]:
    """Return the end of the form: the preview, the buttons, and what became of it.

    ``demo`` adds a button that fills in the sandbox's demo values, ``check`` (what stands on it) one that
    asks the service behind the element.
    """
    preview = {
        "kind": "preview",
        "label": "Preview the request",
        "description": "Secrets are masked: replace each ***NAME*** and the command works in bash, zsh or "
        "Git Bash. A ' inside a secret is written '\\'' there.",
        "tabs": [{"name": "json", "label": "JSON"}, {"name": "curl", "label": "cURL"}],
    }
    create = {"name": "create", "label": "Create instance", "primary": True}
    fill = {"name": "demo", "label": "Fill in demo values", "title": "Values that the sandbox accepts"}
    ask = {"name": "check", "label": check, "title": "Asks whether the values are right; creates nothing"}
    buttons = [create, *([ask] if check else []), *([fill] if demo else [])]
    return [preview, {"kind": "buttons", "buttons": buttons}, {"kind": "status"}]


def _fields(fields: Mapping[str, FormField], keys: list[str]) -> Block:
    return {"kind": "fields", "fields": [fields[key].spec for key in keys]}
