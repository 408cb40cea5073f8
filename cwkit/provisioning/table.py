"""The ledger as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwkit.provisioning.ledger_file import Entry, Ledger, default_ledger

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ledger", "ledger_table"]

_TIMES = ("time", "changed")


def ledger(source: Ledger | None = None) -> pd.DataFrame:
    """Return every creation that was ever sent from here, oldest first.

    Index ``mark``; columns ``time``, ``profile``, ``base_url``, ``element``, ``name``, ``tags``, ``state``
    (sent, done, failed, unknown, absent), ``instance_id``, ``request_id``, ``error``, ``attempts``,
    ``changed``; times in UTC. ``source`` is another ledger than this user's. It holds no secret.
    """
    return ledger_table((source or default_ledger()).entries())


def ledger_table(entries: list[Entry]) -> pd.DataFrame:
    """Return lines of the ledger as a table with the columns of :func:`ledger`."""
    import pandas as pd

    rows = [
        {
            "mark": entry.mark,
            "time": entry.time,
            "profile": entry.creation.profile,
            "base_url": entry.creation.base_url,
            "element": entry.creation.element,
            "name": entry.creation.name,
            "tags": ", ".join(entry.creation.tags),
            "state": entry.state,
            "instance_id": entry.instance_id,
            "request_id": entry.request_id,
            "error": entry.error,
            "attempts": entry.attempts,
            "changed": entry.changed,
        }
        for entry in entries
    ]
    columns = ["mark", "time", "profile", "base_url", "element", "name", "tags", "state", "instance_id"]
    columns += ["request_id", "error", "attempts", "changed"]
    table = pd.DataFrame(rows, columns=columns)
    for column in _TIMES:
        seconds = pd.to_numeric(table[column])
        table[column] = pd.to_datetime(seconds, unit="s", utc=True).dt.floor("ms")
    return table.set_index("mark")
