"""The vocabulary of a finding: its code, severity, subject, message and fix, from ``finding_codes.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, cast

from cwkit.redaction import MASK, Secret, safe_text

__all__ = ["CODES", "FINDING_COLUMNS", "Code", "Finding", "Severity", "in_order", "make_finding"]

Severity = Literal["error", "warning", "info"]

FINDING_COLUMNS = ("severity", "code", "subject", "message", "fix")
"""The columns of a table of findings."""

_RANK: dict[str, int] = {"error": 0, "warning": 1, "info": 2}
_LONGEST = 400


class Finding(NamedTuple):
    """One thing that is wrong, risky or worth knowing.

    ``severity``: *error* (it does not work), *warning* (it works differently than expected, or is a risk)
    or *info*. ``code`` is stable and explained in docs/findings.md; ``subject`` is the configuration key,
    the polled resource or the part of the instance.
    """

    severity: Severity
    code: str
    subject: str
    message: str
    fix: str


class Code(NamedTuple):
    """What is known of a code, whatever the value it was found at.

    ``message`` is a template for :func:`make_finding`; ``variants`` are other messages, fixes and severities
    of the same code.
    """

    area: str
    severity: Severity
    message: str
    meaning: str
    cause: str
    fix: str
    variants: Mapping[str, Mapping[str, str]] = MappingProxyType({})


CODES: dict[str, Code] = {
    code: Code(**about)
    for code, about in tomllib.loads(
        files("cwkit.instances").joinpath("finding_codes.toml").read_text("utf-8")
    ).items()
}
"""Every code that a finding can have."""


def make_finding(
    code: str,
    subject: str,
    variant: str = "",
    *,
    fix: str = "",
    severity: Severity | None = None,
    **values: Any,
) -> Finding:
    """Return the finding of a code; its texts come from ``finding_codes.toml``.

    ``values`` fill the ``{names}`` of the message; secrets are masked and long texts cut. ``variant`` names
    one of the code's variants; ``fix`` and ``severity`` replace those of the code.
    """
    about = CODES[code]
    other = about.variants[variant] if variant else {}
    shown = {name: _shown(value) for name, value in values.items()}
    advice = safe_text(fix) or (other["fix"].format_map(shown) if "fix" in other else about.fix)
    message = other.get("message", about.message).format_map(shown)
    level = severity or cast("Severity", other.get("severity", about.severity))
    return Finding(level, code, _cut(safe_text(subject), 200), message, advice)


def _shown(value: Any) -> Any:
    if isinstance(value, Secret):
        return MASK
    return _cut(safe_text(value), _LONGEST) if isinstance(value, str) else value


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def in_order(findings: list[Finding]) -> list[Finding]:
    """Return findings with the most severe first, otherwise in the same order."""
    return sorted(findings, key=lambda finding: _RANK[finding.severity])
