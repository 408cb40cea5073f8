"""The ledger: every creation that was ever sent from here, written down before it is sent. Never a secret."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from cwkit.errors import LedgerError
from cwkit.provisioning.outcomes import UnderWay
from cwkit.provisioning.owner import Owner, is_gone, this_process
from cwkit.redaction import mask_text

__all__ = ["Creation", "Entry", "Ledger", "State", "default_ledger", "default_path"]

State = Literal["sent", "done", "failed", "unknown", "absent"]
"""
``sent``: on its way; ``done``: the instance stands; ``failed``: refused, or never reached the platform;
``unknown``: nobody can say yet; ``absent``: looked for long enough after, and it is not there.
"""

FOREIGN_AFTER = 3600.0
"""Seconds after which a creation that another machine sent, and never finished, is taken for abandoned."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS creations (
    mark TEXT PRIMARY KEY, time REAL NOT NULL, profile TEXT NOT NULL, base_url TEXT NOT NULL,
    element TEXT NOT NULL, name TEXT NOT NULL, tags TEXT NOT NULL, fingerprint TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, changed REAL NOT NULL,
    instance_id TEXT NOT NULL DEFAULT '', request_id TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '',
    host TEXT NOT NULL, pid INTEGER NOT NULL, started REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS creations_open ON creations (base_url, profile, state);
CREATE UNIQUE INDEX IF NOT EXISTS creations_row ON creations (fingerprint)
    WHERE fingerprint <> '' AND state IN ('sent', 'unknown', 'done');
CREATE INDEX IF NOT EXISTS creations_fingerprint ON creations (fingerprint, time);
"""
_COLUMNS = (
    "mark, time, profile, base_url, element, name, tags, fingerprint, state, attempts, changed, "
    "instance_id, request_id, error, host, pid, started"
)


@dataclass(frozen=True)
class Creation:
    """What is to be created, as far as the ledger knows it. ``fingerprint`` names a row of a sheet."""

    profile: str
    base_url: str
    element: str
    name: str
    tags: tuple[str, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of the ledger. Times are Unix seconds; ``changed`` is when ``state`` was last written."""

    mark: str
    time: float
    creation: Creation
    state: State
    attempts: int
    changed: float
    instance_id: str
    request_id: str
    error: str
    owner: Owner


