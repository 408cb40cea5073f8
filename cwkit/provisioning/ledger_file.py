"""The ledger: every creation that was ever sent from here, written down before it is sent. Never a secret."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

import psutil

from cwkit.errors import LedgerError
from cwkit.provisioning.outcomes import UnderWay
from cwkit.redaction import mask_text

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "Creation",
    "Entry",
    "Ledger",
    "Owner",
    "State",
    "canonical_url",
    "default_ledger",
    "default_path",
    "ledger",
    "ledger_table",
    "this_process",
]

State = Literal["sent", "done", "failed", "unknown", "absent", "given up"]
"""
``sent``: on its way; ``done``: the instance exists; ``failed``: refused, or it never reached the platform;
``unknown``: it may exist; ``absent``: it provably does not exist, or a person has said so; ``given up``: a
person has decided to leave it, and it is not created again.
"""

FOREIGN_AFTER = 3600.0
"""Seconds after which a creation that another machine sent, and never finished, counts as abandoned."""

_VERSION = 2
_OPEN = "('sent', 'unknown')"
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS creations (
    creation_tag TEXT PRIMARY KEY, time REAL NOT NULL, profile TEXT NOT NULL, base_url TEXT NOT NULL,
    element TEXT NOT NULL, name TEXT NOT NULL, tags TEXT NOT NULL, fingerprint TEXT NOT NULL,
    state TEXT NOT NULL, attempts INTEGER NOT NULL, changed REAL NOT NULL,
    instance_id TEXT NOT NULL DEFAULT '', request_id TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '',
    host TEXT NOT NULL, pid INTEGER NOT NULL, started REAL NOT NULL,
    missed_time REAL, missed_clock REAL, missed_host TEXT) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS creations_open ON creations (base_url, profile, state)",
    "CREATE INDEX IF NOT EXISTS creations_instance ON creations (instance_id)",
    "CREATE INDEX IF NOT EXISTS creations_fingerprint ON creations (fingerprint, time)",
    "CREATE UNIQUE INDEX IF NOT EXISTS creations_under_way ON creations (fingerprint) "
    f"WHERE fingerprint <> '' AND state IN {_OPEN}",
    "CREATE UNIQUE INDEX IF NOT EXISTS creations_of_a_row ON creations (fingerprint, profile) "
    "WHERE fingerprint <> '' AND state IN ('sent', 'unknown', 'done', 'given up')",
)
_FROM_FIRST_RELEASE = (
    "ALTER TABLE creations RENAME COLUMN mark TO creation_tag",
    "ALTER TABLE creations ADD COLUMN missed_time REAL",
    "ALTER TABLE creations ADD COLUMN missed_clock REAL",
    "ALTER TABLE creations ADD COLUMN missed_host TEXT",
    "DROP INDEX IF EXISTS creations_row",
)
_COLUMNS = (
    "creation_tag, time, profile, base_url, element, name, tags, fingerprint, state, attempts, changed, "
    "instance_id, request_id, error, host, pid, started"
)
_in_flight: set[str] = set()
"""The creation tags that this process is sending or looking for at this moment."""


def canonical_url(base_url: str) -> str:
    """Return the one spelling of a base URL: ``localhost`` and ``[::1]`` are ``127.0.0.1``."""
    parts = urlsplit(base_url.strip().rstrip("/"))
    host = (parts.hostname or "").lower()
    local = host in ("localhost", "::1")
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme.lower()}://{'127.0.0.1' if local else host}{port}{parts.path}"


@dataclass(frozen=True)
class Owner:
    """A process: host name, process id, and its start in Unix seconds, for process ids are used again."""

    host: str
    pid: int
    started: float


def this_process() -> Owner:
    """Return the process that asks."""
    return _owner(os.getpid())


@lru_cache(maxsize=4)
def _owner(pid: int) -> Owner:
    return Owner(socket.gethostname(), pid, psutil.Process(pid).create_time())


def _has_ended(owner: Owner) -> bool | None:
    """Return whether a process has ended; ``None`` where it ran on another machine."""
    if owner.host != this_process().host:
        return None
    try:
        process = psutil.Process(owner.pid)
        ended = bool(process.status() == psutil.STATUS_ZOMBIE)
        return ended or abs(process.create_time() - owner.started) > 2.0  # two readings differ a little
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return None


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

    creation_tag: str
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
    """A ledger in one SQLite file, which threads and processes share; only its owner can read it.

    A line is committed before its request is sent. Commits survive the end of the process at any moment;
    after a loss of power the last ones may be missing, and the creation tags on the platform (tags that
    begin with ``cwkit-``) are still there to find the instances by. ``now`` (Unix seconds) and ``clock``
    (seconds since the machine started, the same for all its processes) are handed in for tests.
    Raises ``LedgerError`` where the file cannot be used: nothing is created without a ledger.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        now: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.path = Path(path)
        self._now, self._clock = now, clock
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._pid = 0

    def begin(self, creation: Creation, creation_tag: str) -> None:
        """Write a creation down as ``sent``, before it is.

        Raises ``UnderWay`` where the same row of a sheet is being created already, or exists: of two
        processes with the same sheet, one gets it.
        """
        owner, now = this_process(), self._now()
        tags = json.dumps([_storable(tag) for tag in creation.tags])
        row = (creation_tag, now, creation.profile, canonical_url(creation.base_url), creation.element)
        rest = (creation.name, tags, creation.fingerprint, now, owner.host, owner.pid, owner.started)
        begun = self._change(
            "INSERT OR IGNORE INTO creations "
            "(creation_tag, time, profile, base_url, element, name, tags, fingerprint, state, attempts, "
            "changed, host, pid, started) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'sent', 1, ?, ?, ?, ?)",
            (*row, *rest),
        )
        if not begun:
            raise UnderWay(
                "Another run is creating it at this moment.", fix="Run it again when that one has ended."
            )

    @contextmanager
    def in_flight(self, creation_tag: str) -> Iterator[None]:
        """Let a line count as under way in this process for as long as the ``with`` block runs."""
        _in_flight.add(creation_tag)
        try:
            yield
        finally:
            _in_flight.discard(creation_tag)

    def sent_again(self, creation_tag: str) -> None:
        """Count one more sending of a creation that provably had not arrived."""
        self._change("UPDATE creations SET attempts = attempts + 1 WHERE creation_tag = ?", (creation_tag,))

    def settle(
        self, creation_tag: str, state: State, *, instance_id: str = "", request_id: str = "", error: str = ""
    ) -> None:
        """Write down how a creation ended. One that is ``done`` stays so, whoever looks at it later."""
        self._change(
            "UPDATE creations SET state = ?, instance_id = ?, error = ?, changed = ?, "
            "request_id = CASE WHEN ? = '' THEN request_id ELSE ? END "
            "WHERE creation_tag = ? AND state <> 'done'",
            (state, instance_id, mask_text(error)[:1000], self._now(), request_id, request_id, creation_tag),
        )

    def decide(self, creation_tag: str, state: State, *, instance_id: str = "", reason: str) -> None:
        """Write down what a person has decided, whatever the state was before."""
        self._change(
            "UPDATE creations SET state = ?, instance_id = ?, error = ?, changed = ? WHERE creation_tag = ?",
            (state, instance_id, reason, self._now(), creation_tag),
        )

    def gone(self, creation_tag: str) -> None:
        """Write down that a created instance no longer exists, so that it may be created anew."""
        self._change(
            "UPDATE creations SET state = 'absent', error = 'It existed, and no longer does.', changed = ? "
            "WHERE creation_tag = ? AND state = 'done'",
            (self._now(), creation_tag),
        )

    def deleted(self, base_url: str, instance_id: str) -> None:
        """Write down that an instance was deleted, which the platform has confirmed."""
        self._change(
            "UPDATE creations SET state = 'absent', error = 'It was deleted.', changed = ? "
            "WHERE base_url = ? AND instance_id = ? AND state = 'done'",
            (self._now(), canonical_url(base_url), instance_id),
        )

    def missed(self, creation_tag: str) -> float | None:
        """Note a complete look that did not find it; return the seconds since the first such look.

        ``None``: this was the first. Of the two clocks the one that has moved less counts: the time of day
        may jump, and it may differ between processes; the other restarts with the machine.
        """
        now, clock, host = self._now(), self._clock(), this_process().host
        select = "SELECT missed_time, missed_clock, missed_host FROM creations WHERE creation_tag = ?"
        for moment, tick, where in self._run(select, (creation_tag,)):
            if moment is not None and where == host and min(now - moment, clock - tick) >= 0:
                return float(min(now - moment, clock - tick))
        self._change(
            "UPDATE creations SET missed_time = ?, missed_clock = ?, missed_host = ? WHERE creation_tag = ?",
            (now, clock, host, creation_tag),
        )
        return None

    def seen(self, creation_tag: str) -> None:
        """Forget the looks that did not find it: it was found."""
        self._change(
            "UPDATE creations SET missed_time = NULL WHERE creation_tag = ? AND missed_time IS NOT NULL",
            (creation_tag,),
        )

    def entries(self, *, base_url: str = "", profile: str = "") -> list[Entry]:
        """Return all lines, oldest first, of one platform and profile where these are given."""
        return self._select(
            "(?1 = '' OR base_url = ?1) AND (?2 = '' OR profile = ?2) ORDER BY time, creation_tag",
            (canonical_url(base_url) if base_url else "", profile),
        )

    def entry(self, creation_tag: str) -> Entry | None:
        """Return the line of a creation tag."""
        return next(iter(self._select("creation_tag = ?", (creation_tag,))), None)

    def created_as(self, base_url: str, instance_id: str) -> Entry | None:
        """Return the line of the creation that is ``done`` with this id."""
        where = "base_url = ? AND instance_id = ? AND state = 'done'"
        return next(iter(self._select(where, (canonical_url(base_url), instance_id))), None)

    def open_entries(self, *, base_url: str, profile: str = "") -> list[Entry]:
        """Return the lines that are ``sent`` or ``unknown``, oldest first."""
        return self._select(
            f"base_url = ?1 AND (?2 = '' OR profile = ?2) AND state IN {_OPEN} ORDER BY time",
            (canonical_url(base_url), profile),
        )

    def unsettled(self, *, base_url: str, profile: str = "") -> list[Entry]:
        """Return what has to be looked for: ``unknown``, and ``sent`` by what is no longer at work on it.

        What a living process has under way is left to it.
        """
        rows = self.open_entries(base_url=base_url, profile=profile)
        return [entry for entry in rows if entry.state == "unknown" or self.is_abandoned(entry)]

    def by_fingerprint(self, fingerprints: Iterable[str]) -> dict[str, list[Entry]]:
        """Return the lines of each fingerprint, except the ``failed`` and ``absent``, oldest first."""
        wanted = sorted(set(fingerprints) - {""})
        found: dict[str, list[Entry]] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            places = ", ".join("?" * len(part))
            where = f"fingerprint IN ({places}) AND state IN ('sent', 'unknown', 'done', 'given up')"
            for entry in self._select(f"{where} ORDER BY time", part):
                found.setdefault(entry.creation.fingerprint, []).append(entry)
        return found

    def close(self) -> None:
        """Close the file; it is opened again when needed."""
        with self._lock:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    def is_abandoned(self, entry: Entry) -> bool:
        """Return whether nobody is at work on an entry; on another machine, judged by its age."""
        if entry.owner == this_process():
            return entry.creation_tag not in _in_flight
        ended = _has_ended(entry.owner)
        return self._now() - entry.changed > FOREIGN_AFTER if ended is None else ended

    def _select(self, where: str, values: Sequence[Any]) -> list[Entry]:
        # ``where`` is written in this class, never by a person; values go as parameters.
        statement = f"SELECT {_COLUMNS} FROM creations WHERE {where}"  # noqa: S608
        return [self._entry(row) for row in self._run(statement, values)]

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        tag, moment, profile, base_url, element, name, tags, fingerprint, state, attempts, changed = row[:11]
        instance_id, request_id, error, host, pid, started = row[11:]
        labels: Any = None
        with suppress(ValueError, TypeError):
            labels = json.loads(tags)
        if not isinstance(labels, list) or state not in get_args(State):
            raise LedgerError(
                f"The ledger {self.path} has a line that cannot be read: {tag} is {state!r}.",
                fix="It was written by another version of cwkit, or changed by hand. Correct the line, or "
                "install the version that wrote it.",
            )
        creation = Creation(profile, base_url, element, name, tuple(map(str, labels)), fingerprint)
        owner = Owner(host, pid, started)
        return Entry(tag, moment, creation, state, attempts, changed, instance_id, request_id, error, owner)

    def _run(self, statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._executed(statement, values)[0]

    def _change(self, statement: str, values: Sequence[Any]) -> int:
        """Return the number of lines that were written."""
        return self._executed(statement, values)[1]

    def _executed(self, statement: str, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
        values = [_storable(value) if isinstance(value, str) else value for value in values]
        try:
            with self._lock, closing(self._open().execute(statement, values)) as cursor:
                return cursor.fetchall(), cursor.rowcount
        except (sqlite3.Error, OSError) as problem:
            reason = str(problem)
        raise LedgerError(
            f"The ledger {self.path} cannot be used: {reason}.",
            fix="See that the folder exists, is writable and has space. A broken file can be moved aside: "
            "what is on the platform is still recognised by element and name. The environment variable "
            "CWKIT_LEDGER names another place.",
        )

    def _open(self) -> sqlite3.Connection:
        # A connection must not go along into a forked process.
        if self._connection is None or self._pid != os.getpid():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            if self.path.stat().st_mode & 0o077:
                with suppress(OSError):
                    self.path.chmod(0o600)  # the ledger of the first release was readable by all
            connection = sqlite3.connect(
                self.path, timeout=30, isolation_level=None, check_same_thread=False, cached_statements=64
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            self._prepare(connection)
            self._connection, self._pid = connection, os.getpid()
        return self._connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        """Make the tables, or bring those of the first release up to date; refuse those of a later one."""
        if connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION:
            return
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise LedgerError(
                    f"The ledger {self.path} was written by a later version of cwkit (schema {version}).",
                    fix="Update cwkit, or name another file with the environment variable CWKIT_LEDGER.",
                )
            columns = {row[1] for row in connection.execute("PRAGMA table_info(creations)")}
            for statement in (*(_FROM_FIRST_RELEASE if "mark" in columns else ()), *_SCHEMA):
                connection.execute(statement)
            for (url,) in connection.execute("SELECT DISTINCT base_url FROM creations").fetchall():
                connection.execute(
                    "UPDATE creations SET base_url = ? WHERE base_url = ?", (canonical_url(url), url)
                )
            connection.execute(f"PRAGMA user_version = {_VERSION}")
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            connection.close()
            raise


def _storable(text: str) -> str:
    """Return a text that can be stored and shown: half a character (a lone surrogate) becomes its escape."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def default_path() -> Path:
    """Return where the ledger is kept: ``CWKIT_LEDGER``, else the user's data folder."""
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


def ledger(source: Ledger | None = None) -> pd.DataFrame:
    """Return every creation that was ever sent from here, oldest first.

    Index ``creation_tag``; columns ``time``, ``profile``, ``base_url``, ``element``, ``name``, ``tags``,
    ``state`` (sent, done, failed, unknown, absent, given up), ``instance_id``, ``request_id``, ``error``,
    ``attempts``, ``changed``; times in UTC. ``source`` is another ledger than this user's. It contains no
    secret.
    """
    return ledger_table((source or default_ledger()).entries())


def ledger_table(entries: list[Entry]) -> pd.DataFrame:
    """Return lines of the ledger as a table with the columns of :func:`ledger`."""
    import pandas as pd

    columns = ["time", "profile", "base_url", "element", "name", "tags", "state", "instance_id"]
    columns += ["request_id", "error", "attempts", "changed"]
    rows = []
    for one in entries:
        known = one.creation
        row = [one.time, known.profile, known.base_url, known.element, known.name, ", ".join(known.tags)]
        rows.append([*row, one.state, one.instance_id, one.request_id, one.error, one.attempts, one.changed])
    index = pd.Index([one.creation_tag for one in entries], name="creation_tag", dtype="object")
    table = pd.DataFrame(rows, columns=columns, index=index)
    for column in ("time", "changed"):
        seconds = pd.to_numeric(table[column])
        table[column] = pd.to_datetime(seconds, unit="s", utc=True).dt.floor("ms")
    return table
