"""Many instances at once: tables, audit, drift, changes with a preview, and plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwkit.lazy import loader

_NAMES = {
    "Audit": "auditing",
    "Drawing": "drawing",
    "Update": "update",
    "audit": "auditing",
    "configuration_table": "tables",
    "drift": "drifting",
    "export": "tables",
    "instances_table": "tables",
    "plot_findings": "drawing",
    "plot_instances": "drawing",
    "plot_load": "drawing",
    "poller_load": "load",
    "pollers_table": "tables",
    "practice_sheet": "practice",
    "update_many": "update",
}

__all__ = sorted(_NAMES)

if TYPE_CHECKING:
    from cwkit.fleet.auditing import Audit as Audit
    from cwkit.fleet.auditing import audit as audit
    from cwkit.fleet.drawing import Drawing as Drawing
    from cwkit.fleet.drawing import plot_findings as plot_findings
    from cwkit.fleet.drawing import plot_instances as plot_instances
    from cwkit.fleet.drawing import plot_load as plot_load
    from cwkit.fleet.drifting import drift as drift
    from cwkit.fleet.load import poller_load as poller_load
    from cwkit.fleet.practice import practice_sheet as practice_sheet
    from cwkit.fleet.tables import configuration_table as configuration_table
    from cwkit.fleet.tables import export as export
    from cwkit.fleet.tables import instances_table as instances_table
    from cwkit.fleet.tables import pollers_table as pollers_table
    from cwkit.fleet.update import Update as Update
    from cwkit.fleet.update import update_many as update_many


__getattr__ = loader(__name__, _NAMES)


def __dir__() -> list[str]:
    return __all__
