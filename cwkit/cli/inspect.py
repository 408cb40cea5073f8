"""``cwkit inspect``: what is in a pasted answer, and what is wrong with it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cwkit.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

    from cwkit.instances import Instance

__all__ = ["inspect_command"]


@click.command("inspect")
@click.argument("source", metavar="FILE|ID")
@click.option("--profile", "profile_name", help="The profile to fetch an ID with; default: the usual one.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON document.")
@click.option("--csv", "as_csv", is_flag=True, help="Print the configuration as CSV.")
@click.option(
    "--report", "as_report", is_flag=True, help="Print a redacted report in Markdown, for a ticket."
)
def inspect_command(
    source: str, profile_name: str | None, as_json: bool, as_csv: bool, as_report: bool
) -> None:
    """Show an instance, its configuration, its poller and what is wrong with it.

    FILE holds an answer of the platform, as pasted from a ticket (- reads what is piped in); ID is an
    instance's id, fetched from the platform. The exit code is 1 where an error was found.
    """
    instances = _instances(source, profile_name)
    failed = False
    for instance in instances:
        findings = instance.findings()
        failed |= bool((findings["severity"] == "error").any())
        if as_csv:
            from cwkit.cli.tables import print_csv

            print_csv(instance.configuration_table())
        elif as_report:
            from cwkit.instances import report

            click.echo(report(instance).markdown)
        elif not as_json:
            _print(instance, findings)
    if as_json:
        documents = [_document(instance) for instance in instances]
        click.echo(
            json.dumps(documents[0] if len(documents) == 1 else documents, indent=2, ensure_ascii=False)
        )
    sys.exit(1 if failed else 0)


def _instances(source: str, profile_name: str | None) -> list[Instance]:
    from cwkit.instances import read_instances

    if source == "-":
        return read_instances(sys.stdin.buffer.read())
    path = Path(source)
    if path.exists():
        return read_instances(path)
    if source.isdecimal():
        from cwkit.platform import connect

        with connect(profile_name) as platform:
            return [platform.instances.get(int(source))]
    raise InputError(
        f"There is no file {source!r}, and it is not an instance id.",
        fix="Name a file, an id (digits only), or - to read what is piped in.",
        field="FILE|ID",
        value=source,
    )


def _print(instance: Instance, findings: pd.DataFrame) -> None:
    from cwkit.cli.tables import print_findings, print_row, print_table, shown

    print_row("Instance", instance.summary())
    for note in instance.notes:
        click.echo(f"Note: {shown(note, 1000)}")
    if findings.empty:
        click.secho("Nothing wrong was found.", fg="green")
    else:
        print_findings(findings)
    configuration = instance.configuration_table()
    values = configuration["value"].map(lambda value: shown(value, 80))
    changed = configuration["changed"].map({True: "yes", False: ""})
    print_table("Configuration", configuration[[]].assign(value=values, changed=changed))
    poller = instance.poller
    if poller is not None and len(poller.resources):
        print_table("Event poller", poller.table()[["path", "id_field", "updated_field", "created_field"]])


def _document(instance: Instance) -> dict[str, Any]:
    poller = instance.poller
    return {
        "instance": _records(instance.summary().reset_index()),
        "notes": list(instance.notes),
        "findings": _records(instance.findings()),
        "configuration": _records(instance.configuration_table().reset_index()),
        "poller": _records(poller.table().reset_index()) if poller is not None else [],
    }


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(table.to_json(orient="records", default_handler=str))
    return records
