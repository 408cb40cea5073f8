"""What came back: instances, reading pasted text, tables, findings, comparing, reports."""

from cwkit.instances.comparing import compare
from cwkit.instances.display import show
from cwkit.instances.explain import ErrorExplanation, explain_error
from cwkit.instances.export import export
from cwkit.instances.model import Instance
from cwkit.instances.reading import read_instance, read_instances
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
