"""From an element key and values to one instance: checked, then sent through provisioning."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cwkit import errors, provisioning
from cwkit.elements import Element, Problem, check_values
from cwkit.instances import Instance
from cwkit.platform.call import Call, Outcome
from cwkit.provisioning import Answered, Creation, Ledger, Lost, NotSent, Refused, SendOutcome, Waits
from cwkit.redaction import Secret, as_secret

if TYPE_CHECKING:
    from cwkit.platform.instances_api import Instances
    from cwkit.platform.transport import Transport

__all__ = ["Creator", "Prepared", "examine", "guarded", "prepare"]


@dataclass(frozen=True)
class Prepared:
    """A creation that has been checked: what is sent, and what a person should know of it."""

    element: Element
    name: str
    configuration: dict[str, str | Secret]
    tags: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def body(self, mark: str) -> dict[str, Any]:
        """Return the request's body, secrets still wrapped, with the mark among the tags."""
        tags = [*self.tags, *([mark] if mark else [])]
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
    title = str(name or "").strip()
    labels = (tags.strip(),) if isinstance(tags, str) else tuple(str(tag).strip() for tag in tags)
    check = check_values(element, configuration)
    notes = [str(repair) for repair in check.repairs]
    notes += [f"{problem.key}: {problem}" for problem in check.problems if not problem.certain]
    if re.search(r"<[^>]*>", " ".join([title, *labels])):
        notes.append("The platform takes HTML tags out of names and tags.")
    values = {key: value for key, value in check.values.items() if value is not None}
    prepared = Prepared(element, title, values, labels, tuple(notes))
    return prepared, (*_wrong_labels(title, labels), *check.certain)


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
    """Hands the sending and the looking to provisioning; knows how both are done over HTTP."""

    def __init__(
        self,
        transport: Transport,
        instances: Instances,
        ledger: Callable[[], Ledger],
        waits: Waits = provisioning.WAITS,
    ) -> None:
        self._transport = transport
        self._instances = instances
        self._ledger = ledger
        self.waits = waits

    @property
    def ledger(self) -> Ledger:
        """The ledger, opened on first use."""
        return self._ledger()

    def create(self, prepared: Prepared) -> Instance:
        """Create once and return the instance, with what a person should know in its notes."""
        instance: Instance = self.create_once(prepared).result
        return _noted(self._with_token(instance), prepared.notes)

    def create_once(
        self, prepared: Prepared, *, fingerprint: str = "", sleep: Callable[[float], None] = time.sleep
    ) -> Answered:
        """Create once; see :func:`cwkit.provisioning.create_once`."""
        profile = self._transport.profile
        creation = Creation(
            profile.name, profile.base_url, prepared.element.key, prepared.name, prepared.tags, fingerprint
        )
        return provisioning.create_once(
            self.ledger,
            creation,
            lambda mark: self.send(prepared, mark),
            self.look,
            waits=self.waits,
            sleep=sleep,
        )

    def send(self, prepared: Prepared, mark: str) -> SendOutcome:
        """Send a creation a single time."""
        secret_keys = frozenset(
            key for key, value in prepared.configuration.items() if isinstance(value, Secret)
        )
        call = Call("POST", "/instances", body=prepared.body(mark), kind="create", secret_keys=secret_keys)
        return self._heard(self._transport.once(call), prepared.element)

    def _heard(self, outcome: Outcome, element: Element) -> SendOutcome:
        error = outcome.error
        if error is None:
            instance = Instance.from_response(
                outcome.data if isinstance(outcome.data, Mapping) else {}, element
            )
            if instance.id in (None, ""):
                return Lost(_no_instance(self._transport.profile.base_url))
            return Answered(str(instance.id), instance, outcome.headers.get("elements-request-id", ""))
        if isinstance(error, errors.InputError):
            return Refused(error)
        if outcome.kind == "not_reached":
            return NotSent(error, outcome.retry_after, look_first=outcome.status == 503)
        if outcome.kind == "answered":
            return Refused(error, outcome.request_id)
        told = outcome.status >= 500 and isinstance(error, errors.PlatformError) and outcome.status != 504
        return Lost(error, heard=told, request_id=outcome.request_id)

    def look(self, mark: str) -> Answered | None:
        """Look for the instance that carries a mark, and read it with its token."""
        found = self._instances.list(tags=[mark])
        if not found:
            return None
        return Answered(str(found[0].id), self._with_token(found[0]))

    def stands(self, instance_id: str) -> bool:
        """Say whether an instance is on the platform."""
        try:
            self._instances.get(instance_id)
        except errors.NotFound:
            return False
        return True

    def _with_token(self, instance: Instance) -> Instance:
        """Read an instance again where the answer left its token out; it stands in any case."""
        if instance.token or instance.id is None:
            return instance
        try:
            return self._instances.get(instance.id)
        except errors.CwkitError as problem:
            note = (
                f"Its token could not be read yet: {problem.message} Read it with platform.instances.get()."
            )
            return _noted(instance, (note,))


def _noted(instance: Instance, notes: Sequence[str]) -> Instance:
    instance.notes = [*instance.notes, *(note for note in notes if note not in instance.notes)]
    return instance


def _no_instance(base_url: str) -> errors.AnswerLost:
    return errors.AnswerLost(
        f"{base_url} answered the creation without an instance in the answer.",
        fix="Look at what is there before you send it again.",
    )
