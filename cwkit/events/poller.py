"""PollerConfiguration: which resources are polled, by which URL, and how their records' dates are read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from cwkit.errors import PollerError
from cwkit.events.moments import Moment, shown
from cwkit.events.poller_text import compact, object_from_mapping, object_from_text, repaired_object
from cwkit.events.urls import PollUrl, split_url

if TYPE_CHECKING:
    import pandas as pd

    from cwkit.events.explanation import Explanation
    from cwkit.events.simulation import Records

__all__ = ["PollerConfiguration", "PollerResource"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class PollerResource:
    """One polled resource: what its entry says, read as the platform reads it (platform facts, section 5).

    ``data`` is the entry itself, unknown keys included. Attributes are ``None`` where the entry has no
    such key, and ``""`` where its value is blank.
    """

    __slots__ = ("__dict__", "data", "name")

    def __init__(self, name: str, data: Mapping[str, Any] | None = None) -> None:
        self.name = name
        self.data: Mapping[str, Any] = MappingProxyType(dict(data or {}))

    def __repr__(self) -> str:
        return f"PollerResource({self.name!r}, url={self.url!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PollerResource):
            return NotImplemented
        return self.name == other.name and dict(self.data) == dict(other.data)

    def __hash__(self) -> int:
        return hash((self.name, compact(dict(self.data))))

    @property
    def dates(self) -> Mapping[str, Any]:
        """The entry ``datesConfiguration``; empty where there is none."""
        dates = self.data.get("datesConfiguration")
        return dates if isinstance(dates, dict) else _NOTHING

    @property
    def url(self) -> str:
        """The URL with its ``${...}``; blank where there is none."""
        return _text(self.data.get("url")) or ""

    @cached_property
    def address(self) -> PollUrl:
        """The URL taken apart: hub, path, object, and query with its ``where``."""
        return split_url(self.url)

    @property
    def hub(self) -> str | None:
        """The hub in the URL, such as ``crm``."""
        return self.address.hub

    @property
    def path(self) -> str:
        """The path in the URL, such as ``/hubs/crm/contacts``."""
        return self.address.path

    @property
    def where(self) -> str | None:
        """The ``where`` clause (CEQL), decoded, with its ``${...}``."""
        return self.address.query.get("where")

    @property
    def id_field(self) -> str | None:
        """The field that holds a record's id."""
        return _text(self.data.get("idField"))

    @property
    def updated_field(self) -> str | None:
        """The field that holds the date of the last change."""
        return _text(self.dates.get("updatedDateField"))

    @property
    def updated_format(self) -> str | None:
        """Its Java pattern, or ``milliseconds``, or ``timestamp``."""
        return _text(self.dates.get("updatedDateFormat"))

    @property
    def updated_zone(self) -> str | None:
        """Its time zone, where the format tells none."""
        return _text(self.dates.get("updatedDateTimezone"))

    @property
    def created_field(self) -> str | None:
        """The field that holds the date of creation."""
        return _text(self.dates.get("createdDateField"))

    @property
    def created_format(self) -> str | None:
        """Its Java pattern, or ``milliseconds``, or ``timestamp``."""
        return _text(self.dates.get("createdDateFormat"))

    @property
    def created_zone(self) -> str | None:
        """Its time zone, where the format tells none."""
        return _text(self.dates.get("createdDateTimezone"))

    @property
    def filter_by_updated(self) -> bool:
        """Whether the date of the last change is compared with the last poll; otherwise the creation's."""
        return _flag(self.data.get("filterByUpdatedDate"), default=True)

    @property
    def filter_by_created(self) -> bool:
        """Whether a record created before the last poll is left out as well."""
        return _flag(self.data.get("filterByCreatedDate"), default=False)

    @property
    def created_tolerance_s(self) -> float:
        """By how many seconds created and updated may differ for a record that is new."""
        given = self.dates.get("createdCheckTolerance", self.data.get("createdCheckTolerance"))
        return max(_number(given) or 0.0, 0.0)

    @property
    def page_size(self) -> int | None:
        """Records a page, where told."""
        number = _number(self.data.get("pageSize"))
        return None if number is None else int(number)

    @property
    def poll_delay_s(self) -> float:
        """Seconds that are taken off the time of the last poll in the URL."""
        return _number(self.data.get("pollDelay")) or 0.0

    @property
    def same_date_field(self) -> bool:
        """Say whether created and updated are one field, so that no change is ever told as UPDATED."""
        return bool(self.updated_field) and self.updated_field == self.created_field

    def oddities(self) -> list[tuple[str, str]]:
        """Return keys whose value is of a kind that the platform does not expect, with what is expected."""
        dates = self.data.get("datesConfiguration")
        odd = []
        if dates not in (None, "") and not isinstance(dates, dict):
            odd.append(("datesConfiguration", "an object"))
        for source, prefix in ((self.data, ""), (self.dates, "datesConfiguration.")):
            for key, value in source.items():
                wanted = _EXPECTED.get(key)
                if wanted and not _fits(value, wanted):
                    odd.append((prefix + key, wanted))
        return odd


