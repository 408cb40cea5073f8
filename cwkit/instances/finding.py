"""The vocabulary of a finding: how bad, what, where, in plain words, and what to do."""

from __future__ import annotations

from typing import Literal, NamedTuple

from cwkit.instances.codes import CODES

__all__ = ["FINDING_COLUMNS", "Finding", "Severity", "found", "in_order"]

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


def found(
    code: str, subject: str, message: str, fix: str = "", *, severity: Severity | None = None
) -> Finding:
    """Make a finding; severity and fix are those of the code where they are not given."""
    about = CODES[code]
    return Finding(severity or about.severity, code, subject, message, fix or about.fix)


def in_order(findings: list[Finding]) -> list[Finding]:
    """Return findings with the gravest first, otherwise as they came."""
    return sorted(findings, key=lambda finding: _RANK[finding.severity])
