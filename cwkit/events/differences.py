"""What differs between two poller configurations, by resource and setting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from cwkit.events.poller import PollerConfiguration

__all__ = ["PollerDifference", "poller_differences"]


class PollerDifference(NamedTuple):
    """One difference. ``setting`` is blank for a resource that only one side has; ``None`` is "not set"."""

    resource: str
    setting: str
    before: Any
    after: Any


def poller_differences(before: PollerConfiguration, after: PollerConfiguration) -> list[PollerDifference]:
    """Return the differences only, in the order of the configurations.

    Settings within ``datesConfiguration`` are named by their own key. A resource that is gone or new is
    one difference, with its URL.
    """
    found = []
    for name in dict.fromkeys([*before, *after]):
        if name not in after:
            found.append(PollerDifference(name, "", before[name].url, None))
        elif name not in before:
            found.append(PollerDifference(name, "", None, after[name].url))
        else:
            old, new = dict(_flat(before[name].data)), dict(_flat(after[name].data))
            found += [
                PollerDifference(name, setting, old.get(setting), new.get(setting))
                for setting in dict.fromkeys([*old, *new])
                if old.get(setting, _ABSENT) != new.get(setting, _ABSENT)
            ]
    return found


_ABSENT = object()


def _flat(settings: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if key == "datesConfiguration" and isinstance(value, Mapping):
            yield from ((str(inner), held) for inner, held in value.items())
        else:
            yield str(key), value
