"""Hub: the data behind one instance, as records and DataFrames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from cwkit.elements.connectwise.hub_requests import date_style, millisecond_fields
from cwkit.errors import CwkitError, NotFound, RecordsIncomplete, SecretUnavailable
from cwkit.instances import Instance
from cwkit.platform.bulk import BulkJob, start_bulk
from cwkit.platform.call import Call
from cwkit.platform.error_mapping import is_uncertain, write_error
from cwkit.platform.frames import Columns, nested
from cwkit.platform.progress import bar
from cwkit.platform.record_pages import Paging, Query, WhereLike, hub_path, read_pages, sent_filter
from cwkit.platform.transport import Transport
from cwkit.redaction import frameless, wrap_secrets

__all__ = ["Hub"]


class Hub:
    """The data behind an instance: ``platform.hub(instance)``.

    An object is named as the platform names it: ``contacts``, or ``incidents/7/comments`` for what hangs
    on one record. A ``where`` is made with :func:`cwkit.ceql`, given as a mapping of lookups, or as CEQL
    text. Values under a key that names a secret (``portalPassword``) are never shown.
    """

    def __init__(self, transport: Transport, instance: Instance) -> None:
        if not instance.token:
            raise SecretUnavailable(
                f"The instance {instance.id} {instance.name!r} comes without the token that opens its data.",
                fix="Give its id, platform.hub(id): read from a list, an instance may lack its token.",
            )
        self.instance = instance
        self.name = instance.hub or "general"  # any will do: the platform ignores it in the path
        self._transport = transport

    def __repr__(self) -> str:
        return f"<Hub {self.name} of {self.instance!r}>"

    # reading many

    @frameless
    def records(
        self,
        name: str,
        *,
        where: WhereLike = None,
        order_by: str | Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        page_size: int = 1000,
        paging: Paging = "auto",
        dates: bool = True,
        progress: bool | None = None,
    ) -> pd.DataFrame:
        """Return all records as a DataFrame (platform facts, section 4); its index counts from 0.

        The columns are the fields; nested ones have dotted names, lists stay lists. With ``dates``, dates
        become timestamps in UTC. ``order_by`` is as ``lastUpdated desc``; ``limit`` the most records to
        read; ``page_size`` at most 2000; ``paging`` forces page numbers (``page``) or next-page tokens
        (``token``). ``progress`` shows a bar; by itself it comes with the second page.

        Raises ``FilterError``; ``RecordsIncomplete`` where a page fails for good after others were read
        (``partial`` holds those); else what the platform answers.
        """
        query = Query(name, where, order_by, fields, limit, page_size, paging)
        columns = Columns()
        problem: CwkitError | None = None
        with bar(name, progress) as shown:
            try:
                for page, kept in read_pages(self._transport, self.instance, self.name, query):
                    columns.add(kept)
                    shown.advance(len(kept), _of(page.total, limit))
            except CwkitError as error:
                problem = error
        frame = columns.frame(millisecond_fields=millisecond_fields(self.instance.element_key), dates=dates)
        if problem is None:
            return frame
        if not len(columns):
            raise problem
        raise RecordsIncomplete(
            f"Reading {name} stopped after {len(frame)} records.",
            fix="The `partial` of this error holds what was read. Try again, or ask for less with `where`.",
            partial=frame,
            cause=problem,
        )

    def iterate(
        self,
        name: str,
        *,
        where: WhereLike = None,
        order_by: str | Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
        limit: int | None = None,
        page_size: int = 1000,
        paging: Paging = "auto",
    ) -> Iterator[dict[str, Any]]:
        """Yield the records one by one, as the platform gives them, for what does not fit in memory.

        Takes what :meth:`records` takes. Values under a key that names a secret are :class:`Secret`. What
        fails for good is raised after the records before it were yielded.
        """
        query = Query(name, where, order_by, fields, limit, page_size, paging)
        for _, kept in read_pages(self._transport, self.instance, self.name, query):
            for record in kept:
                yield wrap_secrets(record)

    # one record

    @frameless
    def get(self, name: str, record_id: int | str) -> dict[str, Any]:
        """Return one record. Raises ``NotFound`` where there is none."""
        return self._record(Call("GET", self._path(name, record_id), token=self.instance.token))

    @frameless
    def create(self, name: str, record: Mapping[str, Any]) -> dict[str, Any]:
        """Create a record and return it as the platform then has it.

        Dotted names reach into objects (``{"company.id": 19}``), dates are written as the element writes
        them, as in the tables of :meth:`records`. It is sent once. ``AnswerLost`` where the record may
        have been created all the same: look for it before you send it again.
        """
        look = (
            f"Look whether the record is there, hub.records({name!r}, where=...), before you send it again."
        )
        return self._send("POST", self._path(name), record, look, safe=False)

    @frameless
    def update(self, name: str, record_id: int | str, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Change fields of a record (``PATCH``) and return it. Takes what :meth:`create` takes.

        Raises ``AnswerLost`` where the change may have been carried out all the same.
        """
        look = f"Read the record, hub.get({name!r}, {record_id!r}), and send again what is missing."
        return self._send("PATCH", self._path(name, record_id), changes, look, safe=True)

    @frameless
    def replace(self, name: str, record_id: int | str, record: Mapping[str, Any]) -> dict[str, Any]:
        """Replace a record as a whole (``PUT``) and return it. Takes and raises what :meth:`update` does."""
        look = f"Read the record, hub.get({name!r}, {record_id!r}), and compare it before you send it again."
        return self._send("PUT", self._path(name, record_id), record, look, safe=True)

    def delete(self, name: str, record_id: int | str) -> None:
        """Delete a record. Raises ``NotFound`` where there is none, ``AnswerLost`` where it may be gone."""
        call = Call("DELETE", self._path(name, record_id), kind="write", token=self.instance.token)
        outcome = self._transport.once(call)
        if is_uncertain(outcome):
            outcome = self._transport.outcome(replace(call, safe=True))
            if isinstance(outcome.error, NotFound):
                return  # the first call did it
        if outcome.error is not None:
            raise write_error(
                call, outcome, f"Look whether the record is still there: hub.get({name!r}, {record_id!r})."
            )

    # what there is

    def objects(self) -> pd.DataFrame:
        """Return the objects of the hub: one column, ``object``. Works while the instance is disabled too."""
        outcome = self._transport.call(Call("GET", self._path("objects"), token=self.instance.token))
        found = outcome.data if isinstance(outcome.data, list) else []
        rows = [item if isinstance(item, Mapping) else {"object": str(item)} for item in found]
        return pd.DataFrame(rows, columns=None if rows else ["object"])

    def metadata(self, name: str) -> pd.DataFrame:
        """Return the fields of an object; index ``path``, columns as the platform tells them.

        Usually ``type``, ``vendorPath`` (the name that the provider has for it) and whether it can be
        written.
        """
        path = self._path(f"objects/{name}/metadata")
        data = self._transport.call(Call("GET", path, token=self.instance.token)).data
        found = data.get("fields") if isinstance(data, Mapping) else data
        rows = [dict(item) for item in found or [] if isinstance(item, Mapping)]
        frame = pd.DataFrame(rows)
        key = next((column for column in ("path", "vendorPath", "name") if column in frame), None)
        return frame.set_index(key).rename_axis("path") if key else frame

    def ping(self) -> dict[str, Any]:
        """Ask the service behind the instance for a sign of life: ``dateTime`` and ``endpoint``."""
        return self._record(Call("GET", self._path("ping"), token=self.instance.token))

    # bulk

    def bulk(
        self,
        name: str,
        *,
        where: WhereLike = None,
        fields: Sequence[str] = (),
        progress: bool | None = None,
    ) -> BulkJob:
        """Start a bulk download and return its job: ``.to_frame()``, ``.to_file(path)``, ``.wait()``.

        The job runs on the platform: after an interruption :meth:`bulk_job` finds it again by its id.
        """
        text = sent_filter(self.instance, self._path(name), where).text
        return start_bulk(self._transport, self.instance, self.name, name, text, fields, progress)

    def bulk_job(self, job_id: int | str, name: str, *, progress: bool | None = None) -> BulkJob:
        """Return a bulk job that was started before, by its id."""
        return BulkJob(self._transport, self.instance, self.name, name, str(job_id), progress)

    # the wire

    def _path(self, name: str, record_id: int | str | None = None) -> str:
        return hub_path(self.name, name, record_id)

    def _send(
        self, method: str, path: str, record: Mapping[str, Any], look: str, *, safe: bool
    ) -> dict[str, Any]:
        body = nested(record, date_style(self.instance.element_key))
        call = Call(method, path, body=body, kind="write", token=self.instance.token, safe=safe)
        outcome = self._transport.outcome(call)
        if outcome.error is not None:
            raise write_error(call, outcome, look)
        return _as_record(outcome.data)

    def _record(self, call: Call) -> dict[str, Any]:
        return _as_record(self._transport.call(call).data)


def _as_record(data: Any) -> dict[str, Any]:
    return dict(data) if isinstance(data, Mapping) else {} if data is None else {"value": data}


def _of(total: int | None, limit: int | None) -> int | None:
    """Return how many records there will be, where that is known."""
    return min((count for count in (total, limit) if count is not None), default=None)
