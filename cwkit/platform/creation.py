"""From an element key and values to one instance: checked, then sent through provisioning."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cwkit import errors, provisioning
from cwkit.elements import Element, Problem, check_values
from cwkit.instances import Instance
from cwkit.platform.call import Call, Outcome
from cwkit.platform.error_mapping import NOT_CARRIED_OUT
from cwkit.platform.transport import Transport
from cwkit.provisioning import (
    Candidate,
    Created,
    Creation,
    CreationPolicy,
    Ledger,
    Look,
    Lost,
    NotSent,
    Refused,
    SendOutcome,
    Sighting,
    is_creation_tag,
)
from cwkit.redaction import Secret, as_secret, mask_text

__all__ = ["Creator", "Prepared", "examine", "guarded", "plain_name", "prepare", "without_secrets"]


@dataclass(frozen=True)
class Prepared:
    """A creation that has been checked: what is sent, and what a person should know of it."""

    element: Element
    name: str
    configuration: dict[str, str | Secret]
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def body(self, creation_tag: str) -> dict[str, Any]:
        """Return the request's body, secrets still wrapped, with the creation tag among the tags."""
        tags = [*self.tags, *([creation_tag] if creation_tag else [])]
        return {
            "element": {"key": self.element.key},
            "configuration": self.configuration,
            "tags": tags,
            "name": self.name,
        }


