"""Platform: one platform under one profile, with its elements, instances and hubs."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from cwkit.instances import Instance
from cwkit.platform.calls import PATIENCE, Patience
from cwkit.platform.creation import Creator
from cwkit.platform.elements_api import Elements
from cwkit.platform.instances_api import Instances
from cwkit.platform.transport import Transport
from cwkit.profile import Profile
from cwkit.provisioning import WAITS, Ledger, Waits, default_ledger

if TYPE_CHECKING:
    from cwkit.platform.hub import Hub

__all__ = ["Platform"]


class Platform:
    """The platform that a profile names. Threads may share it; it is closed with ``close()`` or ``with``.

    ``elements`` says what there is to connect, ``instances`` creates and reads instances,
    ``hub(instance)`` is the data behind one. ``patience`` and ``waits`` are the times of
    docs/provisioning.md; ``ledger`` is another ledger than this user's.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        patience: Patience = PATIENCE,
        waits: Waits = WAITS,
        ledger: Ledger | None = None,
        sandbox: Any = None,
    ) -> None:
        self.profile = profile
        self.sandbox = sandbox
        self._ledger = ledger
        self.transport = Transport(profile, patience=patience)
        self.elements = Elements(self.transport)
        self.instances = Instances(self.transport, self.elements)
        self.instances.creator = Creator(self.transport, self.instances, lambda: self.ledger, waits)

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
