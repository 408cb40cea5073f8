"""CEQL, the platform's ``where``: parsed by sqlglot into SQL in which every name and value is a parameter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cwkit_sandbox.answers import ApiError
from cwkit_sandbox.records import Condition

__all__ = ["bulk_query", "ordering", "where"]

LONGEST = 8000
DEEPEST = 40
MOST_COMPARISONS = 200

_SIGNS = {"EQ": "=", "NEQ": "!=", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}
_PATH = re.compile(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*", re.ASCII)
_SELECT = re.compile(r"\s*select\b", re.I)
_FROM = re.compile(r"\bfrom\b", re.I)
_OBJECT = re.compile(r"([\w/-]+)(?:\s+where\b(.*))?", re.I | re.S)
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")

Shape = Mapping[str, str]


def where(text: str, shape: Shape, moments: frozenset[str] = frozenset()) -> Condition:
    """Return the SQL of a ``where`` over an object's flat records (platform facts, section 4).

    ``shape`` holds its properties and their types, ``moments`` the fields that hold epoch milliseconds,
    which may be compared with ISO-8601 dates as well. ``ApiError`` 400 quotes the place that is wrong.
    """
    if not text.strip():
        return Condition()
    if len(text) > LONGEST or _depth(text) > DEEPEST:
        raise ApiError(400, "The where clause is too long or too deeply nested.")
    return _Compiler(text, shape, moments).condition(_parsed(text))


def ordering(text: str, shape: Shape) -> list[tuple[str, bool]]:
    """Return the JSON paths of an ``orderBy`` with their direction (true: descending)."""
    result = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        match = re.fullmatch(r"`?([\w.-]+)`?(?:\s+(asc|desc))?", part, re.I | re.ASCII)
        if not match:
            raise ApiError(400, f"orderBy cannot be read at '{part[:60]}'.")
        result.append((_path(match[1], shape), (match[2] or "").lower() == "desc"))
    return result


def bulk_query(text: str) -> tuple[str, list[str], str]:
    """Return object, fields (none: all) and ``where`` of a query: ``select * from contacts where ...``."""
    query = _SELECT.match(text)
    source = _FROM.search(text, query.end()) if query and len(text) <= LONGEST else None
    rest = _OBJECT.fullmatch(text[source.end() :].strip()) if source else None
    if query is None or source is None or rest is None:
        example = "select * from contacts where ..."
        raise ApiError(400, f"The query cannot be read: '{text[:60]}'. Write it like {example}")
    columns = [column.strip(" `\t\r\n") for column in text[query.end() : source.start()].split(",")]
    if columns == ["*"]:
        return rest[1], [], rest[2] or ""
    for column in columns:
        if not _PATH.fullmatch(column):
            raise ApiError(400, f"The query cannot be read at '{column[:60]}'.")
    return rest[1], columns, rest[2] or ""


@lru_cache(maxsize=512)
def _parsed(text: str) -> Any:
    from sqlglot import errors, parse_one

    place = ""
    try:
        return parse_one(text, dialect="mysql")
    except errors.ParseError as problem:
        details: dict[str, Any] = problem.errors[0] if problem.errors else {}
        near = f"{details.get('start_context') or ''}{details.get('highlight') or ''}"[-40:]
        place = f" at line {details.get('line', 1)}, column {details.get('col', 1)}: '{near}'"
    except (errors.SqlglotError, RecursionError, ValueError):
        place = f": '{text[:40]}'"
    raise ApiError(400, f"The where clause cannot be read{place}.")


def _depth(text: str) -> int:
    depth = deepest = 0
    for sign in re.sub(r"'[^']*'", "", text):
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    return deepest + len(re.findall(r"\bnot\b|--|[-~+]{2}", text, re.I))


def _path(field: str, shape: Shape) -> str:
    if not _PATH.fullmatch(field) or field.split(".")[0] not in shape:
        raise ApiError(400, f"There is no field '{field[:60]}' to filter or order by.")
    return "$" + "".join(f'."{step}"' for step in field.split("."))


class _Compiler:
    """Walks a parsed clause; whatever is not named here is refused, so no other SQL gets through."""

    def __init__(self, text: str, shape: Shape, moments: frozenset[str]) -> None:
        self._text = text
        self._shape = shape
        self._moments = moments
        self._values: list[Any] = []
        self._comparisons = 0

    def condition(self, tree: Any) -> Condition:
        """Return the whole as SQL."""
        sql = self._node(tree)
        return Condition(sql, tuple(self._values))

    def _refuse(self, node: Any) -> ApiError:
        quoted = node.sql(dialect="mysql")[:60]
        return ApiError(
            400, f"The where clause cannot be read at '{quoted}'; allowed are comparisons with AND and OR."
        )

    def _node(self, node: Any) -> str:
        from sqlglot import exp

        self._comparisons += 1
        if self._comparisons > 3 * MOST_COMPARISONS:
            raise ApiError(400, f"The where clause has more than {MOST_COMPARISONS} comparisons.")
        if isinstance(node, exp.And | exp.Or):
            joint = " AND " if isinstance(node, exp.And) else " OR "
            return "(" + joint.join(self._node(part) for part in node.flatten()) + ")"
        if isinstance(node, exp.Paren):
            return self._node(node.this)
        sign = _SIGNS.get(type(node).__name__)
        if sign:
            return self._compared(node, sign)
        if isinstance(node, exp.Like) and set(node.args) <= {"this", "expression"}:
            field, extract = self._field(node.this)
            self._values.append(str(self._value(node.expression, field)))
            return f"{extract} LIKE ?"
        if isinstance(node, exp.In) and node.expressions and not node.args.get("query"):
            field, extract = self._field(node.this)
            marks = ", ".join(self._bound(item, field) for item in node.expressions)
            return f"{extract} COLLATE NOCASE IN ({marks})"
        if isinstance(node, exp.Is) and isinstance(node.expression, exp.Null):
            return f"{self._field(node.this)[1]} IS NULL"
        raise self._refuse(node)

    def _compared(self, node: Any, sign: str) -> str:
        field, extract = self._field(node.this)
        return f"{extract} {sign} {self._bound(node.expression, field)} COLLATE NOCASE"

    def _field(self, node: Any) -> tuple[str, str]:
        from sqlglot import exp

        if not isinstance(node, exp.Column | exp.Dot) or any(
            not isinstance(part, exp.Identifier) for part in node.parts
        ):
            raise self._refuse(node)
        field = ".".join(part.name for part in node.parts)
        self._values.append(_path(field, self._shape))
        return field, "json_extract(flat, ?)"

    def _bound(self, node: Any, field: str) -> str:
        self._values.append(self._value(node, field))
        return "?"

    def _value(self, node: Any, field: str) -> Any:
        from sqlglot import exp

        if isinstance(node, exp.Boolean):
            return 1 if node.this else 0
        negative = isinstance(node, exp.Neg)
        literal = node.this if negative else node
        if not isinstance(literal, exp.Literal) or (negative and literal.is_string):
            raise self._refuse(node)
        text = ("-" if negative else "") + str(literal.this)
        if literal.is_string:
            return self._text_value(text, field)
        number = _number(text)
        if number is None:
            raise self._refuse(node)
        return number

    def _text_value(self, text: str, field: str) -> Any:
        """Return a quoted value as the field's own type has it: the platform writes numbers in quotes too."""
        kind = self._shape.get(field, "string")
        if field in self._moments and _ISO.fullmatch(text):
            try:
                moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
                moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
                return round(moment.timestamp() * 1000)
            except (ValueError, OverflowError):
                return text
        if kind == "boolean" and text.lower() in ("true", "false"):
            return 1 if text.lower() == "true" else 0
        if kind in ("integer", "number") or field in self._moments:
            number = _number(text)
            return text if number is None else number
        return text


def _number(text: str) -> int | float | None:
    if re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d{1,30}(\.\d{1,30})?", text, re.ASCII) else None
