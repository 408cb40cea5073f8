"""Create exactly once: sent again only when it provably never arrived, otherwise looked for by its mark.

The platform's ``POST /instances`` is not idempotent (platform facts, section 3). So every creation
carries a mark of its own, a tag, and is in the ledger before it is sent.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from cwkit.errors import CreationUnsettled, CwkitError, LedgerError
from cwkit.provisioning.ledger_file import Creation, Ledger
from cwkit.provisioning.outcomes import Answered, Look, Lost, NotSent, Refused, Send

__all__ = ["MARK_PREFIX", "WAITS", "Waits", "create_once", "is_mark", "new_mark"]

MARK_PREFIX = "cwkit-"


def new_mark() -> str:
    """Return a mark that no other creation has: letters, digits and a hyphen, which no platform alters."""
    return f"{MARK_PREFIX}{uuid.uuid4().hex}"


def is_mark(tag: str) -> bool:
    """Say whether a tag is a mark of cwkit."""
    rest = tag.removeprefix(MARK_PREFIX)
    return rest != tag and len(rest) == 32 and rest.isalnum()


@dataclass(frozen=True)
class Waits:
    """How often a creation is sent, and how long one whose answer was lost is looked for. In seconds.

    ``send_total`` bounds all sendings together, with their waits. After a lost answer the platform may
    still be at work, for it tries the credentials on ConnectWise first: ``look_total`` is that time.
    Where the platform did answer, with an error of its own, ``look_heard`` is enough.
    ``absent_after`` is the age at which a creation that is still not there counts as never made.
    """

    sends: int = 6
    send_total: float = 180.0
    first: float = 1.0
    longest: float = 20.0
    look_total: float = 240.0
    look_heard: float = 15.0
    absent_after: float = 900.0

    def backoff(self, attempt: int) -> float:
        """Return the wait after the ``attempt``-th try, which counts from 1."""
        return float(min(self.longest, self.first * 2 ** min(attempt - 1, 30)))


WAITS = Waits()
"""The figures told in docs/provisioning.md."""


@dataclass
class _Errand:
    """One creation on its way, with the clock and the functions that it was handed."""

    ledger: Ledger
    creation: Creation
    mark: str
    send: Send
    look: Look
    waits: Waits
    sleep: Callable[[float], None]
    clock: Callable[[], float]

    def run(self) -> Answered:
        """Send until something is heard, then settle what was heard."""
        started = self.clock()
        for attempt in range(1, self.waits.sends + 1):
            outcome = self.send(self.mark)
            if not isinstance(outcome, NotSent):
                break
            wait = max(outcome.retry_after or 0.0, self.waits.backoff(attempt))
            last = attempt == self.waits.sends or self.clock() - started + wait > self.waits.send_total
            found = self._pause_before_sending_again(outcome, 0.0 if last else wait)
            if found is not None:
                outcome = found
                break
            if last:
                break
            self.ledger.sent_again(self.mark)
        return self._settled(outcome, started)

    def _pause_before_sending_again(self, outcome: NotSent, wait: float) -> Answered | Lost | None:
        try:
            self.sleep(wait)
        except BaseException:
            if not outcome.look_first:
                self.ledger.settle(self.mark, "failed", error="Interrupted before it reached the platform.")
            raise
        if not outcome.look_first:
            return None
        try:
            return self.look(self.mark)
        except CwkitError as problem:
            return Lost(problem)

    def _settled(self, outcome: Answered | Refused | NotSent | Lost, started: float) -> Answered:
        if isinstance(outcome, Lost):
            return self._looked_for(outcome, started)
        if isinstance(outcome, Answered):
            self.ledger.settle(self.mark, "done", instance_id=outcome.id, request_id=outcome.request_id)
            return outcome
        request_id = outcome.request_id if isinstance(outcome, Refused) else ""
        self.ledger.settle(self.mark, "failed", error=_told(outcome.error), request_id=request_id)
        raise outcome.error

    def _looked_for(self, lost: Lost, started: float) -> Answered:
        """Look with backoff until it is found, or it would have to be there."""
        total = self.waits.look_heard if lost.heard else self.waits.look_total
        # A timeout may have used up the time already; some looks are due all the same.
        deadline = max((self.clock() if lost.heard else started) + total, self.clock() + total / 4)
        reason = lost.error
        for attempt in count(1):
            try:
                found = self.look(self.mark)
            except CwkitError as problem:
                found, reason = None, problem
            if found is not None:
                request_id = found.request_id or lost.request_id
                self.ledger.settle(self.mark, "done", instance_id=found.id, request_id=request_id)
                return found
            wait = self.waits.backoff(attempt)
            if self.clock() + wait > deadline:
                break
            try:
                self.sleep(wait)
            except CwkitError:
                break  # told to stop: what was not found by now is left to settle()
        told = _told(lost.error)
        self.ledger.settle(self.mark, "unknown", error=told, request_id=lost.request_id)
        looking = "" if reason is lost.error else f" Looking for it failed as well: {reason.message}"
        raise CreationUnsettled(
            f"Nobody can say yet whether the instance {self.creation.name!r} was created. {told}{looking}",
            fix="Do not send it again. Look again in some minutes with platform.instances.settle() "
            "or `cwkit ledger --settle`; it is found by its mark, which is one of its tags.",
            mark=self.mark,
        )


def _told(error: CwkitError) -> str:
    """Return what an error says, with the word of the service behind the platform."""
    provider = getattr(error, "provider_message", "")
    return f"{error.message} The provider says: {provider}" if provider else error.message


def create_once(
    ledger: Ledger,
    creation: Creation,
    send: Send,
    look: Look,
    *,
    waits: Waits = WAITS,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    mark: str = "",
) -> Answered:
    """Create once, whatever happens on the way, and return what stands then.

    ``send`` sends it a single time with the mark that it is passed, ``look`` finds what carries a mark.
    ``sleep`` and ``clock`` (seconds) are handed in for tests; ``mark`` is made anew unless given.
    Raises the platform's refusal, ``NotReached`` and the like where it never arrived, and
    ``CreationUnsettled`` where nobody can say; such a creation is never sent again by itself.
    """
    mark = mark or new_mark()
    ledger.begin(creation, mark)
    try:
        return _Errand(ledger, creation, mark, send, look, waits, sleep, clock).run()
    except BaseException as problem:
        entry = None if isinstance(problem, LedgerError) else ledger.entry(mark)
        if entry is not None and entry.state == "sent":
            ledger.settle(mark, "unknown", error=f"Interrupted ({type(problem).__name__}).")
        raise
