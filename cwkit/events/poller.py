"""PollerConfiguration: which resources are polled, kept as they were written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cwkit.errors import PollerError
from cwkit.events.classification import Records, simulate
from cwkit.events.poll_preview import Explanation, explain, poll_requests
from cwkit.events.poller_json import compact, object_from_mapping, object_from_text, repaired_object
from cwkit.events.poller_resource import PollerResource
from cwkit.events.timestamps import Moment, shown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "PollerConfiguration", "PollerDifference", "poller_differences", "poller_table"]


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
            data = _checked(object_from_text(source))
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

    def __reduce__(self) -> tuple[Any, ...]:
        return (PollerConfiguration._of, (self._data, self.element_key, self.notes))

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
        return poll_requests(self, last_poll, now, element_key or self.element_key)

    def explain(self, refresh_minutes: float | str = 15) -> Explanation:
        """Return one plain sentence a resource: what is polled, when, and what a change is reported as.

        ``refresh_minutes`` is the value of ``event.poller.refresh_interval``. Raises ``PollerError`` for
        an interval that is not a number above zero.
        """
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


COLUMNS = (
    "hub", "path", "where", "id_field", "updated_field", "updated_format", "updated_zone", "created_field",
    "created_format", "created_zone", "filter_by_updated", "created_tolerance_s", "page_size", "poll_delay_s",
    "url",
)  # fmt: skip
"""The columns of a poller's table; each is an attribute of ``PollerResource``."""

_TYPES: dict[str, Any] = {
    "filter_by_updated": "bool",
    "created_tolerance_s": "float64",
    "page_size": "Int64",
    "poll_delay_s": "float64",
}


def poller_table(poller: PollerConfiguration) -> pd.DataFrame:
    """Return one row a resource; see ``PollerConfiguration.table``."""
    import pandas as pd

    resources = poller.resources.values()
    columns = {
        name: pd.Series([getattr(resource, name) for resource in resources], dtype=_TYPES.get(name, "object"))
        for name in COLUMNS
    }
    table = pd.DataFrame(columns)
    table.index = pd.Index(list(poller.resources), name="resource", dtype="object")
    return table


class PollerDifference(NamedTuple):
    """One difference. ``setting`` is blank for a resource that only one side has; ``None`` is "not set"."""

    resource: str
    setting: str
    before: Any
    after: Any


def poller_differences(before: PollerConfiguration, after: PollerConfiguration) -> list[PollerDifference]:
    """Return the differences only, in the order of the configurations.

    Settings within ``datesConfiguration`` are named by their own key. A resource that is gone or new is
    one difference, with its URL.
    """
    found = []
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            found.append(PollerDifference(name, "", before[name].url, None))
        elif name not in before:
            found.append(PollerDifference(name, "", None, after[name].url))
        else:
            old, new = dict(_flat(before[name].data)), dict(_flat(after[name].data))
            found += [
                PollerDifference(name, setting, old.get(setting), new.get(setting))
                for setting in dict.fromkeys([*old, *new])
                if old.get(setting, _ABSENT) != new.get(setting, _ABSENT)
            ]
    return found


_ABSENT = object()


def _flat(settings: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if key == "datesConfiguration" and isinstance(value, Mapping):
            yield from ((str(inner), held) for inner, held in value.items())
        else:
            yield str(key), value
