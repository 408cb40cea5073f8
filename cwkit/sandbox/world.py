"""Everything one running sandbox knows: its seed, clock, memory, faults and its way to ConnectWise."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from cwkit.sandbox.clock import Clock, iso
from cwkit.sandbox.faults import Faults
from cwkit.sandbox.store import Store

__all__ = ["World"]


class World:
    """The state behind all routes; made and used in the server's thread only."""

    def __init__(self, *, seed: int, clock: str, live: bool = False, state: Path | None = None) -> None:
        self.store = Store(state)
        self.seed = int(self.store.fact("seed", str(seed)))
        self.clock = Clock(int(self.store.fact("clock", str(Clock.read(clock)))), live=live)
        self.store.remember("seed", str(self.seed))
        self.store.remember("clock", str(self.clock.now))
        self.faults = Faults(self.seed)
        self.origin = ""
        """Where this sandbox listens, for example ``http://127.0.0.1:8080``."""
        self._requests = 0
        self._tokens = int(self.store.fact("tokens", "0"))

    def close(self) -> None:
        """Keep what is in the file, and close it."""
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

    def sign(self, text: str) -> str:
        """Return a short mark by which a text that the sandbox gave out is known again."""
        return self._digest("sign", text)[:6].hex()

    def _digest(self, kind: str, value: object) -> bytes:
        return hashlib.blake2b(f"{self.seed}/{kind}/{value}".encode(), digest_size=32).digest()

    async def advance(self, milliseconds: int) -> dict[str, object]:
        """Move the clock forward."""
        self.clock.move_to(self.clock.now + milliseconds)
        self.store.remember("clock", str(self.clock.now))
        return {"clock": iso(self.clock.now), "polls": 0, "events": 0, "notifications": 0}
