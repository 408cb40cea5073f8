"""ConnectWise's ``conditions``: read, and turned into SQL in which every value is a parameter."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from cwkit_sandbox.answers import ApiError
from cwkit_sandbox.records import Condition

__all__ = ["child_conditions", "conditions", "custom_conditions", "json_path", "ordering"]

LONGEST = 8000
DEEPEST = 40
MOST_COMPARISONS = 200
SHORT_NAMES = {"lastUpdated": "_info/lastUpdated", "updatedBy": "_info/updatedBy"}
"""Fields that may be named without the object they stand in."""

_TOKEN = re.compile(
    r"""\s*(?: (?P<text>"[^"]*"|'[^']*') | \[(?P<date>[^\]]*)\] | (?P<operator><=|>=|!=|=|<|>)
      | (?P<mark>[(),]) | (?P<number>-?\d+(?:\.\d+)?(?![\w.:/-])) | (?P<word>[A-Za-z_][\w/]*) )""",
    re.X | re.ASCII,
)
_FIELD = re.compile(r"[A-Za-z_]\w*(/[A-Za-z_]\w*)*", re.ASCII)
_WORDS = frozenset({"and", "or", "not", "in", "like", "contains", "true", "false", "null"})


def conditions(text: str, known: Collection[str]) -> Condition:
    """Return the SQL of ``conditions``; ``ApiError`` 400 tells where they cannot be read."""
    return _Reader(text, known, "nested").read()


def child_conditions(text: str) -> Condition:
    """Return the SQL of ``childConditions``: each comparison holds for some item of the list it names."""
    return _Reader(text, None, "child").read()


def custom_conditions(text: str) -> Condition:
    """Return the SQL of ``customConditions``: all hold for one custom field (``caption``, ``value``)."""
    inner = _Reader(text, None, "item").read()
    sql = f"EXISTS (SELECT 1 FROM json_each(nested, '$.customFields') AS item WHERE {inner.sql})"  # noqa: S608
    return Condition(sql, inner.values)


def json_path(field: str, separator: str = "/") -> str:
    """Return the SQLite JSON path of a field; the names in it hold letters, digits and ``_`` only."""
    return "$" + "".join(f'."{step}"' for step in field.split(separator))


def ordering(text: str, known: Collection[str]) -> list[tuple[str, bool]]:
    """Return the JSON paths of an ``orderBy`` with their direction (true: descending)."""
    result = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = re.fullmatch(r"([\w/]+)(?:\s+(asc|desc))?", part, re.I | re.ASCII)
        if not match:
            raise ApiError(400, f"orderBy cannot be read: '{part[:60]}'.")
        result.append((json_path(_checked_field(match[1], known)), (match[2] or "").lower() == "desc"))
    return result


def _checked_field(name: str, known: Collection[str] | None) -> str:
    field = SHORT_NAMES.get(name, name)
    if not _FIELD.fullmatch(field) or (known is not None and field.split("/")[0] not in known):
        raise ApiError(400, f"There is no property '{name[:60]}' to filter or order by.")
    return field


class _Reader:
    """Reads one text from left to right; ``target`` says what its fields are looked up in."""

    def __init__(self, text: str, known: Collection[str] | None, target: str) -> None:
        self._text = text
        self._known = known
        self._target = target
        self._index = 0
        self._comparisons = 0
        self._values: list[Any] = []
        if len(text) > LONGEST:
            raise ApiError(400, f"The conditions are longer than {LONGEST} characters.")
        self._tokens = self._split()

    def read(self) -> Condition:
        """Return the whole as SQL."""
        if not self._text.strip():
            return Condition()
        sql = self._any(0)
        if self._kind() != "end":
            raise self._wrong()
        return Condition(sql, tuple(self._values))

    def _split(self) -> list[tuple[str, str, int]]:
        tokens, position = [], 0
        end = len(self._text.rstrip())
        while position < end:
            match = _TOKEN.match(self._text, position)
            if not match or not match.lastgroup:
                raise self._wrong(position)
            kind, text = match.lastgroup, match[match.lastgroup]
            if kind == "word" and text.lower() in _WORDS:
                kind, text = text.lower(), text.lower()
            tokens.append((kind, text, match.start(match.lastgroup)))
            position = match.end()
        return [*tokens, ("end", "", end)]

    def _wrong(self, position: int | None = None) -> ApiError:
        place = self._tokens[self._index][2] if position is None else position
        return ApiError(
            400,
            f"The conditions cannot be read at character {place + 1}: '{self._text[place : place + 30]}'.",
        )

    def _kind(self) -> str:
        return self._tokens[self._index][0]

    def _take(self, *kinds: str) -> str:
        kind, text, _ = self._tokens[self._index]
        if kind not in kinds:
            raise self._wrong()
        self._index += 1
        return text

    def _is_mark(self, mark: str) -> bool:
        return self._tokens[self._index][:2] == ("mark", mark)

    def _mark(self, mark: str) -> None:
        if not self._is_mark(mark):
            raise self._wrong()
        self._index += 1

    def _any(self, depth: int) -> str:
        parts = [self._all(depth)]
        while self._kind() == "or":
            self._index += 1
            parts.append(self._all(depth))
        return "(" + " OR ".join(parts) + ")"

    def _all(self, depth: int) -> str:
        parts = [self._one(depth)]
        while self._kind() == "and":
            self._index += 1
            parts.append(self._one(depth))
        return " AND ".join(parts)

    def _one(self, depth: int) -> str:
        if self._is_mark("("):
            if depth >= DEEPEST:
                raise self._wrong()
            self._index += 1
            inner = self._any(depth + 1)
            self._mark(")")
            return inner
        place = self._tokens[self._index][2]
        field = self._take("word")
        if self._target == "child":
            return self._for_some_item(field, place)
        path = json_path(_checked_field(field, self._known))
        column = "nested" if self._target == "nested" else "item.value"
        return self._comparison(f"json_extract({column}, ?)", path)

    def _for_some_item(self, field: str, place: int) -> str:
        outer, _, inner = field.partition("/")
        if not inner or not _FIELD.fullmatch(field):
            raise self._wrong(place)
        self._values.append(json_path(outer))
        comparison = self._comparison("json_extract(item.value, ?)", json_path(inner))
        return f"EXISTS (SELECT 1 FROM json_each(nested, ?) AS item WHERE {comparison})"  # noqa: S608

    def _comparison(self, extract: str, path: str) -> str:
        self._comparisons += 1
        if self._comparisons > MOST_COMPARISONS:
            raise ApiError(400, f"There are more than {MOST_COMPARISONS} conditions.")
        self._values.append(path)
        negated = self._kind() == "not"
        if negated:
            self._index += 1
        kind = self._kind()
        if kind == "operator" and not negated:
            return self._compared(extract, self._take("operator"))
        if kind == "in":
            self._index += 1
            return f"{extract} COLLATE NOCASE {'NOT IN' if negated else 'IN'} ({self._list()})"
        if kind in ("like", "contains"):
            self._index += 1
            text = self._take("text", "word", "number").strip("\"'")
            pattern = f"%{text}%" if kind == "contains" else text.replace("*", "%")
            self._values.append(pattern)
            return f"{extract} {'NOT LIKE' if negated else 'LIKE'} ?"
        raise self._wrong()

    def _compared(self, extract: str, operator: str) -> str:
        kind, text, place = self._tokens[self._index]
        if kind == "null":
            if operator not in ("=", "!="):
                raise self._wrong()
            self._index += 1
            return f"{extract} IS {'' if operator == '=' else 'NOT '}NULL"
        if kind == "date":
            self._index += 1
            self._values.append(self._moment(text, place))
            return f"julianday({extract}) {operator} julianday(?)"
        self._values.append(self._value())
        return f"{extract} {operator} ? COLLATE NOCASE"

    def _value(self) -> Any:
        kind, text, _ = self._tokens[self._index]
        if kind not in ("text", "number", "true", "false"):
            raise self._wrong()
        self._index += 1
        if kind == "text":
            return text[1:-1]
        if kind == "number":
            return float(text) if "." in text or len(text) > 18 else int(text)
        return 1 if kind == "true" else 0

    def _list(self) -> str:
        self._mark("(")
        marks = []
        while True:
            self._values.append(self._value())
            marks.append("?")
            if not self._is_mark(","):
                break
            self._index += 1
        self._mark(")")
        return ", ".join(marks)

    def _moment(self, text: str, place: int) -> str:
        try:
            moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00").replace("z", "+00:00"))
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self._wrong(place) from None
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
