"""Anything pasted, looked at as a whole: instances, a request, an error, or nothing that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from cwkit.errors import ReadError
from cwkit.instances.explain import ErrorExplanation, explain_error, is_unknown
from cwkit.instances.finding import Finding
from cwkit.instances.findings import findings_of
from cwkit.instances.model import Instance
from cwkit.instances.reading import read_instances
from cwkit.instances.reports import Report, report
from cwkit.instances.requests import PastedRequest, read_request
from cwkit.redaction import frameless

__all__ = ["Diagnosis", "diagnose"]

_ERROR = re.compile(r"requestId|providerMessage|HTTP/[\d.]{1,3}\s+[45]\d\d|\b[45]\d\d\s+[A-Z][a-z]+")


@dataclass(frozen=True)
class Diagnosis:
    """What a pasted text turned out to be; at least one of its parts is there."""

    instances: list[Instance] = field(default_factory=list)
    request: PastedRequest | None = None
    error: ErrorExplanation | None = None

    def findings(self, number: int = 0) -> list[Finding]:
        """Return what is wrong with the instance of this number (from 0), or with the request."""
        if self.request is not None:
            return self.request.all_findings()
        return findings_of(self.instances[number]) if self.instances else []

    def report(self, number: int = 0) -> Report | None:
        """Return the report for a ticket on that instance or the request; ``None`` for a mere error."""
        if self.request is not None:
            return report(self.request)
        return report(self.instances[number]) if self.instances else None


@frameless
def diagnose(text: str) -> Diagnosis:
    """Look at a pasted text, whatever it is.

    Answers of the platform count before requests, requests before errors; an error beside an instance is
    told as well. Raises ``ReadError`` where the text is none of these.
    """
    nothing: ReadError | None = None
    instances: list[Instance] = []
    try:
        instances = read_instances(text)
    except ReadError as problem:
        nothing = problem
    if instances and instances[0].is_request:
        return Diagnosis(request=read_request(text))
    error = explain_error(text) if text.strip() and (nothing or _ERROR.search(text)) else None
    if error is not None and is_unknown(error) and not error.request_id:
        error = None
    if nothing is not None and error is None:
        raise nothing
    return Diagnosis(instances, None, error)
