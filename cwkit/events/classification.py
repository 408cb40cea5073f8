"""What a polled record is reported as: CREATED, UPDATED, or nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, runtime_checkable

from cwkit.errors import DateError, PollerError
from cwkit.events.java_date_parsing import read_date
from cwkit.events.poll_preview import refresh_interval
from cwkit.events.poller_resource import PollerResource
from cwkit.events.timestamps import EPOCH, Moment, is_missing, moment

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "COLUMNS",
    "EventType",
    "Records",
    "classify",
    "classify_dates",
    "compared_date",
    "field_value",
    "record_dates",
    "simulate",
]

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


COLUMNS = ("poll", "resource", "event", "object_id", "date", "note")

_MOST_POLLS = 500_000


@runtime_checkable
class _Hub(Protocol):
    def records(self, name: str) -> pd.DataFrame: ...


_Rows: TypeAlias = "pd.DataFrame | Iterable[Mapping[str, Any]]"
Records: TypeAlias = "_Rows | Mapping[str, _Rows] | _Hub"
"""A table or list of records of one resource, a mapping from resource to these, or a hub to read from."""


def simulate(
    poller: Mapping[str, PollerResource],
    records: Records,
    polls: Sequence[Any] | None = None,
    *,
    refresh_minutes: float | str = 15,
    resource: str | None = None,
) -> pd.DataFrame:
    """Return the events that the platform would have made of ``records``.

    ``records`` is a table (nested fields under dotted names) or a list of dictionaries of one resource,
    named by ``resource`` where the poller has several; or a mapping from resource to these; or a hub,
    from which every polled object is read. Names that the poller does not have are passed over.

    ``polls`` are the times of the polls, the first being the last one before the run; without them there
    is a poll every ``refresh_minutes`` over the whole time of the records. A record is known by its
    creation and its last change, and each poll sees it as it was at that time. What the URL's filter
    lets through is taken to be what has changed since the last poll.

    One row an event, in the order of the polls: ``poll`` and ``date`` (of the change) as timestamps in UTC,
    ``resource``, ``event`` (CREATED, UPDATED), ``object_id``, ``note``. A record whose dates cannot be read
    has a row without event, whose note says why. Raises ``PollerError`` for an unusable interval or when
    it is not clear which resource the records belong to.
    """
    import pandas as pd

    step = timedelta(minutes=refresh_interval(refresh_minutes))
    tables = _by_resource(poller, records, resource)
    read = {name: _read(poller[name], rows) for name, rows in tables.items()}
    times = sorted(moment(poll) for poll in polls) if polls is not None else _regular(read.values(), step)
    events = [event for name, rows in read.items() for event in _events(poller[name], rows, times)]
    table = pd.DataFrame(events, columns=list(COLUMNS))
    for column in ("poll", "date"):
        table[column] = pd.to_datetime(table[column], utc=True)
    order = table.assign(unknown=table["poll"].isna()).sort_values(["unknown", "poll", "date"], kind="stable")
    return order.drop(columns="unknown").reset_index(drop=True)


class _Dated:
    """A record's id and dates, or why they cannot be read."""

    __slots__ = ("created", "id", "problem", "updated")

    def __init__(self, record: Mapping[str, Any], resource: PollerResource) -> None:
        given = field_value(record, resource.id_field)
        self.id = None if is_missing(given) else given
        self.updated: datetime | None = None
        self.created: datetime | None = None
        self.problem = ""
        try:
            self.updated, self.created = record_dates(record, resource)
        except DateError as error:
            self.problem = error.message


def _by_resource(
    poller: Mapping[str, PollerResource], records: Records, resource: str | None
) -> dict[str, list[Mapping[str, Any]]]:
    import pandas as pd

    if isinstance(records, Mapping):
        tables: dict[str, Any] = {name: rows for name, rows in records.items() if name in poller}
    elif isinstance(records, _Hub) and not isinstance(records, pd.DataFrame):
        tables = {name: records.records(entry.address.object or name) for name, entry in poller.items()}
    else:
        name = resource or (next(iter(poller)) if len(poller) == 1 else "")
        if name not in poller:
            raise PollerError(
                f"It is not clear which resource these records belong to: {resource or 'none was named'}.",
                fix=f"Give resource=, one of {', '.join(poller) or 'those in the poller (it has none)'}.",
            )
        tables = {name: records}
    return {name: _rows(rows) for name, rows in tables.items()}


def _rows(rows: Any) -> list[Mapping[str, Any]]:
    import pandas as pd

    if isinstance(rows, pd.DataFrame):
        return [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]
    listed = list(rows)
    if any(not isinstance(row, Mapping) for row in listed):
        raise PollerError("The records are not a table.", fix="Give a DataFrame, or a list of dictionaries.")
    return listed


def _read(resource: PollerResource, rows: list[Mapping[str, Any]]) -> list[_Dated]:
    return [_Dated(row, resource) for row in rows]


def _regular(tables: Iterable[list[_Dated]], step: timedelta) -> list[datetime]:
    dates = [
        date for rows in tables for row in rows for date in (row.updated, row.created) if date is not None
    ]
    if not dates:
        return []
    first = EPOCH + ((min(dates) - EPOCH) // step) * step
    if first == min(dates):
        first -= step
    count = (max(dates) - first) // step + 2
    if count > _MOST_POLLS:
        raise PollerError(
            f"That would be {count:,} polls from {first:%Y-%m-%d} on.",
            fix="Give polls=, such as pandas.date_range(...), or a longer refresh interval.",
        )
    return [first + number * step for number in range(count)]


def _events(resource: PollerResource, rows: list[_Dated], polls: list[datetime]) -> Iterator[dict[str, Any]]:
    undated = not resource.updated_field and not resource.created_field
    for row in rows:
        base = {"resource": resource.name, "object_id": row.id, "note": row.problem}
        if undated:
            if len(polls) > 1:
                note = f"again at each of the {len(polls) - 1} polls, for no date field is set"
                yield {**base, "poll": polls[1], "event": "UPDATED", "note": note}
        elif row.problem or (row.updated is None and row.created is None):
            yield {**base, "note": row.problem or "the record has no date, so it is never reported"}
        else:
            for event in _dated_events(resource, row, polls):
                yield {**base, **event}


def _dated_events(resource: PollerResource, row: _Dated, polls: list[datetime]) -> Iterator[dict[str, Any]]:
    changes = sorted({date for date in (row.created, row.updated) if date is not None})
    seen = sorted({at for date in changes if 0 < (at := bisect_left(polls, date)) < len(polls)})
    for at in seen:
        known = [date for date in changes if date <= polls[at]]
        updated = known[-1] if row.updated is not None else None
        event = classify_dates(updated, row.created, resource, polls[at - 1])
        if event is None:
            continue
        note = ""
        if event == "UPDATED" and len(known) > 1 and known[0] > polls[at - 1]:
            note = "created and changed between two polls, so it is never reported as CREATED"
        yield {
            "poll": polls[at],
            "event": event,
            "date": compared_date(updated, row.created, resource),
            "note": note,
        }
