"""A platform without a network, and a browser's side of a widget, for the tests of the forms."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pandas as pd
from ipywidgets.widgets.widget import _instances

from cwkit.instances import Instance
from cwkit.redaction import Secret

TOKEN = "tok/EN+of=the.instance"
CRM_VALUES = {
    "name": "Brightwater",
    "baseUrl": "https://api-na.myconnectwise.net/v4_6_release/apis/3.0",
    "company": "brightwater",
    "public.key": "Qm7vT2kLx9RbW4Zc",
    "private.key": "pri'VATE+key/7",
    "connectwise.clientid": "3f0c8a52-7d41-4b9e-9a66-5e1d2c7b8f04",
}


class StandIn:
    """Answers ``instances.create`` with what it was told to answer, and keeps what it was asked."""

    base_url = "https://platform.example/elements/api-v2"

    def __init__(self, *answers):
        self.profile = SimpleNamespace(name="test")
        self.instances = self
        self.answers = list(answers)
        self.asked = []
        self.settled = pd.DataFrame(columns=["name", "element", "state", "instance_id", "note"])
        self.settled.index.name = "creation_tag"

    def create(self, element_key, *, name, configuration, tags=()):
        self.asked.append(
            {"element": element_key, "name": name, "configuration": configuration, "tags": tags}
        )
        answer = self.answers.pop(0) if self.answers else created(element_key, name, tags)
        if isinstance(answer, BaseException):
            raise answer
        return answer(self) if callable(answer) else answer

    def settle(self):
        return self.settled

    def get(self, instance_id):
        return created("connectwisecrmrest", f"found {instance_id}")


def created(element_key="connectwisecrmrest", name="Brightwater", tags=(), **more):
    answer = {
        "id": 440001,
        "name": name,
        "token": TOKEN,
        "valid": True,
        "tags": list(tags),
        "configuration": {},
    }
    return Instance.from_response({**answer, "element": {"key": element_key}, **more})


def listen(widget, monkeypatch):
    """Return the list that gets every message which a widget sends to the browser."""
    sent = []
    monkeypatch.setattr(widget, "send", lambda content, buffers=None: sent.append(content))
    return sent


def browser_says(widget, **content):
    """Hand a message to a widget as the browser would."""
    widget._handle_custom_msg(content, [])


def everything_saved():
    """Return the state of every living widget as a notebook would save it, with all their texts."""
    parts = []
    for widget in list(_instances.values()):
        parts.append(json.dumps(widget.get_state(), default=str))
        parts.append(repr(widget))
        bundle = widget._repr_mimebundle_() if hasattr(widget, "_repr_mimebundle_") else None
        parts.append(json.dumps(bundle, default=str))
    return "\n".join(parts)


def revealed(configuration):
    return {k: v.reveal() if isinstance(v, Secret) else v for k, v in configuration.items()}
