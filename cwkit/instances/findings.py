"""Everything that is found on an instance, as rows and as a table."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from cwkit.instances.configuration_rules import Setting, configuration_findings
from cwkit.instances.finding import FINDING_COLUMNS, Finding, in_order
from cwkit.instances.instance_rules import event_findings, instance_findings, interval_minutes
from cwkit.instances.poller_rules import poller_findings
from cwkit.instances.remembered import Remembered
from cwkit.redaction import strip_control_characters as plain

if TYPE_CHECKING:
    from cwkit.instances.display import Table
    from cwkit.instances.model import Instance

__all__ = ["finding_rows", "findings_of", "findings_table"]


def findings_of(
    instance: Instance, *, answered: bool = True, remembered: Remembered | None = None
) -> list[Finding]:
    """Return everything that is found on an instance, most severe first.

    ``answered=False``: its values are those of a request, which the platform has not taken yet. Pure: no
    network, no clock.
    """
    setting = Setting(
        answered=answered,
        working=answered and instance.valid is not False,
        pasted=instance.pasted,
        partial=instance.partial,
    )
    findings = [
        *instance_findings(instance),
        *configuration_findings(instance.definition, instance.configuration, setting, remembered),
        *event_findings(instance),
    ]
    poller = instance.configuration.get("event.poller.configuration")
    if isinstance(poller, str) and poller.strip():
        interval = instance.configuration.get("event.poller.refresh_interval")
        minutes = interval_minutes(interval) if isinstance(interval, str) else None
        about = (poller, instance.element_key, instance.hub, minutes)
        kept = remembered or Remembered()
        findings += kept.get(("poller", about), partial(poller_findings, *about, kept))
    return in_order(findings)


def finding_rows(instance: Instance) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the findings of an instance as plain tuples, in the order of ``FINDING_COLUMNS``."""
    yield from findings_of(instance)


def findings_table(findings: list[Finding]) -> Table:
    """Return findings as a table with the columns ``severity, code, subject, message, fix``."""
    import pandas as pd

    from cwkit.instances.display import Table

    rows = [tuple(plain(cell) for cell in finding) for finding in findings]
    return Table(pd.DataFrame(rows, columns=list(FINDING_COLUMNS), dtype=object))
