"""Everything that is found on an instance, as rows and as a table."""

# ruff: noqa: D102 - the properties of a protocol are described where they are defined

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from cwkit.elements import Element
from cwkit.elements.event_settings import INTERVAL, POLLER
from cwkit.instances.configuration_rules import Flags, configuration_findings
from cwkit.instances.finding import FINDING_COLUMNS, Finding, in_order
from cwkit.instances.instance_rules import event_findings, instance_findings, interval_minutes
from cwkit.instances.poller_rules import poller_findings
from cwkit.instances.remembered import Remembered
from cwkit.redaction import Secret
from cwkit.redaction import strip_control_characters as plain

if TYPE_CHECKING:
    from cwkit.instances.display import Table

__all__ = ["Examined", "finding_rows", "findings_of", "findings_table"]


class Examined(Protocol):
    """What is looked at for findings; an ``Instance`` is one."""

    @property
    def element(self) -> Element | None: ...
    @property
    def element_key(self) -> str: ...
    @property
    def hub(self) -> str: ...
    @property
    def definition(self) -> Element: ...
    @property
    def configuration(self) -> Mapping[str, str | Secret | None]: ...
    @property
    def token(self) -> Secret | None: ...
    @property
    def valid(self) -> bool | None: ...
    @property
    def disabled(self) -> bool | None: ...
    @property
    def events_enabled(self) -> bool | None: ...
    @property
    def pasted(self) -> bool: ...
    @property
    def partial(self) -> bool: ...
    def other(self, name: str, default: Any = None) -> Any: ...


def findings_of(
    instance: Examined, *, answered: bool = True, remembered: Remembered | None = None
) -> list[Finding]:
    """Return everything that is found on an instance, most severe first.

    ``answered=False``: its values are those of a request, which the platform has not accepted yet. Pure: no
    network, no clock. Findings on equal values are shared in ``remembered``.
    """
    kept = remembered or Remembered()
    flags = _flags(instance, answered=answered)
    element, values = instance.definition, instance.configuration
    findings = [
        *instance_findings(instance.element_key, flags, instance.token if flags.pasted else None),
        *configuration_findings(element, values, flags, kept),
        *event_findings(element, values, flags),
    ]
    poller = values.get(POLLER)
    if isinstance(poller, str) and poller.strip():
        interval = values.get(INTERVAL)
        minutes = interval_minutes(interval) if isinstance(interval, str) else None
        about = (poller, instance.element_key, instance.hub, minutes)
        findings += kept.get(("poller", about), partial(poller_findings, *about, kept))
    return in_order(findings)


def _flags(instance: Examined, *, answered: bool) -> Flags:
    own = instance.element
    return Flags(
        answered=answered,
        pasted=instance.pasted,
        partial=instance.partial,
        valid=instance.valid,
        disabled=instance.disabled,
        events_enabled=instance.events_enabled,
        trace_logging=instance.other("traceLoggingEnabled") in (True, "true"),
        element_active=own.active if own else None,
        element_deleted=own.deleted if own else None,
    )


def finding_rows(instance: Examined) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield the findings of an instance as plain tuples, in the order of ``FINDING_COLUMNS``."""
    yield from findings_of(instance)


def findings_table(findings: list[Finding]) -> Table:
    """Return findings as a table with the columns ``severity, code, subject, message, fix``."""
    import pandas as pd

    from cwkit.instances.display import Table

    rows = [tuple(plain(cell) for cell in finding) for finding in findings]
    return Table(pd.DataFrame(rows, columns=list(FINDING_COLUMNS), dtype=object))
