"""Checks of what a person enters for an element: repaired where there is one meaning, else refused.

A check never touches the network. It gives back the value as it will be sent, the repairs that were
made, and the problems that are left, each with its fix. A problem is *certain* where the platform
refuses the value for sure (missing, too long, no such choice); the others, such as a placeholder that
was never filled in, are refused by the form, but a program may send them and hear the platform's own
answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cwkit.elements import connectwise, event_settings
from cwkit.elements.field_check import FieldCheck, Problem, Repair
from cwkit.elements.model import ConfigurationField, Element, configuration_text
from cwkit.redaction import MASK, Secret, as_secret, frameless

__all__ = ["FieldCheck", "Problem", "Repair", "ValuesCheck", "check_field", "check_values", "values_beside"]

_TRUE = frozenset({"true", "yes", "y", "on", "1"})
_FALSE = frozenset({"false", "no", "n", "off", "0"})
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\{[A-Za-z_ ]+\}|x{4,}|X{4,}|\*{3,}|\.{3,}|INSERT[_ ].*|YOUR[_ ].*|CHANGE[_ ]?ME|TODO|TBD", re.S
)

_PLACEHOLDER_BEGINS = "<{xX*.IYCT"
_UNTIDY_ENDS = " \"'`"


@dataclass(frozen=True)
class ValuesCheck:
    """All values of one request as they will be sent, with repairs and problems."""

    values: dict[str, str | Secret | None]
    repairs: tuple[Repair, ...] = ()
    problems: tuple[Problem, ...] = field(default=())

    @property
    def certain(self) -> tuple[Problem, ...]:
        """The problems for which the platform refuses the request for sure."""
        return tuple(problem for problem in self.problems if problem.certain)


def is_placeholder(text: str) -> bool:
    """Say whether a value was left as a template has it: ``<...>``, ``xxxx``, ``{name}``, ``INSERT_...``."""
    text = text.strip()
    return text[:1] in _PLACEHOLDER_BEGINS and bool(_PLACEHOLDER.fullmatch(text))


@frameless
def check_field(element: Element, key: str, value: Any) -> FieldCheck:
    """Check and repair the value of one field.

    ``value`` may be a text, a :class:`Secret`, a bool, a number or ``None``. A blank value is ``None``
    in the result; whether it may be missing is said by :func:`check_values`, and here for required fields.
    """
    config_field = element.fields.get(key) or ConfigurationField(key=key)
    check = FieldCheck(key=key, value=_as_text(config_field, value), secret=config_field.is_secret)
    for rule in (_tidied, _required, _typed):
        check = rule(config_field, check)
        if check.problem or check.value is None:
            return check
    # What stands in angle brackets may be an address that was meant: its own rule looks first.
    if is_placeholder(check.text) and not re.fullmatch(r"<.*[./].*>", check.text):
        return _still_a_placeholder(check)
    for special in (connectwise.rule_for(element.key, key), event_settings.rule_for(key)):
        if special and not check.problem:
            check = special(check)
    if check.problem:
        return check
    return _still_a_placeholder(check) if is_placeholder(check.text) else _short_enough(config_field, check)


@frameless
def check_values(element: Element, values: Mapping[str, Any]) -> ValuesCheck:
    """Check and repair all values of a request; keys may be misspelt.

    Missing values are filled in with the element's default where the platform requires them and the
    default can stand as it is (the WSDL path, for example). Unknown keys are kept and sent.
    """
    renamed, repairs, problems = connectwise.repaired_keys(element, values)
    result: dict[str, str | Secret | None] = {}
    for key, value in renamed.items():
        check = check_field(element, key, value)
        repairs.extend(check.repairs)
        if check.problem:
            problems.append(check.problem)
        result[key] = check.value
    for config_field in element.section("required"):
        if result.get(config_field.key) is not None or any(p.key == config_field.key for p in problems):
            continue
        default = config_field.default_value
        if default and not re.search(r"[{}<>]", default):
            result[config_field.key] = as_secret(default) if config_field.is_secret else default
            if config_field.key not in values:
                repairs.append(
                    Repair(config_field.key, "", default, "It was missing; the element's default is taken.")
                )
        else:
            problems.append(_missing(config_field))
    problems.extend(connectwise.together(element, result))
    problems.extend(event_settings.together(result))
    return ValuesCheck(result, tuple(repairs), tuple(problems))


def values_beside(element: Element, key: str, text: str) -> dict[str, str]:
    """Return values for other fields that a text entered under ``key`` gives, by key; mostly none."""
    return connectwise.values_beside(element.key, key, text)


def _as_text(config_field: ConfigurationField, value: Any) -> str | Secret | None:
    if value is None or isinstance(value, Secret):
        return value
    text = configuration_text(value) or ""
    return as_secret(text) if config_field.is_secret else text


def _tidied(config_field: ConfigurationField, check: FieldCheck) -> FieldCheck:
    """Take away what pasting adds: spaces and line ends around, quotes around, invisible characters."""
    if check.value is None:
        return check
    text = check.text
    tidy = re.sub("[\u200b-\u200f\u2060\ufeff\u00ad]", "", text).strip().strip("\u00a0").strip()
    if len(tidy) >= 2 and tidy[0] == tidy[-1] and tidy[0] in "\"'`":
        tidy = tidy[1:-1].strip()
    if not tidy:
        return check.cleared()
    if check.secret and re.search(r"[\r\n]", tidy):
        tidy = re.sub(r"\s*[\r\n]+\s*", "", tidy)
    return (
        check
        if tidy == text
        else check.repaired(tidy, "Spaces, line ends or quotes around it were taken away.")
    )


def _still_a_placeholder(check: FieldCheck) -> FieldCheck:
    shown = "." if check.secret else f": {check.text}"
    return check.refused("placeholder", f"still holds a placeholder{shown}", "Type the real value over it.")


def _missing(config_field: ConfigurationField) -> Problem:
    return Problem(
        config_field.key,
        "missing",
        f"{config_field.label} is missing.",
        f"Enter it: {config_field.description}" if config_field.description else "Enter a value.",
        certain=True,
    )


def _required(config_field: ConfigurationField, check: FieldCheck) -> FieldCheck:
    if check.value is None and config_field.required:
        return check.with_problem(_missing(config_field))
    return check


def _typed(config_field: ConfigurationField, check: FieldCheck) -> FieldCheck:
    text = check.text
    if config_field.is_boolean:
        word = text.lower()
        if word in _TRUE | _FALSE:
            return check.with_value("true" if word in _TRUE else "false")
        return check.refused(
            "not-a-boolean", f"is {check.shown}, not yes or no.", "Choose yes or no.", certain=True
        )
    if config_field.type == "COMBO" and config_field.options:
        return _chosen(config_field, check, text)
    return check


def _chosen(config_field: ConfigurationField, check: FieldCheck, text: str) -> FieldCheck:
    by_name = {o.name.lower(): o.value for o in config_field.options}
    if text in {o.value for o in config_field.options}:
        return check
    if text.lower() in by_name:
        return check.with_value(by_name[text.lower()])
    choices = ", ".join(o.name or o.value for o in config_field.options)
    return check.refused(
        "not-an-option", f"is {check.shown}, which is no choice.", f"Choose one of: {choices}.", certain=True
    )


def _short_enough(config_field: ConfigurationField, check: FieldCheck) -> FieldCheck:
    limit, length = config_field.max_length, len(check.text)
    if limit is None or length <= limit:
        return check
    shown = MASK if check.secret else check.shown
    return check.refused(
        "too-long",
        f"has {length} characters; at most {limit} are taken: {shown}",
        f"Shorten it by {length - limit} characters.",
        certain=True,
    )
