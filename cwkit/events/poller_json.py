"""The text of a poller configuration, made into an object or into an error that says where it goes wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from cwkit.errors import PollerError
from cwkit.events.timestamps import shown

__all__ = ["compact", "object_from_mapping", "object_from_text", "repaired_object"]

_DEEPEST = 50
_LONGEST = 10_000_000
_FIX = (
    "Correct it there. For text that was pasted from elsewhere, PollerConfiguration.read() repairs what has "
    "one possible meaning."
)


def object_from_text(text: str) -> dict[str, Any]:
    """Return the JSON object in ``text``; blank text and ``null`` are an empty one.

    Raises ``PollerError`` with line and column (from 1) for anything that is not JSON, is not an object,
    is nested more than 50 deep, or is longer than ten million characters.
    """
    if not text or text.isspace():
        return {}
    if len(text) > _LONGEST:
        raise PollerError(
            f"The poller configuration has {len(text):,} characters.", fix="Give that one alone."
        )
    if text[0] == "\ufeff":
        text = text[1:]
    problem, line, column = "", None, None
    value: Any = None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        problem, line, column = error.msg[:1].lower() + error.msg[1:], error.lineno, error.colno
    except RecursionError:
        problem = "it is nested too deeply"
    except ValueError as error:
        problem = str(error) if isinstance(error, _NotJson) else "a number in it has too many digits"
    if problem:
        where = f" (line {line}, column {column})" if line else ""
        raise PollerError(
            f"The poller configuration is not JSON: {problem}{where}.", fix=_FIX, line=line, column=column
        )
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _not_an_object(value)
    if text.count("{") + text.count("[") > _DEEPEST and _deeper_than(value, _DEEPEST):
        raise PollerError("The poller configuration is nested too deeply.", fix=_FIX)
    return value


def object_from_mapping(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a copy of an object that JSON can hold; raise ``PollerError`` where it cannot."""
    problem = ""
    try:
        text = json.dumps(dict(mapping), allow_nan=False, default=_as_object)
    except (TypeError, ValueError, RecursionError) as error:
        problem = (
            "it is nested too deeply or in a circle" if isinstance(error, RecursionError) else str(error)
        )
    if problem:
        raise PollerError(
            f"This poller configuration cannot be written as JSON: {problem[:200]}.",
            fix="Use texts, numbers, true, false, lists and objects alone.",
        )
    return object_from_text(text)


def repaired_object(text: str) -> tuple[dict[str, Any], list[str]]:
    """Return the object that a pasted text means, with notes on what had to be repaired.

    Takes smart quotes, single quotes, trailing commas, elision marks, Python spelling, text around the
    object, and JSON that was pasted with its outer quotes. Raises ``PollerError``.
    """
    strict = None
    try:
        return object_from_text(text), []
    except PollerError as error:
        strict = error
    if len(text) > 200_000:  # the repair takes time that grows with the text
        raise strict
    unwrapped = _unwrapped(text)
    if unwrapped is not None:
        return unwrapped, ["The JSON was pasted as a text within quotes; they were taken away."]
    value, log = _repair(text)
    if not isinstance(value, dict) or not value or _deeper_than(value, _DEEPEST):
        raise strict
    notes = [f"Repaired near line {strict.line or 1}: {strict.message}"]
    notes += [f"{entry}." for entry in dict.fromkeys(log)][:20]
    return object_from_mapping(value), notes


def compact(value: Any) -> str:
    """Return JSON without spaces, keys in their order, letters of every language as themselves.

    Half a surrogate pair, which no UTF-8 text can hold, is written as an escape.
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False)
    return text


class _NotJson(ValueError):
    """A number that JSON does not have, or that no number type holds."""


def _as_object(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{shown(value)} is none of these")


def _no_constant(name: str) -> Any:
    raise _NotJson(f"it holds {name}, which is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _NotJson(f"the number {text[:40]} is too large")
    return number


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def _not_an_object(value: Any) -> PollerError:
    kind = {list: "a list", str: "a text", bool: "true or false"}.get(type(value), "a number")
    return PollerError(
        f"The poller configuration is {kind}, not an object with one entry for each resource.",
        fix='It has to look like {"contacts": {"url": "...", ...}}.' if kind != "a text" else _FIX,
        value=shown(value),
        line=1,
        column=1,
    )


def _deeper_than(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [
            inner
            for item in layer
            for inner in (item.values() if isinstance(item, dict) else item)
            if isinstance(inner, dict | list)
        ]
        if not layer:
            return False
    return True


def _unwrapped(text: str) -> dict[str, Any] | None:
    """Return the object in JSON that stands within quotes, escaped or not."""
    stripped = text.strip().rstrip(",")
    if not stripped.startswith(('"', "{\\")):
        return None
    quoted = stripped if stripped.startswith('"') else f'"{stripped}"'
    try:
        inner = json.loads(quoted, strict=False)
        return object_from_text(inner) if isinstance(inner, str) else None
    except (ValueError, RecursionError):
        return None


def _repair(text: str) -> tuple[Any, list[str]]:
    import json_repair

    plain = text.translate({0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'"})
    try:
        result: Any = json_repair.loads(plain, logging=True)
    except Exception:  # noqa: BLE001 - whatever the library stumbles over, the strict error is told
        return None, []
    value, log = result if isinstance(result, tuple) and len(result) == 2 else (result, [])
    return value, [str(entry.get("text", "")) for entry in log if isinstance(entry, dict)]
