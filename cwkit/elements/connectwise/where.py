"""A ``where`` clause (CEQL) read into comparisons and what joins them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cwkit.errors import FilterError

__all__ = ["Comparison", "Value", "Where", "read_where"]


@dataclass(frozen=True, slots=True)
class Value:
    """A value to compare with; ``quoted`` where it stood in quotes."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """``field operator values``: no value for ``is null`` and ``is not null``, several for ``in``."""

    field: str
    operator: str
    values: tuple[Value, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """The values as texts."""
        return tuple(value.text for value in self.values)


@dataclass(frozen=True, slots=True)
class Where:
    """A clause taken apart: its comparisons in order, the conjunctions between them, and whether
    parentheses group any.
    """

    comparisons: tuple[Comparison, ...] = ()
    conjunctions: tuple[str, ...] = ()
    grouped: bool = False


_TOKEN = re.compile(
    r"""(?P<space>\s+) | (?P<text>'(?:[^'\\]|\\.|'')*') | (?P<field>`[^`]+`(?:\.`[^`]+`)*)
      | (?P<operator><=|>=|!=|<>|=|<|>) | (?P<mark>[(),]) | (?P<number>-?\d+(?:\.\d+)?(?![\w.-]))
      | (?P<word>[\w\[\]./$-]+)""",
    re.X,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int

    @property
    def word(self) -> str:
        """The token in lower case, where it may be a keyword or a mark."""
        return self.text.lower() if self.kind in ("word", "operator", "mark") else ""


def read_where(where: str) -> Where:
    """Return the parts of a clause; a blank one has none. Raises ``FilterError`` with the position."""
    return _Reader(where).read() if where.strip() else Where()


class _Reader:
    """Reads one clause from left to right."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.tokens = self._tokens()
        self.index = 0

    def _tokens(self) -> list[_Token]:
        tokens, position = [], 0
        while position < len(self.where):
            match = _TOKEN.match(self.where, position)
            if not match:
                raise self._wrong(position, "a text is not closed" if self.where[position] == "'" else "")
            if match.lastgroup and match.lastgroup != "space":
                tokens.append(_Token(match.lastgroup, match[0], position))
            position = match.end()
        return [*tokens, _Token("end", "", len(self.where))]

    def _wrong(self, position: int, reason: str = "") -> FilterError:
        rest = self.where[position : position + 20]
        there = f"at {rest!r}" if rest else "at its end"
        return FilterError(
            f"The filter cannot be read {there} (character {position + 1})"
            + (f": {reason}." if reason else "."),
            fix="Write it like lastUpdated>'2026-01-05T09:00:00Z' AND company.id=5, texts in single quotes.",
            value=self.where[:200],
            position=position,
        )

    def _next(self) -> _Token:
        token = self.tokens[self.index]
        self.index = min(self.index + 1, len(self.tokens) - 1)
        return token

    def _expect(self, *kinds: str, reason: str) -> _Token:
        token = self._next()
        if token.kind not in kinds:
            raise self._wrong(token.position, reason)
        return token

    def read(self) -> Where:
        comparisons: list[Comparison] = []
        conjunctions: list[str] = []
        depth, grouped = 0, False
        while True:
            while self.tokens[self.index].word == "(":
                self._next()
                depth, grouped = depth + 1, True
            comparisons.append(self._comparison())
            while depth and self.tokens[self.index].word == ")":
                self._next()
                depth -= 1
            token = self._next()
            if token.kind == "end" and not depth:
                return Where(tuple(comparisons), tuple(conjunctions), grouped)
            if token.word not in ("and", "or"):
                raise self._wrong(token.position, "a ) is missing" if depth else "AND or OR is expected")
            conjunctions.append(token.word)

    def _comparison(self) -> Comparison:
        field = self._expect("word", "field", reason="a field is expected").text.replace("`", "")
        token = self._next()
        if token.kind == "operator":
            return Comparison(field, "!=" if token.text == "<>" else token.text, (self._value(),))
        negated = token.word == "not"
        operator = self._next() if negated else token
        name = f"not {operator.word}" if negated else operator.word
        if operator.word == "like":
            return Comparison(field, name, (self._value(),))
        if operator.word == "in":
            return Comparison(field, name, self._list())
        if operator.word == "is" and not negated:
            negated = self.tokens[self.index].word == "not" and bool(self._next())
            if self._next().word == "null":
                return Comparison(field, "is not null" if negated else "is null")
        raise self._wrong(operator.position, "=, !=, <, <=, >, >=, LIKE, IN or IS NULL is expected")

    def _list(self) -> tuple[Value, ...]:
        if self._next().word != "(":
            raise self._wrong(self.tokens[self.index - 1].position, "( is expected")
        values = [self._value()]
        while (token := self._next()).word == ",":
            values.append(self._value())
        if token.word != ")":
            raise self._wrong(token.position, "a ) is missing")
        return tuple(values)

    def _value(self) -> Value:
        token = self._expect("text", "number", "word", reason="a value is expected")
        if token.kind != "text":
            return Value(token.text)
        return Value(re.sub(r"''|\\(.)", lambda match: match[1] or "'", token.text[1:-1]), quoted=True)
