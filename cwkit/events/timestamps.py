"""What counts as a moment: dates, epoch milliseconds and ISO texts, all made into a datetime in UTC."""

from __future__ import annotations

import math
import numbers
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias

from cwkit.errors import DateError

__all__ = ["EPOCH", "Moment", "epoch_milliseconds", "is_missing", "moment", "shown"]

Moment: TypeAlias = datetime | date | int | float | str
"""A datetime (without a zone: GMT), a date (its midnight in GMT), epoch milliseconds, or ISO 8601 text."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def shown(value: Any) -> str:
    """Return a value as it stands in a message: quoted, on one line, at most 80 characters."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def is_missing(value: Any) -> bool:
    """Say whether a cell holds nothing: ``None``, NaN, NaT, or a blank text."""
    if value is None:
        return True
    if isinstance(value, str):
        return not value.strip()
    try:
        return bool(value != value)
    except (TypeError, ValueError):
        return False  # an array: it holds something, if not a date


def moment(value: Any) -> datetime:
    """Return ``value`` as a datetime in UTC.

    Takes what :data:`Moment` names, pandas timestamps included. Raises ``DateError`` for anything else,
    and for moments outside the years 1 to 9999.
    """
    try:
        if isinstance(value, datetime):
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return datetime.fromtimestamp(0, UTC) + (aware - EPOCH)
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        if isinstance(value, numbers.Integral) and not isinstance(value, bool):
            return EPOCH + timedelta(milliseconds=int(value))
        if isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value):
            return EPOCH + timedelta(milliseconds=float(value))
        if isinstance(value, str):
            return moment(datetime.fromisoformat(value.strip()))
    except (ValueError, OverflowError, TypeError):
        pass
    raise DateError(
        f"This is not a moment in time: {shown(value)}.",
        fix="Give a datetime, a number of milliseconds since 1970, or text like 2026-01-05T09:00:00Z.",
        value=shown(value),
    )


def epoch_milliseconds(value: Moment) -> int:
    """Return a moment as whole milliseconds since 1970, rounded down."""
    return (moment(value) - EPOCH) // timedelta(milliseconds=1)
