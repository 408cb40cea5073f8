"""Bulk downloads: a job on the platform that is waited for, found again, and read into a table or file."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from cwkit.elements.connectwise.hub_requests import millisecond_fields
from cwkit.errors import BulkJobStopped, CwkitError, InputError, NotFound, NotThePlatform
from cwkit.instances import Instance
from cwkit.platform.call import Call, Outcome
from cwkit.platform.frames import Columns
from cwkit.platform.progress import bar
from cwkit.platform.record_pages import hub_path
from cwkit.platform.transport import Transport
from cwkit.redaction import MASK, is_secret, mask_secrets

__all__ = ["BulkJob", "kind_of", "masked_csv", "masked_lines", "records_in", "start_bulk", "write_whole"]

_ON_ITS_WAY = frozenset({"CREATED", "PENDING", "QUEUED", "SCHEDULED", "STARTED", "RUNNING", "IN_PROGRESS"})
_DONE = "COMPLETED"
_AT_A_TIME = 5_000


def start_bulk(
    transport: Transport,
    instance: Instance,
    hub: str,
    name: str,
    where: str = "",
    fields: Sequence[str] = (),
    progress: bool | None = None,
) -> BulkJob:
    """Start a bulk query on the platform (platform facts, section 4) and return its job."""
    columns = fields if isinstance(fields, str) else ", ".join(fields)
    query = f"select {columns or '*'} from {name}{f' where {where}' if where else ''}"  # noqa: S608 - CEQL
    path = hub_path(hub, "bulk/query")
    # Asked twice it makes two jobs, of which one is read: safe to repeat.
    answer = transport.call(
        Call("POST", path, [("q", query)], kind="bulk", token=instance.token, safe=True)
    ).data
    job_id = answer.get("id") if isinstance(answer, dict) else None
    if job_id is None:
        raise NotThePlatform("The platform's answer names no bulk job.", fix="Try again.")
    return BulkJob(transport, instance, hub, name, str(job_id), progress)


class BulkJob:
    """One bulk download. It runs on the platform, whether anybody waits for it or not.

    ``id`` finds it again (``hub.bulk_job(id, object)``): after an interruption, in another notebook, on
    another day.
    """

    def __init__(
        self,
        transport: Transport,
        instance: Instance,
        hub: str,
        name: str,
        job_id: str,
        progress: bool | None = None,
    ) -> None:
        self.id = job_id
        self.object = name
        self._transport = transport
        self._instance = instance
        self._hub = hub
        self._progress = progress

    def __repr__(self) -> str:
        return f"<BulkJob {self.id} of {self.object}>"

    def status(self) -> dict[str, Any]:
        """Return what the platform says of the job: ``status``, ``recordsCount``, ``recordsFailedCount``."""
        try:
            data = self._transport.call(self._call(f"bulk/{self.id}/status")).data
        except NotFound as error:
            problem = error
        else:
            return dict(data) if isinstance(data, dict) else {}
        raise BulkJobStopped(
            f"The platform knows no bulk job {self.id} of this instance: {problem.message}",
            fix="Start it again with hub.bulk(...).",
            job_id=self.id,
            status="unknown",
        )

    def wait(self, *, timeout: float = 3600.0, every: float = 2.0) -> dict[str, Any]:
        """Wait until the job is done and return its status.

        ``timeout`` is the most seconds to wait, ``every`` the most seconds between two looks; the first
        looks follow each other quickly. Raises ``BulkJobStopped`` where the job ended otherwise or the
        time is up; the job itself is not touched by that.
        """
        until = time.monotonic() + timeout
        pause = 0.05
        with bar(f"{self.object}: bulk job {self.id}", self._progress) as shown:
            seen = 0
            while True:
                status = self.status()
                word = str(status.get("status", "")).upper()
                count = _count(status.get("recordsCount"))
                shown.advance(max(count - seen, 0))
                seen = max(seen, count)
                if word == _DONE:
                    return status
                if word not in _ON_ITS_WAY:
                    raise self._stopped(word, count)
                if time.monotonic() + pause > until:
                    raise self._late(word, timeout)
                time.sleep(pause)
                pause = min(pause * 1.6, every)

    def to_frame(self, *, dates: bool = True, partial: bool = False, timeout: float = 3600.0) -> pd.DataFrame:
        """Wait for the job and return its records, as ``hub.records`` does.

        ``partial`` takes what is there without waiting, also of a job that has stopped.
        ``attrs["failed"]`` says how many records the platform could not read.
        """
        status = self.status() if partial else self.wait(timeout=timeout)
        content = self._download("application/json").content
        columns = Columns()
        records = records_in(content)
        while batch := list(islice(records, _AT_A_TIME)):
            columns.add(batch)
        frame = columns.frame(millisecond_fields=millisecond_fields(self._instance.element_key), dates=dates)
        frame.attrs["failed"] = _count(status.get("recordsFailedCount"))
        return frame

    def to_file(self, path: str | Path, *, timeout: float = 3600.0) -> Path:
        """Wait for the job and write its records to a file: ``.csv``, or ``.json`` with one record a line.

        The file appears whole or not at all. Values under a key that names a secret are masked. Returns
        the path.
        """
        target = Path(path)
        kind = kind_of(target)
        self.wait(timeout=timeout)
        accept = "text/csv" if kind == "csv" else "application/json"
        content = self._download(accept).content.decode("utf-8", "replace")
        text = masked_csv(content) if kind == "csv" else masked_lines(content)
        write_whole(target, text)
        return target

    def _download(self, accept: str) -> Outcome:
        call = self._call(f"bulk/{self.id}/{self.object}", accept=accept, kind="bulk", raw=True)
        return self._transport.call(call)

    def _call(self, path: str, **more: Any) -> Call:
        return Call("GET", hub_path(self._hub, path), token=self._instance.token, **more)

    def _stopped(self, word: str, count: int) -> CwkitError:
        return BulkJobStopped(
            f"The bulk job {self.id} ended as {word or 'nothing that is known'} after {count} records.",
            fix=(
                f"Start it again with hub.bulk(...); what it has is in "
                f"hub.bulk_job({self.id!r}, {self.object!r}).to_frame(partial=True)."
            ),
            job_id=self.id,
            status=word,
        )

    def _late(self, word: str, timeout: float) -> CwkitError:
        return BulkJobStopped(
            f"The bulk job {self.id} is still {word} after {timeout:g} seconds.",
            fix=f"It goes on by itself: take hub.bulk_job({self.id!r}, {self.object!r}).to_frame() later.",
            job_id=self.id,
            status=word,
        )


def _count(value: Any) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else 0


def kind_of(target: Path) -> Literal["csv", "json"]:
    """Return what a file is to hold, by its ending. Raises ``InputError`` for any other."""
    suffix = target.suffix.lower()
    if suffix == ".csv":
        return "csv"
    if suffix in (".json", ".jsonl", ".ndjson"):
        return "json"
    raise InputError(
        f"Bulk files are CSV or JSON; the name {target.name!r} says neither.",
        fix="Name it .csv or .json. For Excel and Parquet, take to_frame() and save the table.",
        field="path",
    )


def records_in(content: bytes | str) -> Iterator[dict[str, Any]]:
    """Yield the records of a download: one JSON record a line, or one list of records.

    Raises ``NotThePlatform`` with the number of the line that holds no record.
    """
    raw = content.encode("utf-8") if isinstance(content, str) else content
    for number, line in enumerate(raw.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
        except (ValueError, RecursionError):
            data = None
        items = data if isinstance(data, list) else [data]
        if not all(isinstance(item, dict) for item in items):
            raise NotThePlatform(
                f"Line {number} of the bulk download is no record.", fix="Download it again."
            )
        yield from items


def masked_lines(content: str) -> str:
    """Return one JSON record a line, with the values under keys that name a secret masked."""
    return "".join(
        json.dumps(mask_secrets(record), ensure_ascii=False) + "\n" for record in records_in(content)
    )


def masked_csv(content: str) -> str:
    """Return CSV with the columns whose name names a secret masked."""
    rows = csv.reader(io.StringIO(content, newline=""))
    header = next(rows, [])
    secret = [index for index, name in enumerate(header) if is_secret(name.rpartition(".")[2])]
    if not secret:
        return content
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    for row in rows:
        for index in secret:
            if index < len(row) and row[index]:
                row[index] = MASK
        writer.writerow(row)
    return out.getvalue()


def write_whole(target: Path, text: str) -> None:
    """Write a file that appears whole or not at all. Raises ``InputError`` where it cannot be written."""
    unfinished = target.with_name(target.name + ".part")
    problem = ""
    try:
        unfinished.write_text(text, encoding="utf-8", newline="")
        unfinished.replace(target)
    except OSError as error:
        problem = error.strerror or type(error).__name__
    if problem:
        raise InputError(
            f"{target} cannot be written: {problem}.",
            fix="Choose a folder that exists and where you may write.",
            field="path",
        )
