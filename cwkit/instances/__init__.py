"""What came back: instances, reading pasted text, tables, findings, comparing, reports.

Importing it does not import pandas; what makes tables does so when it is called.
"""

from cwkit.instances.explain import ErrorExplanation, explain_error
from cwkit.instances.model import Instance
from cwkit.instances.reading import read_instance, read_instances
from cwkit.instances.reports import Report, compare, report
from cwkit.instances.requests import PastedRequest, read_request
from cwkit.instances.tables import export, show

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
