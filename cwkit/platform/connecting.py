"""``connect()``: the platform of a profile, or the sandbox where there is none."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import Any

from cwkit.errors import LedgerError
from cwkit.platform import profiles
from cwkit.platform.client import Platform
from cwkit.profile import Profile

__all__ = ["connect"]


def connect(profile: Profile | str | None = None, **settings: Any) -> Platform:
    """Return the platform of a profile.

    ``profile`` is a :class:`Profile`, the name of one, or nothing: then the environment decides
    (``CWKIT_PROFILE``, or ``CWKIT_BASE_URL`` with both secrets), then the default of the profile file,
    else the built-in sandbox is started, or joined where ``CWKIT_SANDBOX_URL`` names one; a printed line
    says so. Says as well which earlier creations on this platform are not settled. ``settings`` go to
    :class:`Platform`. Raises ``ProfileError`` and ``SecretUnavailable``.
    """
    chosen = profiles.load(profile) if isinstance(profile, str) else profile
    if chosen is None:
        chosen = profiles.default()
    platform = Platform(chosen, **settings) if chosen is not None else _sandbox(settings)
    _tell_unsettled(platform)
    return platform


def _sandbox(settings: dict[str, Any]) -> Platform:
    import cwkit_sandbox as sandbox

    running = os.environ.get("CWKIT_SANDBOX_URL", "").strip()
    started = sandbox.attach(running) if running else _own_sandbox(sandbox)
    print(
        f"No profile is set, so this is the sandbox at {started.url}: a local stand-in with made-up data. "
        "For a real platform: `cwkit profile add NAME`, then cwkit.connect('NAME')."
    )
    return Platform(started.profile, sandbox=started, **settings)


_running: list[Any] = []


def _own_sandbox(sandbox: Any) -> Any:
    """Start one sandbox a process, and use it again: what was created before is still there."""
    if not _running:
        _running.append(sandbox.start())
    return _running[0]


def _tell_unsettled(platform: Platform) -> None:
    try:
        waiting = platform.ledger.unsettled(base_url=platform.base_url)
    except LedgerError as problem:
        print(problem, file=sys.stderr)
        return
    for name, count in Counter(entry.creation.profile for entry in waiting).items():
        what = "1 earlier creation is" if count == 1 else f"{count} earlier creations are"
        how = "platform.instances.settle() looks again."
        if name != platform.profile.name:
            how = f"They were sent with the profile {name!r}; connect with it to look again."
        print(f"{what} not settled on {platform.base_url}: {how}")
