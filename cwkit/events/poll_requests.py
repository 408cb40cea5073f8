"""The requests of the next poll: what the platform is asked, and what the service behind it gets to see."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from cwkit.elements.vendor import VendorRequest, vendor_known, vendor_request
from cwkit.errors import InputError, PollerError
from cwkit.events.moments import Moment, moment
from cwkit.events.resource_errors import errors_in
from cwkit.events.templates import render
from cwkit.events.urls import decoded_url, encoded_url, split_url

if TYPE_CHECKING:
    from cwkit.events.poller_resource import PollerResource

__all__ = ["poll_requests"]

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
