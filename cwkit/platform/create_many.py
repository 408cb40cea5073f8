"""``create_many``: a sheet of instances, each created exactly once, continued where it stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cwkit import provisioning
from cwkit.elements import Problem
from cwkit.errors import CwkitError, InputError, LedgerError, SheetErrors
from cwkit.instances import Instance
from cwkit.platform.creation import Creator, plain_name, without_secrets
from cwkit.platform.progress import bar
from cwkit.platform.settlement import instances_by_creation_tag, twice
from cwkit.platform.sheet_check import CheckedRow
from cwkit.provisioning import Created, Entry, Look, Sighting
from cwkit.provisioning.bounded_pool import JobResult, Stop, run_bounded

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["create_all", "known_before", "problem_table", "refuse_wrong", "result_table"]

COLUMNS = ["name", "element", "state", "instance_id", "message", "notes", "creation_tag"]


@dataclass(frozen=True)
class Result:
    """What became of one row."""

    checked: CheckedRow
    state: str
    instance_id: str = ""
    message: str = ""
    creation_tag: str = ""


def known_before(
    creator: Creator,
    rows: list[CheckedRow],
    complete_list: Callable[[], list[Instance]],
    create_existing: bool,
) -> dict[str, Result]:
    """Return, by fingerprint, the rows that are not to be sent: created before, or not proven absent.

    A row is recognised by the ledger, whatever the name of the profile, and by the platform's complete list:
    an instance of the same element and name, unless ``create_existing``.
    """
    if not rows:
        return {}
    known = creator.ledger.by_fingerprint(row.fingerprint for row in rows)
    waiting = creator.ledger.open_entries(base_url=creator.base_url)
    open_names: dict[tuple[str, str], list[Entry]] = {}
    for entry in waiting:
        open_names.setdefault((entry.creation.element, entry.creation.name), []).append(entry)
    # The ledger was read before the list is: what the ledger knows as created, the list should have.
    with without_secrets(*(row.prepared for row in rows if row.prepared)):
        before = _Before(creator, complete_list(), create_existing)

    def earlier(row: CheckedRow) -> Result | None:
        entries = known.get(row.fingerprint, []) + open_names.get((row.element_key, row.name), [])
        entries = list({entry.creation_tag: entry for entry in entries}.values())
        return next(filter(None, (before.by_ledger(row, entry) for entry in entries)), None)

    with ThreadPoolExecutor(8) as pool:  # what is not settled is looked for, which takes a call or two each
        found = zip(rows, pool.map(earlier, rows), strict=True)
    results = {row.fingerprint: result for row, result in found if result is not None}
    for row in rows if not create_existing else ():
        if row.fingerprint not in results and (result := before.by_name(row, results.values())):
            results[row.fingerprint] = result
    return results


class _Before:
    """What is on the platform before a sheet is sent."""

    def __init__(self, creator: Creator, listing: list[Instance], create_existing: bool) -> None:
        self._creator, self._listing, self._create_existing = creator, listing, create_existing
        self._ids = {str(one.id): one for one in listing}
        self._tagged = instances_by_creation_tag(listing)
        self._named: dict[str, list[Instance]] = {}
        for one in listing:
            self._named.setdefault(plain_name(one.name).casefold(), []).append(one)

    def by_ledger(self, row: CheckedRow, entry: Entry) -> Result | None:
        """Return the result of a row that the ledger knows; ``None`` where it is provably absent."""
        tag = entry.creation_tag
        if entry.state == "given up":
            return Result(row, "given up", message="You decided to leave it.", creation_tag=tag)
        if entry.state == "sent" and not self._creator.ledger.is_abandoned(entry):
            return Result(row, "sent", message="Another run is creating it at this moment.", creation_tag=tag)
        if entry.state == "done":
            return self._created_earlier(row, entry)
        look = self._look_for(row)
        settled = provisioning.settle_entry(self._creator.ledger, look, entry, policy=self._policy(entry))
        if settled.state == "absent":
            return None
        return Result(row, settled.state, settled.instance_id, settled.note, tag)

    def _policy(self, entry: Entry) -> provisioning.CreationPolicy:
        if entry.creation.profile == self._creator.profile_name:
            return self._creator.policy
        # Another profile may be another account, whose instances this one does not see.
        return replace(self._creator.policy, absent_after=float("inf"))

    def _look_for(self, row: CheckedRow) -> Look:
        assert row.prepared is not None
        look = self._creator.look_for(row.prepared, self._listing)

        def in_list_first(creation_tag: str, element: str, name: str, begun: float) -> Sighting:
            if ids := self._tagged.get(creation_tag, []):
                return Sighting(tuple(Created(one) for one in ids))
            return look(creation_tag, element, name, begun)

        return in_list_first

    def _created_earlier(self, row: CheckedRow, entry: Entry) -> Result | None:
        """Return the result of a row that was created: gone when seen twice to be, long enough apart."""
        tag, instance_id = entry.creation_tag, entry.instance_id
        ledger = self._creator.ledger
        try:
            listed = self._ids.get(instance_id)
            if listed is not None and self._is_another(listed, tag):
                ledger.gone(tag)  # the id belongs to another creation: the platform was reset
                return None
            exists = listed is not None or self._creator.exists(instance_id)
        except CwkitError as problem:
            message = f"Created earlier; looking at it failed: {problem.message}"
            return Result(row, "unknown", instance_id, message, tag)
        if exists:
            ledger.seen(tag)
            warning = twice(self._tagged.get(tag, []))
            return Result(row, "done", instance_id, f"Created earlier. {warning}".strip(), tag)
        profile = entry.creation.profile
        if profile != self._creator.profile_name:
            # It may be another account, whose instances this one does not see; its line stays as it is.
            message = (
                f"Created earlier as {instance_id} with the profile {profile!r}, and not visible to this. "
                "If this is another account, create_many(..., create_existing=True) creates it here as well."
            )
            return None if self._create_existing else Result(row, "unknown", instance_id, message, tag)
        elapsed = ledger.missed(tag)
        if elapsed is not None and elapsed >= self._creator.policy.absent_after:
            ledger.gone(tag)
            return None
        minutes = max(1, round((self._creator.policy.absent_after - (elapsed or 0)) / 60))
        message = (
            f"Created earlier as {instance_id}, and not there now: deleted, or not listed yet. Run the sheet "
            f"again in {minutes} min, or say settle(send_again=[{tag!r}]); then it is created again."
        )
        return Result(row, "unknown", instance_id, message, tag)

    def _is_another(self, instance: Instance, creation_tag: str) -> bool:
        """Return whether an instance has the creation tag of another creation, and not this one."""
        tags = [tag.lower() for tag in instance.tags if provisioning.is_creation_tag(tag)]
        return bool(tags) and creation_tag not in tags

    def by_name(self, row: CheckedRow, results: Iterable[Result]) -> Result | None:
        """Return the result of a row whose element and name are on the platform already."""
        claimed = {result.instance_id for result in results if result.state == "done"}
        found = [
            str(one.id)
            for one in self._named.get(plain_name(row.name).casefold(), [])
            if one.element_key in ("", row.element_key) and str(one.id) not in claimed
        ]
        if not found:
            return None
        message = (
            f"On the platform already: {', '.join(found)}. It was not created again; "
            "create_many(..., create_existing=True) does that."
        )
        return Result(row, "exists", found[0], message)


def create_all(
    creator: Creator,
    rows: Sequence[CheckedRow],
    *,
    concurrency: int,
    rate_limit: float | None,
    progress: bool | None,
) -> list[Result]:
    """Create all rows, at most ``concurrency`` at a time; see ``platform.instances.create_many``."""
    if concurrency < 1 or (rate_limit is not None and rate_limit <= 0):
        raise InputError(
            "At least one at a time, and a rate above zero.", fix="Take concurrency=8 and rate_limit=None."
        )

    def create(row: CheckedRow, stop: Stop) -> Created:
        assert row.prepared is not None
        return creator.create_once(row.prepared, fingerprint=row.fingerprint, sleep=stop.sleep)

    states: Counter[str] = Counter()

    def counted() -> str:
        failed = states.total() - states["done"]
        return f"{states['done']} done, {failed} failed, {len(rows) - states.total()} left"

    with bar("Creating", progress, "instances") as shown:

        def report(result: JobResult[CheckedRow, Created]) -> None:
            states[result.state] += 1
            shown.advance(1, len(rows), counted())

        try:
            done = run_bounded(rows, create, concurrency=concurrency, rate_limit=rate_limit, report=report)
        except KeyboardInterrupt:
            print(
                f"Stopped: {counted()}. Run it again with the same sheet to continue; nothing is made twice."
            )
            raise
    return [_result(one) for one in done]


def _result(done: JobResult[CheckedRow, Created]) -> Result:
    if done.created is not None:
        tags = [tag for tag in getattr(done.created.result, "tags", []) if provisioning.is_creation_tag(tag)]
        warning = twice([done.created.id, *done.created.others])
        return Result(done.job, "done", done.created.id, warning, tags[-1] if tags else "")
    error = done.error
    told = [] if error is None else [error.message, *error.details(), error.fix]
    instance_id = error.instance_id if isinstance(error, LedgerError) else ""
    message = " ".join(filter(None, told))
    return Result(done.job, done.state, instance_id, message, getattr(error, "creation_tag", ""))


def result_table(rows: list[CheckedRow], results: Mapping[int, Result]) -> pd.DataFrame:
    """Return one row for each row of the sheet.

    Index ``row``; columns ``name``, ``element``, ``state`` (ready, wrong, done, exists, failed, unknown,
    given up, sent), ``instance_id``, ``message``, ``notes``, ``creation_tag``. It contains no secret.
    """
    import pandas as pd

    lines = []
    for row in rows:
        result = results.get(id(row))
        if result is None:
            state, message = ("wrong", _wrong(row)) if row.problems else ("ready", "")
            result = Result(row, state, message=message)
        told = [row.name, row.element_key, result.state, result.instance_id, result.message]
        lines.append([*told, " ".join(row.notes), result.creation_tag])
    index = pd.Index([row.row.label for row in rows], name="row")
    return pd.DataFrame(lines, columns=COLUMNS, index=index)


def _wrong(row: CheckedRow) -> str:
    return " ".join(f"{problem.key}: {problem}" for problem in row.problems)


def problem_table(rows: list[CheckedRow]) -> pd.DataFrame:
    """Return what is wrong in a sheet. Columns ``row``, ``name``, ``column``, ``message``, ``fix``."""
    import pandas as pd

    lines = [
        (row.row.label, row.name, problem.key, problem.message, problem.fix)
        for row in rows
        for problem in row.problems
    ]
    return pd.DataFrame(lines, columns=["row", "name", "column", "message", "fix"])


def refuse_wrong(rows: list[CheckedRow]) -> None:
    """Raise ``SheetErrors`` where a row cannot be created as it is."""
    wrong = [row for row in rows if row.problems]
    if not wrong:
        return
    problems = tuple(
        Problem(f"row {row.row.label}, {p.key}", p.code, p.message, p.fix, p.shown, p.certain)
        for row in wrong
        for p in row.problems
    )
    raise SheetErrors(
        f"{len(wrong)} of {len(rows)} rows cannot be created as they are; nothing was sent.",
        problems=problems,
        fix="Correct the sheet and run it again. dry_run=True shows every row with what it lacks.",
        table=problem_table(rows),
    )
