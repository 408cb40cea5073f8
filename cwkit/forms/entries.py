"""What is entered in a form so far: filled in, checked after each change, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cwkit.elements import Element, connectwise, event_settings
from cwkit.forms.draft import Draft, draft_of, in_words
from cwkit.forms.fields import FormField, form_fields, name_field, tags_field

__all__ = ["Entries"]

_AGAIN = "The credentials were not accepted. Enter it again."


class Entries:
    """The fields of a form with the request that they make (``draft``); knows no widget."""

    def __init__(self, element: Element) -> None:
        self.element = element
        self.fields: dict[str, FormField] = {
            **form_fields(element),
            "name": name_field(),
            "tags": tags_field(),
        }
        self._extra: dict[str, Any] = {}  # values for keys that the form does not show
        self._notes: dict[str, str] = {}  # what was put right, by key
        self._refused: frozenset[str] = frozenset()  # secrets that are asked for again
        self.check()

    @property
    def touched(self) -> frozenset[str]:
        """The keys of the fields into which something was entered."""
        return frozenset(key for key, field in self.fields.items() if field.touched)

    def fill(self, values: Mapping[str, Any]) -> None:
        """Enter many values: ``name``, ``tags`` and configuration values by key, perhaps misspelt."""
        own = {key: value for key, value in values.items() if key in ("name", "tags")}
        rest = {key: value for key, value in values.items() if key not in own}
        renamed, repairs, _problems = connectwise.repaired_keys(self.element, rest)
        self._notes |= {repair.key: repair.reason for repair in repairs if repair.key in self.fields}
        self.put({**own, **renamed})

    def put(self, values: Mapping[str, Any]) -> list[str]:
        """Enter values under the element's own keys; return the keys of the fields that were written."""
        for key, value in values.items():
            if key not in self.fields:
                self._extra[key] = value
                continue
            blank = key == event_settings.CALLBACK and value in event_settings.NO_CALLBACK
            self.fields[key].take("" if blank else value)
            self.fields[key].touched = True
        self.check()
        return [key for key in values if key in self.fields]

    def check(self) -> Draft:
        """Check everything, and write what was put right into the fields."""
        self.draft = draft_of(self.element, self.fields, self._extra)
        for key in self.fields:
            self._put_right(key)
        return self.draft

    def changed(self, key: str, *, done: bool) -> list[str]:
        """Check after a change of one field; return the keys of which something new may be said.

        What can be put right is written into the field when a person is ``done`` with it, and only
        told while it is being typed.
        """
        before = self.draft
        self._notes.pop(key, None)
        self.draft = draft_of(self.element, self.fields, self._extra)
        if done:
            self._put_right(key)
        elif note := self.draft.repair(key, sending=True):
            self._notes[key] = note
        told = {problem.key for draft in (before, self.draft) for problem in draft.problems}
        return [key, *sorted(other for other in told if other != key and other in self.fields)]

    def touch_all(self) -> None:
        """From now on, say of every field what is wrong with it, also of those never touched."""
        for field in self.fields.values():
            field.touched = True

    def forget_secrets(self, *, refused: bool) -> list[str]:
        """Empty the secret fields and return their keys; ``refused`` ones are asked for again."""
        keys = [key for key, field in self.fields.items() if field.kind == "secret"]
        self._refused = frozenset(key for key in keys if refused and self.fields[key].value)
        for key in keys:
            self.fields[key].take(None)
            self._notes.pop(key, None)
        self.draft = (
            draft_of(self.element, self.fields, self._extra) if refused else self.draft.without_secrets()
        )
        return keys

    def message(self, key: str) -> tuple[str, str]:
        """Return what stands under a field, and its level: ``error`` or ``note``."""
        problem = self.draft.problem(key)
        if problem and problem.code == "missing" and key in self._refused:
            return _AGAIN, "error"
        if problem and (self.fields[key].touched or problem.code != "missing"):
            return in_words(problem, self.fields[key].label), "error"
        return self._notes.get(key, ""), "note"

    def summary(self) -> str:
        """Say what is still to be done before the request can be sent."""
        missing = [problem.key for problem in self.draft.problems if problem.code == "missing"]
        wrong = [problem.key for problem in self.draft.problems if problem.code != "missing"]
        parts = (("To put right", wrong), ("Still to fill in", missing))
        told = [f"{what}: {self._labels(keys)}." for what, keys in parts if keys]
        return " ".join(told) or "Everything is filled in."

    def _labels(self, keys: Iterable[str]) -> str:
        names = (self.fields[key].label if key in self.fields else key for key in keys)
        return ", ".join(dict.fromkeys(names))

    def _put_right(self, key: str) -> None:
        value, note = self.draft.values.get(key), self.draft.repair(key)
        if note and value is not None and self.draft.problem(key) is None:
            self.fields[key].take(value)
            self._notes[key] = note
