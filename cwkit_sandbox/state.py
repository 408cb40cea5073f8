"""Everything one running sandbox knows: its seed, clock, memory, records, faults and way to ConnectWise."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from cwkit_sandbox.clock import Clock
from cwkit_sandbox.connectwise.client import ConnectWise
from cwkit_sandbox.events import Events
from cwkit_sandbox.faults import Faults
from cwkit_sandbox.records import Records
from cwkit_sandbox.store import Store, Stored

__all__ = ["SandboxState"]

PollHub = Callable[["SandboxState", Stored, str, int | None], Awaitable[list[dict[str, Any]]]]


class SandboxState:
    """The state behind all routes; made and used in the server's thread only."""

    def __init__(
        self,
        *,
        origin: str,
        seed: int,
        clock: str,
        live: bool = False,
        path: Path | None = None,
        poll_hub: PollHub,
    ) -> None:
        self.poll_hub = poll_hub
        self.origin = origin
        """Where this sandbox listens, for example ``http://127.0.0.1:8080``."""
        self.store = Store(path)
        self.seed = int(self.store.fact("seed", str(seed)))
        start = int(self.store.fact("born", str(Clock.read(clock))))
        self.clock = Clock(int(self.store.fact("clock", str(start))), live=live)
        with self.store.together():
            self.store.remember("seed", str(self.seed))
            self.store.remember("born", str(start))
            self.store.remember("clock", str(self.clock.now))
        self.faults = Faults(self.seed)
        self.records = Records(self.store, self.clock, self.seed, start)
        self.connectwise = ConnectWise()
        self.events = Events(origin, self.store, self.clock, self.records, self._poll)
        self._requests = 0
        self._tokens = int(self.store.fact("tokens", "0"))

    async def _poll(self, instance: Stored, url: str, page_size: int | None) -> list[dict[str, Any]]:
        return await self.poll_hub(self, instance, url, page_size)

    async def close(self) -> None:
        """Keep what is in the file, and close it."""
        await self.events.close()
        await self.connectwise.close()
        self.store.remember("clock", str(self.clock.now))
        self.store.close()

    def request_id(self) -> str:
        """Return the next request id: 24 hexadecimal digits, the same for the same seed."""
        self._requests += 1
        return self._digest("request", self._requests)[:12].hex()

    def token(self) -> str:
        """Return a new instance token; like the platform's, it is base64 with all its signs."""
        self._tokens += 1
        self.store.remember("tokens", str(self._tokens))
        return base64.b64encode(self._digest("token", self._tokens)).decode()

    def signed(self, text: str) -> str:
        """Return a text as a token that only this sandbox (or one with the same seed) can have made."""
        signed = f"{self._digest('seal', text)[:6].hex()}{text}"
        return base64.urlsafe_b64encode(signed.encode()).decode().rstrip("=")

    def verified(self, token: str) -> str | None:
        """Return the text in a sealed token, or ``None`` for one that was made elsewhere."""
        try:
            text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        except (binascii.Error, ValueError):
            return None
        seal, body = text[:12], text[12:]
        right = self._digest("seal", body)[:6].hex()
        return body if hmac.compare_digest(seal.encode(), right.encode()) else None

    def _digest(self, kind: str, value: object) -> bytes:
        return hashlib.blake2b(f"{self.seed}/{kind}/{value}".encode(), digest_size=32).digest()
