"""The fields of a form: what a person entered for each, and how each is drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from cwkit.elements import ConfigurationField, Element, configuration_text, connectwise, event_settings
from cwkit.redaction import Secret, as_secret, reveal

__all__ = ["FormField", "form_fields", "name_field", "tags_field"]

_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class FormField:
    """One field of a form.

    ``value`` is what was entered, also settable from Python: a text; for a secret a :class:`Secret`
    or ``None``; for a yes-or-no field ``True``, ``False`` or ``None`` (nothing chosen); for tags a list.
    """

    def __init__(self, key: str, kind: str, spec: dict[str, Any], *, default: str = "") -> None:
        self.key = key
        self.kind = kind
        self.default = default
        self.required = bool(spec.get("required"))
        self.label = str(spec["label"])
        self.touched = False
        self.spec = {**spec, "key": key, "kind": "text" if kind == "tags" else kind}
        self.changed: Callable[[FormField], None] | None = None
        self._value: Any = None
        self.take(default)

    @property
    def value(self) -> Any:
        """What was entered."""
        return self._value

    @value.setter
    def value(self, value: Any) -> None:
        self.take(value)
        self.touched = True
        if self.changed:
            self.changed(self)

    def take(self, value: Any) -> None:
        """Store a value in the field's own type, without calling ``changed``."""
        self._value = _converted(self.kind, value)

    @property
    def text(self) -> str:
        """The value as it is sent, secrets readable; empty if there is none. Not for showing."""
        if isinstance(self._value, bool):
            return "true" if self._value else "false"
        return str(reveal(self._value) or "")

    @property
    def changed_from_default(self) -> bool:
        """Return whether the value differs from the one that the platform takes without it."""
        if self.kind == "area" and self.default:
            return bool(_json_or_text(self.text) != _json_or_text(self.default))
        return self.text not in ("", self.default)

    def shown(self) -> dict[str, Any]:
        """Return what may be sent to the page; of a secret only that there is one."""
        if self.kind == "secret":
            return {"filled": bool(self._value)}
        if self.kind == "tags":
            return {"value": ", ".join(self._value)}
        return {"value": self.text}

    def __repr__(self) -> str:
        return f"<FormField {self.key}>"


def form_fields(element: Element) -> dict[str, FormField]:
    """Return the fields of an element that a person fills in, by key, in the order of the form."""
    sections = ("required", "events", "optional", "advanced")
    return {field.key: _field(element, field) for name in sections for field in element.section(name)}  # type: ignore[arg-type]


def name_field() -> FormField:
    """Return the field for the instance's name."""
    description = "The name shown in lists. Use the customer's name."
    return FormField("name", "text", {"label": "Name", "description": description, "required": True})


def tags_field() -> FormField:
    """Return the field for the instance's tags."""
    spec = {"label": "Tags", "placeholder": "customer, production"}
    return FormField(
        "tags", "tags", {**spec, "description": "Words to find the instance by, separated by commas."}
    )


def _field(element: Element, field: ConfigurationField) -> FormField:
    kind = _kind(field)
    default = _usable_default(field)
    spec: dict[str, Any] = {"label": field.label, "description": field.description}
    spec["required"] = field.required
    if kind == "toggle":
        spec["options"] = _yes_no(default)
    if kind == "choice":
        spec["options"] = [{"value": "", "label": "Choose…"}, *_options(field)]
    if field.hide_from_console and field.default_value and not default and kind == "text":
        spec["placeholder"] = f"the platform uses {field.default_value}"
    if sites := connectwise.site_choices(element.key, field.key):
        choices = [{"value": site.address, "label": site.label} for site in sites.sites]
        spec["picker"] = {"label": "ConnectWise site", "own": sites.own_host, "choices": choices}
    return FormField(field.key, kind, spec, default=default)


def _kind(field: ConfigurationField) -> str:
    if field.is_secret:
        return "secret"
    if field.is_boolean:
        return "toggle"
    if field.type == "COMBO" and field.options:
        return "choice"
    return "area" if field.type == "TEXTAREA" else "text"


def _options(field: ConfigurationField) -> Iterable[dict[str, str]]:
    return ({"value": option.value, "label": option.name or option.value} for option in field.options)


def _yes_no(default: str) -> list[dict[str, str]]:
    options = [{"value": "true", "label": "Yes"}, {"value": "false", "label": "No"}]
    return options if default else [{"value": "", "label": "Not set"}, *options]


def _usable_default(field: ConfigurationField) -> str:
    """Return the default if it can be left as it is; ``https://{siteUrl}/...`` cannot."""
    default = field.default_value or ""
    if field.is_secret or (field.key == event_settings.CALLBACK and default in event_settings.NO_CALLBACK):
        return ""
    if field.type == "TEXTAREA":
        return _indented(default)
    return "" if re.search(r"[{}<>]\w|\w[{}<>]", default) else default


def _indented(text: str) -> str:
    value = _json_or_text(text)
    return text if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _converted(kind: str, value: Any) -> Any:
    if kind == "secret":
        return as_secret(value) if isinstance(value, str | Secret) and value else None
    if kind == "toggle":
        word = "" if value is None else str(reveal(value)).strip().lower()
        return True if word in _TRUE else False if word in _FALSE else None
    if kind == "tags":
        parts = re.split(r"[,;\n]", value) if isinstance(value, str) else list(value or ())
        return [str(part).strip() for part in parts if str(part).strip()]
    if value is None:
        return ""
    return configuration_text(reveal(value))
