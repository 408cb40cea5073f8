"""Bulk downloads: a query that becomes a job, its status, and its records as CSV or as JSON lines."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

from cwkit.elements.connectwise import CRM
from cwkit_sandbox import ceql, hubs
from cwkit_sandbox.answers import Answer, ApiError, compact
from cwkit_sandbox.catalog import INTERNAL, shape
from cwkit_sandbox.clock import iso
from cwkit_sandbox.request import HubRequest, RequestContext

__all__ = ["cancel", "download", "errors", "query", "status"]

DONE, CANCELLED, FAILED = "COMPLETED", "CANCELLED", "ERROR"
_COLUMNS = "id, object, query, status, created, count, failed, error"


async def query(call: RequestContext) -> Answer:
    """Start a job from ``q`` (``select * from contacts where ...``)."""
    hubs.ready(call)
    name, columns, where = ceql.bulk_query(call.query("q"))
    known = shape(call.instance.element, name)
    if known is None or name in INTERNAL:
        raise ApiError(400, f"There is no object '{name[:60]}' in {call.instance.element}.")
    if call.instance.element != CRM:
        ceql.where(where, known)  # a clause that cannot be read is refused at once
    job = json.dumps({"where": where, "columns": columns})
    store = call.state.store
    store.run(
        "INSERT INTO job (instance, object, query, status, created) VALUES (?, ?, ?, 'CREATED', ?)",
        (call.instance.id, name, job, call.state.clock.now),
    )
    number = int(store.run("SELECT last_insert_rowid()")[0][0])
    return Answer({"id": str(number), "instanceId": call.instance.id, "status": "CREATED"})


def _job(call: RequestContext) -> dict[str, Any]:
    text = call.path["job"]
    sql = f"SELECT {_COLUMNS} FROM job WHERE id = ? AND instance = ?"  # noqa: S608 - fixed names
    rows = (
        call.state.store.run(sql, (int(text), call.instance.id)) if re.fullmatch("[0-9]{1,15}", text) else []
    )
    if not rows:
        raise ApiError(404, f"No bulk job found with id {text[:40]}.")
    return dict(zip(_COLUMNS.split(", "), rows[0], strict=True))


def _set(call: RequestContext, job: dict[str, Any], **values: Any) -> None:
    job.update(values)
    for name, value in values.items():
        call.state.store.run(f"UPDATE job SET {name} = ? WHERE id = ?", (value, job["id"]))  # noqa: S608


async def status(call: RequestContext) -> Answer:
    """Tell how far a job is: it runs when it is first asked after, and is done at the next look."""
    job = _job(call)
    shown = job["status"]
    if shown == "CREATED":
        await _run(call, job)
        shown = "RUNNING" if job["status"] == DONE else job["status"]
    return Answer(
        {
            "id": str(job["id"]),
            "instanceId": call.instance.id,
            "objectName": job["object"],
            "status": shown,
            "statusMessage": job["error"],
            "createdDate": iso(job["created"]),
            "recordsCount": job["count"],
            "recordsFailedCount": job["failed"],
        }
    )


async def _run(call: RequestContext, job: dict[str, Any]) -> None:
    try:
        records = await _records(call, job)
    except ApiError as problem:
        text = f"{problem.message} {problem.provider_message or ''}".strip()
        _set(call, job, status=FAILED, error=text)
    else:
        _set(call, job, status=DONE, count=len(records))


async def _records(call: RequestContext, job: dict[str, Any]) -> list[dict[str, Any]]:
    hubs.ready(call)
    asked = json.loads(job["query"])
    ask = HubRequest(call.state, call.instance, "GET", (job["object"],), where=asked["where"], size=1000)
    records: list[dict[str, Any]] = []
    while True:
        page = await hubs.answer(ask)
        more = page.headers.pop("more", "")
        records += hubs.shaped(page, call.instance, job["object"], tuple(asked["columns"])).body
        if not more:
            return records
        ask = replace(ask, page=ask.page + 1)


async def download(call: RequestContext) -> Answer:
    """Give a finished job's records: CSV or JSON lines, as ``Accept`` asks."""
    job = _job(call)
    if call.path["object"] != job["object"]:
        raise ApiError(404, f"The job {job['id']} has no object '{call.path['object'][:60]}'.")
    if job["status"] != DONE:
        raise ApiError(409, f"The job {job['id']} is {job['status']}; wait until it is {DONE}.")
    accept = call.request.headers.get("accept", "*/*").lower()
    records = await _records(call, job)
    if "text/csv" in accept:
        return Answer(_csv(records).encode("utf-8"), media_type="text/csv; charset=utf-8")
    if "json" in accept or "*/*" in accept or "application/*" in accept:
        return Answer(b"".join(compact(record) + b"\n" for record in records))
    raise ApiError(406, "Bulk files come as text/csv or application/json.")


def _csv(records: list[dict[str, Any]]) -> str:
    """Return records as CSV; nested objects become dotted columns, lists stay JSON."""
    rows = [_dotted(record) for record in records]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([row.get(name) for name in columns] for row in rows)
    return out.getvalue()


def _dotted(record: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            row |= _dotted(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            row[prefix + name] = json.dumps(value, ensure_ascii=False)
        else:
            row[prefix + name] = str(value).lower() if isinstance(value, bool) else value
    return row


async def errors(call: RequestContext) -> Answer:
    """List what went wrong in a job."""
    job = _job(call)
    return Answer([{"message": job["error"]}] if job["error"] else [])


async def cancel(call: RequestContext) -> Answer:
    """Stop a job that is not done yet."""
    job = _job(call)
    if job["status"] not in ("CREATED", "RUNNING"):
        raise ApiError(409, f"The job {job['id']} is {job['status']} already.")
    _set(call, job, status=CANCELLED)
    return Answer({"id": str(job["id"]), "status": CANCELLED})
