"""Records: read, searched and changed; each is kept as ConnectWise nests it and as helpdesk flattens it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from cwkit_sandbox.catalog import objects
from cwkit_sandbox.clock import Clock, iso
from cwkit_sandbox.demo import DEMO
from cwkit_sandbox.helpdesk_mapping import FLAT_KINDS, mapped_names, to_flat
from cwkit_sandbox.seed_data import all_data, words
from cwkit_sandbox.store import Store

__all__ = ["Condition", "Records"]

Column = Literal["nested", "flat"]
Record = dict[str, Any]
StoredRow = tuple[str, int, int | None, str, str, int]
Watcher = Callable[[str, Record | None, str], None]

_INSERT = "INSERT INTO record (kind, id, parent, nested, flat, updated) VALUES (?, ?, ?, ?, ?, ?)"


@dataclass(frozen=True)
class Condition:
    """A piece of SQL over one column of the records, with its values; ``sql`` holds nothing of a caller's."""

    sql: str = "1"
    values: tuple[Any, ...] = ()


class Records:
    """The records of all objects, over the table ``record``.

    ``kind`` is the CRM element's name of an object (``incidents``), or ``element/object`` for the
    invented elements. The data are made when they are first asked for.
    """

    def __init__(self, store: Store, clock: Clock, seed: int, start: int) -> None:
        self._store = store
        self._clock = clock
        self._seed = seed
        self._start = start
        self._made = store.fact("data") == "made"
        self.watchers: list[Watcher] = []
        """Told of each change: kind, flat record and CREATED, UPDATED or DELETED."""

    @property
    def stamp(self) -> int:
        """The moment of a change (epoch milliseconds): the next whole second.

        Polls look for changes after the moment of the last poll, and would miss what happens at that very
        moment while the clock stands still; and dates are written without fractions of a second.
        """
        return (self._clock.now // 1000 + 1) * 1000

    def newest(self) -> int:
        """Return the moment of the latest change (epoch milliseconds)."""
        self._make()
        return int(self._store.run("SELECT coalesce(max(updated), 0) FROM record")[0][0])

    def get(self, kind: str, identifier: int, column: Column = "nested") -> Record | None:
        """Return one record, or ``None``."""
        self._make()
        sql = f"SELECT {column} FROM record WHERE kind = ? AND id = ?"  # noqa: S608 - one of two names
        rows = self._store.run(sql, (kind, identifier))
        return json.loads(rows[0][0]) if rows else None

    def search(
        self,
        kind: str,
        condition: Condition,
        order: Iterable[tuple[str, bool]] = (),
        *,
        column: Column = "nested",
        parent: int | None = None,
        limit: int = -1,
        offset: int = 0,
    ) -> list[Record]:
        """Return the records that match, by ``order`` (JSON path, descending), then by id."""
        self._make()
        where, values = self._where(kind, condition, parent)
        keys, paths = [], []
        for path, descending in order:
            keys.append(f"json_extract({column}, ?) COLLATE NOCASE {'DESC' if descending else 'ASC'}")
            paths.append(path)
        by = ", ".join([*keys, "id"])
        sql = f"SELECT {column} FROM record WHERE {where} ORDER BY {by} LIMIT ? OFFSET ?"  # noqa: S608
        return [json.loads(row[0]) for row in self._store.run(sql, [*values, *paths, limit, offset])]

    def count(self, kind: str, condition: Condition, parent: int | None = None) -> int:
        """Return how many records match."""
        self._make()
        where, values = self._where(kind, condition, parent)
        return int(self._store.run(f"SELECT count(*) FROM record WHERE {where}", values)[0][0])  # noqa: S608

    @staticmethod
    def _where(kind: str, condition: Condition, parent: int | None) -> tuple[str, list[Any]]:
        if parent is None:
            return f"kind = ? AND ({condition.sql})", [kind, *condition.values]
        return f"kind = ? AND parent = ? AND ({condition.sql})", [kind, parent, *condition.values]

    def add(
        self, kind: str, record: Record, parent: int | None = None, extra: Record | None = None
    ) -> Record:
        """Store a new record under the next id, and return it. ``extra`` are values only helpdesk has."""
        self._make()
        rows = self._store.run("SELECT coalesce(max(id), 0) + 1 FROM record WHERE kind = ?", (kind,))
        taken = int(self._store.fact(f"last/{kind}", "0"))
        identifier = max(int(rows[0][0]), taken + 1)  # the id of a deleted record is not given again
        self._store.remember(f"last/{kind}", str(identifier))
        record = {"id": identifier} | {k: v for k, v in record.items() if k != "id"}
        flat = (extra or {}) | to_flat(kind, record)
        self._store.run(_INSERT, (kind, identifier, parent, json.dumps(record), json.dumps(flat), self.stamp))
        self._tell(kind, flat, "CREATED")
        return record

    def put(self, kind: str, record: Record, extra: Record | None = None) -> Record:
        """Store a changed record, and return it."""
        old = self.get(kind, record["id"], "flat") or {}
        mapped = mapped_names(kind)
        kept = {k: v for k, v in old.items() if k not in mapped} if kind in FLAT_KINDS else {}
        flat = kept | (extra or {}) | to_flat(kind, record)
        self._store.run(
            "UPDATE record SET nested = ?, flat = ?, updated = ? WHERE kind = ? AND id = ?",
            (json.dumps(record), json.dumps(flat), self.stamp, kind, record["id"]),
        )
        self._tell(kind, flat, "UPDATED")
        return record

    def remove(self, kind: str, identifier: int) -> bool:
        """Delete a record; say whether there was one."""
        flat = self.get(kind, identifier, "flat")
        if flat is None:
            return False
        self._store.remember(f"last/{kind}", str(max(identifier, int(self._store.fact(f"last/{kind}", "0")))))
        self._store.run("DELETE FROM record WHERE kind = ? AND id = ?", (kind, identifier))
        self._tell(kind, flat, "DELETED")
        return True

    def _tell(self, kind: str, flat: Record, change: str) -> None:
        for watcher in self.watchers:
            watcher(kind, flat, change)

    def _make(self) -> None:
        if self._made:
            return
        with self._store.together():
            self._store.run_many(_INSERT, _first_rows(self._seed, self._start))
            self._store.remember("data", "made")
        self._made = True


@lru_cache(maxsize=2)
def _first_rows(seed: int, start: int) -> list[StoredRow]:
    """Return the rows that a sandbox starts with; several in one process often have the same."""
    rows = [
        (
            kind,
            identifier,
            parent,
            json.dumps(record),
            json.dumps(to_flat(kind, record)),
            Clock.read(record["_info"]["lastUpdated"]),
        )
        for kind, identifier, parent, record in all_data(seed, start)
    ]
    return rows + _invented(seed, start)


def _invented(seed: int, start: int) -> list[StoredRow]:
    """Return a few records for each object of the invented elements."""
    dice = random.Random(f"{seed}/invented")  # noqa: S311 - repeatable on purpose
    rows: list[StoredRow] = []
    for element in DEMO:
        for name in objects(element):
            if element.startswith("connectwise"):
                continue
            for number in range(1, 31):
                created = start - dice.randint(2, 400) * 86_400_000
                updated = created + dice.randrange(86_400) * 1000
                record = {
                    "id": number,
                    "name": f"{dice.choice(words()['thing'])} {number}",
                    "status": dice.choice(["open", "done"]),
                    "amount": dice.randint(100, 99_999) / 100,
                    "createdAt": iso(created),
                    "updatedAt": iso(updated),
                }
                text = json.dumps(record)
                rows.append((f"{element}/{name}", number, None, text, text, updated))
    return rows
