"""Look again for the creations of which nobody could say whether they were carried out."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from cwkit.errors import CwkitError
from cwkit.provisioning.ledger_file import Entry, Ledger, State
from cwkit.provisioning.once import WAITS, Waits
from cwkit.provisioning.outcomes import Answered, Look

__all__ = ["Settled", "settle", "settle_entry"]


@dataclass(frozen=True)
class Settled:
    """What a look at one entry has shown: its state now, the answer where it was found, a word on it."""

    entry: Entry
    state: State
    found: Answered | None = None
    note: str = ""

    @property
    def instance_id(self) -> str:
        """The platform's id of what was found; empty where nothing was."""
        return self.found.id if self.found else ""


def settle(
    ledger: Ledger,
    look: Look,
    *,
    base_url: str,
    profile: str,
    waits: Waits = WAITS,
    now: Callable[[], float] = time.time,
) -> list[Settled]:
    """Look for every unsettled creation of one platform and profile, and write down what is seen.

    Found: ``done``. Not there, and older than ``waits.absent_after``: ``absent``. Not there yet: it stays
    ``unknown``. Creations that a living process has under way are left to it. Never sends anything.
    """
    entries = ledger.unsettled(base_url=base_url, profile=profile)
    return [settle_entry(ledger, look, entry, waits=waits, now=now) for entry in entries]


def settle_entry(
    ledger: Ledger,
    look: Look,
    entry: Entry,
    *,
    waits: Waits = WAITS,
    now: Callable[[], float] = time.time,
) -> Settled:
    """Look for one entry and write down what is seen; see :func:`settle`."""
    try:
        found = look(entry.mark)
    except CwkitError as problem:
        note = f"Looking for it failed: {problem.message}"
        ledger.settle(entry.mark, "unknown", error=entry.error or problem.message)
        return Settled(entry, "unknown", note=note)
    if found is not None:
        ledger.settle(entry.mark, "done", instance_id=found.id, request_id=found.request_id)
        return Settled(entry, "done", found, f"It was created; its id is {found.id}.")
    age = now() - entry.time
    if age >= waits.absent_after:
        ledger.settle(entry.mark, "absent", error=entry.error)
        return Settled(entry, "absent", note="It is not there: it was not created.")
    ledger.settle(entry.mark, "unknown", error=entry.error)
    minutes = max(1, round((waits.absent_after - age) / 60))
    return Settled(
        entry,
        "unknown",
        note=f"It is not there yet. Look again in {minutes} min; then it counts as not created.",
    )
