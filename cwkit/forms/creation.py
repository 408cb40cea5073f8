"""What a form's *Create* does: one call, and its outcome in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cwkit.errors import CreationUnsettled, CwkitError, PlatformError
from cwkit.forms.draft import Draft
from cwkit.instances import Instance
from cwkit.redaction import Secret, mask_text

__all__ = ["Outcome", "asks_for_secrets_again", "create", "look_again"]

_LOOK = "Press Look again: it looks whether the instance is there, and sends nothing."

# What the platform and the services behind it say when a password, key or login is not accepted.
_CREDENTIALS = re.compile(
    r"credential|password|log ?in|authenticat|authoriz|unauthori|(private|public|api) ?key|access denied",
    re.I,
)
_PROFILE = re.compile(r"(user|organization) secret|invalid token", re.I)


@dataclass(frozen=True)
class Outcome:
    """An instance or an error, told in ``lines``; ``ask_again`` where the secrets were the cause."""

    level: str
    lines: tuple[str, ...]
    instance: Instance | None = None
    error: CwkitError | None = None
    ask_again: bool = False


def create(platform: Any, draft: Draft) -> Outcome:
    """Create the instance that ``draft`` asks for; every failure comes back as an outcome."""
    failed: CwkitError | None = None
    try:
        instance: Instance = platform.instances.create(
            draft.element_key, name=draft.name, configuration=draft.configuration, tags=draft.tags
        )
    except CwkitError as problem:
        failed = problem
    except KeyboardInterrupt:
        failed = CreationUnsettled(f"You stopped it while {draft.name} was being created.", fix=_LOOK)
    except Exception as problem:  # noqa: BLE001 - its text may hold anything, a secret included
        failed = CreationUnsettled(
            f"Something unexpected went wrong ({type(problem).__name__}) while {draft.name} was created.",
            fix=_LOOK,
        )
    if failed is None:
        return _created(instance, draft)
    return _refused(failed, draft)


def look_again(platform: Any, draft: Draft, unsettled: CreationUnsettled) -> Outcome:
    """Look for an instance of which nobody could say whether it was created; sends nothing."""
    try:
        table = platform.instances.settle()
        mine = table[(table["name"] == draft.name) & (table["element"] == draft.element_key)]
        mine = table.loc[[unsettled.creation_tag]] if unsettled.creation_tag in table.index else mine.tail(1)
        state = str(mine["state"].iloc[0]) if len(mine) else "absent"
        if state == "done":
            return _created(platform.instances.get(mine["instance_id"].iloc[0]), draft)
    except CwkitError as problem:
        return Outcome("warning", (problem.message, f"What to do: {problem.fix}"), error=unsettled)
    if state == "absent":
        return Outcome("warning", (f"{draft.name} is not there.", "You can create it now."))
    return Outcome("warning", ("It is not there yet.", str(mine["note"].iloc[0])), error=unsettled)


def _created(instance: Instance, draft: Draft) -> Outcome:
    return Outcome("good", (f"{instance.name or draft.name} was created.",), instance)


def asks_for_secrets_again(error: CwkitError) -> bool:
    """Say whether the secrets of the form were the cause of an error, as far as its words tell."""
    if not isinstance(error, PlatformError):
        return False
    words = f"{error.message} {error.provider_message}"
    return bool(_CREDENTIALS.search(words)) and not _PROFILE.search(words)


def _refused(error: CwkitError, draft: Draft) -> Outcome:
    _mask(error, [value for value in draft.configuration.values() if isinstance(value, Secret)])
    again = asks_for_secrets_again(error)
    lines = [error.message, *error.details(), f"What to do: {error.fix}" if error.fix else ""]
    if again:
        lines.append("The secrets are asked for again; everything else is still there.")
    elif not isinstance(error, CreationUnsettled):
        lines.append("Everything you entered is still there.")
    level = "warning" if isinstance(error, CreationUnsettled) else "error"
    return Outcome(level, tuple(line for line in lines if line), None, error, again)


def _mask(error: CwkitError, secrets: list[Secret]) -> None:
    """Take out of an error what a service may have quoted of the secrets that were just sent to it."""
    for name in ("message", "fix", "provider_message"):
        if text := getattr(error, name, ""):
            setattr(error, name, mask_text(text, secrets))
    error.args = (error.message,)
