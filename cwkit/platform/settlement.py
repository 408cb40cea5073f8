"""``platform.instances.settle``: all that is known of what is not settled, and decisions on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cwkit import provisioning
from cwkit.errors import CwkitError, InputError
from cwkit.instances import Instance
from cwkit.platform.creation import Creator
from cwkit.provisioning import Entry, Settled, Sighting, is_creation_tag

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["instances_by_creation_tag", "settle", "twice"]

_COLUMNS = ["name", "element", "state", "instance_id", "candidates", "sent", "attempts", "request_id"]
_COLUMNS += ["error", "note"]


def settle(
    creator: Creator,
    complete_list: Callable[[], list[Instance]],
    get: Callable[[str], Instance],
    adopt: Mapping[str, int | str],
    send_again: Iterable[str],
    give_up: Iterable[str],
) -> pd.DataFrame:
    """Write down the decisions, then look for what is unsettled; see ``platform.instances.settle``."""
    import pandas as pd

    decided = _decided(creator, get, adopt, send_again, give_up)
    open_entries = creator.ledger.unsettled(base_url=creator.base_url, profile=creator.profile_name)
    listing: list[Instance] = []
    with suppress(CwkitError):  # then each is searched for by its name
        listing = complete_list()

    def look(creation_tag: str, element: str, name: str, begun: float) -> Sighting:
        return creator.look(creation_tag, element, name, begun, listing)

    settled = [
        provisioning.settle_entry(creator.ledger, look, entry, policy=creator.policy)
        for entry in open_entries
    ]
    lines = {one.entry.creation_tag: _line(one) for one in [*decided, *settled]}
    for tag, ids in instances_by_creation_tag(listing).items():
        entry = creator.ledger.entry(tag) if len(ids) > 1 else None
        if entry is not None:
            note = twice(ids)
            lines[tag] = _line(Settled(entry, entry.state, note=note), ids[0])
    index = pd.Index(list(lines), name="creation_tag", dtype="object")
    table = pd.DataFrame(list(lines.values()), columns=_COLUMNS, index=index)
    table["sent"] = pd.to_datetime(pd.to_numeric(table["sent"]), unit="s", utc=True).dt.floor("ms")
    return table


def _line(settled: Settled, instance_id: str = "") -> list[Any]:
    entry = settled.entry
    candidates = ", ".join(one.id for one in settled.candidates)
    known = [entry.creation.name, entry.creation.element, settled.state, settled.instance_id or instance_id]
    return [*known, candidates, entry.time, entry.attempts, entry.request_id, entry.error, settled.note]


def _decided(
    creator: Creator,
    get: Callable[[str], Instance],
    adopt: Mapping[str, int | str],
    send_again: Iterable[str],
    give_up: Iterable[str],
) -> list[Settled]:
    ledger = creator.ledger
    decided = []
    for tag, instance_id in adopt.items():
        entry = _entry(creator, tag)
        instance = get(str(instance_id))
        if instance.element_key != entry.creation.element:
            raise InputError(
                f"Instance {instance.id} is of the element {instance.element_key}, not "
                f"{entry.creation.element}.",
                fix="Take one of the ids in the column candidates.",
            )
        found = provisioning.Created(str(instance.id))
        ledger.decide(tag, "done", instance_id=found.id, reason="")
        decided.append(Settled(entry, "done", found, note="Adopted."))
    for tag in send_again:
        entry = _entry(creator, tag)
        ledger.decide(tag, "absent", reason="You decided that it may be created again.")
        decided.append(Settled(entry, "absent", note="Create it, or run its sheet, again."))
    for tag in give_up:
        entry = _entry(creator, tag)
        ledger.decide(tag, "given up", reason="You decided to leave it.")
        decided.append(Settled(entry, "given up", note="It is not created again."))
    return decided


def _entry(creator: Creator, creation_tag: str) -> Entry:
    entry = creator.ledger.entry(creation_tag)
    if entry is None:
        raise InputError(
            f"The ledger has no creation tag {creation_tag!r}.",
            fix="platform.instances.settle() lists those that are not settled.",
        )
    if entry.state == "sent" and not creator.ledger.is_abandoned(entry):
        raise InputError(
            f"{entry.creation.name!r} is being created by a running process at this moment.",
            fix="Wait until that has ended.",
        )
    return entry


def instances_by_creation_tag(listing: Iterable[Instance]) -> dict[str, list[str]]:
    """Return the ids of the instances that have each creation tag."""
    found: dict[str, list[str]] = {}
    for instance in listing:
        for tag in instance.tags:
            if is_creation_tag(tag):
                found.setdefault(tag.lower(), []).append(str(instance.id))
    return found


def twice(ids: list[str]) -> str:
    """Return the warning about several instances with one creation tag; empty for one."""
    if len(ids) < 2:
        return ""
    return (
        f"The request was delivered more than once: {', '.join(ids)} have the same creation tag. Keep one "
        "and delete the others."
    )
