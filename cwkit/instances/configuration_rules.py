"""Findings on configuration values: missing, misspelt, too long, of the wrong form, secret and in clear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

from cwkit.elements import ConfigurationField, Element, check_field
from cwkit.elements import connectwise as vendor
from cwkit.elements.checks import is_placeholder
from cwkit.elements.connectwise import existing_instance as vendor_rules
from cwkit.elements.event_settings import rule_for as event_rule_for
from cwkit.instances.finding import CODES, Finding, Severity, make_finding
from cwkit.instances.remembered import Remembered
from cwkit.redaction import MASK, Secret, safe_text

__all__ = ["Setting", "blanked", "configuration_findings"]

Values = Mapping[str, str | Secret | None]

_STARS = Secret(MASK)
_BLANKED = re.compile(r"[xX]{5,}|\*{4,}|\.{3,}|…|<[^<>]*>|\[?redacted\]?|\bmasked\b|REMOVED", re.I)


class Setting(NamedTuple):
    """Where values come from, for it decides what is wrong with them.

    ``answered``: the platform answered with them, so it has taken them; otherwise they are a request.
    ``working``: the platform says that the instance is valid. ``pasted``: people have seen the text, and
    may have blanked values out. ``partial``: keys may be missing from the text only.
    """

    answered: bool = True
    working: bool = True
    pasted: bool = False
    partial: bool = False


def configuration_findings(
    element: Element, values: Values, setting: Setting, remembered: Remembered | None = None
) -> list[Finding]:
    """Return what is wrong with configuration values, each alone and together."""
    findings: list[Finding] = []
    kept = remembered or Remembered()
    checked = kept.get(("checked", id(element)), partial(_checked_keys, element))
    if element.fields:
        findings += _key_findings(element, values)
        required = kept.get(("required", id(element)), partial(element.section, "required"))
        if not setting.partial and not all(values.get(field.key) for field in required):
            findings += _missing(element, values, setting)
    for key, value in values.items():
        if not value:
            continue
        if isinstance(value, Secret):
            if value != _STARS:
                findings += _checked(element, element.fields[key], value, setting) if key in checked else ()
                findings += _clear_secret(key, value)
        elif key in checked:
            known = (id(element), key, value, setting)
            findings += kept.get(known, partial(_value_findings, element, key, value, setting))
        elif (
            key not in element.fields
            and (right := vendor.right_key(element, key))
            and right in checked
            and not values.get(right)
        ):
            findings += _value_findings(element, right, value, setting)
    problems = [*vendor.together(element, values), *vendor_rules.problems_in(element, values)]
    findings += [make_finding(p.code, p.key, p.message, p.fix) for p in problems]
    return findings


def _checked_keys(element: Element) -> frozenset[str]:
    return frozenset(
        key for key, field in element.fields.items() if not field.internal and event_rule_for(key) is None
    )


def _value_findings(element: Element, key: str, value: str, setting: Setting) -> list[Finding]:
    field = element.fields[key]
    if value == field.default_value and not (field.required and re.search(r"[{}<>]", value)):
        return []
    return list(_checked(element, field, value, setting))


def blanked(text: str) -> bool:
    """Return whether a value was blanked out, wholly or from some character on (``ABC/Dxxxxxxxx``)."""
    return bool(_BLANKED.search(text)) or is_placeholder(text)


def _key_findings(element: Element, values: Values) -> Iterator[Finding]:
    for key in values:
        if key in element.fields:
            continue
        right, shown = vendor.right_key(element, key), safe_text(key)
        other = vendor_rules.foreign_element(element, key)
        if other:
            instead = f"Write {right}." if right else CODES["key-of-other-element"].fix
            message = f"{shown} is a key of {other}; this is an instance of {element.key}."
            yield make_finding("key-of-other-element", shown, message, instead)
        elif right and right in values and values[right] not in (None, "", values[key]):
            message = f"{right} is given twice, also as {shown}, with another value."
            yield make_finding("given-twice", shown, message, f"Remove {shown}.")
        elif right:
            message = f"{shown} is not a key of {element.key}; it is written {right}."
            yield make_finding("key-misspelt", shown, message, f"Write {right}: upper and lower case count.")
        else:
            yield make_finding("key-unknown", shown, f"{element.key} does not list the key {shown}.")


def _missing(element: Element, values: Values, setting: Setting) -> Iterator[Finding]:
    given = {
        vendor.right_key(element, key) or key for key, value in values.items() if value not in (None, "")
    }
    for field in element.section("required"):
        value = values.get(field.key)
        if field.key in given or value:
            continue
        default = field.default_value
        if default and not re.search(r"[{}<>]", default) and not setting.answered:
            message = f"{field.label} is not given; the element's default {default} is used."
            yield make_finding(
                "missing", field.key, message, "Check that it is right for your site.", severity="warning"
            )
        else:
            yield make_finding("missing", field.key, f"{field.label} is missing or blank.")


def _checked(
    element: Element, field: ConfigurationField, value: str | Secret, setting: Setting
) -> Iterator[Finding]:
    check = check_field(element, field.key, value)
    problem = check.problem
    if problem and problem.code == "missing":
        return
    if problem and problem.code == "placeholder" and setting.answered and setting.pasted and _whole(value):
        message = f"{field.label} was blanked out in the text: {_shown(value)}"
        yield make_finding("blanked-out", field.key, message)
        return
    if problem:
        yield make_finding(problem.code, field.key, f"{field.label}: {problem.message}", problem.fix)
    if problem and problem.code == "placeholder":
        return
    before, after = _text(value), check.text
    if not check.repairs or (setting.working and vendor_rules.harmless_repair(field.key, before, after)):
        return
    reasons = " ".join(repair.reason for repair in check.repairs)
    code = vendor_rules.REPAIR_CODES.get(field.key, "value-untidy")
    fix = "Enter it alone." if check.secret else f"Write {after}"
    message = f"{field.label} is {_shown(value)}. The form corrects this: {reasons}"
    severity: Severity = "error" if vendor_rules.cannot_work(field.key, before) else "warning"
    yield make_finding(code, field.key, message, fix, severity=severity)


def _whole(value: str | Secret) -> bool:
    return is_placeholder(_text(value)) or bool(re.fullmatch(r"[xX*.…]+", _text(value)))


def _text(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _shown(value: str | Secret) -> str:
    if isinstance(value, Secret):
        return MASK
    text = safe_text(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _clear_secret(key: str, value: Secret) -> Iterator[Finding]:
    if not blanked(value.reveal()):
        name = safe_text(key)
        message = f"{name} is readable in the text ({MASK} here). Anyone who has seen it can use it."
        fix = "Change it at its source, enter the new one here, and remove this one from the ticket."
        yield make_finding("secret-in-clear", name, message, fix)
