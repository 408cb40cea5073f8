"""Many instances at once: tables, audit, drift, changes with a preview, and plots."""

from cwkit.fleet.audit import Audit, audit, drift, poller_load
from cwkit.fleet.plots import Drawing, plot_findings, plot_instances, plot_load
from cwkit.fleet.tables import configuration_table, instances_table, pollers_table
from cwkit.fleet.update import Update, update_many
from cwkit.instances.tables import export

__all__ = [
    "Audit",
    "Drawing",
    "Update",
    "audit",
    "configuration_table",
    "drift",
    "export",
    "instances_table",
    "plot_findings",
    "plot_instances",
    "plot_load",
    "poller_load",
    "pollers_table",
    "update_many",
]
