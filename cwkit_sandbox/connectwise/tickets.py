"""What hangs on one ticket in ConnectWise: its notes and its configurations."""

from __future__ import annotations

from cwkit_sandbox.connectwise.rest import identifier, listing, make
from cwkit_sandbox.connectwise.server import refuse_stranger
from cwkit_sandbox.records import Condition
from cwkit_sandbox.wire import Answer, ApiError, Call

__all__ = ["attach_configuration", "configurations", "create_note", "notes"]


def parent_ticket(call: Call) -> int:
    """Return the id of the ticket in the path; 404 where there is none."""
    number = identifier(call.path["ticket"])
    if call.world.records.get("incidents", number) is None:
        raise ApiError(404, f"Ticket {number} not found.")
    return number


async def notes(call: Call) -> Answer:
    """List the notes of a ticket."""
    refuse_stranger(call)
    return listing(call, "comments", parent_ticket(call))


async def create_note(call: Call) -> Answer:
    """Write a note on a ticket."""
    refuse_stranger(call)
    ticket = parent_ticket(call)
    return Answer(make(call, "comments", {**await call.object(), "ticketId": ticket}, ticket), 201)


async def configurations(call: Call) -> Answer:
    """List the configurations that belong to a ticket."""
    refuse_stranger(call)
    numbers = _attached(call, parent_ticket(call))
    marks = ", ".join("?" for _ in numbers)
    return listing(call, "configurations", extra=Condition(f"id IN ({marks})", tuple(numbers)))


async def attach_configuration(call: Call) -> Answer:
    """Let a configuration belong to a ticket."""
    refuse_stranger(call)
    ticket = parent_ticket(call)
    number = (await call.object()).get("id")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 10**15:
        raise ApiError(400, "id is required: that of the configuration.")
    record = call.world.records.get("configurations", number)
    if record is None:
        raise ApiError(404, f"Configuration {number} not found.")
    numbers = dict.fromkeys([*_attached(call, ticket), number])
    call.world.store.remember(f"attached/{ticket}", ",".join(map(str, numbers)))
    return Answer(
        {"id": number, "deviceIdentifier": record.get("deviceIdentifier"), "_info": record["_info"]}, 201
    )


def _attached(call: Call, ticket: int) -> list[int]:
    text = call.world.store.fact(f"attached/{ticket}")
    return [int(number) for number in text.split(",") if number]
