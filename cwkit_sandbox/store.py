"""The sandbox's memory: SQLite, in memory or in a file; only the server's own thread touches it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cwkit.errors import SandboxError

__all__ = ["Store", "Stored"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS instance (
  id INTEGER PRIMARY KEY, element TEXT NOT NULL, name TEXT NOT NULL, token TEXT NOT NULL UNIQUE,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, disabled INTEGER NOT NULL DEFAULT 0,
  deleted INTEGER NOT NULL DEFAULT 0, configuration TEXT NOT NULL, tags TEXT NOT NULL,
  last_poll INTEGER);
CREATE TABLE IF NOT EXISTS instance_tag (
  tag TEXT NOT NULL, instance INTEGER NOT NULL, PRIMARY KEY (tag, instance)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS record (
  kind TEXT NOT NULL, id INTEGER NOT NULL, parent INTEGER, nested TEXT NOT NULL, flat TEXT,
  updated INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS record_parent ON record (kind, parent);
CREATE TABLE IF NOT EXISTS event (
  id INTEGER PRIMARY KEY, instance INTEGER NOT NULL, date INTEGER NOT NULL, status TEXT NOT NULL,
  provider_data TEXT NOT NULL, notified_data TEXT, attempt INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER, reason TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS event_instance ON event (instance, id);
CREATE INDEX IF NOT EXISTS event_due ON event (next_try) WHERE next_try IS NOT NULL;
CREATE TABLE IF NOT EXISTS job (
  id INTEGER PRIMARY KEY, instance INTEGER NOT NULL, object TEXT NOT NULL, query TEXT NOT NULL,
  status TEXT NOT NULL, created INTEGER NOT NULL, count INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '');
"""
_BEFORE_FIRST = 440_000
_COLUMNS = "id, element, name, token, created, updated, disabled, configuration, tags, last_poll"


@dataclass
class Stored:
    """One instance as it is kept: moments in epoch milliseconds, configuration values as text or ``None``."""

    id: int
    element: str
    name: str
    token: str
    created: int
    updated: int
    disabled: bool
    configuration: dict[str, str | None]
    tags: list[str]
    last_poll: int | None = field(default=None)

    @classmethod
    def of(cls, row: sqlite3.Row | tuple[Any, ...]) -> Stored:
        """Return the instance in a row of the table."""
        identifier, element, name, token, created, updated, disabled, configuration, tags, last_poll = row
        return cls(
            identifier, element, name, token, created, updated, bool(disabled),
            json.loads(configuration), json.loads(tags), last_poll,
        )  # fmt: skip


