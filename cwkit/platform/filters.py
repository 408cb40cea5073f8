"""ceql(...): a ``where`` filter made from Python values, with the quoting done right."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from cwkit.errors import FilterError
from cwkit.platform.record_match import as_moment, compares, look_up

__all__ = ["FilterWarning", "Where", "ceql"]

DateStyle = Literal["iso", "milliseconds"]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "LIKE", "IN", "IS NULL"]

_OPERATORS: dict[str, Operator] = {
    "eq": "=", "exact": "=", "ne": "!=", "lt": "<", "lte": "<=", "le": "<=",
    "gt": ">", "gte": ">=", "ge": ">=", "in": "IN", "isnull": "IS NULL",
    "like": "LIKE", "contains": "LIKE", "startswith": "LIKE", "endswith": "LIKE",
}  # fmt: skip
_PATTERNS = {"contains": "%{}%", "startswith": "{}%", "endswith": "%{}"}
_PLAIN_FIELD = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_RESERVED = frozenset(["and", "or", "not", "in", "is", "null", "like", "true", "false", "between"])
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?")


class FilterWarning(UserWarning):
    """The filter does not mean to the service behind the platform what it says."""


class Where(ABC):
    """A filter. ``a & b`` and ``a | b`` combine two; ``str()`` gives its CEQL with ISO dates."""

    @abstractmethod
    def render(self, dates: DateStyle = "iso") -> str:
        """Return the CEQL text; dates as ISO-8601 in GMT, or as epoch milliseconds."""

    @property
    @abstractmethod
    def fields(self) -> frozenset[str]:
        """The names of the fields that are compared."""

    @abstractmethod
    def matches(self, record: Mapping[str, Any]) -> bool:
        """Say whether a record fits the filter, as ConnectWise compares.

        Texts compare without regard to case; a missing or null value fits only ``IS NULL``.
        """

    def __and__(self, other: Where) -> Where:
        return Group("AND", (self, other))

    def __or__(self, other: Where) -> Where:
        return Group("OR", (self, other))

    def __str__(self) -> str:
        return self.render()


@dataclass(frozen=True)
class Condition(Where):
    """One comparison of a field with a value."""

    field: str
    operator: Operator
    value: Any = None

    def render(self, dates: DateStyle = "iso") -> str:
        """Return ``field operator value``."""
        field = _quoted_field(self.field)
        if self.operator == "IS NULL":
            return f"{field} IS NULL"
        if self.operator == "IN":
            return f"{field} IN ({', '.join(_literal(item, dates) for item in self.value)})"
        space = " " if self.operator == "LIKE" else ""
        return f"{field}{space}{self.operator}{space}{_literal(self.value, dates)}"

    @property
    def fields(self) -> frozenset[str]:
        """The name of the field."""
        return frozenset({self.field})

    def matches(self, record: Mapping[str, Any]) -> bool:
        """Say whether the field of the record compares so."""
        found = look_up(record, self.field)
        if self.operator == "IS NULL":
            return found is None
        if found is None:
            return False
        if self.operator == "IN":
            return any(compares(found, "=", item) for item in self.value)
        return compares(found, self.operator, self.value)


@dataclass(frozen=True)
class Group(Where):
    """Several filters of which all (AND) or at least one (OR) have to fit."""

    join: Literal["AND", "OR"]
    parts: tuple[Where, ...]

    def render(self, dates: DateStyle = "iso") -> str:
        """Return the parts, joined; in parentheses where they join otherwise than the whole."""
        texts = [
            f"({part.render(dates)})"
            if isinstance(part, Group) and part.join != self.join
            else part.render(dates)
            for part in self.parts
        ]
        return f" {self.join} ".join(texts)

    @property
    def fields(self) -> frozenset[str]:
        """The fields of all parts."""
        return frozenset[str]().union(*(part.fields for part in self.parts))

    def matches(self, record: Mapping[str, Any]) -> bool:
        """Say whether all, or any, of the parts fit."""
        fits = (part.matches(record) for part in self.parts)
        return all(fits) if self.join == "AND" else any(fits)


def ceql(*parts: Where | Mapping[str, Any], **lookups: Any) -> Where:
    """Return a filter in which every part and every lookup has to fit (platform facts, section 4).

    A lookup is a field with a value: ``ceql(lastName="O'Brien", lastUpdated__gt=moment)``. After two
    underscores stands how to compare (``ne lt lte gt gte in like contains startswith endswith isnull``)
    or a field within a field: ``company__id=19``. A field that is no Python name goes into a mapping,
    with its dots: ``ceql({"company.name__like": "Acme%"})``. ``None`` asks for null. A date without a
    zone is taken as GMT. ``a | b`` is *or*. The text that results is ``str(filter)``:

    >>> str(ceql(lastName="O'Brien", company__id__in=[2, 19]))
    "lastName='O''Brien' AND company.id IN (2, 19)"

    Raises ``FilterError`` for what CEQL cannot say.
    """
    filters: list[Where] = []
    for part in parts:
        if isinstance(part, Where):
            filters.append(part)
        elif isinstance(part, Mapping):
            filters.extend(_condition(str(key), value) for key, value in part.items())
        else:
            raise FilterError(
                f"A part of the filter is {type(part).__name__}, not a filter.",
                fix="Give lookups, as ceql(lastName='Smith'), a mapping, or another ceql(...).",
            )
    filters.extend(_condition(key, value) for key, value in lookups.items())
    if not filters:
        raise FilterError("The filter is empty.", fix="Leave `where` away to get every record.")
    return filters[0] if len(filters) == 1 else Group("AND", tuple(filters))


def _condition(key: str, value: Any) -> Where:
    name, _, last = key.rpartition("__")
    lookup = last.lower() if name and last.lower() in _OPERATORS else ""
    field = (name if lookup else key).replace("__", ".")
    _quoted_field(field)
    if value is None and lookup in ("", "eq", "exact"):
        return Condition(field, "IS NULL")
    if lookup == "isnull":
        return _is_null(field, value)
    if lookup == "in":
        return _one_of(field, value)
    if lookup in _PATTERNS or lookup == "like":
        return Condition(field, "LIKE", _pattern(field, lookup, value))
    value = _plain(value)
    _literal(value, "iso")
    return Condition(field, _OPERATORS[lookup or "eq"], value)


def _is_null(field: str, value: Any) -> Where:
    if value is True:
        return Condition(field, "IS NULL")
    raise FilterError(
        f"CEQL can ask whether {field} is null, not whether it is not.",
        fix=f"Read the records without this and keep those you want: table[table[{field!r}].notna()].",
        value=str(value),
    )


def _one_of(field: str, value: Any) -> Where:
    listed = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
    items = tuple(_plain(item) for item in value) if listed else ()
    if not items:
        raise FilterError(
            f"{field}__in needs a list with at least one value.",
            fix=f"Write {field}__in=[1, 2, 3].",
            value=str(value),
        )
    for item in items:
        _literal(item, "iso")
    return Condition(field, "IN", items)


def _pattern(field: str, lookup: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise FilterError(
            f"{field}__{lookup} needs a text.", fix=f"Write {field}__{lookup}='Acme'.", value=str(value)
        )
    if lookup == "like":
        return value
    if "%" in value:
        raise FilterError(
            "CEQL has no way to look for a percent sign: it stands for any text.",
            fix=f"Use {field}__like with a pattern, where % stands for any text.",
            value=value,
        )
    return _PATTERNS[lookup].format(value)


def _plain(value: Any) -> Any:
    """Turn a value of numpy into Python's own."""
    return value.item() if type(value).__module__ == "numpy" and hasattr(value, "item") else value


