"""SecretField: a box to type one secret into, which no saved notebook can hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cwkit.forms.sheet import Sheet
from cwkit.redaction import Secret, as_secret

__all__ = ["SecretField"]


class SecretField(Sheet):
    """A password box whose text never is a widget trait.

    ``value`` is a :class:`Secret`, or ``None`` while the box is empty; it can be set from Python, and
    setting ``None`` or an empty text empties the box. ``on_change`` is called after each change. The
    browser sends what is typed by message, and hears back only whether there is something.

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
        super().__init__(
            "single", [{"kind": "fields", "fields": [field]}], current=self._state, on_edit=self._edited
        )

    @property
    def value(self) -> Secret | None:
        """The secret, or ``None``."""
        return self._secret

    @value.setter
    def value(self, value: str | Secret | None) -> None:
        self._secret = as_secret(value) if value else None
        # What the box holds is not the secret any more.
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

    def __repr__(self) -> str:
        return "<SecretField>"
