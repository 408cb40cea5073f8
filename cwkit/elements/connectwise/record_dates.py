"""How each ConnectWise element writes dates in the records of its hub (platform facts, section 4)."""

from __future__ import annotations

from typing import Literal

__all__ = ["date_style", "millisecond_fields"]

_HELPDESK_DATES = frozenset(
    {"lastUpdated", "lastUpdatedUTC", "birthDay", "anniversary", "timeStart", "timeEnd", "dateStart",
     "dateReq", "dateReqUtc", "dateRespondedUTC", "dateResplanUTC", "DateResolvedUTC", "requiredDate",
     "subDateAccepted", "subDateAcceptedUtc", "enteredDate", "closedDate"}
)  # fmt: skip
_MILLISECONDS = {"connectwisehd": _HELPDESK_DATES}


def millisecond_fields(element_key: str) -> frozenset[str]:
    """Return the names of the record fields that hold epoch milliseconds."""
    return _MILLISECONDS.get(element_key, frozenset())


def date_style(element_key: str) -> Literal["iso", "milliseconds"]:
    """Return how a date is written in a filter for the element; ISO-8601 for all but the helpdesk one."""
    return "milliseconds" if element_key in _MILLISECONDS else "iso"
