"""Findings on configuration values: missing, misspelt, too long, of the wrong form, secret and in clear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cwkit.elements import ConfigurationField, Element, check_field
from cwkit.elements import connectwise as vendor
from cwkit.elements.checks import is_placeholder
from cwkit.elements.connectwise import existing_instance as vendor_rules
from cwkit.elements.event_settings import rule_for as event_rule_for
from cwkit.instances.finding import CODES, Finding, Severity, make_finding
from cwkit.redaction import MASK, Secret, safe_text

__all__ = ["Setting", "blanked", "configuration_findings"]

Values = Mapping[str, str | Secret | None]

_STARS = Secret(MASK)
_BLANKED = re.compile(r"[xX]{5,}|\*{4,}|\.{3,}|…|<[^<>]*>|\[?redacted\]?|\bmasked\b|REMOVED", re.I)
_BLANKING = ("xxxxx", "****", "...", "…", "<", "redacted", "masked", "removed")
_SHORT = 300
_MOST_KEPT = 1000


@dataclass(frozen=True, slots=True)
class Setting:
    """Where values come from, for it decides what is wrong with them.

    ``answered``: the platform answered with them, so it has taken them; otherwise they are a request.
    ``working``: the platform says that the instance is valid. ``pasted``: people have seen the text, and
    may have blanked values out. ``partial``: keys may be missing from the text only.
    """

    answered: bool = True
    working: bool = True
    pasted: bool = False
    partial: bool = False


def configuration_findings(element: Element, values: Values, setting: Setting) -> list[Finding]:
    """Return what is wrong with configuration values, each by itself and together."""
    findings: list[Finding] = []
    rules = _rules_for(element, setting)
    if rules.keys:
        if not rules.keys >= values.keys():
            findings += _key_findings(element, values)
        if not setting.partial and not all(map(values.get, rules.required)):
            findings += _missing(element, values, setting)
    for key, value in values.items():
        if not value:
            continue
        if isinstance(value, Secret):
            findings += _secret_findings(rules, key, value)
        elif (kept := rules.kept.get(key)) is not None:
            known = kept.get(value)
            findings += rules.findings(key, value) if known is None else known
        elif (
            key not in rules.keys
            and (right := vendor.right_key(element, key)) in rules.kept
            and not values.get(right)
        ):
            findings += rules.findings(right, value)
    problems = [*vendor.together(element, values), *vendor_rules.problems_in(element, values)]
    findings += [make_finding(p.code, p.key, p.message, p.fix) for p in problems]
    return findings


class _Rules:
    """The rules of one element in one setting, and what they said of the values so far."""

    def __init__(self, element: Element, setting: Setting) -> None:
        self.element, self.setting = element, setting
        self.keys = element.fields.keys()
        self.required = tuple(field.key for field in element.section("required"))
        self.kept: dict[str, dict[str, list[Finding]]] = {
            key: {} for key, field in element.fields.items() if not field.internal and not event_rule_for(key)
        }

    def findings(self, key: str, value: str) -> list[Finding]:
        """Return what is wrong with one value; what was said of equal ones is kept."""
        kept = self.kept[key]
        findings = kept.get(value)
        if findings is None:
            field = self.element.fields[key]
            usual = value == field.default_value and not (field.required and re.search(r"[{}<>]", value))
            plain = usual or vendor_rules.plainly_right(self.element.key, key, value)
            findings = [] if plain else list(_checked(self.element, field, value, self.setting))
            if len(kept) < _MOST_KEPT and len(value) <= _SHORT:
                kept[value] = findings
        return findings


_RULES: dict[tuple[int, Setting], _Rules] = {}


def _rules_for(element: Element, setting: Setting) -> _Rules:
    rules = _RULES.get((id(element), setting))
    if rules is None:
        if len(_RULES) >= 32:
            _RULES.clear()
        # The rules keep the element, so that its id is not given to another one.
        rules = _RULES[id(element), setting] = _Rules(element, setting)
    return rules


def _secret_findings(rules: _Rules, key: str, value: Secret) -> Iterator[Finding]:
    if value == _STARS:
        return
    if key in rules.kept:
        yield from _checked(rules.element, rules.element.fields[key], value, rules.setting)
    yield from _clear_secret(key, value)


def blanked(text: str) -> bool:
    """Say whether a value was blanked out, wholly or from some character on (``ABC/Dxxxxxxxx``)."""
    small = text.lower()
    for sign in _BLANKING:  # a look before the search, which is long for every value of a fleet
        if sign in small:
            return bool(_BLANKED.search(text)) or is_placeholder(text)
    return is_placeholder(text)


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
            yield make_finding("given-twice", shown, message, f"Leave {shown} out.")
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
            message = f"{field.label} is not given; the element's default {default} is taken."
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
    fix = "Enter it by itself." if check.secret else f"Write {after}"
    message = f"{field.label} is {_shown(value)}. The form of cwkit repairs it: {reasons}"
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
        message = f"{name} stands in the text in clear ({MASK} here); everyone who saw it can use it."
        fix = "Change it at its source, enter the new one here, and take this one out of the ticket."
        yield make_finding("secret-in-clear", name, message, fix)
