"""The events of an instance, read back (platform facts, section 3)."""

from __future__ import annotations

import json
import re
from typing import Any

from cwkit_sandbox.access import this_instance
from cwkit_sandbox.clock import iso
from cwkit_sandbox.paging import after_token, next_token
from cwkit_sandbox.wire import Answer, ApiError, Call

__all__ = ["listed", "one"]

LARGEST_PAGE = 200
_COLUMNS = "id, date, status, provider_data, notified_data, attempt, next_try, reason"


async def listed(call: Call) -> Answer:
    """List an instance's events, the oldest first."""
    instance = this_instance(call)
    size = call.number("pageSize", LARGEST_PAGE, LARGEST_PAGE)
    after = after_token(call, f"events/{instance.id}")
    sql = f"SELECT {_COLUMNS} FROM event WHERE instance = ? AND id > ? ORDER BY id LIMIT ?"  # noqa: S608
    rows = call.world.store.run(sql, (instance.id, after, size + 1))
    total = call.world.store.run("SELECT count(*) FROM event WHERE instance = ?", (instance.id,))[0][0]
    found = [_shown(row) for row in rows[:size]]
    headers = {"Elements-Total-Count": str(total), "Elements-Returned-Count": str(len(found))}
    if len(rows) > size:
        headers["Elements-Next-Page-Token"] = next_token(call, f"events/{instance.id}", found[-1]["id"])
    return Answer(found, headers=headers)


async def one(call: Call) -> Answer:
    """Give one event."""
    instance = this_instance(call)
    text = call.path["event_id"]
    sql = f"SELECT {_COLUMNS} FROM event WHERE instance = ? AND id = ?"  # noqa: S608 - fixed names
    rows = call.world.store.run(sql, (instance.id, int(text))) if re.fullmatch("[0-9]{1,15}", text) else []
    if not rows:
        raise ApiError(404, f"No event found with id {text[:40]}.")
    return Answer(_shown(rows[0]))


def _shown(row: tuple[Any, ...]) -> dict[str, Any]:
    number, date, status, provider_data, notified_data, attempt, next_try, reason = row
    result = {
        "id": number,
        "eventDate": iso(date),
        "status": status,
        "providerData": json.loads(provider_data),
        "notifiedData": json.loads(notified_data) if notified_data else None,
        "attempts": attempt,
    }
    if next_try is not None:
        result["nextAttemptDate"] = iso(next_try)
    if reason:
        result["statusMessage"] = reason
    return result