class Ledger:
    """A ledger in one SQLite file, which threads and processes share.

    A line is committed before the request that it tells of is sent. Commits survive the end of the
    process at any moment; after a loss of power the last ones may be missing, and the marks on the
    platform (tags that begin with ``cwkit-``) are still there to find them by.
    Raises ``LedgerError`` where the file cannot be used: nothing is created without a ledger.
    """

    def __init__(self, path: str | Path, *, now: Callable[[], float] = time.time) -> None:
        self.path = Path(path)
        self._now = now
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._pid = 0

    def begin(self, creation: Creation, mark: str) -> None:
        """Write a creation down as ``sent``, before it is.

        Raises ``UnderWay`` where the same row of a sheet is being created already, or stands: of two
        processes with the same sheet, one gets it.
        """
        owner, now = this_process(), self._now()
        row = (mark, now, creation.profile, creation.base_url, creation.element, creation.name)
        rest = (json.dumps(creation.tags), creation.fingerprint, now, owner.host, owner.pid, owner.started)
        begun = self._change(
            "INSERT OR IGNORE INTO creations "
            "(mark, time, profile, base_url, element, name, tags, fingerprint, state, attempts, changed, "
            "host, pid, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'sent', 1, ?, ?, ?, ?)",
            (*row, *rest),
        )
        if not begun:
            raise UnderWay(
                "Another run is creating it at this moment.", fix="Run it again when that one has ended."
            )

    def sent_again(self, mark: str) -> None:
        """Count one more sending of a creation that provably had not arrived."""
        self._change("UPDATE creations SET attempts = attempts + 1 WHERE mark = ?", (mark,))

    def settle(
        self, mark: str, state: State, *, instance_id: str = "", request_id: str = "", error: str = ""
    ) -> None:
        """Write down how a creation ended. One that is ``done`` stays so, whoever looks at it later."""
        self._change(
            "UPDATE creations SET state = ?, instance_id = ?, error = ?, changed = ?, "
            "request_id = CASE WHEN ? = '' THEN request_id ELSE ? END WHERE mark = ? AND state <> 'done'",
            (state, instance_id, mask_text(error)[:1000], self._now(), request_id, request_id, mark),
        )

    def gone(self, mark: str) -> None:
        """Write down that what was created is not on the platform any more, so that it may be made anew."""
        self._change(
            "UPDATE creations SET state = 'absent', error = 'It was there, and is gone.', changed = ? "
            "WHERE mark = ? AND state = 'done'",
            (self._now(), mark),
        )

    def entries(self, *, base_url: str = "", profile: str = "") -> list[Entry]:
        """Return all lines, oldest first, of one platform and profile where these are given."""
        return self._select(
            "(?1 = '' OR base_url = ?1) AND (?2 = '' OR profile = ?2) ORDER BY time, mark",
            (base_url, profile),
        )

    def entry(self, mark: str) -> Entry | None:
        """Return the line of a mark."""
        return next(iter(self._select("mark = ?", (mark,))), None)

    def unsettled(self, *, base_url: str, profile: str = "") -> list[Entry]:
        """Return what has to be looked for: ``unknown``, and ``sent`` by a process that is gone.

        What a living process has under way is left to it.
        """
        rows = self._select(
            "base_url = ?1 AND (?2 = '' OR profile = ?2) AND state IN ('unknown', 'sent') ORDER BY time",
            (base_url, profile),
        )
        return [entry for entry in rows if entry.state == "unknown" or self.is_abandoned(entry)]

    def by_fingerprint(self, fingerprints: Iterable[str]) -> dict[str, Entry]:
        """Return the last line of each fingerprint that is not ``failed`` or ``absent``.

        There is never more than one, for the database lets no second one in.
        """
        wanted = sorted(set(fingerprints) - {""})
        found: dict[str, Entry] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ", ".join("?" * len(part))
            where = f"fingerprint IN ({marks}) AND state IN ('sent', 'unknown', 'done')"
            found |= {entry.creation.fingerprint: entry for entry in self._select(where, part)}
        return found

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        with self._lock:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    def is_abandoned(self, entry: Entry) -> bool:
        """Say whether the process that began an entry is gone; on another machine, judged by its age."""
        gone = is_gone(entry.owner)
        return self._now() - entry.changed > FOREIGN_AFTER if gone is None else gone

    def _select(self, where: str, values: Sequence[Any]) -> list[Entry]:
        # ``where`` is written in this class, never by a person; values go as parameters.
        statement = f"SELECT {_COLUMNS} FROM creations WHERE {where}"  # noqa: S608
        return [_entry(row) for row in self._run(statement, values)]

    def _run(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._executed(statement, values)[0]

    def _change(self, statement: str, values: Sequence[Any]) -> int:
        """Return the number of lines that were written."""
        return self._executed(statement, values)[1]

    def _executed(self, statement: str, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
        try:
            with self._lock, closing(self._open().execute(statement, values)) as cursor:
                return cursor.fetchall(), cursor.rowcount
        except (sqlite3.Error, OSError) as problem:
            reason = str(problem)
        raise LedgerError(
            f"The ledger {self.path} cannot be used: {reason}.",
            fix="See that the folder exists, is writable and has space; a broken file can be moved aside. "
            "Another place can be named with the environment variable CWKIT_LEDGER.",
        )

    def _open(self) -> sqlite3.Connection:
        # A connection must not go along into a forked process.
        if self._connection is None or self._pid != os.getpid():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path, timeout=30, isolation_level=None, check_same_thread=False, cached_statements=64
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.executescript(_SCHEMA)
            self._connection, self._pid = connection, os.getpid()
        return self._connection


def _entry(row: tuple[Any, ...]) -> Entry:
    mark, moment, profile, base_url, element, name, tags, fingerprint, state, attempts, changed = row[:11]
    creation = Creation(profile, base_url, element, name, tuple(json.loads(tags)), fingerprint)
    instance_id, request_id, error, host, pid, started = row[11:]
    owner = Owner(host, pid, started)
    return Entry(mark, moment, creation, state, attempts, changed, instance_id, request_id, error, owner)


def default_path() -> Path:
    """Return where the ledger lies: ``CWKIT_LEDGER``, else the user's data folder."""
    if given := os.environ.get("CWKIT_LEDGER", "").strip():
        return Path(given)
    import platformdirs

    return platformdirs.user_data_path("cwkit", appauthor=False) / "ledger.sqlite3"


def default_ledger() -> Ledger:
    """Return the ledger of this user, opened once a process."""
    return _ledger_at(default_path())


@lru_cache(maxsize=8)
def _ledger_at(path: Path) -> Ledger:
    return Ledger(path)
