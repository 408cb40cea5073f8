"""Inputs of the benchmarks, made up under a seed: instances as the platform answers them, and contacts."""

from __future__ import annotations

import json
import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from cwkit.elements import shipped

__all__ = ["CRM", "contact", "contact_pages", "instance", "instances_text"]

CRM = "connectwisecrmrest"
ELEMENT = {
    "id": 1234,
    "name": "ConnectWise CRM REST",
    "key": CRM,
    "hub": "crm",
    "description": "Connects a ConnectWise account to the crm hub. " * 4,
    "image": "elements/provider_connectwise.png",
    "logo": "connectwisecrm",
    "active": True,
    "deleted": False,
    "typeOauth": False,
    "trialAccount": False,
    "transformationsEnabled": True,
    "bulkDownloadEnabled": True,
    "bulkUploadEnabled": True,
    "cloneable": True,
    "extendable": True,
    "beta": False,
    "extended": False,
}
_FIRST = datetime(2019, 9, 23, 19, 15)
_SITES = ("api-na.myconnectwise.net", "api-eu.myconnectwise.net", "api-au.myconnectwise.net")
_NAMES = ("Harbor", "Summit", "Pine", "Delta", "Crown", "Maple", "Vertex", "Canal", "Quarry", "Lark")
_KINDS = ("IT", "Services", "Networks", "Systems", "Cloud", "Support")
_DATE = "yyyy-MM-dd'T'HH:mm:ss'Z'"
_POLLED = ("contacts", "incidents", "organizations", "configurations", "opportunities")


def _poller(own: int | None, wrong: bool) -> str:
    """Return a poller of five resources; ``own`` makes it one of this instance's alone."""
    poller = {}
    for name in _POLLED:
        created = "dateEntered" if name == "incidents" else "_info.lastUpdated"
        narrowed = f" AND company.id={own}" if own is not None and name == "contacts" else ""
        poller[name] = {
            "url": f"/hubs/crm/{name}?where=lastUpdated>'${{gmtDate:{_DATE}}}'{narrowed}",
            "idField": "" if wrong and name == "configurations" else "id",
            "datesConfiguration": {
                "updatedDateField": "_info.lastUpdated",
                "updatedDateFormat": _DATE,
                "updatedDateTimezone": "GMT",
                "createdDateField": created,
                "createdDateFormat": _DATE,
                "createdDateTimezone": "GMT",
            },
        }
    return json.dumps(poller, separators=(",", ":"))


def instance(number: int, seed: int = 1, own_pollers: float = 0.2) -> dict[str, Any]:
    """Return one CRM REST instance as the platform answers it, about 4.4 KB of JSON.

    ``own_pollers`` is the part of them that have a poller of their own, as no other has it; the others
    have one of the usual two.
    """
    rnd = random.Random(seed * 1_000_003 + number)
    site = rnd.choice(_SITES)
    name = f"{rnd.choice(_NAMES)} {rnd.choice(_KINDS)} {number}"
    events = rnd.random() < 0.6
    configuration: dict[str, Any] = {field.key: field.default_value for field in shipped(CRM).fields.values()}
    configuration |= {
        "base.url": "{baseUrl}",
        "baseUrl": f"https://{site}/v4_6_release/apis/3.0",
        "company": name.lower().replace(" ", ""),
        "public.key": f"pub{rnd.getrandbits(64):016x}",
        "private.key": "********",
        "connectwise.clientid": str(uuid.UUID(int=rnd.getrandbits(128), version=4)),
        "event.notification.enabled": "true" if events else "false",
        "event.notification.callback.url": f"https://hooks.example.com/{number}" if events else "false",
        "event.notification.basic.password": "********",
        "event.poller.refresh_interval": str(rnd.choice((5, 15, 15, 15, 30, 60))),
        "event.poller.configuration": _poller(
            number if rnd.random() < own_pollers else None, rnd.random() < 0.5
        ),
        "webhookId": "",
        "authentication.time": "",
    }
    created = _FIRST + timedelta(minutes=rnd.randrange(60 * 24 * 365 * 6))
    return {
        "id": 100_000 + number,
        "name": name,
        "createdDate": f"{created:%Y-%m-%dT%H:%M:%SZ}",
        "token": f"{rnd.getrandbits(256):064x}=",
        "elementId": 1234,
        "tags": ["crm", rnd.choice(("east", "west"))],
        "provisionInteractions": [],
        "valid": rnd.random() < 0.98,
        "disabled": rnd.random() < 0.03,
        "maxCacheSize": 0,
        "cacheTimeToLive": 0,
        "configuration": configuration,
        "eventsEnabled": events,
        "traceLoggingEnabled": False,
        "cachingEnabled": False,
        "externalAuthentication": "none",
        "element": ELEMENT,
    }


def instances_text(count: int, seed: int = 1, own_pollers: float = 0.2) -> str:
    """Return the text of a list of instances."""
    return json.dumps([instance(number, seed, own_pollers) for number in range(count)])


def contact(number: int, rnd: random.Random) -> dict[str, Any]:
    """Return a contact as the crm hub gives it: nested, with gaps, about 1.6 KB of JSON."""
    company = rnd.randrange(400)
    host = "https://api-na.myconnectwise.net/v4_6_release/apis/3.0"
    changed = _FIRST + timedelta(minutes=rnd.randrange(60 * 24 * 365 * 6))
    record: dict[str, Any] = {
        "id": number,
        "firstName": rnd.choice(("Ann", "Bob", "Cleo", "Dai")),
        "lastName": f"Smith-{number}",
        "type": {"id": 1, "name": "Approver", "_info": {"type_href": f"{host}/company/contacts/types/1"}},
        "company": {
            "id": company,
            "identifier": f"Company{company}",
            "name": f"Company {company}",
            "_info": {"company_href": f"{host}/company/companies/{company}"},
        },
        "site": {"id": 3, "name": "Main", "_info": {"site_href": f"{host}/company/sites/3"}},
        "addressLine1": f"{number} Shore Road",
        "city": "Tampa",
        "state": "FL",
        "zip": "33602",
        "inactiveFlag": rnd.random() < 0.1,
        "securityIdentifier": f"{rnd.getrandbits(64):016x}",
        "title": "Office manager",
        "marriedFlag": False,
        "childrenFlag": False,
        "unsubscribeFlag": False,
        "mobileGuid": f"{rnd.getrandbits(128):032x}",
        "defaultBillingFlag": False,
        "defaultFlag": False,
        "disablePortalLoginFlag": True,
        "communicationItems": [
            {
                "id": number * 2,
                "type": {"id": 1, "name": "Email"},
                "value": f"c{number}@example.com",
                "defaultFlag": True,
            }
        ],
        "types": [],
        "customFields": [],
        "_info": {
            "lastUpdated": f"{changed:%Y-%m-%dT%H:%M:%SZ}",
            "updatedBy": "zadmin",
            "dateEntered": f"{_FIRST:%Y-%m-%dT%H:%M:%SZ}",
            "enteredBy": "zadmin",
        },
    }
    if rnd.random() < 0.3:
        record["nickName"] = "Sunny"
    if rnd.random() < 0.5:
        record["defaultMergeContactId"] = rnd.randrange(1000)
    return record


def contact_pages(count: int, page_size: int, seed: int = 1) -> list[bytes]:
    """Return ``count`` contacts as the JSON of the pages that hold them."""
    rnd = random.Random(seed)
    contacts = [contact(number, rnd) for number in range(count)]
    return [json.dumps(contacts[start : start + page_size]).encode() for start in range(0, count, page_size)]