class PollerConfiguration(Mapping[str, PollerResource]):
    """The value of ``event.poller.configuration``: a mapping from a resource's name to its settings.

    It never changes; ``with_...`` return another one. It keeps what was read, key order, unknown keys
    and booleans written as texts included, so that :meth:`to_json` loses nothing. ``notes`` tells what
    :meth:`read` had to repair; ``element_key`` whose poller it is, where known.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        element_key: str | None = None,
        notes: tuple[str, ...] = (),
    ) -> None:
        self._data = _checked(object_from_mapping(data)) if data else {}
        self.element_key = element_key
        self.notes = notes

    @classmethod
    def parse(
        cls,
        source: str | bytes | Mapping[str, Any] | PollerConfiguration | None,
        *,
        element_key: str | None = None,
    ) -> PollerConfiguration:
        """Return the poller configuration in a JSON text or a dictionary; blank and ``None`` are empty.

        Raises ``PollerError``, with line and column where it knows them, for what is not JSON, not an
        object, or has an entry that is not an object. What is odd within an entry is kept and told by
        ``findings`` and ``explain``, for one wrong resource must not hide the others.
        """
        if isinstance(source, PollerConfiguration):
            return cls._of(source._data, element_key or source.element_key, source.notes)
        if isinstance(source, bytes):
            source = source.decode("utf-8", "replace")
        if isinstance(source, str):
            data = _cached(source) if len(source) <= 65_536 else _checked(object_from_text(source))
        elif isinstance(source, Mapping):
            data = _checked(object_from_mapping(source))
        elif source is None:
            data = {}
        else:
            raise PollerError(
                f"A poller configuration is a JSON text or a dictionary, not {shown(source)}.",
                fix="Give the value of event.poller.configuration.",
            )
        return cls._of(data, element_key)

    @classmethod
    def read(cls, text: str, *, element_key: str | None = None) -> PollerConfiguration:
        """Return the poller configuration in a pasted text, repaired where it has one possible meaning.

        ``notes`` of the result tells what was repaired. Raises ``PollerError`` where nothing can be made
        of it.
        """
        data, notes = repaired_object(text)
        return cls._of(_checked(data), element_key, tuple(notes))

    @classmethod
    def _of(
        cls, data: dict[str, Any], element_key: str | None, notes: tuple[str, ...] = ()
    ) -> PollerConfiguration:
        poller = cls.__new__(cls)
        poller._data, poller.element_key, poller.notes = data, element_key, notes
        return poller

    @cached_property
    def resources(self) -> Mapping[str, PollerResource]:
        """The polled resources by name, in the order of the configuration."""
        return MappingProxyType({name: PollerResource(name, data) for name, data in self._data.items()})

    def __getitem__(self, name: str) -> PollerResource:
        return self.resources[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __eq__(self, other: object) -> bool:
        return self._data == other._data if isinstance(other, PollerConfiguration) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        return f"PollerConfiguration({', '.join(self._data) or 'empty'})"

    def _repr_html_(self) -> str:
        return str(self.table().to_html(escape=True)) if self._data else "An empty poller configuration."

    def to_json(self) -> str:
        """Return the configuration as the platform takes it: JSON without spaces.

        Byte for byte what ``json.dumps(..., separators=(",", ":"), ensure_ascii=False)`` makes of the
        original; only half a surrogate pair, which UTF-8 does not have, is written as an escape.
        """
        return compact(self._data)

    def to_dict(self) -> dict[str, Any]:
        """Return a copy of the configuration as a dictionary."""
        return object_from_text(compact(self._data))

    def table(self) -> pd.DataFrame:
        """Return one row a resource: index ``resource``, columns ``hub, path, where, id_field, updated_field,
        updated_format, updated_zone, created_field, created_format, created_zone, filter_by_updated,
        created_tolerance_s, page_size, poll_delay_s, url``.

        Empty cells stand where the configuration has no such key; ``""`` where its value is blank.
        """
        from cwkit.events.tables import poller_table

        return poller_table(self)

    def requests(
        self, last_poll: Moment, now: Moment | None = None, element_key: str | None = None
    ) -> pd.DataFrame:
        """Return the request of the next poll for each resource: index ``resource``.

        Columns ``url`` (for reading), ``encoded_url`` (for use) and ``problem`` (why there is none); for
        an element whose requests to the service behind it are known, also ``vendor_method``,
        ``vendor_url`` (under the instance's base address), ``vendor_headers`` (names) and ``warnings``.
        ``now`` is the time of that poll; 15 minutes after ``last_poll`` where it is not given.
        ``element_key`` is taken from the configuration where it is known.
        """
        from cwkit.events.poll_requests import poll_requests

        return poll_requests(self, last_poll, now, element_key or self.element_key)

    def explain(self, refresh_minutes: float | str = 15) -> Explanation:
        """Return one plain sentence a resource: what is polled, when, and what a change is reported as.

        ``refresh_minutes`` is the value of ``event.poller.refresh_interval``. Raises ``PollerError`` for
        an interval that is not a number above zero.
        """
        from cwkit.events.explanation import explain

        return explain(self, refresh_minutes)

    def simulate(
        self,
        records: Records,
        polls: Any = None,
        *,
        refresh_minutes: float | str = 15,
        resource: str | None = None,
    ) -> pd.DataFrame:
        """Return the events that ``records`` would have given; see ``cwkit.events.simulate``."""
        from cwkit.events.simulation import simulate

        return simulate(self, records, polls, refresh_minutes=refresh_minutes, resource=resource)

    def with_resource(self, name: str, data: Mapping[str, Any] | PollerResource) -> PollerConfiguration:
        """Return a configuration in which ``name`` has these settings; a new name comes last."""
        entry = dict(data.data) if isinstance(data, PollerResource) else dict(data)
        return self._of(_checked(object_from_mapping({**self._data, name: entry})), self.element_key)

    def without(self, *names: str) -> PollerConfiguration:
        """Return a configuration without these resources."""
        kept = {name: data for name, data in self._data.items() if name not in names}
        return self._of(kept, self.element_key)


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    for name, entry in data.items():
        if not isinstance(entry, dict):
            raise PollerError(
                f"The entry {shown(name)} of the poller configuration is {shown(entry)}, not an object.",
                fix=f'Write {{"url": "...", "idField": "id"}} there, or take {shown(name)} out.',
                field=name,
                value=shown(entry),
            )
    return data


@lru_cache(maxsize=512)
def _cached(text: str) -> dict[str, Any]:
    # Instances of one element mostly have the same poller. The object is shared, and never changed.
    return _checked(object_from_text(text))


_EXPECTED = {
    "url": "a text", "idField": "a text", "xPath": "a text",
    "updatedDateField": "a text", "updatedDateFormat": "a text", "updatedDateTimezone": "a text",
    "createdDateField": "a text", "createdDateFormat": "a text", "createdDateTimezone": "a text",
    "filterByUpdatedDate": "true or false", "filterByCreatedDate": "true or false",
    "createdCheckTolerance": "a number of seconds", "pollDelay": "a number of seconds",
    "pageSize": "a number of records",
}  # fmt: skip


def _fits(value: Any, wanted: str) -> bool:
    if value is None or value == "":
        return True
    if wanted == "a text":
        return isinstance(value, str)
    if wanted == "true or false":
        return isinstance(value, bool) or str(value).strip().lower() in ("true", "false")
    number = _number(value)
    return number is not None and number >= 0


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return compact(value)


def _flag(value: Any, *, default: bool) -> bool:
    text = str(value).strip().lower()
    return {"true": True, "false": False}.get(text, default)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < 1e12 else None
