"""What can come of sending a creation once; whoever sends says which it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cwkit.errors import CwkitError

__all__ = ["Answered", "Look", "Lost", "NotSent", "Refused", "Send", "SendOutcome", "Stopped", "UnderWay"]


class Stopped(CwkitError):
    """The work was interrupted before this was sent."""


class UnderWay(CwkitError):
    """Another run is creating the same row of a sheet, or has just done so."""


@dataclass(frozen=True)
class Answered:
    """It stands: the platform's id for it, and ``result``, whatever the sender made of the answer."""

    id: str
    result: Any = field(default=None, repr=False)
    request_id: str = ""


@dataclass(frozen=True)
class Refused:
    """The platform said no. Nothing was created; sending the same again would be refused again."""

    error: CwkitError
    request_id: str = ""


@dataclass(frozen=True)
class NotSent:
    """It provably was not carried out, so it may be sent again, after ``retry_after`` seconds where told.

    ``look_first``: something answered in the platform's place (503); one look costs little and rules out
    that what answered was late.
    """

    error: CwkitError
    retry_after: float | None = None
    look_first: bool = False


@dataclass(frozen=True)
class Lost:
    """It may have been carried out; only looking can tell.

    ``heard``: the platform did answer, with an error of its own, so it is not at work on it any more.
    """

    error: CwkitError
    heard: bool = False
    request_id: str = ""


SendOutcome = Answered | Refused | NotSent | Lost

Send = Callable[[str], SendOutcome]
"""Send the creation once, carrying the mark that is passed in."""

Look = Callable[[str], Answered | None]
"""Look for what carries the mark. Raises an error of cwkit where looking itself fails."""
