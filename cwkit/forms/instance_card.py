"""InstanceCard: a created instance at a glance, with its token one press away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from cwkit.errors import CwkitError
from cwkit.forms.message_widget import MessageWidget, script
from cwkit.instances import Instance
from cwkit.provisioning import is_creation_tag
from cwkit.redaction import MASK, Secret

__all__ = ["SHOWN_SECONDS", "InstanceCard"]

SHOWN_SECONDS = 30
"""How long *Show* shows a token."""


class InstanceCard(MessageWidget):
    """Id, name, element, state and masked token of an instance, and what to do next.

    *Show* shows the token for 30 seconds, *Copy* puts it on the browser's clipboard, *Save to keyring*
    calls ``save(instance)``, which returns where it was kept. The token is sent to the page by message
    on request, and never becomes part of the widget.
    """

    _esm = traitlets.Unicode(script("card")).tag(sync=True)
    spec = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        instance: Instance,
        *,
        save: Callable[[Instance], str] | None = None,
        variable: str = "form.instance",
    ) -> None:
        super().__init__(spec=_spec(instance, variable))
        self.instance = instance
        self._save = save

    def _answer(self, content: Mapping[str, Any]) -> None:
        name, token = content.get("name"), self.instance.token
        if content.get("type") != "press" or not token:
            return
        if name in ("show", "copy"):
            self._hand_out(token, str(name))
        elif name == "save":
            self._save_token()

    def _hand_out(self, token: Secret, purpose: str) -> None:
        self.send({"type": "token", "purpose": purpose, "text": token.reveal()})

    def _save_token(self) -> None:
        try:
            kept = (self._save or _save_to_keyring)(self.instance)
        except CwkitError as problem:
            self.send({"type": "note", "level": "error", "text": f"The token is not saved. {problem}"})
        else:
            self.send({"type": "note", "level": "note", "text": f"The token is saved {kept}"})

    def __repr__(self) -> str:
        return f"<InstanceCard {self.instance.id}>"


def _save_to_keyring(instance: Instance) -> str:
    from cwkit.platform.keyring_store import save_token

    save_token(instance)
    return f"in the keyring, under 'cwkit token' and the id {instance.id}."


def _spec(instance: Instance, variable: str) -> dict[str, Any]:
    badge, level = _state(instance)
    rows = [
        ("Id", instance.id if instance.id is not None else "unknown"),
        ("Name", instance.name),
        ("Element", _element(instance)),
        ("Tags", ", ".join(tag for tag in instance.tags if not is_creation_tag(tag)) or "none"),
        ("Created", instance.created_date or "unknown"),
        *(("Creation tag", tag) for tag in instance.tags if is_creation_tag(tag)),
    ]
    return {
        "title": instance.name or f"Instance {instance.id}",
        "badge": badge,
        "level": level,
        "rows": [[label, str(value)] for label, value in rows],
        "token": bool(instance.token),
        "masked": MASK if instance.token else "not given",
        "seconds": SHOWN_SECONDS,
        "notes": list(instance.notes),
        "next": _next_steps(instance, variable),
    }


def _state(instance: Instance) -> tuple[str, str]:
    if instance.disabled:
        return "disabled", "warning"
    if instance.valid is False:
        return "not valid", "error"
    return ("valid", "good") if instance.valid else ("created", "good")


def _element(instance: Instance) -> str:
    name, key = instance.definition.name, instance.element_key
    return f"{name} ({key})" if name and name != key else key or "unknown"


def _next_steps(instance: Instance, variable: str) -> list[dict[str, str]]:
    steps = [
        {
            "text": "Keep the token: it gives access to the customer's data. Save it to the keyring, "
            "or copy it to where your application reads it.",
            "code": "",
        },
        {"text": "Show the configuration.", "code": f"{variable}.configuration_table()"},
    ]
    if instance.definition.event_method == "polling":
        steps.append({"text": "Show what is polled for events.", "code": f"{variable}.poller.table()"})
    objects = f'platform.hub({variable}).records("contacts", limit=5)'
    return [*steps, {"text": "Read some data through it.", "code": objects}]
