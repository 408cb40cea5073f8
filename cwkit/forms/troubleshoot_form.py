"""TroubleshootForm: paste anything from a ticket, and see what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import traitlets

from cwkit.errors import CwkitError
from cwkit.forms.message_widget import MessageWidget, script
from cwkit.instances import Instance
from cwkit.instances.finding import Finding
from cwkit.redaction import strip_control_characters as plain

if TYPE_CHECKING:
    import pandas as pd

    from cwkit.instances import PastedRequest
    from cwkit.instances.diagnosis import Diagnosis
    from cwkit.instances.explain import ErrorExplanation

__all__ = ["TroubleshootForm"]

_LONGEST_CELL = 20_000
_MOST_CHOICES = 200


class TroubleshootForm(MessageWidget):
    """A box to paste into, the findings at a glance, the tables behind tabs, and a report to copy.

    Nothing pasted becomes part of the widget's state, so that a saved notebook does not contain it, and
    nothing leaves the machine. From Python: :meth:`look` at a text; then ``diagnosis`` contains what it is,
    ``instance`` the instance or ``None``, and ``problem`` why nothing could be read.
    """

    _esm = traitlets.Unicode(script("troubleshoot")).tag(sync=True)

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self.diagnosis: Diagnosis | None = None
        self.problem: CwkitError | None = None
        self._number = self._serial = 0
        if text:
            self.look(text)

    @property
    def instance(self) -> Instance | None:
        """The instance that is shown, if any."""
        found = self.diagnosis
        return found.instances[self._number] if found and found.instances else None

    def look(self, text: str) -> None:
        """Look at a pasted text, and show what was found."""
        from cwkit.instances.diagnosis import diagnose  # pandas is loaded with it, when there is a text

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

    def _answer(self, content: Mapping[str, Any]) -> None:
        kind = content.get("type")
        self._serial = int(content.get("serial") or self._serial)
        if kind == "look":
            self.look(str(content.get("text", "")))
        elif kind == "choose":
            self.choose(int(content.get("number") or 0))
        elif kind == "clear":
            self.clear()
        elif kind == "hello":
            self._tell()

    def _tell(self) -> None:
        self.send({"type": "result", "serial": self._serial, **self._result()})

    def _result(self) -> dict[str, Any]:
        if self.problem is not None:
            return {"status": {"title": self.problem.message, "text": self.problem.fix}}
        found = self.diagnosis
        if found is None:
            return {}
        grouped = _grouped(found.findings(self._number))
        made = found.report(self._number)
        thing: Instance | PastedRequest | None = found.request or self.instance
        return {
            "title": _title(found.request, self.instance),
            "choices": [_choice(n, one) for n, one in enumerate(found.instances[:_MOST_CHOICES])],
            "chosen": self._number,
            "error": _error(found.error),
            "counts": _counts(grouped) if thing is not None else [],
            "findings": grouped,
            "notes": [plain(note) for note in thing.notes] if thing is not None else [],
            "tables": _tables(found.request.instance if found.request else self.instance),
            "report": {"markdown": made.markdown, "html": made.html} if made else None,
        }


def _title(request: PastedRequest | None, instance: Instance | None) -> str:
    if request is not None:
        element, name = request.element_key or "an unknown element", request.name or "no name"
        return plain(f"A request for {element}: {name}")
    if instance is None:
        return "An error message"
    number = "" if instance.id is None else f" {instance.id}"
    name = f": {instance.name}" if instance.name else ""
    return plain(f"Instance{number} of {instance.element_key or 'an unknown element'}{name}")


def _choice(number: int, instance: Instance) -> str:
    return plain(f"{number + 1}: {instance.name or 'no name'} ({instance.id})")[:120]


def _error(error: ErrorExplanation | None) -> dict[str, Any] | None:
    if error is None:
        return None
    return {"lines": error.lines(), "causes": [[cause.cause, cause.check] for cause in error.causes]}


def _counts(findings: list[dict[str, Any]]) -> list[list[Any]]:
    counts = {
        kind: sum(each["severity"] == kind for each in findings) for kind in ("error", "warning", "info")
    }
    return [[kind, count] for kind, count in counts.items() if count]


def _grouped(findings: list[Finding]) -> list[dict[str, Any]]:
    """Return each kind of finding once, with the subjects of each message in ``places``."""
    groups: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for each in findings:
        places = groups.setdefault((each.severity, each.code, plain(each.fix)), {})
        places.setdefault(plain(each.message), []).append(plain(each.subject))
    return [
        {
            "severity": severity,
            "code": code,
            "fix": fix,
            "places": [[subjects, message] for message, subjects in places.items()],
        }
        for (severity, code, fix), places in groups.items()
    ]


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
    upright = summary.iloc[:1].T.set_axis(["value"], axis="columns").astype(object)
    return upright.rename_axis(index="what")


def _drawn(label: str, table: pd.DataFrame) -> dict[str, Any]:
    from cwkit.instances.display import cells

    names, rows = cells(table)
    return {"label": label, "columns": names, "rows": [[_cell(value) for value in row] for row in rows]}


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None or str(value) in ("nan", "<NA>") else plain(str(value))[:_LONGEST_CELL]
