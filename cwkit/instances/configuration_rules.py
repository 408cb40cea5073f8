"""Findings on configuration values: missing, misspelt, too long, of the wrong form, secret and in clear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from cwkit.elements import ConfigurationField, Element, check_field
from cwkit.elements import connectwise as vendor
from cwkit.elements.checks import is_placeholder
from cwkit.elements.connectwise import existing_instance as vendor_rules
from cwkit.elements.event_settings import rule_for as event_rule_for
from cwkit.instances.finding import Finding, Severity, make_finding
from cwkit.instances.remembered import Remembered
from cwkit.redaction import MASK, Secret

__all__ = ["Flags", "blanked", "configuration_findings"]

Values = Mapping[str, str | Secret | None]

_STARS = Secret(MASK)
_BLANKED = re.compile(r"[xX]{5,}|\*{4,}|\.{3,}|…|<[^<>]*>|\[?redacted\]?|\bmasked\b|REMOVED", re.I)


class Flags(NamedTuple):
    """Where values come from and what the platform says beside them; it decides what is wrong with them.

    ``answered``: they are in a response of the platform, which has accepted them; otherwise they are a
    request. ``pasted``: people have seen the text, and may have blanked values out. ``partial``: keys may be
    missing from the text only. The rest is the platform's; ``None`` where it says nothing.
    """

    answered: bool = True
    pasted: bool = False
    partial: bool = False
    valid: bool | None = None
    disabled: bool | None = None
    events_enabled: bool | None = None
    trace_logging: bool = False
    element_active: bool | None = None
    element_deleted: bool | None = None

    @property
    def working(self) -> bool:
        """Whether the instance probably works: it exists, and the platform does not doubt it."""
        return self.answered and self.valid is not False


def configuration_findings(
    element: Element, values: Values, flags: Flags, remembered: Remembered | None = None
) -> list[Finding]:
    """Return what is wrong with configuration values, each alone and together."""
    findings: list[Finding] = []
    kept = remembered or Remembered()
    checked = kept.get(("checked", id(element)), partial(_checked_keys, element))
    if element.fields:
        findings += _key_findings(element, values)
        required = kept.get(("required", id(element)), partial(element.section, "required"))
        if not flags.partial and not all(values.get(field.key) for field in required):
            findings += _missing(element, values, flags)
    for key, value in values.items():
        if not value:
            continue
        if isinstance(value, Secret):
            if value != _STARS:
                findings += _checked(element, element.fields[key], value, flags) if key in checked else ()
                findings += _clear_secret(key, value)
        elif key in checked:
            known = (id(element), key, value, flags)
            findings += kept.get(known, partial(_value_findings, element, key, value, flags))
        elif (
            key not in element.fields
            and (right := vendor.right_key(element, key))
            and right in checked
            and not values.get(right)
        ):
            findings += _value_findings(element, right, value, flags)
    for problem in (*vendor.together(element, values), *vendor_rules.problems_in(element, values)):
        fails = flags.answered and vendor_rules.host_fails(problem)
        severity: Severity | None = "error" if fails else None
        findings.append(
            make_finding(
                problem.code, problem.key, fix=problem.fix, severity=severity, reason=problem.message
            )
        )
    return findings


def _checked_keys(element: Element) -> frozenset[str]:
    return frozenset(
        key for key, field in element.fields.items() if not field.internal and event_rule_for(key) is None
    )


def _value_findings(element: Element, key: str, value: str, flags: Flags) -> list[Finding]:
    field = element.fields[key]
    if value == field.default_value and not (field.required and re.search(r"[{}<>]", value)):
        return []
    return list(_checked(element, field, value, flags))


def blanked(text: str) -> bool:
    """Return whether a value was blanked out, wholly or from some character on (``ABC/Dxxxxxxxx``)."""
    return bool(_BLANKED.search(text)) or is_placeholder(text)


def _key_findings(element: Element, values: Values) -> Iterator[Finding]:
    for key in values:
        if key in element.fields:
            continue
        right, other = vendor.right_key(element, key), vendor_rules.foreign_element(element, key)
        names: dict[str, Any] = {"key": key, "right": right, "element": element.key, "other": other}
        if other:
            yield make_finding("key-of-other-element", key, "right" if right else "", **names)
        elif right and right in values and values[right] not in (None, "", values[key]):
            yield make_finding("given-twice", key, "key", **names)
        elif right:
            yield make_finding("key-misspelt", key, "right", **names)
        else:
            yield make_finding("key-unknown", key, **names)


def _missing(element: Element, values: Values, flags: Flags) -> Iterator[Finding]:
    given = {
        vendor.right_key(element, key) or key for key, value in values.items() if value not in (None, "")
    }
    for field in element.section("required"):
        value = values.get(field.key)
        if field.key in given or value:
            continue
        default = field.default_value
        usable = default and not re.search(r"[{}<>]", default) and not flags.answered
        yield make_finding(
            "missing", field.key, "default" if usable else "", label=field.label, default=default
        )


def _checked(
    element: Element, field: ConfigurationField, value: str | Secret, flags: Flags
) -> Iterator[Finding]:
    check = check_field(element, field.key, value)
    problem = check.problem
    if problem and problem.code == "missing":
        return
    if problem and problem.code == "placeholder" and flags.answered and flags.pasted and _whole(value):
        yield make_finding("blanked-out", field.key, label=field.label, value=value)
        return
    if problem:
        yield make_finding(
            problem.code, field.key, fix=problem.fix, label=field.label, reason=problem.message, value=value
        )
    if problem and problem.code == "placeholder":
        return
    before, after = _text(value), check.text
    if not check.repairs or (flags.working and vendor_rules.harmless_repair(field.key, before, after)):
        return
    code, variant = vendor_rules.REPAIR_CODES.get(field.key, ("value-untidy", ""))
    if variant and flags.answered and vendor_rules.cannot_work(field.key, before, after):
        variant = "exists"
    reasons = " ".join(repair.reason for repair in check.repairs)
    fix = "" if check.secret else f"Write {after}"
    yield make_finding(code, field.key, variant, fix=fix, label=field.label, value=value, reason=reasons)


def _whole(value: str | Secret) -> bool:
    return is_placeholder(_text(value)) or bool(re.fullmatch(r"[xX*.…]+", _text(value)))


def _text(value: str | Secret) -> str:
    return value.reveal() if isinstance(value, Secret) else value


def _clear_secret(key: str, value: Secret) -> Iterator[Finding]:
    if not blanked(value.reveal()):
        yield make_finding("secret-in-clear", key, key=key, mask=MASK)
