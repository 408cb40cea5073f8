"""A finding: severity, code, subject, message and fix. What each code means is in finding_codes.toml."""

from __future__ import annotations

import tomllib
from importlib import resources
from typing import Literal, NamedTuple

__all__ = ["CODES", "FINDING_COLUMNS", "Code", "Finding", "Severity", "in_order", "make_finding"]


class Code(NamedTuple):
    """What is known of a code, whatever the value it was found at."""

    area: str
    severity: Literal["error", "warning", "info"]
    meaning: str
    cause: str
    fix: str


def _codes() -> dict[str, Code]:
    text = resources.files("cwkit.instances").joinpath("finding_codes.toml").read_text("utf-8")
    return {code: Code(**about) for code, about in tomllib.loads(text).items()}


CODES = _codes()
"""Every code that a finding can have, in the order of docs/findings.md."""


Severity = Literal["error", "warning", "info"]

FINDING_COLUMNS = ("severity", "code", "subject", "message", "fix")
"""The columns of a table of findings."""

_RANK: dict[str, int] = {"error": 0, "warning": 1, "info": 2}


class Finding(NamedTuple):
    """One thing that is wrong, risky or worth knowing.

    ``severity``: *error* (it does not work), *warning* (it works otherwise than meant, or is a risk) or
    *info*. ``code`` is stable and explained in docs/findings.md; ``subject`` is the configuration key, the
    polled resource or the part of the instance.
    """

    severity: Severity
    code: str
    subject: str
    message: str
    fix: str


def make_finding(
    code: str, subject: str, message: str, fix: str = "", *, severity: Severity | None = None
) -> Finding:
    """Make a finding; severity and fix are those of the code where they are not given."""
    about = CODES[code]
    return Finding(severity or about.severity, code, subject, message, fix or about.fix)


def in_order(findings: list[Finding]) -> list[Finding]:
    """Return findings most severe first, otherwise as they came."""
    return sorted(findings, key=lambda finding: _RANK[finding.severity])
