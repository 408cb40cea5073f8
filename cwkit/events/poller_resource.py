"""PollerResource: one entry of a poller configuration, read as the platform reads it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Any

from cwkit.errors import DateError, InputError, PollerError, TemplateError
from cwkit.events.java_dates import check_pattern
from cwkit.events.poll_url import PollUrl, check_template, split_url
from cwkit.events.poller_json import compact
from cwkit.events.time_zones import check_zone

__all__ = ["PollerResource", "errors_in"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


class PollerResource:
    """One polled resource: what its entry says, read as the platform reads it (platform facts, section 5).

    Attributes are ``None`` where the entry has no such key, and ``""`` where its value is blank.
    """

    def __init__(self, name: str, data: Mapping[str, Any] | None = None) -> None:
        self.name = name
        # Shared with the configuration it belongs to, and never changed; ``data`` hands out a frozen view.
        self._data: Mapping[str, Any] = data or _NOTHING

    def __repr__(self) -> str:
        return f"PollerResource({self.name!r}, url={self.url!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PollerResource):
            return NotImplemented
        return self.name == other.name and self._text == other._text

    def __hash__(self) -> int:
        return hash((self.name, self._text))

    @cached_property
    def _text(self) -> str:
        return compact(self._data)  # True equals 1, but is written and read otherwise

    @property
    def data(self) -> Mapping[str, Any]:
        """The entry itself, unknown keys included, for reading."""
        frozen: Mapping[str, Any] = _frozen(self._data)
        return frozen

    @property
    def _dates(self) -> Mapping[str, Any]:
        dates = self._data.get("datesConfiguration")
        return dates if isinstance(dates, Mapping) else _NOTHING

    @property
    def url(self) -> str:
        """The URL with its ``${...}``; blank where there is none."""
        return _text(self._data.get("url")) or ""

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
        return _text(self._data.get("idField"))

    @property
    def updated_field(self) -> str | None:
        """The field that holds the date of the last change."""
        return _text(self._dates.get("updatedDateField"))

    @property
    def updated_format(self) -> str | None:
        """Its Java pattern, or ``milliseconds``, or ``timestamp``."""
        return _text(self._dates.get("updatedDateFormat"))

    @property
    def updated_zone(self) -> str | None:
        """Its time zone, where the format tells none."""
        return _text(self._dates.get("updatedDateTimezone"))

    @property
    def created_field(self) -> str | None:
        """The field that holds the date of creation."""
        return _text(self._dates.get("createdDateField"))

    @property
    def created_format(self) -> str | None:
        """Its Java pattern, or ``milliseconds``, or ``timestamp``."""
        return _text(self._dates.get("createdDateFormat"))

    @property
    def created_zone(self) -> str | None:
        """Its time zone, where the format tells none."""
        return _text(self._dates.get("createdDateTimezone"))

    @property
    def filter_by_updated(self) -> bool:
        """Whether the date of the last change is compared with the last poll; otherwise the creation's."""
        return _flag(self._data.get("filterByUpdatedDate"), default=True)

    @property
    def filter_by_created(self) -> bool:
        """Whether a record created before the last poll is left out as well."""
        return _flag(self._data.get("filterByCreatedDate"), default=False)

    @property
    def created_tolerance_s(self) -> float:
        """By how many seconds created and updated may differ for a record that is new."""
        given = self._dates.get("createdCheckTolerance", self._data.get("createdCheckTolerance"))
        return max(_number(given) or 0.0, 0.0)

    @property
    def page_size(self) -> int | None:
        """Records a page, where told."""
        number = _number(self._data.get("pageSize"))
        return None if number is None else int(number)

    @property
    def poll_delay_s(self) -> float:
        """Seconds that are taken off the time of the last poll in the URL."""
        return _number(self._data.get("pollDelay")) or 0.0

    @property
    def same_date_field(self) -> bool:
        """Say whether created and updated are one field, so that no change is ever told as UPDATED."""
        return bool(self.updated_field) and self.updated_field == self.created_field

    def oddities(self) -> list[tuple[str, str]]:
        """Return keys whose value is of a kind that the platform does not expect, with what is expected."""
        dates = self._data.get("datesConfiguration")
        odd = []
        if dates not in (None, "") and not isinstance(dates, Mapping):
            odd.append(("datesConfiguration", "an object"))
        for source, prefix in ((self._data, ""), (self._dates, "datesConfiguration.")):
            for key, value in source.items():
                wanted = _EXPECTED.get(key)
                if wanted and not _fits(value, wanted):
                    odd.append((prefix + key, wanted))
        return odd


_EXPECTED = {
    "url": "a text", "idField": "a text", "xPath": "a text",
    "updatedDateField": "a text", "updatedDateFormat": "a text", "updatedDateTimezone": "a text",
    "createdDateField": "a text", "createdDateFormat": "a text", "createdDateTimezone": "a text",
    "filterByUpdatedDate": "true or false", "filterByCreatedDate": "true or false",
    "createdCheckTolerance": "a number of seconds", "pollDelay": "a number of seconds",
    "pageSize": "a number of records",
}  # fmt: skip


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({key: _frozen(inner) for key, inner in value.items()})
    return tuple(_frozen(inner) for inner in value) if isinstance(value, list) else value


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
    return compact(value)  # a number or an object, where a text belongs


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


def errors_in(resource: PollerResource) -> dict[str, InputError]:
    """Return the errors in a resource by the key of its setting (``url``, ``updatedDateFormat``, ...).

    A missing URL, a ``${...}`` that cannot be filled in, a date field without a format, a format that Java
    refuses, a time zone that does not exist. Empty where all is well.
    """
    found: dict[str, InputError] = {}
    if not resource.url.strip():
        found["url"] = PollerError(
            "There is no URL to poll.", fix="Enter one, such as /hubs/crm/contacts?where=..."
        )
    else:
        try:
            check_template(resource.url)
        except TemplateError as error:
            found["url"] = error
    updated = ("updated", resource.updated_field, resource.updated_format, resource.updated_zone)
    created = ("created", resource.created_field, resource.created_format, resource.created_zone)
    for side, field, pattern, zone in (updated, created):
        if field:
            found |= _date_errors(side, field, pattern or "", zone or "")
    return found


def _date_errors(side: str, field: str, pattern: str, zone: str) -> dict[str, InputError]:
    found: dict[str, InputError] = {}
    if not pattern.strip():
        found[f"{side}DateFormat"] = DateError(
            f"The dates in {field} cannot be read, because no format is set.",
            fix="Set the format that the records have, such as yyyy-MM-dd'T'HH:mm:ss'Z' or milliseconds.",
        )
    else:
        try:
            check_pattern(pattern)
        except DateError as error:
            found[f"{side}DateFormat"] = error
    try:
        check_zone(zone)
    except DateError as error:
        found[f"{side}DateTimezone"] = error
    return found
