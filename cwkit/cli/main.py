"""The command line's frame: its commands, and one way in which errors are told."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

import click

from cwkit.cli.inspect import inspect_command
from cwkit.cli.profile import profile_group
from cwkit.errors import CwkitError

__all__ = ["cli", "main"]


class _Plain(click.Group):
    """Tell errors in plain words on the error stream; no traceback of a library reaches a person."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CwkitError as problem:
            click.secho(str(problem), fg="red", err=True)
            ctx.exit(2)
        except (click.exceptions.Exit, click.ClickException, click.Abort, KeyboardInterrupt):
            raise
        except BrokenPipeError:
            # The reader of our output has closed it, as `head` does: there is nothing to report, and nothing
            # more to write when the interpreter ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)
        except Exception as problem:  # noqa: BLE001 - the last stop before a person
            # Its text may hold anything, a secret included; where it happened does not.
            place = traceback.extract_tb(problem.__traceback__)[-1]
            click.secho(
                f"Something unexpected went wrong: {type(problem).__name__} in {Path(place.filename).name}, "
                f"line {place.lineno}.\nWhat to do: report this line, with the command that you typed.",
                fg="red",
                err=True,
            )
            ctx.exit(3)


@click.group(cls=_Plain, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cwkit", prog_name="cwkit")
def cli() -> None:
    """Create, inspect and repair ConnectWise instances on the Cloud Elements platform."""


@cli.command()
@click.option(
    "--browser/--no-browser", default=True, help="Open the browser (default) or only print the address."
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port for JupyterLab; default: the first free one from 8888.",
)
@click.option(
    "--notebooks", type=click.Path(file_okay=False, path_type=Path), help="Folder to keep the notebooks in."
)
def lab(browser: bool, port: int | None, notebooks: Path | None) -> None:
    """Open JupyterLab on the notebooks, with a sandbox beside it. Ctrl-C stops both."""
    from cwkit import lab as laboratory

    sys.exit(laboratory.run(port=port, browser=browser, notebooks=notebooks, say=click.echo))


@cli.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, show_default=True, help="0 takes any free port."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same data.")
@click.option(
    "--clock", default="2026-01-05T09:00:00Z", show_default=True, help="The sandbox's time at the start."
)
@click.option(
    "--live", is_flag=True, help="Let the sandbox's clock run; else it stands still until it is moved."
)
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="Keep the sandbox's state in this file."
)
@click.option(
    "--faults", default="", help="Faults with their probability, for example 429:0.1,drop_after:0.05."
)
def sandbox(port: int, seed: int, clock: str, live: bool, state: Path | None, faults: str) -> None:
    """Run the sandbox, a local platform to learn and test on. Prints its address and demo secrets."""
    import cwkit_sandbox as local

    local.run(port=port, seed=seed, clock=clock, live=live, state=state, faults=faults, say=click.echo)


@cli.command()
@click.option(
    "--settle", is_flag=True, help="Look again on the platform for every creation that is not settled."
)
@click.option("--profile", "profile_name", help="The profile to look with; default: the usual one.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
def ledger(settle: bool, profile_name: str | None, as_csv: bool) -> None:
    """Show every creation that was ever sent from here, and how it ended."""
    from cwkit import provisioning
    from cwkit.cli.tables import print_csv, print_frame, shown

    if settle:
        from cwkit.platform import connect

        with connect(profile_name) as platform:
            platform.instances.settle()
    table = provisioning.ledger()
    if as_csv:
        print_csv(table)
    elif table.empty:
        click.echo("The ledger is empty: nothing was created from here yet.")
    else:
        # What identifies a row and how it stands; --csv has the other columns too.
        rows = table[["time", "state", "element", "name", "instance_id"]]
        print_frame(
            "Creations", rows.assign(time=rows["time"].dt.strftime("%Y-%m-%d %H:%M")).set_index("time")
        )
        open_rows = table[table["state"].isin(["unknown", "sent"])]
        for tag, row in open_rows.iterrows():
            click.echo(f"Not settled: {shown(row['name'])} (creation tag {tag}). {shown(row['error'])}")


cli.add_command(inspect_command)
cli.add_command(profile_group)


def main() -> None:
    """Run the command line."""
    cli()
