"""``platform.elements``: what the platform says an element asks for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic import ValidationError

from cwkit.elements import ConfigurationField, Element, shipped, shipped_keys
from cwkit.errors import BadRequest, InputError, NotFound, NotThePlatform, UnknownElement
from cwkit.platform.call import Call
from cwkit.platform.transport import Transport
from cwkit.redaction import frameless

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Elements"]

_KEY = re.compile(r"[^\s\"'{}<>=:+,]{0,100}")


class Elements:
    """The elements of the platform; those that come with cwkit are read without a call."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._fetched: dict[str, Element] = {}

    def list(self) -> list[Element]:
        """Return the elements that the platform offers, without their fields (``GET /elements``)."""
        data = self._transport.call(Call("GET", "/elements")).data
        return [e for e in map(_element, data if isinstance(data, list) else []) if e is not None and e.key]

    def table(self) -> pd.DataFrame:
        """Return the elements that the platform offers as a table.

        Index ``key``; columns ``name``, ``hub``, ``active``; ordered by key.
        """
        import pandas as pd

        rows = sorted((e.key, e.name, e.hub, e.active) for e in self.list())
        return pd.DataFrame(rows, columns=["key", "name", "hub", "active"]).set_index("key")

    @frameless
    def get(self, key: str, *, live: bool = False) -> Element:
        """Return an element with its configuration fields.

        The definitions shipped with cwkit are taken as they are, unless ``live`` asks the platform;
        others are fetched once. Raises ``UnknownElement``, which names the nearest keys.
        """
        key = str(key).strip()
        if not _KEY.fullmatch(key):
            raise InputError(
                "This is not the key of an element: it has characters that no key has, or too many.",
                fix="Give a key such as connectwisecrmrest. cwkit.read_request(text) reads a pasted request, "
                "cwkit.read_instance(text) a pasted instance.",
                field="element.key",
            )
        if not live and key in shipped_keys():
            return shipped(key)
        if live or key not in self._fetched:
            self._fetched[key] = self._fetch(key)
        return self._fetched[key]

    def metadata(self, key: str) -> dict[str, Any]:
        """Return what the platform tells of an element (``GET /elements/{key}/metadata``)."""
        data = self._transport.call(Call("GET", f"/elements/{quote(key, safe='')}/metadata")).data
        return dict(data) if isinstance(data, Mapping) else {}

    def _fetch(self, key: str) -> Element:
        path = f"/elements/{quote(key, safe='')}"
        element: Element | None = None
        if key:
            outcome = self._transport.outcome(Call("GET", path))
            element = _element(outcome.data) if outcome.error is None else None
            if outcome.error is not None and not isinstance(outcome.error, NotFound | BadRequest):
                raise outcome.error
            if element is not None and not element.configuration:
                data = self._transport.call(Call("GET", f"{path}/configuration")).data
                fields = [f for f in map(_field, data if isinstance(data, list) else []) if f is not None]
                element = element.model_copy(update={"configuration": fields})
                element.__dict__.pop("fields", None)
        if element is None:
            raise self._unknown(key)
        return element if element.key else element.model_copy(update={"key": key})

    def _unknown(self, key: str) -> UnknownElement:
        offered = list(shipped_keys())
        outcome = self._transport.once(Call("GET", "/elements"))
        if isinstance(outcome.error, NotThePlatform):
            raise outcome.error
        if isinstance(outcome.data, list):
            offered += [e.key for e in map(_element, outcome.data) if e is not None and e.key]
        by_case = {offer.lower(): offer for offer in offered}
        near = difflib.get_close_matches(key.lower(), by_case, n=3, cutoff=0.55)
        fix = (
            f"Did you mean {' or '.join(repr(by_case[n]) for n in near)}?"
            if near
            else "platform.elements.list() shows all keys; cwkit comes with "
            + ", ".join(shipped_keys())
            + "."
        )
        return UnknownElement(
            f"There is no element with the key {key!r}.", fix=fix, field="element.key", value=key
        )


def _element(data: Any) -> Element | None:
    if not isinstance(data, Mapping):
        return None
    fields = data.get("configuration")
    given = {**data, "configuration": [f for f in fields if _field(f)] if isinstance(fields, list) else []}
    try:
        return Element.model_validate(given)
    except ValidationError:
        return None


def _field(data: Any) -> ConfigurationField | None:
    try:
        return ConfigurationField.model_validate(data)
    except ValidationError:
        return None
