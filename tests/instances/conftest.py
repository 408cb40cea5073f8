"""The two seed documents, and small instances made from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cwkit.instances import Instance, read_instance

FIXTURES = Path(__file__).parent.parent / "fixtures"
HELPDESK_FILE = FIXTURES / "seed-helpdesk.txt"
CRM_FILE = FIXTURES / "seed-crm.txt"


def answer_in(path: Path) -> str:
    """The example response of a seed document, exactly as printed."""
    text = path.read_text("utf-8")
    return text[text.index('{\n  "id"') :]


HELPDESK = answer_in(HELPDESK_FILE)
CRM = answer_in(CRM_FILE)
KEYS = {"helpdesk": 8, "crm": 30}
GOOD_CRM = {
    "baseUrl": "https://api-na.myconnectwise.net/v4_6_release/apis/3.0",
    "company": "brightwater",
    "public.key": "Qm7vT2kLx9RbW4Zc",
    "private.key": "********",
    "connectwise.clientid": "3f0c8a52-7d41-4b9e-9a66-5e1d2c7b8f04",
}
GOOD_HELPDESK = {
    "helpdesk.connectwise.server.url": "https://api-na.myconnectwise.net",
    "helpdesk.connectwise.company": "brightwater",
    "helpdesk.connectwise.username": "integration",
    "helpdesk.connectwise.password": "********",
    "helpdesk.connectwise.wsdl.path": "/v2017_2/apis/2.0/",
}


@pytest.fixture(params=["helpdesk", "crm"])
def seed(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Name and printed example response of each seed."""
    return request.param, {"helpdesk": HELPDESK, "crm": CRM}[request.param]


def instance_with(element: str = "connectwisecrmrest", /, **answer: Any) -> Instance:
    """A sound instance of an element, with parts of the answer replaced; ``configuration`` is added to."""
    good = GOOD_CRM if element == "connectwisecrmrest" else GOOD_HELPDESK
    configuration = {**good, **answer.pop("configuration", {})}
    data = {"id": 1, "name": "One", "valid": True, "disabled": False, "element": {"key": element}, **answer}
    return Instance.from_response({**data, "configuration": configuration})


def codes(instance: Instance) -> list[str]:
    """The codes of an instance's findings, gravest first."""
    return list(instance.findings()["code"])


def crm_poller(change: Callable[[dict[str, Any]], None] | None = None) -> dict[str, Any]:
    """A sound poller with the one resource ``incidents``; ``change`` gets its settings."""
    resource: dict[str, Any] = {
        "url": "/hubs/crm/incidents?where=lastUpdated>'${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}'",
        "idField": "id",
        "datesConfiguration": {
            "updatedDateField": "_info.lastUpdated",
            "updatedDateFormat": "yyyy-MM-dd'T'HH:mm:ss'Z'",
            "updatedDateTimezone": "GMT",
            "createdDateField": "dateEntered",
            "createdDateFormat": "yyyy-MM-dd'T'HH:mm:ss'Z'",
            "createdDateTimezone": "GMT",
        },
    }
    if change:
        change(resource)
    return {"incidents": resource}


def polled(change: Callable[[dict[str, Any]], None] | None = None, **configuration: str) -> Instance:
    """An instance with that poller and events on."""
    events = {
        "event.notification.enabled": "true",
        "event.notification.callback.url": "https://hooks.example.com/cw",
        "event.poller.refresh_interval": "15",
        "event.poller.configuration": json.dumps(crm_poller(change)),
    }
    return instance_with(configuration={**events, **configuration})


__all__ = ["codes", "crm_poller", "instance_with", "polled", "read_instance"]
