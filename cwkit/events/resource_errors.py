"""The errors in one resource, found without any data: no poll is possible, or its dates are unreadable."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from cwkit.errors import DateError, InputError, PollerError, TemplateError
from cwkit.events.patterns import check_pattern
from cwkit.events.templates import check_template
from cwkit.events.zones import check_zone

if TYPE_CHECKING:
    from cwkit.events.poller_resource import PollerResource

__all__ = ["errors_in"]


_Settings: TypeAlias = tuple[str, str, str, str, str, str, str]


def errors_in(resource: PollerResource) -> dict[str, InputError]:
    """Return the errors in a resource by the key of its setting (``url``, ``updatedDateFormat``, ...).

    A missing URL, a ``${...}`` that cannot be filled in, a date field without a format, a format that Java
    refuses, a time zone that does not exist. Empty where all is well.
    """
    settings = (
        resource.url,
        resource.updated_field or "",
        resource.updated_format or "",
        resource.updated_zone or "",
        resource.created_field or "",
        resource.created_format or "",
        resource.created_zone or "",
    )
    return {} if _sound(settings) else _errors(settings)


@lru_cache(maxsize=2048)
def _sound(settings: _Settings) -> bool:
    # Most resources of a fleet are alike and right. Errors are made anew each time, for they get raised.
    return not _errors(settings)


def _errors(settings: _Settings) -> dict[str, InputError]:
    url, *dates = settings
    found: dict[str, InputError] = {}
    if not url.strip():
        found["url"] = PollerError(
            "There is no URL to poll.", fix="Enter one, such as /hubs/crm/contacts?where=..."
        )
    else:
        try:
            check_template(url)
        except TemplateError as error:
            found["url"] = error
    for side, (field, pattern, zone) in (("updated", dates[:3]), ("created", dates[3:])):
        if field:
            found |= _date_errors(side, field, pattern, zone)
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
