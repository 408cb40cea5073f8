"""TroubleshootForm: paste anything from a ticket, and see what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import anywidget
import pandas as pd
import traitlets

from cwkit.errors import CwkitError
from cwkit.forms.assets import script, style
from cwkit.forms.sheet import quietly
from cwkit.instances import Instance, PastedRequest
from cwkit.instances.diagnosis import Diagnosis, diagnose
from cwkit.instances.display import cells
from cwkit.instances.explain import ErrorExplanation
from cwkit.instances.finding import Finding
from cwkit.redaction import strip_control_characters as plain

__all__ = ["TroubleshootForm"]

_LONGEST_CELL = 20_000
_MOST_CHOICES = 200


class TroubleshootForm(anywidget.AnyWidget):
    """A box to paste into, the findings at a glance, the tables behind tabs, and a report to copy.

    Nothing pasted becomes part of the widget's state, so that a saved notebook does not hold it, and
    nothing leaves the machine. From Python: :meth:`look` at a text; then ``diagnosis`` holds what it is,
    ``instance`` the instance or ``None``, and ``problem`` why nothing could be read.
    """

    _esm = traitlets.Unicode(script("troubleshoot")).tag(sync=True)
    _css = traitlets.Unicode(style()).tag(sync=True)

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.diagnosis: Diagnosis | None = None
        self.problem: CwkitError | None = None
        self._number = 0
        self.on_msg(self._received)
        if text:
            self.look(text)

    @property
    def instance(self) -> Instance | None:
        """The instance that is shown, if any."""
        found = self.diagnosis
        return found.instances[self._number] if found and found.instances else None

    def look(self, text: str) -> None:
        """Look at a pasted text, and show what was found."""
        self.diagnosis, self.problem, self._number = None, None, 0
        try:
            self.diagnosis = diagnose(text)
        except CwkitError as problem:
            self.problem = problem
        self._tell()

    def choose(self, number: int) -> None:
        """Show another instance of the text; ``number`` counts from 0."""
        if self.diagnosis and 0 <= number < len(self.diagnosis.instances):
            self._number = number
            self._tell()

    def clear(self) -> None:
        """Forget what was pasted."""
        self.diagnosis, self.problem, self._number = None, None, 0
        self._tell()

    def _received(self, widget: Any, content: Any, buffers: Any) -> None:
        quietly(self._answer, content)

    def _answer(self, content: Mapping[str, Any]) -> None:
        kind = content.get("type")
        if kind == "look":
            self.look(str(content.get("text", "")))
        elif kind == "choose":
            self.choose(int(content.get("number") or 0))
        elif kind == "clear":
            self.clear()
        elif kind == "hello":
            self._tell()

    def _tell(self) -> None:
        self.send({"type": "result", **self._result()})

    def _result(self) -> dict[str, Any]:
        if self.problem is not None:
            return {"status": {"title": self.problem.message, "text": self.problem.fix}}
        found = self.diagnosis
        if found is None:
            return {}
        findings = found.findings(self._number)
        made = found.report(self._number)
        thing: Instance | PastedRequest | None = found.request or self.instance
        return {
            "title": _title(found, thing),
            "choices": [_choice(n, one) for n, one in enumerate(found.instances[:_MOST_CHOICES])],
            "chosen": self._number,
            "error": _error(found.error),
            "counts": _counts(findings) if thing is not None else [],
            "findings": [_finding(finding) for finding in findings],
            "notes": [plain(note) for note in thing.notes] if thing is not None else [],
            "tables": _tables(found.request.instance if found.request else self.instance),
            "report": {"markdown": made.markdown, "html": made.html} if made else None,
        }

    def __repr__(self) -> str:
        return "<TroubleshootForm>"


def _title(found: Diagnosis, thing: Instance | PastedRequest | None) -> str:
    if isinstance(thing, PastedRequest):
        return plain(f"A request for {thing.element_key or 'an unknown element'}: {thing.name or 'no name'}")
    if thing is None:
        return "An error message"
    number = "" if thing.id is None else f" {thing.id}"
    name = f": {thing.name}" if thing.name else ""
    return plain(f"Instance{number} of {thing.element_key or 'an unknown element'}{name}")


def _choice(number: int, instance: Instance) -> str:
    return plain(f"{number + 1}: {instance.name or 'no name'} ({instance.id})")[:120]


def _error(error: ErrorExplanation | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"lines": error.lines(), "causes": [[cause.cause, cause.check] for cause in error.causes]}


def _counts(findings: list[Finding]) -> list[list[Any]]:
    counts = {kind: sum(f.severity == kind for f in findings) for kind in ("error", "warning", "info")}
    return [[kind, count] for kind, count in counts.items() if count]


def _finding(finding: Finding) -> dict[str, str]:
    return {name: plain(value) for name, value in finding._asdict().items()}


def _tables(instance: Instance | None) -> list[dict[str, Any]]:
    if instance is None:
        return []
    configuration = instance.configuration_table()[["label", "value", "default", "changed"]]
    tables = [("Configuration", configuration), ("Summary", _upright(instance.summary()))]
    poller = instance.poller
    if poller is not None and len(poller):
        tables.insert(1, ("Event poller", poller.table()))
    return [_drawn(label, table) for label, table in tables]


def _upright(summary: pd.DataFrame) -> pd.DataFrame:
    row = summary.iloc[0]
    index = pd.Index([str(name) for name in row.index], name="what")
    return pd.DataFrame({"value": list(row)}, index=index, dtype=object)


def _drawn(label: str, table: pd.DataFrame) -> dict[str, Any]:
    names, rows = cells(table)
    return {"label": label, "columns": names, "rows": [[_cell(value) for value in row] for row in rows]}


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return plain(str(value))[:_LONGEST_CELL]
