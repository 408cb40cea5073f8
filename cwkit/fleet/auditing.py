"""An audit: the findings over many instances, and how often each code occurs."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cwkit.instances import Instance
from cwkit.instances.codes import CODES
from cwkit.instances.collector import collector_paused
from cwkit.instances.display import Table, as_html
from cwkit.instances.finding import FINDING_COLUMNS
from cwkit.instances.findings import findings_of
from cwkit.instances.plain_text import plain

__all__ = ["Audit", "audit"]

_COLUMNS = ("id", "name", "element", *FINDING_COLUMNS)
_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class Audit:
    """What is wrong with a fleet.

    ``findings``: one row a finding; index ``id``; columns ``name``, ``element``, ``severity``, ``code``,
    ``subject``, ``message``, ``fix``. ``instances``: how many were looked at.
    """

    findings: Table
    instances: int

    @property
    def counts(self) -> Table:
        """How often each code occurs, the gravest and most frequent first.

        Index ``code``; columns ``severity``, ``instances`` (that have it), ``findings``, ``meaning``,
        ``fix``.
        """
        found = self.findings.reset_index()
        grouped = found.groupby("code", sort=False)
        table = pd.DataFrame(
            {
                "severity": grouped["severity"].first(),
                "instances": grouped["id"].nunique(),
                "findings": grouped.size(),
            }
        )
        table["meaning"] = [CODES[str(code)].meaning for code in table.index]
        table["fix"] = [CODES[str(code)].fix for code in table.index]
        rank = table["severity"].map({name: place for place, name in enumerate(_SEVERITIES)})
        table = table.assign(rank=rank).sort_values(
            ["rank", "findings", "code"], ascending=[True, False, True]
        )
        return Table(table.drop(columns="rank").rename_axis("code"))

    def worst(self, count: int = 20) -> Table:
        """Return the instances with most errors, then most warnings.

        Index ``id``; columns ``name``, ``error``, ``warning``, ``info``.
        """
        found = self.findings.reset_index()
        table = pd.crosstab(found["id"], found["severity"]).reindex(columns=list(_SEVERITIES), fill_value=0)
        names = found.drop_duplicates("id").set_index("id")["name"]
        table.insert(0, "name", names)
        table = table.sort_values("name").sort_values(list(_SEVERITIES), ascending=False, kind="stable")
        return Table(table.head(count))

    def __repr__(self) -> str:
        by_severity = self.findings["severity"].value_counts()
        told = ", ".join(f"{by_severity.get(name, 0)} {name}" for name in _SEVERITIES)
        clean = self.instances - self.findings.index.nunique()
        return f"<Audit of {self.instances} instances: {told}; {clean} without any finding>"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self)[1:-1])}</p>{as_html(self.counts)}"


@collector_paused()
def audit(instances: Iterable[Instance]) -> Audit:
    """Return what is wrong, risky or worth knowing over all instances: ``instance.findings()`` of each."""
    rows: list[tuple[Any, ...]] = []
    count = 0
    for instance in instances:
        count += 1
        about = (instance.id, plain(instance.name), plain(instance.element_key))
        for finding in findings_of(instance):
            shown = finding if "".join(finding).isprintable() else map(plain, finding)
            rows.append((*about, *shown))
    cells = zip(*rows, strict=True) if rows else ([] for _ in _COLUMNS)
    columns = {
        name: pd.Series(list(values), dtype="object") for name, values in zip(_COLUMNS, cells, strict=True)
    }
    return Audit(Table(pd.DataFrame(columns).set_index("id")), count)
