"""The errors in one resource, found without any data: no poll is possible, or its dates are unreadable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwkit.errors import DateError, InputError, PollerError, TemplateError
from cwkit.events.patterns import check_pattern
from cwkit.events.templates import check_template
from cwkit.events.zones import check_zone

if TYPE_CHECKING:
    from cwkit.events.poller import PollerResource

__all__ = ["errors_in"]


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
    sides = (
        ("updated", resource.updated_field, resource.updated_format, resource.updated_zone),
        ("created", resource.created_field, resource.created_format, resource.created_zone),
    )
    for side, field, pattern, zone in sides:
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
