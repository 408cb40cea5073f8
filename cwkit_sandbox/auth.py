"""Who calls: the pairs of the Authorization header, and the instance that a token opens."""

from __future__ import annotations

import re

from cwkit_sandbox import demo
from cwkit_sandbox.answers import ApiError
from cwkit_sandbox.request import RequestContext
from cwkit_sandbox.store import Stored

__all__ = ["hub_instance", "platform_user", "this_instance"]

_PAIR = re.compile(r"\s*(User|Organization|Element)\s+(\S+)\s*", re.I)
_REFUSED = "Invalid Organization or User secret, or invalid Element token provided."


def _pairs(call: RequestContext) -> dict[str, str]:
    """Return the header's pairs, in whatever order they came (platform facts, section 1)."""
    pairs: dict[str, str] = {}
    for part in call.request.headers.get("authorization", "").split(","):
        match = _PAIR.fullmatch(part)
        if not match or match[1].lower() in pairs:
            raise ApiError(401, _REFUSED)
        pairs[match[1].lower()] = match[2]
    return pairs


def platform_user(call: RequestContext) -> None:
    """Let in who brings the user and the organization secret."""
    pairs = _pairs(call)
    if pairs.get("user") != demo.USER_SECRET or pairs.get("organization") != demo.ORGANIZATION_SECRET:
        raise ApiError(401, _REFUSED)


def hub_instance(call: RequestContext) -> None:
    """Let in who brings the user secret and an instance's token; the organization may be there too."""
    pairs = _pairs(call)
    if pairs.get("user") != demo.USER_SECRET:
        raise ApiError(401, _REFUSED)
    if pairs.get("organization", demo.ORGANIZATION_SECRET) != demo.ORGANIZATION_SECRET:
        raise ApiError(401, _REFUSED)
    call.instance = call.state.store.instance_by_token(pairs.get("element", ""))
    if call.instance is None:
        raise ApiError(401, _REFUSED)


def platform_or_instance(call: RequestContext) -> None:
    """Let in with both secrets; an Element token besides them makes the call one of that instance."""
    platform_user(call)
    if "element" in _pairs(call):
        hub_instance(call)


def this_instance(call: RequestContext) -> Stored:
    """Return the instance that the path names, or else the one whose token came with the call."""
    identifier = call.path.get("id")
    if identifier is None:
        if call.instance is None:
            raise ApiError(
                400, "An Element token is needed in the Authorization header, or an instance id in the path."
            )
        # Read again: since the token was looked at, another request may have changed the instance.
        found = call.state.store.instance(call.instance.id)
    else:
        found = (
            call.state.store.instance(int(identifier)) if re.fullmatch("[0-9]{1,15}", identifier) else None
        )
    if found is None:
        raise ApiError(404, f"No instance found with id {identifier!s:.40}.")
    return found
