"""Instance: what the platform answered about one element instance, read tolerantly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PrivateAttr,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from cwkit.elements import Element, configuration_text, shipped, shipped_keys
from cwkit.errors import PollerError
from cwkit.events import PollerConfiguration
from cwkit.instances import tables
from cwkit.instances.findings import findings_of, findings_table
from cwkit.instances.remembered import Remembered
from cwkit.redaction import MASK, Secret, as_secret, is_secret, mask_secrets, safe_text, wrap_secrets

if TYPE_CHECKING:
    from cwkit.instances.display import Table

__all__ = ["Instance", "element_key_for"]

_KNOWN = frozenset(
    {
        "id", "name", "createdDate", "token", "element", "elementId", "elementKey", "hub", "tags", "valid",
        "disabled", "eventsEnabled", "configuration",
    }
)  # fmt: skip

_TEXTS = (str, Secret)

_Unknown = Annotated[Any, PlainSerializer(mask_secrets)]


def _dumped(value: str | Secret | None) -> str | None:
    """A password in an address and a secret in JSON are not dumped either, nor what cannot be written."""
    return safe_text(value) if isinstance(value, str) else None if value is None else str(value)


_Value = Annotated[str | Secret | None, PlainSerializer(_dumped)]


class Instance(BaseModel):
    """One element instance (platform facts, section 3).

    ``configuration`` holds every value as the text in the request, ``None`` for null, and
    :class:`~cwkit.redaction.Secret` where it must not be seen. What cwkit does not know is kept under
    the platform's own name in ``model_extra``. ``notes`` tells what had to be repaired to read it.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="allow", hide_input_in_errors=True
    )

    __pydantic_extra__: dict[str, _Unknown] = Field(init=False)

    id: int | str | None = None
    name: str = ""
    created_date: str | None = None
    token: Secret | None = None
    element: Element | None = None
    element_id: int | str | None = None
    element_key: str = ""
    hub: str = ""
    tags: list[str] = Field(default_factory=list)
    valid: bool | None = None
    disabled: bool | None = None
    events_enabled: bool | None = None
    configuration: dict[str, _Value] = Field(default_factory=dict)
    notes: list[str] = Field(default_factory=list)

    _definition: Element | None = PrivateAttr(default=None)
    _pasted: bool = PrivateAttr(default=False)
    _partial: bool = PrivateAttr(default=False)
    _request: bool = PrivateAttr(default=False)

    @classmethod
    def from_response(
        cls,
        data: Mapping[str, Any],
        element: Element | None = None,
        remembered: Remembered | None = None,
    ) -> Instance:
        """Make an instance from the platform's answer; never fails over its shape.

        ``element`` is the full definition where it is available; it says which values are secret. Tags may
        be texts or ``{id, name}`` objects; ``element`` in the answer may be whole, small or missing.
        Numbers, booleans and objects among the configuration values become the text of the request.
        Equal elements are shared in ``remembered``.
        """
        given = data.get("element")
        kept = remembered or Remembered()
        own = kept.get(("element", repr(given)), partial(_element, given)) if given else None
        raw = data.get("configuration")
        raw = raw if isinstance(raw, Mapping) else {}
        key = (own.key if own else "") or _text(data.get("elementKey")) or (element.key if element else "")
        notes = []
        if not key and (key := element_key_for(raw)):
            notes.append(f"The text does not name the element; the keys are those of {key}.")
        definition = element or _definition(own, key)
        extra = {name: wrap_secrets(value, key=name) for name, value in data.items() if name not in _KNOWN}
        values: dict[str, Any] = {
            "id": _identifier(data.get("id")),
            "name": _text(data.get("name")),
            "created_date": _text(data.get("createdDate")) or None,
            "token": _token(data.get("token")),
            "element": own,
            "element_id": _identifier(data.get("elementId")) or (own.id if own else None),
            "element_key": key,
            "hub": (own.hub if own else "") or _text(data.get("hub")) or definition.hub,
            "tags": _tags(data.get("tags")),
            "valid": _flag(data.get("valid")),
            "disabled": _flag(data.get("disabled")),
            "events_enabled": _flag(data.get("eventsEnabled")),
            "configuration": _configuration(raw, definition),
            "notes": notes,
        }
        others = {name: value for name, value in extra.items() if name not in values}
        instance = cls.model_construct(**others, **values)
        instance._definition = definition
        return instance

    @model_validator(mode="after")
    def _wrap_secrets(self) -> Self:
        self.configuration = _configuration(self.configuration, self.definition)
        return self

    @property
    def definition(self) -> Element:
        """The full element where it is known, else the one that comes with cwkit, else a bare one."""
        if self._definition is None:
            self._definition = _definition(self.element, self.element_key)
        return self._definition

    @property
    def pasted(self) -> bool:
        """Return whether the instance was read from a pasted text, which others may have seen."""
        return self._pasted

    @property
    def partial(self) -> bool:
        """Return whether a part of the configuration may have been left out of the text."""
        return self._partial

    @property
    def is_request(self) -> bool:
        """Return whether the values are those of a request, which the platform has not taken yet."""
        return self._request

    def mark_as_pasted(self, *, partial: bool = False, request: bool = False) -> None:
        """Remember that it was read from a pasted text, which was cut (``partial``) or is a ``request``."""
        self._pasted, self._partial, self._request = True, partial, request

    def configuration_table(self) -> Table:
        """Return the configuration as a table, secrets masked.

        Index ``key``; columns ``label``, ``value`` (typed for reading), ``default``, ``changed``, ``group``,
        ``secret``, ``hidden``, ``internal``, ``raw``.
        """
        return tables.configuration_table(self)

    def summary(self) -> Table:
        """Return what the instance is, on one line; see :func:`cwkit.instances.tables.summary`."""
        return tables.summary(self)

    @property
    def poller(self) -> PollerConfiguration | None:
        """The instance's poller configuration; ``None`` where it has none, or where it cannot be read.

        The finding ``poller-json`` tells why; ``PollerConfiguration.read`` repairs what can be repaired.
        """
        text = self.configuration.get("event.poller.configuration")
        if not isinstance(text, str) or not text.strip():
            return None
        try:
            return PollerConfiguration.parse(text, element_key=self.element_key or None)
        except PollerError:
            return None

    def findings(self) -> Table:
        """Return what is wrong, risky or worth knowing, most severe first; empty where all is well.

        Columns ``severity`` (error, warning, info), ``code`` (explained in docs/findings.md), ``subject``
        (key, resource or part of the instance), ``message``, ``fix``. Pure: it asks nobody.
        """
        return findings_table(findings_of(self, answered=not self._request))

    def other(self, name: str, default: Any = None) -> Any:
        """Return a value that cwkit has no attribute for, by the platform's name (``organizationId``)."""
        return (self.model_extra or {}).get(name, default)

    def __repr__(self) -> str:
        token = f", token={MASK}" if self.token else ""
        return f"<Instance {self.id} {self.name!r} of {self.element_key or 'an unknown element'}{token}>"

    __str__ = __repr__


