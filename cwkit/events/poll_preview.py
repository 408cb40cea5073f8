"""The requests of the next poll: what the platform is asked, and what the service behind it gets to see."""

from __future__ import annotations

import html
import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, overload

from cwkit.elements.provider import VendorRequest, vendor_known, vendor_request
from cwkit.errors import InputError, PollerError
from cwkit.events.poll_url import decoded_url, encoded_url, placeholders, render, split_url
from cwkit.events.poller_resource import PollerResource, errors_in
from cwkit.events.timestamps import Moment, moment, shown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Explanation", "explain", "poll_requests", "refresh_interval"]

_USUAL_INTERVAL = timedelta(minutes=15)
_COLUMNS = ("url", "encoded_url")
_VENDOR_COLUMNS = ("vendor_method", "vendor_url", "vendor_headers", "warnings")


def poll_requests(
    poller: Mapping[str, PollerResource],
    last_poll: Moment,
    now: Moment | None = None,
    element_key: str | None = None,
) -> pd.DataFrame:
    """Return the next request of each resource; see ``PollerConfiguration.requests``."""
    import pandas as pd

    since = moment(last_poll)
    until = since + _USUAL_INTERVAL if now is None else moment(now)
    rows = [_row(resource, since, until, element_key) for resource in poller.values()]
    columns = [*_COLUMNS, *(_VENDOR_COLUMNS if vendor_known(element_key) else ()), "problem"]
    index = pd.Index(list(poller), name="resource", dtype="object")
    return pd.DataFrame(rows, columns=columns, index=index, dtype="object")


def _row(
    resource: PollerResource, since: datetime, until: datetime, element_key: str | None
) -> dict[str, Any]:
    row: dict[str, Any] = {"problem": ""}
    try:
        if missing := errors_in(resource).get("url"):
            raise missing
        url = render(resource.url, since, until, resource.poll_delay_s)
        row |= {"url": decoded_url(url), "encoded_url": encoded_url(url)}
        parts = split_url(url)
        request = vendor_request(element_key, "GET", parts.path, parts.query)
        if request:
            row |= _vendor_cells(request)
        elif vendor_known(element_key):
            raise PollerError(
                f"The element has no call GET {parts.path}, so the poll fails.",
                fix="Take the path of an object that the element has.",
            )
    except InputError as error:
        row["problem"] = f"{error.message} {error.fix}".strip()
    return row


def _vendor_cells(request: VendorRequest) -> dict[str, str]:
    return {
        "vendor_method": request.method,
        "vendor_url": request.url,
        "vendor_headers": ", ".join(request.headers),
        "warnings": " ".join(str(warning) for warning in request.warnings),
    }


class Explanation(Sequence[str]):
    """The sentences on a poller in its order; ``[number]`` or ``[resource]`` gives one of them."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self.by_resource = dict(sentences)

    @overload
    def __getitem__(self, key: int | str) -> str: ...
    @overload
    def __getitem__(self, key: slice) -> list[str]: ...
    def __getitem__(self, key: int | str | slice) -> str | list[str]:
        return self.by_resource[key] if isinstance(key, str) else list(self.by_resource.values())[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_resource.values())

    def __len__(self) -> int:
        return len(self.by_resource)

    def __eq__(self, other: object) -> bool:
        return self.by_resource == other.by_resource if isinstance(other, Explanation) else NotImplemented

    def __str__(self) -> str:
        return "\n".join(self.by_resource.values()) or "Nothing is polled."

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<dt><b>{html.escape(name)}</b></dt><dd>{html.escape(sentence)}</dd>"
            for name, sentence in self.by_resource.items()
        )
        return f"<dl>{rows}</dl>" if rows else "Nothing is polled."


def refresh_interval(value: Any) -> float:
    """Return the minutes between two polls from ``event.poller.refresh_interval``, a number or a text.

    Raises ``PollerError`` for what is not a number above zero.
    """
    try:
        minutes = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError, OverflowError):
        minutes = math.nan
    if not 0 < minutes <= 525_600:
        raise PollerError(
            f"The refresh interval is {shown(value)}, not a number of minutes above zero.",
            fix="Enter whole minutes; 15 is usual.",
            field="event.poller.refresh_interval",
            value=shown(value),
        )
    return minutes


def explain(poller: Mapping[str, PollerResource], refresh_minutes: float | str = 15) -> Explanation:
    """Return one short text a resource; see ``PollerConfiguration.explain``."""
    every = _every(refresh_interval(refresh_minutes))
    return Explanation({name: explain_resource(resource, every) for name, resource in poller.items()})


def explain_resource(resource: PollerResource, every: str = "Every 15 minutes") -> str:
    """Return the text on one resource. ``every`` says how often it is polled."""
    errors = errors_in(resource)
    if "url" in errors:
        return f"{every}: {resource.name} cannot be polled. {errors['url'].message}"
    parts = [f"{every}: {_what_is_polled(resource)}."]
    broken = [error.message for key, error in errors.items() if key.endswith("Format")]
    parts += [f"Nothing is reported: {message}" for message in broken[:1]] or [_what_is_reported(resource)]
    parts += [error.message for key, error in errors.items() if key.endswith("Timezone")]
    if not resource.id_field:
        parts.append("Its events carry no object id, because no id field is set.")
    if resource.poll_delay_s:
        parts.append(
            f"The poll asks from {_amount(resource.poll_delay_s, 'second')} before the last poll on."
        )
    return " ".join(parts)


def _every(minutes: float) -> str:
    return "Every minute" if minutes == 1 else f"Every {_amount(minutes, 'minute')}"


def _amount(number: float, unit: str) -> str:
    return f"{number:g} {unit}{'' if number == 1 else 's'}"


def _what_is_polled(resource: PollerResource) -> str:
    dated = any(slot.kind == "last-poll" for slot in placeholders(resource.url))
    named = resource.address.object or resource.path
    name = resource.name if named == resource.name or not named else f"{resource.name} (from {named})"
    if not dated:
        return f"all {name}, because the URL does not ask for a date"
    side = "changed" if resource.filter_by_updated else "created"
    return f"{name} {side} since the last poll"


def _what_is_reported(resource: PollerResource) -> str:
    updated, created = resource.updated_field, resource.created_field
    if not updated and not created:
        return "Every record that comes is reported as UPDATED each time, because no date field is set."
    only = ""
    if resource.filter_by_created or not resource.filter_by_updated:
        only = " Only records created since the last poll are reported."
    if resource.same_date_field:
        return (
            "A change is always reported as CREATED, because the created date and the updated date are the "
            f"same field ({updated}).{only}"
        )
    if not created:
        return f"A change is always reported as UPDATED, because no created date is set.{only}"
    if not updated:
        return f"Records are reported as CREATED and never as UPDATED, because no updated date is set.{only}"
    tolerance = resource.created_tolerance_s
    within = f" (the dates at most {_amount(tolerance, 'second')} apart)" if tolerance else ""
    return f"A new record is reported as CREATED{within}, a changed one as UPDATED.{only}"
