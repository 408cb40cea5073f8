"""``cwkit profile``: which platform is called, and with whose secrets."""

from __future__ import annotations

import click

from cwkit.redaction import MASK, Secret

__all__ = ["profile_group"]


@click.group("profile")
def profile_group() -> None:
    """Add, list, show and remove profiles. Secrets stay in the system's keyring and are never printed."""


@profile_group.command("add")
@click.argument("name")
@click.option(
    "--base-url", prompt="Base URL (or us, eu, staging, snapshot)", help="Where the platform answers."
)
@click.option("--default", "as_default", is_flag=True, help="Take this profile where none is named.")
def add(name: str, base_url: str, as_default: bool) -> None:
    """Keep a profile; both secrets are asked for without showing them."""
    from cwkit.platform import Profile, profiles

    user = Secret(click.prompt("User secret", hide_input=True))
    organization = Secret(click.prompt("Organization secret", hide_input=True))
    profiles.add(Profile(name, base_url, user, organization), default=as_default)
    click.echo(f"The profile {name} is kept. Use it with cwkit.connect({name!r}).")


@profile_group.command("list")
def list_profiles() -> None:
    """List the profiles and where each comes from."""
    from cwkit.cli.tables import print_frame
    from cwkit.platform import profiles

    table = profiles.table()
    if table.empty:
        click.echo("There is no profile yet. Add one: cwkit profile add NAME")
    else:
        print_frame("Profiles", table)


@profile_group.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show a profile; its secrets are masked."""
    from cwkit.platform import profiles

    profile = profiles.load(name)
    click.echo(f"name                 {profile.name}")
    click.echo(f"base URL             {profile.base_url}")
    click.echo(f"user secret          {MASK}")
    click.echo(f"organization secret  {MASK}")


@profile_group.command("remove")
@click.argument("name")
@click.confirmation_option(prompt="Remove the profile and its secrets?")
def remove(name: str) -> None:
    """Remove a profile and its secrets from the keyring."""
    from cwkit.platform import profiles

    profiles.remove(name)
    click.echo(f"The profile {name} was removed.")
