"""What came back: instances, reading pasted text, tables, findings, comparing, reports.

What makes tables is loaded on first use: reading and judging a pasted text does without pandas.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwkit.instances.model import Instance
from cwkit.instances.reading import read_instance, read_instances
from cwkit.lazy import loader

if TYPE_CHECKING:
    from cwkit.instances.comparing import compare
    from cwkit.instances.display import show
    from cwkit.instances.explain import ErrorExplanation, explain_error
    from cwkit.instances.exporting import export
    from cwkit.instances.reporting import Report, report
    from cwkit.instances.requests import PastedRequest, read_request

__all__ = [
    "ErrorExplanation",
    "Instance",
    "PastedRequest",
    "Report",
    "compare",
    "explain_error",
    "export",
    "read_instance",
    "read_instances",
    "read_request",
    "report",
    "show",
]

_LATER = {
    "ErrorExplanation": "explain",
    "PastedRequest": "requests",
    "Report": "reporting",
    "compare": "comparing",
    "explain_error": "explain",
    "export": "exporting",
    "read_request": "requests",
    "report": "reporting",
    "show": "display",
}


__getattr__ = loader(__name__, _LATER)
