"""What sending a creation once, and looking for it, can result in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cwkit.errors import CwkitError

__all__ = [
    "Candidate",
    "Created",
    "Look",
    "Lost",
    "NotSent",
    "Refused",
    "Send",
    "SendOutcome",
    "Sighting",
    "Stopped",
    "UnderWay",
]


class Stopped(CwkitError):
    """The work was interrupted before this was sent."""


class UnderWay(CwkitError):
    """Another run is creating the same row of a sheet, or has just done so."""


@dataclass(frozen=True)
class Created:
    """The instance exists: the platform's id, and ``result``, what the sender made of the response.

    ``others`` are the ids of further instances with the same creation tag: the request was delivered twice.
    """

    id: str
    result: Any = field(default=None, repr=False)
    request_id: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The platform itself refused. Nothing was created; sending the same again would be refused again."""

    error: CwkitError
    request_id: str = ""


@dataclass(frozen=True)
class NotSent:
    """The request provably never arrived (no connection was made), so it may be sent again."""

    error: CwkitError


@dataclass(frozen=True)
class Lost:
    """It may have been carried out; only looking can tell.

    ``platform_answered``: the platform itself responded with an error, so it is no longer at work on it.
    """

    error: CwkitError
    platform_answered: bool = False
    request_id: str = ""


SendOutcome = Created | Refused | NotSent | Lost

Send = Callable[[str], SendOutcome]
"""Send the creation once, with the creation tag that is passed in."""


@dataclass(frozen=True)
class Candidate:
    """An instance without the creation tag that may be the one: same element and name, not older."""

    id: str
    name: str = ""
    created: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sighting:
    """What one complete look has shown: the instances with the creation tag, and the candidates without it.

    Complete means: the platform's list with all its pages, or its own response that there is nothing. A look
    that was not complete raises an error instead, for it proves nothing.
    """

    tagged: tuple[Created, ...] = ()
    candidates: tuple[Candidate, ...] = ()

    @property
    def created(self) -> Created | None:
        """The instance with the creation tag; where there are several, the first, which names the others."""
        if not self.tagged:
            return None
        first, *rest = self.tagged
        return Created(first.id, first.result, first.request_id, tuple(one.id for one in rest))


Look = Callable[[str, str, str, float], Sighting]
"""Look for a creation by its creation tag, its element and name, and when it was begun (Unix seconds)."""