def element_key_for(configuration: Mapping[str, Any]) -> str:
    """Return the shipped element whose required keys are all but one in ``configuration``, or nothing."""
    for key in shipped_keys():
        required = [field.key for field in shipped(key).section("required")]
        if sum(name in configuration for name in required) >= len(required) - 1:
            return key
    return ""


def _definition(own: Element | None, key: str) -> Element:
    if own and own.configuration:
        return own
    if key in shipped_keys():
        return shipped(key)
    return own or Element(key=key)


def _element(value: Any) -> Element | None:
    if not isinstance(value, Mapping):
        return None
    try:
        return Element.model_validate(_without_secrets(dict(value)))
    except (ValidationError, ValueError):
        pass  # garbled or of another shape: its name is still worth having
    return Element(
        id=_identifier(value.get("id")),
        key=_text(value.get("key")),
        name=_text(value.get("name")),
        hub=_text(value.get("hub")),
        active=_flag(value.get("active")),
        deleted=_flag(value.get("deleted")),
    )


def _without_secrets(element: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if name == "configuration" else mask_secrets(value, key=name)
        for name, value in element.items()
    }


def _configuration(raw: Mapping[str, Any], definition: Element) -> dict[str, str | Secret | None]:
    known, secret = definition.fields, definition.secret_keys
    values: dict[str, str | Secret | None] = {}
    for name, value in raw.items():
        key = str(name)
        text = value if value is None or type(value) in _TEXTS else configuration_text(value)
        if text is not None and (is_secret(key) if key not in known else key in secret):
            values[key] = as_secret(text)
        else:
            values[key] = text
    return values


def _tags(value: Any) -> list[str]:
    items = value if isinstance(value, list | tuple) else []
    names = [item.get("name") if isinstance(item, Mapping) else item for item in items]
    return [_text(name) for name in names if name is not None]


def _token(value: Any) -> Secret | None:
    if isinstance(value, Secret):
        return value
    return as_secret(value) if isinstance(value, str) and value else None


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, Mapping | list) else str(value)


def _identifier(value: Any) -> int | str | None:
    return value if isinstance(value, int | str) and not isinstance(value, bool) else None


def _flag(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None
