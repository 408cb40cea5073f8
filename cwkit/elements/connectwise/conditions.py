"""The rough translation of a ``where`` clause (CEQL) into ConnectWise's ``conditions``, and its traps.

The element does not carry a filter over one to one; many a "the filter does not work" comes from this step
(platform facts, section 4).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cwkit.elements.connectwise.where import Comparison, Value, Where, read_where
from cwkit.elements.provider import TranslationWarning

__all__ = ["CODES", "Translation", "translate_where"]

CODES = ("or-trap", "parentheses-lost", "comma-text", "phone-number", "quote-in-text", "digits-text")
"""The codes of the warnings."""

_SPECIAL = ("childConditions", "customConditions")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_PHONE = re.compile(r"\d{3}-\d{3}-\d{4}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")


@dataclass(frozen=True, slots=True)
class Translation:
    """What ConnectWise is sent for a ``where``: ``conditions`` under the name ``parameter``.

    ``parameter`` is ``conditions``, or ``childConditions`` or ``customConditions`` where the clause asks
    for it; ``warnings`` tell where the meaning is changed.
    """

    parameter: str
    conditions: str
    warnings: tuple[TranslationWarning, ...] = ()


def translate_where(where: str) -> Translation:
    """Return what the CRM element makes of a ``where`` clause (platform facts, section 4).

    Raises ``FilterError`` with the position for a clause that cannot be read.

    >>> translate_where("lastUpdated>'2016-08-20T18:04:26Z' AND company.id=5").conditions
    'lastUpdated>[2016-08-20T18:04:26Z] and company/id=5'
    """
    clause = read_where(where)
    parameter, kept = "conditions", []
    for comparison in clause.comparisons:
        if comparison.field in _SPECIAL and comparison.texts == ("true",):
            parameter = comparison.field
        else:
            kept.append(comparison)
    joined_by_or = "or" in where.lower()
    conditions = (" or " if joined_by_or else " and ").join(_written(comparison) for comparison in kept)
    warnings = (*_clause_warnings(where, clause, kept, joined_by_or), *_value_warnings(kept))
    return Translation(parameter, conditions, warnings)


def _written(comparison: Comparison) -> str:
    field = comparison.field.replace(".", "/")
    if comparison.operator in ("in", "not in"):
        return f"{field} {comparison.operator} ({','.join(_value(value) for value in comparison.values)})"
    if not comparison.values:
        return f"{field}{'=' if comparison.operator == 'is null' else '!='}null"
    spaced = f" {comparison.operator} " if comparison.operator[0].isalpha() else comparison.operator
    return f"{field}{spaced}{_value(comparison.values[0])}"


def _value(value: Value) -> str:
    text = value.text
    if _is_date(text):
        return f"[{text}]"
    if text.lower() in ("true", "false") or _NUMBER.fullmatch(text):
        return text.lower() if text.isalpha() else text
    if "," in text:
        return text
    return f'"{text.replace("-", "") if _PHONE.fullmatch(text) else text}"'


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _clause_warnings(
    where: str, clause: Where, kept: list[Comparison], joined_by_or: bool
) -> list[TranslationWarning]:
    warnings = []
    meant = set(clause.conjunctions)
    if joined_by_or and "and" in meant and len(kept) > 1:
        warnings.append(
            TranslationWarning(
                "or-trap",
                f"Every AND becomes OR, because the letters “or” stand in {_where_or_stands(where)}. "
                "Far more records come back than the filter means.",
                "Ask by an id or another field without these letters, or filter the records afterwards.",
            )
        )
    if clause.grouped and len(meant) > 1:
        warnings.append(
            TranslationWarning(
                "parentheses-lost",
                "The parentheses are lost, and with them which conditions belong together.",
                "Make one request for each part.",
            )
        )
    return warnings


def _where_or_stands(where: str) -> str:
    words = re.findall(r"[\w.%&-]*or[\w.%&-]*", where, re.I)
    telling = [word for word in words if word.lower() != "or"] or ["OR"]
    return ", ".join(f"“{word[:40]}”" for word in dict.fromkeys(telling))


def _value_warnings(comparisons: list[Comparison]) -> list[TranslationWarning]:
    found = []
    for comparison in comparisons:
        for value in comparison.values:
            for code, applies, what, fix in _VALUE_TRAPS:
                if applies(value):
                    message = f"{comparison.field}: {what.format(value.text[:60])}"
                    found.append(TranslationWarning(code, message, fix))
    return found


def _is_plain_text(value: Value) -> bool:
    return not (
        _is_date(value.text) or _NUMBER.fullmatch(value.text) or value.text.lower() in ("true", "false")
    )


_VALUE_TRAPS: tuple[tuple[str, Callable[[Value], bool], str, str], ...] = (
    (
        "comma-text",
        lambda value: "," in value.text and _is_plain_text(value),
        "the text “{}” loses its quotes, because it has a comma in it; ConnectWise cannot read it.",
        "Use LIKE with the part before the comma and %, or ask by an id.",
    ),
    (
        "phone-number",
        lambda value: bool(_PHONE.fullmatch(value.text)),
        "the number “{}” is sent without its dashes, and finds only what is stored without them.",
        "Store and ask for phone numbers as digits alone.",
    ),
    (
        "quote-in-text",
        lambda value: '"' in value.text and "," not in value.text,
        "the text “{}” holds a double quote, which ends the text for ConnectWise.",
        "Use LIKE with % in its place.",
    ),
    (
        "digits-text",
        lambda value: value.quoted and bool(re.fullmatch(r"0\d+", value.text)),
        "the text “{}” is sent as a number, and finds nothing in a field that holds text.",
        "Use LIKE with the text and %.",
    ),
)
