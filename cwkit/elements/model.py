"""Element and ConfigurationField: what the platform says an element asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic.alias_generators import to_camel

from cwkit.redaction import is_secret

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ConfigurationField", "Element", "FieldOption", "Section", "configuration_text"]

Section = Literal["required", "events", "optional", "advanced", "internal"]

_LENGTH = re.compile(r"TEXTFIELD_(\d+)")
_BOOLEAN_TYPES = frozenset({"BOOLEAN", "BOOLEAN_YESNO"})
_EVENT_KEYS = re.compile(r"event\.(notification|poller|vendor)\.")


def configuration_text(value: Any) -> str | None:
    """Return a configuration value as the text in the request (platform facts, section 2).

    ``True`` is ``"true"``; mappings, lists and objects with ``to_json`` (a poller configuration) are JSON;
    ``None`` stays ``None``; anything else is its text.
    """
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if callable(to_json := getattr(value, "to_json", None)):
        return str(to_json())
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return str(value)


class _PlatformModel(BaseModel):
    """The platform's camelCase names; unknown ones are kept; no value in a validation error."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="allow", hide_input_in_errors=True
    )


class FieldOption(_PlatformModel):
    """One choice of a COMBO field: ``name`` is shown, ``value`` is sent."""

    name: str = ""
    value: str = ""

    @field_validator("name", "value", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> str:
        return "" if value is None else str(value)


class ConfigurationField(_PlatformModel):
    """One value that an element asks for when an instance is created (PLATFORM facts, section 2).

    ``type`` is the platform's: TEXTFIELD_32/64/128/1000, TEXTAREA, PASSWORD, BOOLEAN, BOOLEAN_YESNO, COMBO.
    """

    key: str
    name: str = ""
    description: str = ""
    type: str = "TEXTFIELD_1000"
    required: bool = False
    default_value: str | None = None
    display_order: int = 0
    hide_from_console: bool = False
    internal: bool = False
    group_control: bool = False
    group_name: str | None = None
    options: list[FieldOption] = Field(default_factory=list)

    @field_validator("default_value", mode="before")
    @classmethod
    def _default_as_text(cls, value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return str(value).lower() if isinstance(value, bool) else str(value)

    @field_validator(
        "required", "hide_from_console", "internal", "group_control", "name", "description", "display_order",
        "options", "type", mode="before",
    )  # fmt: skip
    @classmethod
    def _null_means_absent(cls, value: Any, info: Any) -> Any:
        return (
            cls.model_fields[info.field_name].get_default(call_default_factory=True)
            if value is None
            else value
        )

    @property
    def label(self) -> str:
        """What a person sees: the platform's name, or the key where it has none."""
        return self.name or self.key

    @property
    def max_length(self) -> int | None:
        """The most characters that the value may have; ``None`` where the platform sets no limit."""
        match = _LENGTH.fullmatch(self.type)
        return int(match[1]) if match else None

    @property
    def is_boolean(self) -> bool:
        """Say whether the value is yes or no; it travels as the text ``true`` or ``false``."""
        return self.type in _BOOLEAN_TYPES

    @property
    def is_secret(self) -> bool:
        """Return whether the value must not be seen, judged by type, key and label."""
        return is_secret(self.key, type=self.type, label=self.name)

    @property
    def section(self) -> Section:
        """The part of the form to which the field belongs."""
        if self.internal:
            return "internal"
        if self.required:
            return "required"
        if self.hide_from_console:
            return "advanced"
        return "events" if _EVENT_KEYS.match(self.key) else "optional"


class Element(_PlatformModel):
    """A connector of the platform, with the configuration fields that an instance of it needs."""

    id: int | str | None = None
    key: str = ""
    name: str = ""
    hub: str = ""
    active: bool | None = None
    deleted: bool | None = None
    configuration: list[ConfigurationField] = Field(default_factory=list)

    @field_validator("configuration", mode="before")
    @classmethod
    def _no_configuration(cls, value: Any) -> Any:
        return value if isinstance(value, list) else []

    @field_validator("key", "name", "hub", mode="before")
    @classmethod
    def _null_means_blank(cls, value: Any) -> Any:
        return "" if value is None else value

    @cached_property
    def fields(self) -> dict[str, ConfigurationField]:
        """The configuration fields by key, in display order."""
        ordered = sorted(self.configuration, key=lambda field: field.display_order)
        return {field.key: field for field in ordered}

    @cached_property
    def secret_keys(self) -> frozenset[str]:
        """The keys of the fields whose values must not be seen."""
        return frozenset(key for key, field in self.fields.items() if field.is_secret)

    def section(self, name: Section) -> list[ConfigurationField]:
        """Return the fields of one part of the form, in display order."""
        return [field for field in self.fields.values() if field.section == name]

    def is_secret(self, key: str) -> bool:
        """Say whether the value under ``key`` must not be seen, for known and unknown keys."""
        field = self.fields.get(key)
        return field.is_secret if field else is_secret(key)

    @property
    def event_method(self) -> Literal["polling", "webhook"] | None:
        """How the element learns of changes, as far as its fields tell."""
        vendor_type = self.fields.get("event.vendor.type")
        if "event.poller.configuration" in self.fields or (
            vendor_type and vendor_type.default_value == "polling"
        ):
            return "polling"
        return "webhook" if "event.notification.enabled" in self.fields else None

    def table(self) -> pd.DataFrame:
        """Return the configuration fields as a table.

        Index ``key``; columns ``label``, ``section`` (required, events, optional, advanced, internal),
        ``type``, ``max_length``, ``secret``, ``default``, ``description``; in the order of the form.
        """
        import pandas as pd

        order: tuple[Section, ...] = ("required", "events", "optional", "advanced", "internal")
        rows = [
            (f.key, f.label, name, f.type, f.max_length, f.is_secret, f.default_value, f.description)
            for name in order
            for f in self.section(name)
        ]
        columns = ["key", "label", "section", "type", "max_length", "secret", "default", "description"]
        table = pd.DataFrame(rows, columns=columns).set_index("key")
        return table.astype({"max_length": "Int64"})

    def defaults(self) -> dict[str, str]:
        """Return the default value of every field that has one and that a person may set."""
        return {
            field.key: field.default_value
            for field in self.fields.values()
            if field.default_value and not field.internal
        }
