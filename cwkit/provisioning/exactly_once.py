"""Create once: sent with a creation tag, and looked for by it where the response was lost.

One rule decides: what is not proven absent is unknown, and unknown is never sent again.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from cwkit.errors import CreationUnsettled, CwkitError, LedgerError
from cwkit.provisioning.ledger_file import Creation, Entry, Ledger, State
from cwkit.provisioning.outcomes import Candidate, Created, Look, Lost, NotSent, Refused, Send, Sighting

__all__ = [
    "CREATION_POLICY",
    "CreationPolicy",
    "Settled",
    "create_once",
    "is_creation_tag",
    "new_creation_tag",
    "settle",
    "settle_entry",
]

_PREFIX = "cwkit-"


def new_creation_tag() -> str:
    """Return a tag that no other creation has: letters, digits and a hyphen, which platforms keep."""
    return f"{_PREFIX}{uuid.uuid4().hex}"


def is_creation_tag(tag: str) -> bool:
    """Return whether a tag is a creation tag of cwkit, whatever its case."""
    rest = tag.lower().removeprefix(_PREFIX)
    return len(rest) == 32 and len(tag) == len(_PREFIX) + 32 and rest.isalnum()


@dataclass(frozen=True)
class CreationPolicy:
    """How often a creation is sent, and how long one whose response was lost is looked for. In seconds.

    ``send_total`` bounds all sendings together, with their waits. After a lost response the platform may
    still be at work, for it tries the credentials on ConnectWise first: ``lookup_timeout`` is that time.
    Where the platform did respond, with an error of its own, ``lookup_timeout_after_error`` is enough.
    ``absent_after`` lies between two complete looks that prove, together, that it does not exist.
    """

    sends: int = 6
    send_total: float = 180.0
    first_wait: float = 1.0
    longest_wait: float = 20.0
    lookup_timeout: float = 240.0
    lookup_timeout_after_error: float = 15.0
    absent_after: float = 900.0

    def backoff(self, attempt: int) -> float:
        """Return the wait after the ``attempt``-th try, which counts from 1."""
        return float(min(self.longest_wait, self.first_wait * 2 ** min(attempt - 1, 30)))


CREATION_POLICY = CreationPolicy()
"""The figures of docs/provisioning.md."""


@dataclass
class _Creation:
    """One creation on its way, with the clock and the functions that it was handed."""

    ledger: Ledger
    creation: Creation
    tag: str
    send: Send
    look: Look
    policy: CreationPolicy
    sleep: Callable[[float], None]
    clock: Callable[[], float]
    begun: float

    def run(self) -> Created:
        """Send until something has arrived, then settle what came back."""
        started = self.clock()
        outcome = self.send(self.tag)
        for attempt in range(1, self.policy.sends):
            wait = self.policy.backoff(attempt)
            if not isinstance(outcome, NotSent) or self.clock() - started + wait > self.policy.send_total:
                break
            try:
                self.sleep(wait)
            except BaseException:
                self._write("failed", error="Interrupted before it reached the platform.")
                raise
            self.ledger.sent_again(self.tag)
            outcome = self.send(self.tag)
        if isinstance(outcome, Lost):
            return self._looked_for(outcome, started)
        if isinstance(outcome, Created):
            self._write("done", instance_id=outcome.id, request_id=outcome.request_id)
            return outcome
        request_id = outcome.request_id if isinstance(outcome, Refused) else ""
        self._write("failed", error=_told(outcome.error), request_id=request_id)
        raise outcome.error

    def _looked_for(self, lost: Lost, started: float) -> Created:
        """Look with growing waits until it is found, or it would have to be there."""
        answered = lost.platform_answered
        total = self.policy.lookup_timeout_after_error if answered else self.policy.lookup_timeout
        # A timeout may have used up the time already; some looks are due all the same.
        deadline = max((self.clock() if answered else started) + total, self.clock() + total / 4)
        failure: CwkitError | None = None
        sighting = Sighting()
        for attempt in count(1):
            try:
                sighting, failure = self._look(), None
            except CwkitError as problem:
                failure = problem
            if created := sighting.created:
                request_id = created.request_id or lost.request_id
                self._write("done", instance_id=created.id, request_id=request_id, error=_twice(created))
                return created
            wait = self.policy.backoff(attempt)
            if self.clock() + wait > deadline:
                break
            try:
                self.sleep(wait)
            except CwkitError:
                break  # told to stop: what was not found by now is left to settle()
        self._write("unknown", error=_told(lost.error), request_id=lost.request_id)
        looking = "" if failure is None else f" Looking for it failed as well: {failure.message}"
        raise CreationUnsettled(
            f"We do not know yet whether the instance {self.creation.name!r} was created. "
            f"{_told(lost.error)}{looking}{_candidates_told(sighting.candidates)}",
            fix="Do not create it again. Look again in some minutes with platform.instances.settle() or "
            "`cwkit ledger --settle`; it is found by its creation tag, or you decide there.",
            creation_tag=self.tag,
        )

    def _look(self) -> Sighting:
        sighting = self.look(self.tag, self.creation.element, self.creation.name, self.begun)
        if not sighting.tagged and not sighting.candidates:
            self.ledger.missed(self.tag)
        return sighting

    def _write(self, state: State, *, instance_id: str = "", request_id: str = "", error: str = "") -> None:
        """Write down how it ended; where that fails, the error says everything the ledger would know."""
        try:
            self.ledger.settle(self.tag, state, instance_id=instance_id, request_id=request_id, error=error)
            return
        except LedgerError as problem:
            reason, fix = problem.message, problem.fix
        what = {"done": f"was created; its id is {instance_id}", "failed": f"was not created. {error}"}
        raise LedgerError(
            f"The instance {self.creation.name!r} {what.get(state, f'may have been created. {error}')}. "
            f"This could not be written down: {reason}",
            fix=f"{fix} Then call platform.instances.settle() in the same session.",
            creation_tag="" if state == "failed" else self.tag,
            instance_id=instance_id,
        )


def _told(error: CwkitError) -> str:
    """Return what an error says, with the message of the service behind the platform."""
    provider = getattr(error, "provider_message", "")
    return f"{error.message} The provider says: {provider}" if provider else error.message


def _twice(created: Created) -> str:
    """Return the warning about further instances with the same creation tag; empty where there are none."""
    if not created.others:
        return ""
    return (
        f"It was created more than once: {', '.join((created.id, *created.others))} have the same creation "
        "tag, so the request was delivered more than once. Keep one and delete the others."
    )


def _candidates_told(candidates: tuple[Candidate, ...]) -> str:
    if not candidates:
        return ""
    shown = ", ".join(
        f"{one.id} (created {one.created or 'at an unknown time'}, tags: {', '.join(one.tags) or 'none'})"
        for one in candidates[:5]
    )
    return f" There are instances of the same element and name without its creation tag: {shown}."


def create_once(
    ledger: Ledger,
    creation: Creation,
    send: Send,
    look: Look,
    *,
    policy: CreationPolicy = CREATION_POLICY,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
    creation_tag: str = "",
) -> Created:
    """Create once, whatever happens on the way, and return what exists then.

    ``send`` sends it a single time with the creation tag that it is passed; ``look`` finds it again.
    ``sleep`` and ``clock`` (seconds) are handed in for tests; ``creation_tag`` is made anew unless given.
    Raises the platform's refusal, ``NotReached`` and the like where it never arrived, and
    ``CreationUnsettled`` where that is not known; such a creation is never sent again by itself.
    ``LedgerError`` carries the creation tag and the id where something was sent and not written down.
    """
    tag = creation_tag or new_creation_tag()
    with ledger.in_flight(tag):
        ledger.begin(creation, tag)
        entry = ledger.entry(tag)
        begun = entry.time if entry else time.time()
        try:
            return _Creation(ledger, creation, tag, send, look, policy, sleep, clock, begun).run()
        except LedgerError as problem:
            problem.creation_tag = problem.creation_tag or tag
            raise
        except BaseException as problem:
            with suppress(LedgerError):
                entry = ledger.entry(tag)
                if entry is not None and entry.state == "sent":
                    ledger.settle(tag, "unknown", error=f"Interrupted ({type(problem).__name__}).")
            raise


@dataclass(frozen=True)
class Settled:
    """What a look at one entry has shown: its state now, what was found or may be it, and what to do."""

    entry: Entry
    state: State
    created: Created | None = None
    candidates: tuple[Candidate, ...] = ()
    note: str = ""

    @property
    def instance_id(self) -> str:
        """The platform's id of what was found; empty where nothing was."""
        return self.created.id if self.created else ""


