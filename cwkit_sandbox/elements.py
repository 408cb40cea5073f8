"""Elements: listed, read, and what they ask for (platform facts, section 2)."""

from __future__ import annotations

from cwkit_sandbox.catalog import definitions
from cwkit_sandbox.instances import needed_element
from cwkit_sandbox.wire import Answer, Call

__all__ = ["fields", "list_all", "metadata", "one"]


async def list_all(call: Call) -> Answer:
    """List the elements, without their configuration fields; ``searchText`` looks in key and name."""
    search = call.query("searchText").lower()
    found = [
        one.outline
        for one in definitions().values()
        if search in one.key.lower() or search in str(one.whole["name"]).lower()
    ]
    return Answer(found, headers=_counts(len(found)))


async def one(call: Call) -> Answer:
    """Give an element whole."""
    return Answer(needed_element(call.path["key"]).whole)


async def fields(call: Call) -> Answer:
    """Give an element's configuration fields."""
    found = needed_element(call.path["key"]).whole["configuration"]
    return Answer(found, headers=_counts(len(found)))


async def metadata(call: Call) -> Answer:
    """Tell what an element can do, also how it learns of changes."""
    element = needed_element(call.path["key"])
    method = element.event_method
    return Answer(
        {
            "id": element.whole["id"],
            "key": element.key,
            "name": element.whole["name"],
            "hub": element.hub,
            "authentication": element.whole["authentication"],
            "bulk": {
                "download": element.whole["bulkDownloadEnabled"],
                "upload": element.whole["bulkUploadEnabled"],
            },
            "events": {"supported": method is not None, "methods": [method] if method else []},
        }
    )


def _counts(number: int) -> dict[str, str]:
    return {"Elements-Total-Count": str(number), "Elements-Returned-Count": str(number)}
