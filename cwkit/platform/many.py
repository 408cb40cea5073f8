"""``create_many``: a sheet of instances, each created exactly once, gone on with where it stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cwkit import provisioning
from cwkit.elements import Problem
from cwkit.errors import InputError, SheetErrors
from cwkit.instances import Instance
from cwkit.platform.creation import Creator
from cwkit.platform.progress import watched
from cwkit.platform.sheet_check import CheckedRow
from cwkit.provisioning import Answered, Entry, Look
from cwkit.provisioning.many import Ended, Stop, run_many

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["create_all", "problem_table", "refuse_wrong", "result_table", "standing_before", "tags_by_id"]

COLUMNS = ["name", "element", "state", "instance_id", "message", "notes", "mark"]


@dataclass(frozen=True)
class Result:
    """What became of one row."""

    checked: CheckedRow
    state: str
    instance_id: str = ""
    message: str = ""
    mark: str = ""


def standing_before(
    creator: Creator,
    rows: list[CheckedRow],
    listed: Mapping[str, list[str]],
    known: Mapping[str, Entry],
    concurrency: int,
) -> dict[str, Result]:
    """Return, by fingerprint, the rows that an earlier run has dealt with; they are not sent again.

    ``known`` are their lines in the ledger, ``listed`` the tags of all instances on the platform by id; a
    row that was created counts as long as its instance is there. What is not settled is looked for, and
    left alone where nobody can say.
    """
    look = _in_list(listed, creator.look)
    by_fingerprint = {row.fingerprint: row for row in rows}

    def earlier(fingerprint: str) -> Result | None:
        return _earlier(creator, by_fingerprint[fingerprint], known[fingerprint], listed, look)

    with ThreadPoolExecutor(max(1, concurrency)) as pool:
        results = dict(zip(known, pool.map(earlier, known), strict=True))
    return {fingerprint: result for fingerprint, result in results.items() if result is not None}


def _earlier(
    creator: Creator, row: CheckedRow, entry: Entry, listed: Mapping[str, list[str]], look: Look
) -> Result | None:
    if entry.state == "done":
        if not _stands(creator, entry, listed):
            creator.ledger.gone(entry.mark)
            return None
        return Result(row, "done", entry.instance_id, "Created earlier.", entry.mark)
    if entry.state == "sent" and not creator.ledger.is_abandoned(entry):
        return Result(row, "sent", message="Another run is creating it at this moment.", mark=entry.mark)
    if entry.state in ("sent", "unknown"):
        settled = provisioning.settle_entry(creator.ledger, look, entry, waits=creator.waits)
        if settled.state != "absent":
            return Result(row, settled.state, settled.instance_id, settled.note, entry.mark)
    return None


def _stands(creator: Creator, entry: Entry, listed: Mapping[str, list[str]]) -> bool:
    """Say whether an instance is still there; one that another platform has under the same id is not it."""
    if entry.instance_id not in listed:
        return creator.stands(entry.instance_id)  # a list may be cut short, and nothing is made twice
    marks = [tag for tag in listed[entry.instance_id] if provisioning.is_mark(tag)]
    return not marks or entry.mark in marks


def _in_list(listed: Mapping[str, list[str]], look: Look) -> Look:
    """Look in the list first, which was read after the ledger was; what it lacks is looked for by itself."""
    marked = {tag: instance_id for instance_id, tags in listed.items() for tag in tags}
    return lambda mark: Answered(marked[mark]) if mark in marked else look(mark)


def create_all(
    creator: Creator,
    rows: list[CheckedRow],
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

    def create(row: CheckedRow, stop: Stop) -> Answered:
        assert row.prepared is not None
        return creator.create_once(row.prepared, fingerprint=row.fingerprint, sleep=stop.sleep)

    with _Progress(len(rows), progress) as shown:
        ended = run_many(rows, create, concurrency=concurrency, rate_limit=rate_limit, tell=shown.tell)
    return [_result(one) for one in ended]


def _result(ended: Ended[CheckedRow]) -> Result:
    if ended.made is not None:
        instance = ended.made.result
        marks = [tag for tag in getattr(instance, "tags", []) if provisioning.is_mark(tag)]
        return Result(ended.job, "done", ended.made.id, "", marks[-1] if marks else "")
    error = ended.error
    told = [] if error is None else [error.message, *error.details(), error.fix]
    return Result(ended.job, ended.state, "", " ".join(filter(None, told)), getattr(error, "mark", ""))


class _Progress:
    """A bar with the number done, failed and left; a printed line where the work is interrupted."""

    def __init__(self, total: int, show: bool | None) -> None:
        from tqdm.auto import tqdm

        hidden = total == 0 or not (watched() if show is None else show)
        self._bar: Any = tqdm(total=total, unit="instance", desc="Creating", disable=hidden)
        self._total = total
        self._states: Counter[str] = Counter()

    def tell(self, ended: Ended[CheckedRow]) -> None:
        self._states[ended.state] += 1
        self._bar.set_postfix_str(self._told(), refresh=False)
        self._bar.update()

    def _told(self) -> str:
        failed = sum(self._states.values()) - self._states["done"]
        left = self._total - sum(self._states.values())
        return f"{self._states['done']} done, {failed} failed, {left} left"

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, problem: Any, frames: Any) -> None:
        self._bar.close()
        if kind is not None and issubclass(kind, KeyboardInterrupt):
            print(
                f"Stopped: {self._told()}. Run it again with the same sheet to go on; nothing is made twice."
            )


def result_table(rows: list[CheckedRow], results: Mapping[int, Result]) -> pd.DataFrame:
    """Return one row for each row of the sheet.

    Index ``row``; columns ``name``, ``element``, ``state`` (ready, wrong, done, failed, unknown, sent),
    ``instance_id``, ``message``, ``notes``, ``mark``. It holds no secret.
    """
    import pandas as pd

    lines = []
    for row in rows:
        result = results.get(id(row))
        if result is None:
            state, message = ("wrong", _wrong(row)) if row.problems else ("ready", "")
            result = Result(row, state, message=message)
        told = [row.name, row.element_key, result.state, result.instance_id, result.message]
        lines.append([*told, " ".join(row.notes), result.mark])
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


def tags_by_id(instances: list[Instance]) -> dict[str, list[str]]:
    """Return the tags of instances by their id, as a text."""
    return {str(instance.id): instance.tags for instance in instances}
