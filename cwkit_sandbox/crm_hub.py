"""The CRM element's hub: every call becomes one to ConnectWise, with the platform's rough translation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cwkit.elements.connectwise import CRM
from cwkit.elements.connectwise.hub_requests import vendor_request
from cwkit.errors import FilterError
from cwkit_sandbox.answers import Answer, ApiError
from cwkit_sandbox.catalog import objects
from cwkit_sandbox.request import HubRequest

if TYPE_CHECKING:
    from cwkit_sandbox.connectwise.client import ProviderAnswer

__all__ = ["answer", "check_path"]

_LISTS = frozenset({"comments", "fields", *(name for name in objects(CRM) if name != "members")})
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def answer(ask: HubRequest) -> Answer:
    """Return what ConnectWise answers, with its records unchanged (platform facts, section 4)."""
    hub_path = "/hubs/crm/" + "/".join(ask.path)
    problem = ""
    try:
        query = {name: text for name, text in (("where", ask.where), ("orderBy", ask.order)) if text}
        request = vendor_request(ask.method, hub_path, query)
    except FilterError as error:
        request, problem = None, error.message
    if problem:
        raise ApiError(400, problem)
    if request is None:
        raise _no_such(ask)
    parameters = dict(request.parameters)
    if ask.path[0] == "incidents" and len(ask.path) == 3:
        _of_one_ticket(ask, request.path, parameters)
    if ask.method == "GET" and ask.path[-1] in _LISTS:
        return await _page(ask, request.path, parameters)
    found = await _asked(ask, request.method, request.path, parameters, _body(ask, request.method))
    status = 200 if found.status in (201, 204) else found.status
    return Answer(found.body, status)


def check_path(ask: HubRequest) -> None:
    """Refuse a path that the element does not have, or not with this method, before the body is read."""
    if vendor_request(ask.method, "/hubs/crm/" + "/".join(ask.path)) is None:
        raise _no_such(ask)


def _no_such(ask: HubRequest) -> ApiError:
    hub_path = "/hubs/crm/" + "/".join(ask.path)
    allowed = [method for method in _METHODS if vendor_request(method, hub_path)]
    if allowed:
        message = f"The method {ask.method} is not allowed here."
        return ApiError(405, message, headers={"Allow": ", ".join(allowed)})
    return ApiError(404, f"There is no resource '{'/'.join(ask.path)[:80]}' in {CRM}.")


def _of_one_ticket(ask: HubRequest, path: str, parameters: dict[str, str]) -> None:
    """Keep time entries and schedule entries to the incident that the path names."""
    if path == "/time/entries" and ask.method == "GET":
        mine = f"chargeToId={ask.path[1]}"
        others = parameters.get("conditions")
        parameters["conditions"] = f"{mine} and ({others})" if others else mine


def _body(ask: HubRequest, vendor_method: str) -> Any:
    if ask.body is None:
        return None
    if vendor_method == "PATCH":
        return [{"op": "replace", "path": f"/{name}", "value": value} for name, value in ask.body.items()]
    if ask.path[-1] == "members":
        return {**ask.body, "objectId": int(ask.path[1]) if ask.path[1].isdecimal() else None}
    return ask.body


async def _page(ask: HubRequest, path: str, parameters: dict[str, str]) -> Answer:
    """Return one page of the platform's, put together from as many of ConnectWise's as it takes."""
    largest = _largest(ask)
    size = min(ask.size, largest)
    first = (ask.page - 1) * ask.size
    number, skip = first // size + 1, first % size
    records: list[Any] = []
    more = True
    while more and len(records) < ask.size + skip:
        query = {**parameters, "page": str(number), "pageSize": str(size)}
        found = await _asked(ask, "GET", path, query)
        if not isinstance(found.body, list):
            raise ApiError(502, "The provider's answer is no list.")
        records += found.body
        more, number = found.more, number + 1
    page = records[skip : skip + ask.size]
    left = more or len(records) > skip + ask.size
    return Answer(page, headers={"more": "true"} if left else {})


def _largest(ask: HubRequest) -> int:
    text = ask.instance.configuration.get("pagination.max") or "200"
    return min(max(int(text), 1), 1000) if text.isascii() and text.isdecimal() and len(text) < 9 else 200


async def _asked(
    ask: HubRequest, method: str, path: str, parameters: dict[str, str], body: Any = None
) -> ProviderAnswer:
    values = ask.instance.configuration
    found = await ask.state.connectwise.rest(values, method, path, parameters, body)
    if found.status < 400:
        return found
    # ConnectWise's refusal of the keys is not one of the caller's: a 401 would blame the token.
    status = found.status if found.status in (400, 404, 409, 429) else 502
    raise ApiError(
        status, "The provider refused the call.", provider_message=found.message or "No reason given."
    )
