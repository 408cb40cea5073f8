"""A sandbox in a terminal: it runs until Ctrl-C, and says what a person needs to reach it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from cwkit_sandbox.face import CLOCK, start
from cwkit_sandbox.faults import parse_faults

__all__ = ["run"]


def run(
    *,
    port: int = 0,
    seed: int = 1,
    clock: str = CLOCK,
    live: bool = False,
    state: str | Path | None = None,
    faults: str = "",
    say: Callable[[str], Any] = print,
) -> None:
    """Start a sandbox and return when it is stopped by Ctrl-C (or a request to end).

    ``faults`` is as ``cwkit_sandbox.parse_faults`` reads it; ``say`` gets the lines for a person:
    the URL, the demo secrets (which everybody may know) and where the page is. Raises ``SandboxError``.
    """
    from cwkit_sandbox import demo

    wanted = parse_faults(faults)
    stopped = threading.Event()
    with start(seed=seed, clock=clock, port=port, live=live, state=state) as sandbox:
        for fault in wanted:
            sandbox.faults({fault.kind: fault.probability}, route=fault.route, seconds=fault.seconds)
        say(f"The sandbox runs at   {sandbox.url}")
        say(f"What it holds         {sandbox.origin}/")
        say(f"User secret           {demo.USER_SECRET}")
        say(f"Organization secret   {demo.ORGANIZATION_SECRET}")
        say("These secrets are the same for every sandbox and open nothing else. Stop it with Ctrl-C.")
        with _ending(stopped):
            # A wait with a limit, because one without cannot be interrupted on Windows.
            while not stopped.wait(0.5) and sandbox.running:
                pass
        say("The sandbox has stopped.")


class _ending:  # noqa: N801 - used as a statement
    """Turns Ctrl-C and the request to end into ``stopped``; afterwards both mean what they meant before."""

    def __init__(self, stopped: threading.Event) -> None:
        self._stopped = stopped
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(ValueError, OSError):
                self._before[number] = signal.signal(number, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self._stopped.set()

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
