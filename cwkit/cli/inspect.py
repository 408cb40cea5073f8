"""``cwkit inspect``: what is in a pasted answer, and what is wrong with it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cwkit.errors import InputError
from cwkit.redaction import mask_secrets

if TYPE_CHECKING:
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
    # Rows in place of tables: pandas alone takes half a second to load, and a ticket waits.
    from cwkit.instances.findings import finding_rows

    instances = _instances(source, profile_name)
    failed = False
    for instance in instances:
        findings = list(finding_rows(instance))
        failed |= any(severity == "error" for severity, *_ in findings)
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
        whole = documents[0] if len(documents) == 1 else documents
        click.echo(json.dumps(whole, indent=2, ensure_ascii=False, default=str))
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


def _print(instance: Instance, findings: list[tuple[str, str, str, str, str]]) -> None:
    from cwkit.cli.tables import print_findings, print_row, print_table, shown
    from cwkit.instances.tables import SUMMARY_COLUMNS, configuration_rows, summary_row

    print_row("Instance", SUMMARY_COLUMNS, summary_row(instance))
    for note in instance.notes:
        click.echo(f"Note: {shown(note, 1000)}")
    if findings:
        print_findings(findings)
    else:
        click.secho("Nothing wrong was found.", fg="green")
    rows = [(row[0], shown(row[2], 80), "yes" if row[4] else "") for row in configuration_rows(instance)]
    print_table("Configuration", ["key", "value", "changed"], rows)
    resources = instance.poller.resources if instance.poller is not None else {}
    if resources:
        polled = [
            (name, r.path, r.id_field, r.updated_field, r.created_field) for name, r in resources.items()
        ]
        print_table(
            "Event poller", ["resource", "path", "id field", "updated field", "created field"], polled
        )


def _document(instance: Instance) -> dict[str, Any]:
    from cwkit.instances.finding import FINDING_COLUMNS
    from cwkit.instances.findings import finding_rows
    from cwkit.instances.tables import (
        CONFIGURATION_COLUMNS,
        SUMMARY_COLUMNS,
        configuration_rows,
        summary_row,
    )

    poller = instance.poller
    return {
        "instance": dict(zip(SUMMARY_COLUMNS, summary_row(instance), strict=True)),
        "notes": list(instance.notes),
        "findings": [dict(zip(FINDING_COLUMNS, row, strict=True)) for row in finding_rows(instance)],
        "configuration": [
            dict(zip(CONFIGURATION_COLUMNS, row, strict=True)) for row in configuration_rows(instance)
        ],
        "poller": mask_secrets(poller.to_dict()) if poller is not None else {},
    }
