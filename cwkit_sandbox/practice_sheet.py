"""A made-up sheet of customers to practise on, with the mistakes that fleets have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cwkit.elements import shipped

__all__ = ["practice_sheet"]

_NAMES = ("Harbor", "Summit", "Pine", "Delta", "Crown", "Maple", "Vertex", "Canal", "Quarry", "Lark")
_KINDS = ("Clinic", "Logistics", "Bakery", "Print", "Legal", "Studio", "Dental", "Garden", "Motors", "Foods")
_INTERVALS = ("15", "15", "15", "30", "60", "5")


def practice_sheet(
    accounts: Mapping[str, Mapping[str, Any]], counts: Mapping[str, int], tag: str
) -> pd.DataFrame:
    """Return a sheet for ``create_many`` in which every row is another customer's instance.

    ``accounts`` holds the configuration to sign in with, by element (``sandbox.demo``); ``counts`` how many
    rows of each element. Columns ``element.key``, ``name``, ``tags`` (``tag``) and the configuration.
    Among those that poll, intervals differ, events are still off though a callback is set, some
    callbacks are not encrypted or cannot be reached, and a few have another setting changed.
    """
    rows = [
        {"element.key": element, "name": _name(number), "tags": tag}
        | dict(accounts[element])
        | _events(element, number)
        for element, count in counts.items()
        for number in range(count)
    ]
    order = sorted(range(len(rows)), key=lambda place: (place * 37) % max(len(rows), 1))
    return pd.DataFrame([rows[place] for place in order]).rename_axis("row")


def _name(number: int) -> str:
    return (
        f"{_NAMES[number % 10]} {_KINDS[number // 10 % 10]}{f' {number // 100 + 1}' if number >= 100 else ''}"
    )


def _events(element: str, number: int) -> dict[str, str]:
    fields = shipped(element).fields
    if "event.poller.configuration" not in fields:
        return {}
    address = "http://hooks.example.com" if number % 17 == 3 else "https://hooks.example.com"
    if number % 31 == 7:
        address = "https://192.168.10.4"  # an address for trying things out, left in
    events = {
        "event.notification.enabled": "false",
        "event.notification.callback.url": f"{address}/customers/{number}",
        "event.poller.refresh_interval": _INTERVALS[number % len(_INTERVALS)],
    }
    return events | ({"filter.response.nulls": "false"} if number % 23 == 5 else {})
