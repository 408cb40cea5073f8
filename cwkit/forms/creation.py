"""What a form's buttons do: create, look for a creation, check with the vendor; each outcome in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cwkit.elements import connectwise
from cwkit.errors import CreationUnsettled, CwkitError, PlatformError
from cwkit.forms.form_state import Draft
from cwkit.instances import Instance
from cwkit.profile import host_is_local
from cwkit.redaction import Secret, mask_text

__all__ = ["Outcome", "asks_for_secrets_again", "check_outcome", "create", "look_again", "source_check"]

_LOOK = "Press Look again: it looks whether the instance exists, and sends nothing."

# What the platform and the services behind it say when a password, key or login is not accepted.
_CREDENTIALS = re.compile(
    r"credential|password|log ?in|authenticat|authoriz|unauthori|(private|public|api) ?key|access denied",
    re.I,
)
_PROFILE = re.compile(r"(user|organization) secret|invalid token", re.I)


@dataclass(frozen=True)
class Outcome:
    """An instance or an error, in words; ``ask_again`` if the secrets were the cause."""

    level: str
    lines: tuple[str, ...]
    instance: Instance | None = None
    error: CwkitError | None = None
    ask_again: bool = False


def create(platform: Any, draft: Draft) -> Outcome:
    """Create the instance that ``draft`` describes; every failure is returned as an outcome."""
    failed: CwkitError | None = None
    try:
        instance: Instance = platform.instances.create(
            draft.element_key, name=draft.name, configuration=draft.configuration, tags=draft.tags
        )
    except CwkitError as problem:
        failed = problem
    except KeyboardInterrupt:
        failed = CreationUnsettled(f"You stopped it while {draft.name} was being created.", fix=_LOOK)
    except Exception as problem:  # noqa: BLE001 - its text may contain anything, a secret included
        failed = CreationUnsettled(
            f"Something unexpected went wrong ({type(problem).__name__}) while {draft.name} was created.",
            fix=_LOOK,
        )
    if failed is None:
        return _created(instance, draft)
    return _refused(failed, draft)


def look_again(platform: Any, draft: Draft, unsettled: CreationUnsettled) -> Outcome:
    """Look for an instance of which we do not know yet whether it was created; sends nothing."""
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
        return Outcome("warning", (f"{draft.name} does not exist.", "You can create it now."))
    return Outcome("warning", ("It has not appeared yet.", str(mine["note"].iloc[0])), error=unsettled)


def source_check(platform: Any, element_key: str) -> Callable[[Mapping[str, Any]], Any] | None:
    """Return the function that checks an element's values with its vendor, or ``None`` without one.

    On the sandbox, the sandbox's own ConnectWise is asked, never the real one.
    """
    if element_key not in (connectwise.CRM, connectwise.HELPDESK):
        return None
    sandbox = getattr(platform, "sandbox", None)
    if sandbox is None and host_is_local(urlsplit(platform.base_url).hostname or ""):
        return None

    def check(values: Mapping[str, Any]) -> Any:
        from cwkit.platform.credentials import connectwise_check

        return connectwise_check(values, resolve=sandbox.connectwise_url if sandbox else None)

    return check


def check_outcome(result: Any) -> Outcome:
    """Return the result of a check in words: refused, accepted, or what was and what was not checked.

    Only values of which every part was checked and accepted are shown as good.
    """
    lines = str(result).splitlines()
    if result.wrong:
        return Outcome("error", ("ConnectWise does not accept this.", *lines))
    unknown = [step.part for step in result.steps if step.outcome in ("unclear", "not checked")]
    if unknown:
        return Outcome(
            "warning", (f"Nothing wrong was found, but not checked: {', '.join(unknown)}.", *lines)
        )
    return Outcome("good", ("ConnectWise accepts this.", *lines))


def asks_for_secrets_again(error: CwkitError) -> bool:
    """Return whether the secrets of the form were the cause of an error, as far as its words say."""
    if not isinstance(error, PlatformError):
        return False
    words = f"{error.message} {error.provider_message}"
    return bool(_CREDENTIALS.search(words)) and not _PROFILE.search(words)


def _created(instance: Instance, draft: Draft) -> Outcome:
    return Outcome("good", (f"{instance.name or draft.name} was created.",), instance)


def _refused(error: CwkitError, draft: Draft) -> Outcome:
    _mask(error, [value for value in draft.configuration.values() if isinstance(value, Secret)])
    again = asks_for_secrets_again(error)
    lines = [error.message, *error.details(), f"What to do: {error.fix}" if error.fix else ""]
    if again:
        lines.append("Enter the secrets again. Everything else is kept.")
    elif not isinstance(error, CreationUnsettled):
        lines.append("Everything you entered is kept.")
    level = "warning" if isinstance(error, CreationUnsettled) else "error"
    return Outcome(level, tuple(line for line in lines if line), None, error, again)


def _mask(error: CwkitError, secrets: list[Secret]) -> None:
    """Mask in an error what a service may have quoted of the secrets that were just sent to it."""
    for name in ("message", "fix", "provider_message"):
        if text := getattr(error, name, ""):
            setattr(error, name, mask_text(text, secrets))
    error.args = (error.message,)
