"""What a form's *Create* does: one call, and its outcome in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from cwkit.errors import CreationUnsettled, CwkitError, PlatformError
from cwkit.forms.draft import Draft
from cwkit.instances import Instance
from cwkit.redaction import Secret, mask_text

__all__ = ["Outcome", "asks_for_secrets_again", "create"]

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
    except Exception as problem:  # noqa: BLE001 - its text may hold anything, a secret included
        failed = CwkitError(
            f"Something unexpected went wrong ({type(problem).__name__}).",
            fix="Look with platform.instances.list() whether the instance is there before you try again.",
        )
    if failed is None:
        return Outcome("good", (f"{instance.name or draft.name} was created.",), instance)
    return _refused(failed, draft)


def asks_for_secrets_again(error: CwkitError) -> bool:
    """Say whether the secrets of the form were the cause of an error, as far as its words tell."""
    if not isinstance(error, PlatformError):
        return False
    words = f"{error.message} {error.provider_message}"
    return bool(_CREDENTIALS.search(words)) and not _PROFILE.search(words)


def _refused(error: CwkitError, draft: Draft) -> Outcome:
    secrets = [value for value in draft.configuration.values() if isinstance(value, Secret)]
    again = asks_for_secrets_again(error)
    lines = [error.message, *error.details(), f"What to do: {error.fix}" if error.fix else ""]
    if again:
        lines.append("The secrets are asked for again; everything else is still there.")
    elif not isinstance(error, CreationUnsettled):
        lines.append("Everything you entered is still there.")
    masked = tuple(mask_text(line, secrets) for line in lines if line)
    level = "warning" if isinstance(error, CreationUnsettled) else "error"
    return Outcome(level, masked, None, error, again)