def guarded(element: Element, configuration: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with the secret ones wrapped, before any other frame can hold them."""
    # A misspelt key (``privateKey``) is not known yet, so every key that sounds secret counts.
    return {
        str(key): as_secret(v) if isinstance(v, str) and v and element.is_secret(str(key)) else v
        for key, v in configuration.items()
    }


def prepare(element: Element, name: str, configuration: Mapping[str, Any], tags: Sequence[str]) -> Prepared:
    """Check a creation; repairs and doubts become notes.

    Raises ``FieldErrors`` where the platform would refuse a value for sure, or where the name is missing,
    or a tag is blank or given twice.
    """
    prepared, problems = examine(element, name, configuration, tags)
    if problems:
        fields = ", ".join(dict.fromkeys(problem.key for problem in problems))
        title = f"{element.name or element.key} instance {prepared.name!r}"
        raise errors.FieldErrors(
            f"The {title} cannot be created as it is: {fields}.",
            problems=problems,
            fix="Correct these values and create it again; nothing was sent.",
        )
    return prepared


def examine(
    element: Element, name: str, configuration: Mapping[str, Any], tags: Sequence[str]
) -> tuple[Prepared, tuple[Problem, ...]]:
    """Check a creation and return it with the problems for which it would be refused for sure."""
    given = (tags,) if isinstance(tags, str) else tags
    title, *labels_given = (_whole_characters(str(text or "")).strip() for text in (name, *given))
    labels = tuple(labels_given)
    check = check_values(element, configuration)
    notes = [str(repair) for repair in check.repairs]
    if any(_whole_characters(str(text or "")) != str(text or "") for text in (name, *given)):
        notes.append("Half a character, such as a cut emoji, was removed from the name or a tag.")
    notes += [f"{problem.key}: {problem}" for problem in check.problems if not problem.certain]
    if re.search(r"<[^>]*>", " ".join([title, *labels])):
        notes.append("The platform removes HTML tags from names and tags.")
    values = {key: value for key, value in check.values.items() if value is not None}
    prepared = Prepared(element, title, values, labels, tuple(notes))
    return prepared, (*_wrong_labels(title, labels), *check.certain)


def _whole_characters(text: str) -> str:
    return text.encode("utf-8", "ignore").decode("utf-8")


def _wrong_labels(title: str, tags: tuple[str, ...]) -> list[Problem]:
    found = []
    if not title:
        message = "The instance has no name."
        found.append(
            Problem("name", "missing", message, "Give it a name by which you will find it.", certain=True)
        )
    if "" in tags:
        found.append(Problem("tags", "blank", "A tag is empty.", "Leave it out.", certain=True))
    for tag in dict.fromkeys(tag for tag in tags if tag and tags.count(tag) > 1):
        message = f"The tag {tag!r} is given twice."
        found.append(Problem("tags", "twice", message, "Give every tag once.", repr(tag), certain=True))
    return found


class Creator:
    """Hands the sending and the looking to provisioning; knows how both are done over HTTP.

    ``search`` gives the complete list of instances for query parameters, or raises; ``get`` reads one.
    """

    def __init__(
        self,
        transport: Transport,
        ledger: Callable[[], Ledger],
        policy: CreationPolicy,
        *,
        search: Callable[[Sequence[tuple[str, str]]], list[Instance]],
        get: Callable[[str], Instance],
    ) -> None:
        self._transport = transport
        self._ledger = ledger
        self._search, self._get = search, get
        self.policy = policy

    @property
    def ledger(self) -> Ledger:
        """The ledger, opened on first use."""
        return self._ledger()

    @property
    def base_url(self) -> str:
        """The platform's address, as the ledger knows it."""
        return provisioning.canonical_url(self._transport.profile.base_url)

    @property
    def profile_name(self) -> str:
        """The name of the profile."""
        return self._transport.profile.name

    def create(self, prepared: Prepared) -> Instance:
        """Create once and return the instance, with what a person should know in its notes.

        Where an earlier creation of the same element and name is not settled, that one is looked for first:
        found, it is returned; not known, ``CreationUnsettled`` is raised and nothing is sent.
        """
        created, notes = self._earlier(prepared), [*prepared.notes]
        if created is None:
            created = self.create_once(prepared)
        else:
            notes.append(
                "It was created by an earlier attempt, whose response was lost; nothing was sent now."
            )
        if created.others:
            others = ", ".join(created.others)
            notes.append(f"The request was delivered more than once: {others} have the same creation tag.")
        instance: Instance = created.result
        return _noted(self._with_token(instance), notes)

    def _earlier(self, prepared: Prepared) -> Created | None:
        for entry in self.ledger.open_entries(base_url=self.base_url, profile=self.profile_name):
            known = entry.creation
            if (known.element, known.name) != (prepared.element.key, prepared.name):
                continue
            if entry.state == "sent" and not self.ledger.is_abandoned(entry):
                continue
            look = self.look_for(prepared)
            settled = provisioning.settle_entry(self.ledger, look, entry, policy=self.policy)
            if settled.created:
                return settled.created
            if settled.state == "unknown":
                raise errors.CreationUnsettled(
                    f"An earlier creation of {prepared.name!r} is not settled, so nothing was sent. "
                    f"{settled.note}",
                    fix="Look again in some minutes with platform.instances.settle(), or decide there.",
                    creation_tag=entry.creation_tag,
                )
        return None

    def create_once(
        self, prepared: Prepared, *, fingerprint: str = "", sleep: Callable[[float], None] = time.sleep
    ) -> Created:
        """Create once; see :func:`cwkit.provisioning.create_once`."""
        creation = Creation(
            self.profile_name, self.base_url, prepared.element.key, prepared.name, prepared.tags, fingerprint
        )
        return provisioning.create_once(
            self.ledger,
            creation,
            lambda creation_tag: self.send(prepared, creation_tag),
            self.look_for(prepared),
            policy=self.policy,
            sleep=sleep,
        )

    def look_for(self, prepared: Prepared, listing: Iterable[Instance] = ()) -> Look:
        """Return the look for a creation, whose errors show none of its secrets, whatever is echoed."""

        def look(creation_tag: str, element: str, name: str, begun: float) -> Sighting:
            with without_secrets(prepared):
                return self.look(creation_tag, element, name, begun, listing)

        return look

    def send(self, prepared: Prepared, creation_tag: str) -> SendOutcome:
        """Send a creation a single time."""
        secret_keys = frozenset(
            key for key, value in prepared.configuration.items() if isinstance(value, Secret)
        )
        body = prepared.body(creation_tag)
        call = Call("POST", "/instances", body=body, kind="create", secret_keys=secret_keys)
        return self._proved(self._transport.once(call), prepared.element)

    def _proved(self, outcome: Outcome, element: Element) -> SendOutcome:
        """Return what a response to a creation proves (docs/provisioning.md, "What a response proves")."""
        error = outcome.error
        if error is None:
            data = outcome.data if isinstance(outcome.data, Mapping) else {}
            instance = Instance.from_response(data, element)
            if instance.id in (None, "") or ("message" in data and not {"token", "element"} & data.keys()):
                return Lost(_no_instance(self._transport.profile.base_url))
            return Created(str(instance.id), instance, outcome.headers.get("elements-request-id", ""))
        if isinstance(error, errors.InputError):
            return Refused(error)
        if outcome.kind == "not_reached":
            return NotSent(error)
        by_the_platform = isinstance(error, errors.PlatformError) and bool(error.request_id)
        if by_the_platform and outcome.status in NOT_CARRIED_OUT - {409}:
            return Refused(error, outcome.request_id)
        # 409 may mean that it was created earlier, 429 that the response was too big: only looking can tell.
        finished = by_the_platform and outcome.status not in (408, 503, 504)
        return Lost(error, platform_answered=finished, request_id=outcome.request_id)

    def look(
        self, creation_tag: str, element: str, name: str, begun: float, listing: Iterable[Instance] = ()
    ) -> Sighting:
        """Look for a creation by its creation tag, then by element and name; complete, or an error.

        ``listing`` is the complete list of instances where it has been read already.
        """
        found = self._sorted_out(self._search([("tags[]", creation_tag)]), creation_tag, element, name, begun)
        if not found.tagged:
            text = plain_name(name)
            others = listing or self._search([("searchText", text)] if text else [])
            found = self._sorted_out(others, creation_tag, element, name, begun)
        return Sighting(
            tuple(Created(one.id, self._with_token(one.result)) for one in found.tagged), found.candidates
        )

    def _sorted_out(
        self, instances: Iterable[Instance], creation_tag: str, element: str, name: str, begun: float
    ) -> Sighting:
        """Return which instances have the creation tag, in any case, and which may be it without the tag."""
        tagged: dict[str, Created] = {}
        candidates: dict[str, Candidate] = {}
        for one in instances:
            key = str(one.id)
            if creation_tag in map(str.lower, one.tags):
                tagged[key] = Created(key, one)
            elif _may_be(one, element, name, begun):
                if not one.tags:
                    one = self._get(key)  # a list may leave the tags out
                if creation_tag in map(str.lower, one.tags):
                    tagged[key] = Created(key, one)
                elif not any(map(is_creation_tag, one.tags)) and not self._is_of_another(key, creation_tag):
                    candidates[key] = Candidate(key, one.name, one.created_date or "", tuple(one.tags))
        return Sighting(tuple(tagged.values()), tuple(candidates.values()))

    def _is_of_another(self, instance_id: str, creation_tag: str) -> bool:
        entry = self.ledger.created_as(self.base_url, instance_id)
        return entry is not None and entry.creation_tag != creation_tag

    def exists(self, instance_id: str) -> bool:
        """Return whether an instance is on the platform; raises where that is not proven either way."""
        try:
            self._get(instance_id)
        except errors.NotFound:
            return False
        return True

    def _with_token(self, instance: Instance) -> Instance:
        """Read an instance again where the response left its token out; it exists in any case."""
        if instance.token or instance.id is None:
            return instance
        try:
            return self._get(str(instance.id))
        except errors.CwkitError as problem:
            note = (
                f"Its token could not be read yet: {problem.message} Read it with platform.instances.get()."
            )
            return _noted(instance, (note,))


_CLOCKS_DIFFER = 86_400.0
"""Seconds by which the platform's clock and this machine's may differ."""


def _may_be(instance: Instance, element: str, name: str, begun: float) -> bool:
    """Return whether an instance without the creation tag may be the one that was sent at ``begun``."""
    same = (
        instance.element_key in ("", element)
        and plain_name(instance.name).casefold() == plain_name(name).casefold()
    )
    created = _seconds(instance.created_date)
    return same and (created is None or created >= begun - _CLOCKS_DIFFER)


def plain_name(name: str) -> str:
    """Return a name as the platform keeps it: it removes HTML tags."""
    return " ".join(re.sub(r"<[^>]*>", "", name).split())


def _seconds(text: str | None) -> float | None:
    """Return the Unix seconds of a created date (ISO 8601, or epoch milliseconds)."""
    if not text:
        return None
    if text.isdecimal():
        return int(text) / 1000
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


@contextmanager
def without_secrets(*prepared: Prepared) -> Iterator[None]:
    """Mask the secrets of creations in the message of an error that is raised in the ``with`` block."""
    try:
        yield
    except errors.CwkitError as problem:
        secrets = [v for one in prepared for v in one.configuration.values() if isinstance(v, Secret)]
        problem.message = mask_text(problem.message, secrets)
        problem.args = (problem.message,)
        raise


def _noted(instance: Instance, notes: Sequence[str]) -> Instance:
    instance.notes = [*instance.notes, *(note for note in notes if note not in instance.notes)]
    return instance


def _no_instance(base_url: str) -> errors.AnswerLost:
    return errors.AnswerLost(
        f"{base_url} responded to the creation without an instance in the response.",
        fix="Look at what is there before you send it again.",
    )
