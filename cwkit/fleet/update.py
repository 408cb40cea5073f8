"""One configuration key changed on many instances: first shown, then sent, and told one by one."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd
from tqdm.auto import tqdm

from cwkit.elements import check_field
from cwkit.errors import CwkitError, InputError
from cwkit.instances import Instance
from cwkit.instances.display import Table, as_html
from cwkit.redaction import MASK, Secret, frameless, safe_text
from cwkit.redaction import strip_control_characters as plain

__all__ = ["Update", "update_many"]

_COLUMNS = ("id", "name", "now", "new", "outcome", "message")
_TO_SEND = "to be sent"


class _Instances(Protocol):
    def set_configuration(self, instance_id: Any, key: str, value: Any) -> None: ...


class _Platform(Protocol):
    @property
    def instances(self) -> _Instances: ...


@dataclass
class _Line:
    instance: Instance
    now: str
    new: Any
    outcome: str
    message: str = ""


@dataclass(repr=False)
class Update:
    """A change that is prepared: look at it, then ``apply()`` it.

    ``preview`` and the result of ``apply`` are the same table. Index ``id``; columns ``name``, ``now``,
    ``new`` (secrets masked), ``outcome`` (``to be sent``, ``same already``, ``refused``, ``updated``,
    ``failed``) and ``message``.
    """

    platform: _Platform
    key: str
    lines: list[_Line] = field(default_factory=list)

    @property
    def preview(self) -> Table:
        """What will be, or has been, done with each instance."""
        rows = [
            (
                line.instance.id,
                plain(line.instance.name),
                line.now,
                _shown(line.new),
                line.outcome,
                line.message,
            )
            for line in self.lines
        ]
        return Table(pd.DataFrame(rows, columns=list(_COLUMNS), dtype="object").set_index("id"))

    @frameless
    def apply(self, *, concurrency: int = 8, progress: bool = True) -> Table:
        """Send what is to be sent, ``concurrency`` at a time, and return the table with the outcomes.

        Setting a value twice is the same as once, so it can be called again: what failed or was not sent
        before an interruption (Ctrl-C, the stop button) is then sent. An interruption lets the calls under
        way end, and is told in ``attrs["interrupted"]`` of the table.
        """
        waiting = [line for line in self.lines if line.outcome in (_TO_SEND, "failed")]
        interrupted = False
        with (
            tqdm(
                total=len(waiting), desc=self.key, unit=" instances", leave=False, disable=not progress
            ) as bar,
            ThreadPoolExecutor(max_workers=max(concurrency, 1), thread_name_prefix="cwkit-update") as pool,
        ):
            under_way: set[Future[None]] = set()
            try:
                for line in waiting:
                    if len(under_way) >= concurrency:
                        done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                        bar.update(len(done))
                    under_way.add(pool.submit(self._send, line))
                wait(under_way)
                bar.update(len(under_way))
            except KeyboardInterrupt:
                interrupted = True
        table = self.preview
        table.attrs["interrupted"] = interrupted
        return table

    def _send(self, line: _Line) -> None:
        try:
            self.platform.instances.set_configuration(line.instance.id, self.key, line.new)
        except CwkitError as error:
            line.outcome, line.message = "failed", error.message
        else:
            line.outcome, line.message = "updated", ""

    def __repr__(self) -> str:
        counts = self.preview["outcome"].value_counts()
        told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "no instances"
        return f"<Update of {self.key}: {told}>"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self)[1:-1])}</p>{as_html(self.preview)}"


@frameless
def update_many(
    platform: _Platform,
    instances: Iterable[Instance],
    key: str,
    value: str | bool | int | Secret | Callable[[Instance], Any] | None,
) -> Update:
    """Prepare to set one configuration key on many instances; nothing is sent before ``.apply()``.

    ``value`` is the same for all, or a function of the instance. Each value is checked by its element's
    rules and repaired where it has one meaning; what the platform would refuse is told and not sent, and
    so is an instance that has no such key. What an instance has already is not sent again; of a secret
    that is not known, so it is always sent.
    """
    lines = [_line(instance, key, value(instance) if callable(value) else value) for instance in instances]
    if not lines:
        raise InputError(
            "There is no instance to change.", fix="Give instances, as platform.instances.list(tags=['crm'])."
        )
    return Update(platform, key, lines)


def _line(instance: Instance, key: str, value: Any) -> _Line:
    found = instance.configuration.get(key)
    now = _shown(found)
    if key not in instance.configuration:
        return _Line(instance, "", value, "refused", f"The instance has no configuration value {key}.")
    check = check_field(instance.definition, key, value)
    if check.problem:
        return _Line(
            instance, now, check.value, "refused", f"{check.problem.message} {check.problem.fix}".strip()
        )
    told = " ".join(repair.reason for repair in check.repairs)
    same = not isinstance(found, Secret) and (found or None) == (check.value or None)
    return _Line(instance, now, check.value, "same already" if same else _TO_SEND, told)


def _shown(value: Any) -> str:
    if isinstance(value, Secret):
        return MASK if value else ""
    return "" if value is None else safe_text(str(value))