class Store:
    """Every change is one transaction; the thread that made the store is the only one that uses it."""

    def __init__(self, path: Path | None = None) -> None:
        try:
            if path is not None:
                path.touch(mode=0o600)  # tokens and passwords are in it
            self._db = sqlite3.connect(str(path or ":memory:"), isolation_level=None, timeout=0.5)
            if path is not None:
                # Exclusive: a second sandbox on the same file is told so, instead of both going wrong.
                self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
                self._db.execute("PRAGMA journal_mode=WAL")
                self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.executescript(_SCHEMA)
            self._db.execute("PRAGMA case_sensitive_like=OFF")
            reason = ""
        except (sqlite3.Error, OSError) as problem:
            reason = str(problem)
        if reason:
            raise SandboxError(
                f"The sandbox's state cannot be kept in {path}: {reason}.",
                fix="Stop the other sandbox that uses this file, or choose another file.",
            )

    def close(self) -> None:
        """Close the file; what was stored stays."""
        with suppress(sqlite3.Error):
            self._db.close()

    def run(self, sql: str, values: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and return its rows."""
        return self._db.execute(sql, tuple(values)).fetchall()

    def run_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run one statement for many rows, in one transaction."""
        with self.together():
            self._db.executemany(sql, rows)

    def together(self) -> _Together:
        """Return a context in which all changes are made, or none."""
        return _Together(self._db)

    def fact(self, name: str, default: str = "") -> str:
        """Return a single remembered value."""
        rows = self.run("SELECT value FROM fact WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else default

    def remember(self, name: str, value: str) -> None:
        """Remember a single value."""
        self.run("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))

    def add_instance(self, one: Stored) -> int:
        """Store a new instance with its tags; return its id."""
        values = (
            one.element, one.name, one.token, one.created, one.updated,
            json.dumps(one.configuration), json.dumps(one.tags), one.last_poll,
        )  # fmt: skip
        with self.together():
            self.run(
                "INSERT INTO instance (id, element, name, token, created, updated, configuration, tags,"
                " last_poll)"
                " VALUES ((SELECT coalesce(max(id), ?) + 1 FROM instance), ?, ?, ?, ?, ?, ?, ?, ?)",
                (_BEFORE_FIRST, *values),
            )
            one.id = int(self.run("SELECT last_insert_rowid()")[0][0])
            self._write_tags(one)
        return one.id

    def save_instance(self, one: Stored) -> None:
        """Store a changed instance with its tags."""
        with self.together():
            self.run(
                "UPDATE instance SET name = ?, updated = ?, disabled = ?, configuration = ?, tags = ?,"
                " last_poll = ? WHERE id = ?",
                (
                    one.name, one.updated, one.disabled, json.dumps(one.configuration),
                    json.dumps(one.tags), one.last_poll, one.id,
                ),
            )  # fmt: skip
            self._write_tags(one)

    def _write_tags(self, one: Stored) -> None:
        self.run("DELETE FROM instance_tag WHERE instance = ?", (one.id,))
        for tag in one.tags:
            self.run("INSERT OR IGNORE INTO instance_tag VALUES (?, ?)", (tag, one.id))

    def delete_instance(self, identifier: int) -> None:
        """Delete an instance; its row stays, so that its id is never given again."""
        with self.together():
            self.run("UPDATE instance SET deleted = 1, configuration = '{}' WHERE id = ?", (identifier,))
            self.run("DELETE FROM instance_tag WHERE instance = ?", (identifier,))

    def instance(self, identifier: int) -> Stored | None:
        """Return an instance that is not deleted."""
        sql = f"SELECT {_COLUMNS} FROM instance WHERE id = ? AND NOT deleted"  # noqa: S608 - fixed names
        rows = self.run(sql, (identifier,))
        return Stored.of(rows[0]) if rows else None

    def instance_by_token(self, token: str) -> Stored | None:
        """Return the instance that a token opens."""
        sql = f"SELECT {_COLUMNS} FROM instance WHERE token = ? AND NOT deleted"  # noqa: S608 - fixed names
        rows = self.run(sql, (token,))
        return Stored.of(rows[0]) if rows else None

    def instances(
        self,
        *,
        tags: Iterable[str] = (),
        search: str = "",
        element: str = "",
        after: int = 0,
        limit: int = -1,
    ) -> list[Stored]:
        """Return instances in the order of their creation: with all of ``tags``, ``search`` in the name."""
        where, values = self._matching(tags, search, element)
        sql = f"SELECT {_COLUMNS} FROM instance WHERE {where} AND id > ? ORDER BY id LIMIT ?"  # noqa: S608
        return [Stored.of(row) for row in self.run(sql, [*values, after, limit])]

    def count_instances(self, *, tags: Iterable[str] = (), search: str = "", element: str = "") -> int:
        """Return how many instances match."""
        where, values = self._matching(tags, search, element)
        return int(self.run(f"SELECT count(*) FROM instance WHERE {where}", values)[0][0])  # noqa: S608

    @staticmethod
    def _matching(tags: Iterable[str], search: str, element: str) -> tuple[str, list[Any]]:
        clauses, values = ["NOT deleted"], []
        for tag in tags:
            clauses.append("id IN (SELECT instance FROM instance_tag WHERE tag = ?)")
            values.append(tag)
        if search:
            clauses.append("instr(lower(name), lower(?)) > 0")
            values.append(search)
        if element:
            clauses.append("element = ?")
            values.append(element)
        return " AND ".join(clauses), values


class _Together:
    """All changes or none; may be nested, then the outermost decides."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._outer = False

    def __enter__(self) -> None:
        self._outer = not self._db.in_transaction
        if self._outer:
            self._db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._outer:
            self._db.execute("COMMIT" if kind is None else "ROLLBACK")
