"""Platform: one platform under one profile, with its elements, instances and hubs."""

from __future__ import annotations

import os
import sys
from collections import Counter
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from cwkit.errors import LedgerError, ProfileError, how_to_install
from cwkit.instances import Instance
from cwkit.platform import profiles
from cwkit.platform.call import RETRY_POLICY, TIMEOUTS, RetryPolicy, Timeouts
from cwkit.platform.elements import Elements
from cwkit.platform.instances import Instances
from cwkit.platform.transport import Transport
from cwkit.profile import Profile
from cwkit.provisioning import CREATION_POLICY, CreationPolicy, Ledger, default_ledger
from cwkit.redaction import frameless

if TYPE_CHECKING:
    from cwkit.platform.hub import Hub

__all__ = ["Platform", "connect"]


class Platform:
    """The platform that a profile names. Threads may share it; it is closed with ``close()`` or ``with``.

    ``elements`` says what there is to connect, ``instances`` creates and reads instances,
    ``hub(instance)`` is the data behind one. ``timeouts``, ``retry`` and ``creation`` are the
    times of docs/provisioning.md; ``ledger`` is another ledger than this user's.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        timeouts: Timeouts = TIMEOUTS,
        retry: RetryPolicy = RETRY_POLICY,
        creation: CreationPolicy = CREATION_POLICY,
        ledger: Ledger | None = None,
        sandbox: Any = None,
    ) -> None:
        self.profile = profile
        self.sandbox = sandbox
        self._ledger = ledger
        self.transport = Transport(profile, timeouts=timeouts, retry=retry)
        self.elements = Elements(self.transport)
        self.instances = Instances(self.transport, self.elements, lambda: self.ledger, creation)

    @property
    def ledger(self) -> Ledger:
        """The ledger in which this platform's creations are written down."""
        return self._ledger or default_ledger()

    @property
    def base_url(self) -> str:
        """The address of the platform's API."""
        return self.profile.base_url

    def hub(self, instance: Instance | int | str) -> Hub:
        """Return the data behind an instance, given itself or by its id.

        Raises ``NotFound`` where there is no such instance under the profile's secrets.
        """
        from cwkit.platform.hub import Hub  # pandas is not worth waiting for before there are records

        if not isinstance(instance, Instance) or not instance.token:
            instance = self.instances.get(instance)
        return Hub(self.transport, instance)

    def close(self) -> None:
        """Close the connections to the platform."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, frames: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Platform {self.base_url} with the profile {self.profile.name!r}>"


@frameless
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
    if find_spec("uvicorn") is None or find_spec("starlette") is None:
        raise ProfileError(
            "No profile is set, and the sandbox is not installed.",
            fix="For a real platform: cwkit profile add NAME, then cwkit.connect(NAME). "
            f"For the sandbox: {how_to_install('sandbox')}",
        )
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
