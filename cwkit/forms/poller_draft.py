"""The poller configuration while it is edited: its resources, ticked or not, and their settings."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cwkit.errors import PollerError
from cwkit.events import PollerConfiguration, PollerResource

__all__ = ["DATE_FORMATS", "SETTINGS", "ZONES", "PollerDraft", "Setting"]

Kind = Literal["area", "text", "format", "zone", "choice", "number"]
_DATES = "datesConfiguration"


@dataclass(frozen=True)
class Setting:
    """A setting of a resource: its key (``dates``: within ``datesConfiguration``), label, and kind."""

    key: str
    label: str
    kind: Kind
    dates: bool = False
    help: str = ""


SETTINGS: tuple[Setting, ...] = (
    Setting("url", "URL", "area", help="What is called; ${...} stands for the time of the last poll."),
    Setting("idField", "Id field", "text"),
    Setting("updatedDateField", "Updated date: field", "text", dates=True),
    Setting("updatedDateFormat", "Updated date: format", "format", dates=True),
    Setting("updatedDateTimezone", "Updated date: time zone", "zone", dates=True),
    Setting("createdDateField", "Created date: field", "text", dates=True),
    Setting("createdDateFormat", "Created date: format", "format", dates=True),
    Setting("createdDateTimezone", "Created date: time zone", "zone", dates=True),
    Setting("filterByUpdatedDate", "Compare updated date", "choice", help="yes unless set"),
    Setting("filterByCreatedDate", "Compare created date too", "choice", help="no unless set"),
    Setting("createdCheckTolerance", "Tolerance (seconds)", "number"),
    Setting("pollDelay", "Poll delay (seconds)", "number"),
    Setting("pageSize", "Records a page", "number"),
)
"""The settings that the editor shows for a resource, in its order; others are edited in the JSON."""

DATE_FORMATS: tuple[str, ...] = (
    "yyyy-MM-dd'T'HH:mm:ss'Z'",
    "yyyy-MM-dd'T'HH:mm:ssXXX",
    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "yyyy-MM-dd'T'HH:mm:ssZ",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy-MM-dd",
    "MM/dd/yyyy hh:mm:ss a",
    "E MMM dd HH:mm:ss Z yyyy",
    "milliseconds",
    "timestamp",
)
"""Formats to choose from; any other may be typed."""

ZONES: tuple[str, ...] = ("GMT", "UTC", "PST", "EST", "CST", "America/New_York", "Europe/London", "GMT+05:30")


class PollerDraft:
    """Resources in their order, each ticked or not. What is ticked is polled; nothing else is lost."""

    def __init__(self, poller: PollerConfiguration, default: PollerConfiguration | None = None) -> None:
        self.default = default
        self.element_key = poller.element_key
        self._entries: dict[str, dict[str, Any]] = {}
        self._ticked: set[str] = set()
        self.take(poller)

    @property
    def names(self) -> list[str]:
        """All resources in order, ticked or not."""
        return list(self._entries)

    @property
    def poller(self) -> PollerConfiguration:
        """The ticked resources as a configuration."""
        ticked = {name: entry for name, entry in self._entries.items() if name in self._ticked}
        return PollerConfiguration.parse(ticked, element_key=self.element_key)

    @property
    def code(self) -> str:
        """The ticked resources as JSON for reading."""
        return json.dumps(json.loads(self.poller.to_json()), indent=2, ensure_ascii=False)

    def take(self, poller: PollerConfiguration) -> None:
        """Take over a configuration; resources that it does not have stay, unticked."""
        entries = poller.to_dict()
        rest = {name: entry for name, entry in self._entries.items() if name not in entries}
        offered = self.default.to_dict() if self.default else {}
        rest |= {name: entry for name, entry in offered.items() if name not in entries and name not in rest}
        self._entries = {**entries, **rest}
        self._ticked = set(entries)

    def read_code(self, text: str) -> None:
        """Take over what the JSON says. Raises ``PollerError``, and then nothing has changed."""
        self.take(PollerConfiguration.parse(text, element_key=self.element_key))

    def ticked(self, name: str) -> bool:
        """Say whether a resource is polled."""
        return name in self._ticked

    def tick(self, name: str, on: bool) -> None:
        """Poll a resource, or leave it out; its settings stay."""
        if on and name in self._entries:
            self._ticked.add(name)
        else:
            self._ticked.discard(name)

    def reset(self) -> None:
        """Take the element's default again; resources that were added stay, unticked."""
        if self.default is not None:
            self.take(self.default)

    def copy(self, name: str, new_name: str) -> None:
        """Add a resource like ``name``, its URL on the object ``new_name``, right behind it, and tick it.

        Raises ``PollerError`` where the new name is blank or taken.
        """
        new_name = new_name.strip()
        if not new_name or new_name in self._entries:
            taken = f"There is a resource {new_name!r} already." if new_name else "The copy has no name."
            raise PollerError(taken, fix="Enter a new name, such as the object that is to be polled.")
        entry = copy.deepcopy(self._entries[name])
        url = entry.get("url")
        if isinstance(url, str):
            path, mark, query = url.partition("?")
            head, slash, last = path.rpartition("/")
            entry["url"] = f"{head}{slash}{new_name if last == name else last}{mark}{query}"
        ordered = []
        for key, value in self._entries.items():
            ordered += [(key, value), *([(new_name, entry)] if key == name else [])]
        self._entries = dict(ordered)
        self._ticked.add(new_name)

    def resource(self, name: str) -> PollerResource | None:
        """Return a resource as it stands, ticked or not; ``None`` where there is none of this name."""
        return PollerResource(name, self._entries[name]) if name in self._entries else None

    def setting(self, name: str, setting: Setting) -> str:
        """Return a setting of a resource as text; blank where it is not set."""
        value = self._holder(name, setting).get(setting.key)
        if isinstance(value, bool):
            return "true" if value else "false"
        return (
            ""
            if value is None
            else value
            if isinstance(value, str)
            else json.dumps(value, ensure_ascii=False)
        )

    def set(self, name: str, setting: Setting, text: str) -> None:
        """Change a setting of a resource; a blank text leaves out what was not there before.

        Numbers and true and false are written as what was there before: as such, or as texts.
        """
        holder = self._holder(name, setting)
        before = holder.get(setting.key)
        if text == self.setting(name, setting):
            return
        if not text and (setting.kind in ("number", "choice") or before is None):
            holder.pop(setting.key, None)
            return
        if setting.dates:
            holder = self._entries[name].setdefault(_DATES, {}) if before is None else holder
            if not isinstance(holder, dict):
                holder = self._entries[name][_DATES] = {}
        holder[setting.key] = text if isinstance(before, str) else _typed(text, setting.kind)

    def _holder(self, name: str, setting: Setting) -> dict[str, Any]:
        entry = self._entries.get(name, {})
        if not setting.dates:
            return entry
        dates = entry.get(_DATES)
        return dates if isinstance(dates, dict) else {}

    def unlisted(self, name: str) -> Mapping[str, Any]:
        """Return the settings of a resource that the editor has no field for."""
        shown = {setting.key for setting in SETTINGS}
        entry = self._entries.get(name, {})
        dates = entry.get(_DATES)
        inner = dates if isinstance(dates, dict) else {}
        outer = {key: value for key, value in entry.items() if key not in shown and key != _DATES}
        return outer | {key: value for key, value in inner.items() if key not in shown}


def _typed(text: str, kind: Kind) -> Any:
    if kind == "choice":
        return text == "true"
    if kind == "number":
        try:
            number = float(text)
        except ValueError:
            return text
        if not abs(number) < 1e15:
            return text
        return int(number) if number.is_integer() else number
    return text
