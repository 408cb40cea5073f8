"""The event settings of one instance while they are edited: resources, what would be sent, what is wrong."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cwkit.elements import Element, check_field, event_settings
from cwkit.errors import PollerError
from cwkit.events import PollerConfiguration, PollerResource, errors_in, refresh_interval
from cwkit.instances import Instance
from cwkit.instances.instance_rules import event_findings
from cwkit.redaction import Secret, as_secret, reveal

__all__ = [
    "DATE_FORMATS",
    "EVENT_KEYS",
    "SETTINGS",
    "SIGNATURE",
    "ZONES",
    "PollerDraft",
    "PollerState",
    "Setting",
]

SIGNATURE = "event.notification.signature.key"
EVENT_KEYS = (
    event_settings.ENABLED,
    event_settings.CALLBACK,
    SIGNATURE,
    event_settings.INTERVAL,
    event_settings.POLLER,
)
"""The keys that the poller editor sets."""

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
    Setting("url", "URL", "area", help="The call to the hub; ${...} is the time of the last poll."),
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
    Setting("pageSize", "Records per page", "number"),
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
"""Formats to choose from; any other can be typed."""

ZONES: tuple[str, ...] = ("GMT", "UTC", "PST", "EST", "CST", "America/New_York", "Europe/London", "GMT+05:30")


class PollerDraft:
    """Resources in their order, each selected or not. What is selected is polled; nothing else is lost."""

    def __init__(self, poller: PollerConfiguration, default: PollerConfiguration | None = None) -> None:
        self.default = default
        self.element_key = poller.element_key
        self._entries: dict[str, dict[str, Any]] = {}
        self._ticked: set[str] = set()
        self.take(poller)

    @property
    def names(self) -> list[str]:
        """All resources in order, selected or not."""
        return list(self._entries)

    @property
    def poller(self) -> PollerConfiguration:
        """The selected resources as a configuration."""
        ticked = {name: entry for name, entry in self._entries.items() if name in self._ticked}
        return PollerConfiguration.parse(ticked, element_key=self.element_key)

    @property
    def code(self) -> str:
        """The selected resources as JSON for reading."""
        return json.dumps(json.loads(self.poller.to_json()), indent=2, ensure_ascii=False)

    def take(self, poller: PollerConfiguration) -> None:
        """Take over a configuration; resources that it does not have stay, not selected."""
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
        """Return whether a resource is polled."""
        return name in self._ticked

    def tick(self, name: str, on: bool) -> None:
        """Poll a resource or not; its settings stay."""
        if on and name in self._entries:
            self._ticked.add(name)
        else:
            self._ticked.discard(name)

    def reset(self) -> None:
        """Set what the element's default has; resources that were added stay, not selected."""
        if self.default is not None:
            self.take(self.default)

    def copy(self, name: str, new_name: str) -> None:
        """Add a resource like ``name``, its URL on the object ``new_name``, right behind it, and tick it.

        Raises ``PollerError`` where the new name is blank or taken.
        """
        new_name = new_name.strip()
        if not new_name or new_name in self._entries:
            taken = (
                f"There is already a resource named {new_name!r}."
                if new_name
                else "The new resource has no name."
            )
            raise PollerError(taken, fix="Enter another name, usually that of the object to be polled.")
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
        """Return a resource, selected or not; ``None`` if there is none of this name."""
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
        """Change a setting of a resource; a blank text omits what was not there before.

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


class PollerState:
    """Switch, callback, signature key, interval and poller, as they are set and as they are edited.

    ``now`` are the configuration values that are set at present, ``entered`` those to begin with instead.
    """

    def __init__(
        self,
        element: Element,
        now: Mapping[str, Any],
        entered: Mapping[str, Any],
        *,
        local_platform: bool = False,
    ) -> None:
        self.element = element
        self._local_platform = local_platform
        self.now: dict[str, Any] = {key: now.get(key) for key in EVENT_KEYS}
        start = self.now | {key: entered[key] for key in EVENT_KEYS if key in entered}
        self.enabled = str(reveal(start[event_settings.ENABLED])).strip().lower() == "true"
        callback = str(reveal(start[event_settings.CALLBACK]) or "")
        self.callback = "" if callback == "false" else callback
        self.signature: Secret | None = as_secret(start[SIGNATURE]) if start[SIGNATURE] else None
        self.interval = str(reveal(start[event_settings.INTERVAL]) or "15")
        self.code_problem = ""
        self.unreadable = ""
        self.draft = PollerDraft(self._opened(start[event_settings.POLLER]), _default_poller(element))

    @property
    def polls(self) -> bool:
        """Return whether the element polls; otherwise the vendor sends its changes."""
        return self.element.event_method == "polling"

    @property
    def poller(self) -> PollerConfiguration:
        """The resources that are polled."""
        return self.draft.poller

    @property
    def minutes(self) -> int:
        """The interval in whole minutes; 15 if what is set is not an interval."""
        try:
            return max(1, round(refresh_interval(self.interval)))
        except PollerError:
            return 15

    def read_code(self, text: str) -> None:
        """Take over the poller from its JSON; a mistake is kept in ``code_problem``, and nothing changes."""
        try:
            self.draft.read_code(text)
        except PollerError as error:
            self.code_problem = error.message
        else:
            self.code_problem = self.unreadable = ""

    @property
    def configuration(self) -> dict[str, str | Secret]:
        """The values as they would be sent; what is blank and was never set is omitted."""
        now = self.now[event_settings.ENABLED]
        off = "false" if str(now).strip().lower() == "true" else now  # what was never on stays as it was
        values: dict[str, Any] = {
            event_settings.ENABLED: "true" if self.enabled else off,
            event_settings.CALLBACK: self._callback(),
            SIGNATURE: self.signature or ("" if self.now[SIGNATURE] else None),
        }
        if self.polls:
            values[event_settings.INTERVAL] = self.interval
            values[event_settings.POLLER] = self._poller_text()
        return {key: value for key, value in values.items() if value is not None}

    @property
    def problems(self) -> list[str]:
        """Why this cannot be saved, in words."""
        found = [self.code_problem] if self.code_problem else []
        found += [f"{self._label(key)}: {text}" for key, text in self.field_problems().items()]
        return [*found, *(f"{name}: {text}" for name, text in self._new_errors())]

    def field_problems(self) -> dict[str, str]:
        """Return what is wrong with switch, callback, signature key and interval, by key."""
        found: dict[str, str] = {}
        given: dict[str, Any] = {event_settings.CALLBACK: self.callback or None, SIGNATURE: self.signature}
        if self.polls:
            given[event_settings.INTERVAL] = self.interval
        for key, value in given.items():
            if problem := check_field(self.element, key, value).problem:
                found[key] = str(problem)
        if self.enabled and not self.callback:
            text = "Events are on, but there is no callback URL. Enter one, or switch events off."
            found[event_settings.CALLBACK] = text
        for finding in event_findings(self._instance()):
            local = self._local_platform and finding.code == "callback-local"
            if finding.severity == "error" and finding.subject in given and not local:
                found.setdefault(finding.subject, f"{finding.message} {finding.fix}")
        return found

    def setting_problems(self, name: str) -> dict[str, str]:
        """Return what is wrong with the settings of one resource, by their keys."""
        resource = self.draft.resource(name)
        if resource is None:
            return {}
        found = {key: f"{error.message} {error.fix}" for key, error in errors_in(resource).items()}
        for key, wanted in resource.oddities():
            found.setdefault(key.rpartition(".")[2], f"{wanted.capitalize()} is expected here.")
        return found

    def _instance(self) -> Instance:
        values = {
            event_settings.CALLBACK: self.callback,
            event_settings.ENABLED: "true" if self.enabled else "false",
        }
        data = {"element": {"key": self.element.key}, "configuration": values}
        return Instance.from_response(data, element=self.element)

    def _label(self, key: str) -> str:
        return self.element.fields[key].label if key in self.element.fields else key

    def _new_errors(self) -> Iterator[tuple[str, str]]:
        """Yield the errors of resources that are not in what is set now, which may be wrong already."""
        before = self._parsed(self.now[event_settings.POLLER]) if self.polls else None
        for name, resource in self.poller.items() if self.polls else ():
            known = errors_in(before[name]) if before is not None and name in before else {}
            for key, error in errors_in(resource).items():
                if key not in known:
                    yield name, f"{error.message} {error.fix}"

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Return what saving would change: by key, the value now and after; pollers as configurations."""
        found: dict[str, tuple[Any, Any]] = {}
        for key, after in self.configuration.items():
            before = self.now[key]
            if (before or None) == (after or None):
                continue
            old = self._parsed(before) if key == event_settings.POLLER else None
            found[key] = (before, after) if old is None else (old, self.poller)
        return found

    def saved(self, now: Mapping[str, Any]) -> None:
        """Note that the values were saved, and what is set ``now``."""
        self.now = {key: now.get(key) for key in EVENT_KEYS}
        self.unreadable = ""

    def _callback(self) -> str | None:
        if self.callback:
            return self.callback
        before = self.now[event_settings.CALLBACK]
        return "" if before not in event_settings.NO_CALLBACK else before

    def _poller_text(self) -> str | None:
        """Return the poller to send: what is set now, to the byte, where it means the same."""
        before, poller = self.now[event_settings.POLLER], self.poller
        if self.unreadable and not poller:
            return None if before is None else str(before)
        old = self._parsed(before)
        same = before is not None and old is not None and old == poller and list(old) == list(poller)
        return str(before) if same else poller.to_json()

    def _parsed(self, text: Any) -> PollerConfiguration | None:
        try:
            return PollerConfiguration.parse(reveal(text), element_key=self.element.key or None)
        except PollerError:
            return None

    def _opened(self, text: Any) -> PollerConfiguration:
        problem = ""
        try:
            return PollerConfiguration.parse(reveal(text), element_key=self.element.key or None)
        except PollerError as error:
            problem = error.message
        self.unreadable = f"What is set now cannot be read, and nothing is polled: {problem}"
        return PollerConfiguration.parse(None, element_key=self.element.key or None)


def _default_poller(element: Element) -> PollerConfiguration | None:
    field = element.fields.get(event_settings.POLLER)
    try:
        text = field.default_value if field else None
        return PollerConfiguration.parse(text, element_key=element.key or None) if text else None
    except PollerError:
        return None