def settle(
    ledger: Ledger, look: Look, *, base_url: str, profile: str, policy: CreationPolicy = CREATION_POLICY
) -> list[Settled]:
    """Look for every unsettled creation of one platform and profile, and write down what is seen.

    Found: ``done``. Two complete looks, ``policy.absent_after`` seconds apart, without it: ``absent``.
    Otherwise it stays ``unknown``. What a living process has under way is left to it. Never sends anything.
    """
    entries = ledger.unsettled(base_url=base_url, profile=profile)
    return [settle_entry(ledger, look, entry, policy=policy) for entry in entries]


def settle_entry(
    ledger: Ledger, look: Look, entry: Entry, *, policy: CreationPolicy = CREATION_POLICY
) -> Settled:
    """Look for one entry and write down what is seen; see :func:`settle`."""
    tag, creation = entry.creation_tag, entry.creation
    try:
        sighting = look(tag, creation.element, creation.name, entry.time)
    except CwkitError as problem:
        ledger.settle(tag, "unknown", error=entry.error or problem.message)
        return Settled(entry, "unknown", note=f"Looking for it failed: {problem.message}")
    if created := sighting.created:
        ledger.settle(
            tag, "done", instance_id=created.id, request_id=created.request_id, error=_twice(created)
        )
        return Settled(
            entry, "done", created, note=_twice(created) or f"It was created; its id is {created.id}."
        )
    decide = "You decide: settle(adopt={tag: id}), settle(send_again=[tag]) or settle(give_up=[tag])."
    if sighting.candidates:
        ledger.settle(tag, "unknown", error=entry.error)
        told = f"{_candidates_told(sighting.candidates).strip()} {decide}"
        return Settled(entry, "unknown", candidates=sighting.candidates, note=told)
    elapsed = ledger.missed(tag)
    if elapsed is not None and elapsed >= policy.absent_after:
        ledger.settle(tag, "absent", error=entry.error)
        return Settled(entry, "absent", note="It does not exist: it was not created.")
    ledger.settle(tag, "unknown", error=entry.error)
    minutes = max(1, round((policy.absent_after - (elapsed or 0)) / 60))
    note = f"It is not there yet. Look again in {minutes} min; then it counts as not created. {decide}"
    return Settled(entry, "unknown", note=note)
