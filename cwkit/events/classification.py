"""What a polled record is reported as: CREATED, UPDATED, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

from cwkit.errors import DateError
from cwkit.events.date_parsing import read_date
from cwkit.events.moments import Moment, is_missing, moment
from cwkit.events.poller_resource import PollerResource

__all__ = ["EventType", "classify", "classify_dates", "compared_date", "field_value", "record_dates"]

EventType = Literal["CREATED", "UPDATED"]


def classify(
    record: Mapping[str, Any], resource: PollerResource | Mapping[str, Any], last_poll: Moment
) -> EventType | None:
    """Return what the platform reports for a polled record (platform facts, section 5).

    - Changed not later than the last poll: nothing, ``None``.
    - Created and updated the same, within ``createdCheckTolerance`` seconds: ``CREATED``.
    - Created earlier: ``UPDATED``. So one field for both dates never gives ``UPDATED``.
    - ``filterByUpdatedDate: false``: the date of creation is compared with the last poll instead;
      ``filterByCreatedDate: true``: it is compared as well.

    A record without the date that is compared is taken by the other one; without both it gives nothing.
    Without a date of creation it gives ``UPDATED``, and so does every record of a resource that names no
    date field at all. A record that claims to be created later than updated counts as created.

    ``record`` may be nested or flat (``_info.lastUpdated`` is looked for as a key, then step by step).
    ``resource`` is one of a configuration, or its entry as a dictionary. Raises ``DateError`` for a date
    that does not fit its format, naming the field.
    """
    if not isinstance(resource, PollerResource):
        resource = PollerResource("", resource)
    if not resource.updated_field and not resource.created_field:
        return "UPDATED"
    updated, created = record_dates(record, resource)
    return classify_dates(updated, created, resource, moment(last_poll))


def classify_dates(
    updated: datetime | None, created: datetime | None, resource: PollerResource, since: datetime
) -> EventType | None:
    """Return what :func:`classify` does for a record with these dates, polled last at ``since``."""
    compared = compared_date(updated, created, resource)
    if compared is None or compared <= since:
        return None
    if resource.filter_by_created and created is not None and created <= since:
        return None
    if created is None:
        return "UPDATED"
    late = (updated or created) - created
    return "CREATED" if late <= timedelta(seconds=resource.created_tolerance_s) else "UPDATED"


def compared_date(
    updated: datetime | None, created: datetime | None, resource: PollerResource
) -> datetime | None:
    """Return the date that is compared with the last poll."""
    return (updated or created) if resource.filter_by_updated else (created or updated)


def record_dates(
    record: Mapping[str, Any], resource: PollerResource
) -> tuple[datetime | None, datetime | None]:
    """Return when a record was updated and created, in UTC; ``None`` where it does not say."""
    updated = _date(record, resource.updated_field, resource.updated_format, resource.updated_zone)
    created = _date(record, resource.created_field, resource.created_format, resource.created_zone)
    return updated, created


def field_value(record: Mapping[str, Any], field: str | None) -> Any:
    """Return the value under a field: the key as it is, or else its dots as steps into objects."""
    if not field:
        return None
    if field in record:
        return record[field]
    value: Any = record
    for step in field.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return value


def _date(
    record: Mapping[str, Any], field: str | None, pattern: str | None, zone: str | None
) -> datetime | None:
    value = field_value(record, field)
    if is_missing(value):
        return None
    if not (pattern or "").strip() and not isinstance(value, datetime):
        raise DateError(f"The field {field} has no date format.", fix=f"Set the format of {field}.")
    problem = None
    try:
        return read_date(value, pattern or "", zone or "GMT")
    except DateError as error:
        problem = error
    raise DateError(
        f"The field {field}: {problem.message}",
        fix=problem.fix,
        value=problem.value,
        position=problem.position,
    )