def _literal(value: Any, dates: DateStyle) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal) or (isinstance(value, float) and math.isfinite(value)):
        return str(value)
    if isinstance(value, date) and value == value:  # NaT is a datetime that does not equal itself
        return _date_literal(value, dates)
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    raise FilterError(
        f"A value of the filter is {value!r} ({type(value).__name__}), which CEQL cannot compare with.",
        fix="Use a text, a number, True or False, a date, or None for null.",
        value=repr(value),
    )


def _date_literal(value: date, dates: DateStyle) -> str:
    moment = as_moment(value)
    if dates == "milliseconds":
        return str(round(moment.timestamp() * 1000))
    text = moment.strftime("%Y-%m-%dT%H:%M:%S") if moment.year >= 1000 else moment.isoformat()[:19]
    fraction = f".{moment.microsecond // 1000:03d}" if moment.microsecond >= 1000 else ""
    return f"'{text}{fraction}Z'"


def _quoted_field(field: str) -> str:
    if not field or "`" in field or not field.isprintable():
        raise FilterError(
            f"A field cannot be called {field!r}.",
            fix="Write the field's name as the record has it.",
            value=field,
        )
    plain = _PLAIN_FIELD.fullmatch(field) and not _RESERVED & set(field.lower().split("."))
    return field if plain else f"`{field}`"
