"""The event settings of one instance while they are edited: what would be sent, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cwkit.elements import Element, check_field, event_settings
from cwkit.errors import PollerError
from cwkit.events import PollerConfiguration, errors_in, refresh_interval
from cwkit.forms.poller_draft import PollerDraft
from cwkit.redaction import Secret, as_secret, reveal

__all__ = ["SIGNATURE", "EventSettings"]

SIGNATURE = "event.notification.signature.key"
_KEYS = (
    event_settings.ENABLED,
    event_settings.CALLBACK,
    SIGNATURE,
    event_settings.INTERVAL,
    event_settings.POLLER,
)


class EventSettings:
    """Switch, callback, signature key, interval and poller, as they stand and as they are edited.

    ``now`` are the configuration values that are set at present, ``entered`` those to begin with instead.
    """

    def __init__(self, element: Element, now: Mapping[str, Any], entered: Mapping[str, Any]) -> None:
        self.element = element
        self.now: dict[str, Any] = {key: now.get(key) for key in _KEYS}
        start = self.now | {key: entered[key] for key in _KEYS if key in entered}
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
        """Say whether the element polls; otherwise the service behind it tells of changes by itself."""
        return self.element.event_method == "polling"

    @property
    def poller(self) -> PollerConfiguration:
        """The resources that are polled."""
        return self.draft.poller

    @property
    def minutes(self) -> int:
        """The interval in whole minutes; 15 where what is set is no interval."""
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
        """The values as they would be sent; what is blank and was never set is left out."""
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
        """What stands in the way of saving, in words."""
        found = [self.code_problem] if self.code_problem else []
        try:
            if self.polls:
                refresh_interval(self.interval)
        except PollerError as error:
            found.append(f"{error.message} {error.fix}")
        for key, value in ((event_settings.CALLBACK, self.callback or None), (SIGNATURE, self.signature)):
            if problem := check_field(self.element, key, value).problem:
                label = self.element.fields[key].label if key in self.element.fields else key
                found.append(f"{label}: {problem}")
        if self.enabled and not self.callback:
            found.append("Events are on, but there is no callback URL. Enter one, or switch events off.")
        return [*found, *self._new_errors()]

    def _new_errors(self) -> Iterator[str]:
        """Yield the errors of resources that are not in what is set now, which may be wrong already."""
        before = self._parsed(self.now[event_settings.POLLER]) if self.polls else None
        for name, resource in self.poller.items() if self.polls else ():
            known = errors_in(before[name]) if before is not None and name in before else {}
            for key, error in errors_in(resource).items():
                if key not in known:
                    yield f"{name}: {error.message} {error.fix}"

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
        self.now = {key: now.get(key) for key in _KEYS}
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
