"""The sandbox as a program sees it: start it, or attach to a running one, and ask it for clock and faults."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any

import httpx

from cwkit.errors import SandboxError, how_to_install
from cwkit.redaction import Secret
from cwkit_sandbox import demo
from cwkit_sandbox.catalog import definitions
from cwkit_sandbox.faults import parse_faults

if TYPE_CHECKING:
    from cwkit.profile import Profile
    from cwkit_sandbox.server import Server

__all__ = ["Sandbox", "attach", "run", "start"]

CLOCK = "2026-01-05T09:00:00Z"
_PREFIX = "/elements/api-v2"


class Sandbox:
    """A local platform. Use it as a context manager, or call :meth:`stop`.

    ``url`` is its base URL, ``profile`` what ``cwkit.connect`` takes, ``demo`` the configuration with
    which an instance of each element can be created; all changes go through its HTTP routes, so that
    one in another process (:func:`attach`) can do the same.
    """

    def __init__(self, origin: str, server: Server | None = None) -> None:
        self.origin = origin
        self.url = origin + _PREFIX
        self._server = server
        # No certificates are needed for plain HTTP on loopback, and reading them takes a while.
        transport = httpx.HTTPTransport(verify=False, trust_env=False)
        self._http = httpx.Client(base_url=origin, timeout=600, trust_env=False, transport=transport)

    def __repr__(self) -> str:
        return f"Sandbox({self.url!r})"

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def profile(self) -> Profile:
        """The profile with which ``cwkit.connect`` reaches this sandbox."""
        from cwkit.profile import Profile

        return Profile(
            name="sandbox",
            base_url=self.url,
            user_secret=Secret(demo.USER_SECRET),
            organization_secret=Secret(demo.ORGANIZATION_SECRET),
        )

    @property
    def demo(self) -> dict[str, dict[str, str | Secret]]:
        """By element: configuration with which an instance can be created; secrets are ``Secret``."""
        return {
            key: {
                name: Secret(value) if definitions()[key].password(name) else value
                for name, value in values.items()
            }
            for key, values in demo.DEMO.items()
        }

    @property
    def clock(self) -> str:
        """The sandbox's present moment, ISO-8601 in GMT."""
        return str(self._ask("GET", "/sandbox/clock")["clock"])

    def connectwise_url(self, address: str) -> str:
        """Return the loopback address that stands for an address of a ConnectWise site.

        ``https://api-na.myconnectwise.net/login/...`` becomes one under this sandbox. ``SandboxError``
        for a site that the sandbox's ConnectWise does not have.
        """
        site = demo.known_site(address)
        if site is None:
            raise SandboxError(
                "The sandbox's ConnectWise has no such site.", fix="Take one of api-na, api-eu or api-au."
            )
        rest = address.partition("://")[2] or address
        return f"{self.origin}/connectwise/{site}/{rest.partition('/')[2]}"

    def advance(self, minutes: float) -> dict[str, Any]:
        """Move the clock forward by so many minutes; due polls and notifications happen on the way.

        Returns ``clock`` (ISO-8601), ``polls``, ``events`` and ``notifications``, each a count.
        """
        return dict(self._ask("POST", "/sandbox/clock", {"minutes": minutes}))

    def fail_next(
        self, kind: str, n: int = 1, route: str | None = None, seconds: float | None = None
    ) -> None:
        """Let the next ``n`` requests fail (kinds: ``cwkit_sandbox.KINDS``), perhaps of one route only.

        ``route`` is a path with ``*`` after an optional method: ``POST /instances``. ``seconds`` is the
        delay of ``latency``, or what ``Retry-After`` says.
        """
        self._ask("POST", "/sandbox/faults", {"kind": kind, "n": n, "route": route, "seconds": seconds})

    def faults(
        self, probabilities: dict[str, float], route: str | None = None, seconds: float | None = None
    ) -> None:
        """Let requests fail from now on, each kind with its probability (0 to 1), under the seed."""
        for kind, probability in probabilities.items():
            rule = {"kind": kind, "probability": probability, "route": route, "seconds": seconds}
            self._ask("POST", "/sandbox/faults", rule)

    def no_faults(self) -> None:
        """Take all faults away."""
        self._ask("DELETE", "/sandbox/faults")

    def move_wsdl(self, site: str, codebase: str) -> None:
        """Let a ConnectWise site serve its WSDL under another version, for example ``v2026_1``."""
        self._ask("POST", "/sandbox/wsdl", {"site": site, "codebase": codebase})

    @property
    def running(self) -> bool:
        """Say whether it still answers; for one in another process, whether it does at this moment."""
        if self._server is not None:
            return self._server.running
        try:
            self._ask("GET", "/sandbox/info")
        except SandboxError:
            return False
        return True

    def stop(self) -> None:
        """Stop the sandbox, if it was started here; a second call does nothing."""
        self._http.close()
        if self._server is not None:
            self._server.stop()

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        problem, answer = "", None
        try:
            answer = self._http.request(method, path, json=body, headers={"content-type": "application/json"})
            value = answer.json()
        except (httpx.HTTPError, RuntimeError, ValueError) as reason:
            problem = str(reason) or type(reason).__name__
        if problem or answer is None:
            raise SandboxError(
                f"The sandbox at {self.origin} does not answer: {problem}.",
                fix="Start one with cwkit_sandbox.start(), or attach to the URL of one that runs.",
            )
        if answer.status_code >= 400:
            message = value.get("message", "") if isinstance(value, dict) else ""
            raise SandboxError(message or f"The sandbox answered with status {answer.status_code}.")
        return value


def start(
    *,
    seed: int = 1,
    clock: str = CLOCK,
    port: int = 0,
    live: bool = False,
    state: str | Path | None = None,
) -> Sandbox:
    """Start a sandbox on 127.0.0.1 in a thread of this process and return it once it answers.

    ``seed`` decides all its data, tokens and request ids; ``clock`` is where its clock stands (ISO-8601
    with ``Z``); ``live`` lets the clock run; ``port`` 0 takes a free one; ``state`` is a file in which
    everything is kept, seed and clock included. Raises ``SandboxError`` where it cannot start.
    """
    missing = ""
    try:
        from cwkit_sandbox.server import Server
    except ImportError as problem:
        missing = problem.name or str(problem)
    if missing:
        raise SandboxError(
            f"The sandbox needs {missing}, which is not installed.", fix=how_to_install("sandbox")
        )
    server = Server(seed=seed, clock=clock, live=live, state=Path(state) if state else None, port=port)
    server.start()
    return Sandbox(server.origin, server)


def attach(url: str) -> Sandbox:
    """Return the sandbox that runs at ``url``, perhaps in another process.

    Raises ``SandboxError`` where none answers there; nothing but loopback addresses is tried.
    """
    try:
        parts = httpx.URL(url.strip())
        local = parts.host in ("127.0.0.1", "localhost", "::1") and parts.scheme == "http"
    except httpx.InvalidURL:
        local = False
    if not local:
        raise SandboxError(
            "A sandbox has a loopback address.", fix="Give its URL, for example http://127.0.0.1:8080."
        )
    sandbox = Sandbox(f"http://{parts.netloc.decode()}")
    info = sandbox._ask("GET", "/sandbox/info")
    if not isinstance(info, dict) or info.get("sandbox") is not True:
        raise SandboxError(f"What answers at {sandbox.origin} is not a sandbox.", fix="Check the URL.")
    return sandbox


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
