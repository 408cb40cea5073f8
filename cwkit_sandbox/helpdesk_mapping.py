"""The helpdesk element's flat records: how they are made from ConnectWise's nested ones, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cwkit.errors import SandboxError
from cwkit_sandbox.clock import Clock, iso

__all__ = ["FLAT_KINDS", "mapped_names", "to_flat", "to_nested"]

Record = dict[str, Any]

_BOTH_WAYS: dict[str, dict[str, str]] = {
    "contacts": {
        "firstName": "firstName", "lastName": "lastName", "title": "title", "nickName": "nickName",
        "gender": "gender", "school": "school", "significantOther": "significantOther",
        "inactive": "inactiveFlag", "married": "marriedFlag", "children": "childrenFlag",
        "unsubscribeFlag": "unsubscribeFlag", "disablePortalLogin": "disablePortalLoginFlag",
        "portalSecurityLevel": "portalSecurityLevel", "managerId": "managerContactId",
        "assistantId": "assistantContactId", "companyIdentifier": "company.identifier",
        "siteName": "site.name", "type": "type.name", "relationship": "relationship.name",
    },
    "incidents": {
        "summary": "summary", "companyId": "company.id", "companyIdentifier": "company.identifier",
        "contactId": "contact.id", "contactName": "contactName",
        "contactEmailAddress": "contactEmailAddress", "contactPhoneNumber": "contactPhoneNumber",
        "contactPhoneExtension": "contactPhoneExtension", "board": "board.name", "boardId": "board.id",
        "statusName": "status.name", "priority": "priority.name", "severity": "severity",
        "impact": "impact", "source": "source.name", "addressLine1": "addressLine1",
        "addressLine2": "addressLine2", "city": "city", "zip": "zip",
        "stateIdentifier": "stateIdentifier", "siteName": "siteName", "closedFlag": "closedFlag",
        "budgetHours": "budgetHours", "actualHours": "actualHours", "poNumber": "poNumber",
        "approved": "approved", "detailDescription": "initialDescription",
        "resolutionDescription": "initialResolution", "externalXRef": "externalXRef",
        "customerUpdatedFlag": "customerUpdatedFlag", "location": "serviceLocation.name",
        "agreementId": "agreement.id", "serviceTeamId": "team.id",
    },
    "organizations": {
        "companyName": "name", "companyIdentifier": "identifier", "accountNumber": "accountNumber",
        "type": "type.name", "market": "market.name", "webSite": "website", "phoneNumber": "phoneNumber",
        "faxNumber": "faxNumber", "status": "status.name", "territory": "territory.name",
        "defaultContactId": "defaultContact.id", "defaultBillingContactId": "billingContact.id",
    },
    "time-entries": {
        "notes": "notes", "internalNotes": "internalNotes", "actualHours": "actualHours",
        "hoursBilled": "hoursBilled", "hoursDeduct": "hoursDeduct",
        "memberIdentifier": "member.identifier", "workRole": "workRole.name",
        "workType": "workType.name", "ticketId": "chargeToId", "agreementId": "agreement.id",
        "addNotesToDetailDescription": "addToDetailDescriptionFlag",
        "addNotesToInternalAnalysis": "addToInternalAnalysisFlag",
        "addNotesToResolution": "addToResolutionFlag",
    },
    "comments": {"comment": "text", "internal": "internalFlag"},
}  # fmt: skip
_MOMENTS: dict[str, dict[str, str]] = {
    "contacts": {"birthDay": "birthDay", "anniversary": "anniversary"},
    "incidents": {"requiredDate": "requiredDate", "closedDate": "closedDate"},
    "time-entries": {"timeStart": "timeStart", "timeEnd": "timeEnd"},
}
_READ: dict[str, dict[str, str]] = {
    "contacts": {"id": "id", "updatedBy": "_info.updatedBy"},
    "incidents": {"id": "id", "ticketId": "id", "updatedBy": "_info.updatedBy", "enteredBy": "enteredBy"},
    "organizations": {"id": "id"},
    "time-entries": {"id": "id", "updatedBy": "_info.updatedBy"},
    "comments": {"id": "id", "ticketId": "ticketId", "createdBy": "createdBy"},
}
_READ_MOMENTS: dict[str, dict[str, str]] = {
    "contacts": {"lastUpdated": "_info.lastUpdated"},
    "incidents": {
        "lastUpdated": "_info.lastUpdated", "enteredDate": "dateEntered",
        "DateResolvedUTC": "dateResolved", "dateResplanUTC": "dateResplan",
        "dateRespondedUTC": "dateResponded",
    },
    "organizations": {"lastUpdated": "_info.lastUpdated"},
    "time-entries": {
        "lastUpdated": "_info.lastUpdated", "lastUpdatedUTC": "_info.lastUpdated", "dateStart": "timeStart",
    },
    "comments": {"lastUpdated": "_info.lastUpdated", "createdDate": "dateCreated"},
}  # fmt: skip
FLAT_KINDS = frozenset(_BOTH_WAYS)
"""The objects that the helpdesk element has."""


def to_flat(kind: str, nested: Mapping[str, Any]) -> Record:
    """Return a record as helpdesk gives it, dates in epoch milliseconds (platform facts, section 4)."""
    if kind not in FLAT_KINDS:
        return dict(nested)
    flat = {name: _at(nested, path) for name, path in (_READ[kind] | _BOTH_WAYS[kind]).items()}
    for name, path in (_MOMENTS.get(kind, {}) | _READ_MOMENTS[kind]).items():
        flat[name] = _milliseconds(_at(nested, path))
    flat |= _composed(kind, nested)
    return {name: value for name, value in flat.items() if value is not None}


def mapped_names(kind: str) -> set[str]:
    """Return the flat names that are made from the nested record, so that none of them is kept besides."""
    composed = {
        "contacts": {"email", "phone", "emails", "phones"},
        "organizations": {"defaultAddress", "addresses"},
    }
    tables = (_BOTH_WAYS, _MOMENTS, _READ, _READ_MOMENTS, composed)
    return {name for table in tables for name in table.get(kind, ())}


def _composed(kind: str, nested: Mapping[str, Any]) -> Record:
    if kind == "contacts":
        items = [item for item in nested.get("communicationItems") or [] if isinstance(item, Mapping)]
        emails = [i.get("value") for i in items if i.get("communicationType") == "Email"]
        phones = [i.get("value") for i in items if i.get("communicationType") == "Phone"]
        return {
            "email": emails[0] if emails else None,
            "phone": phones[0] if phones else None,
            "emails": [{"value": value} for value in emails],
            "phones": [{"value": value} for value in phones],
        }
    if kind == "organizations":
        lines = (nested.get("addressLine1"), nested.get("addressLine2"))
        address = {
            "streetLines": [line for line in lines if line],
            "city": nested.get("city"),
            "state": nested.get("state"),
            "zip": nested.get("zip"),
        }
        return {"defaultAddress": address, "addresses": [address]}
    return {}


def to_nested(kind: str, flat: Mapping[str, Any], base: Mapping[str, Any]) -> tuple[Record, Record]:
    """Return a nested record with a flat one's values put in, and what only helpdesk has room for.

    What helpdesk does not let anybody set (ids, the date of the last change) is left as it is.
    """
    nested: Record = dict(base)
    extra: Record = {}
    fixed = _READ[kind].keys() | _READ_MOMENTS[kind].keys()
    for name, value in flat.items():
        if name in _BOTH_WAYS[kind]:
            _set(nested, _BOTH_WAYS[kind][name], value)
        elif name in _MOMENTS.get(kind, {}):
            _set(nested, _MOMENTS[kind][name], iso(value) if _is_moment(value) else value)
        elif kind == "contacts" and name in ("email", "phone"):
            _communicate(nested, "Email" if name == "email" else "Phone", value)
        elif name not in fixed and name not in mapped_names(kind):
            extra[name] = value
    return nested, extra


def _communicate(nested: Record, kind: str, value: Any) -> None:
    kept = [i for i in nested.get("communicationItems") or [] if i.get("communicationType") != kind]
    if value is not None:
        number = 1 if kind == "Email" else 2
        name = "Email" if kind == "Email" else "Direct"
        item = {"id": number, "type": {"id": number, "name": name}, "value": value, "defaultFlag": True}
        kept.append(item | {"communicationType": kind})
    nested["communicationItems"] = kept


def _at(record: Mapping[str, Any], path: str) -> Any:
    value: Any = record
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _set(record: Record, path: str, value: Any) -> None:
    first, _, rest = path.partition(".")
    if not rest:
        record[first] = value
        return
    # Another name or id is another thing: what was known of the old one no longer holds.
    record[first] = None if value is None else {rest: value}


def _is_moment(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 7_000_000_000_000


def _milliseconds(text: Any) -> int | None:
    try:
        return Clock.read(text) if isinstance(text, str) else None
    except SandboxError:
        return None
