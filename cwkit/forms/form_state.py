"""The state of a creation form: values, the check of them after each change, messages, and the request."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cwkit.elements import Element, Problem, Repair, ValuesCheck, check_values, event_settings
from cwkit.elements.checks import values_beside
from cwkit.forms.fields import FormField, form_fields, name_field, tags_field
from cwkit.instances import Instance
from cwkit.instances.findings import findings_of
from cwkit.instances.remembered import Remembered
from cwkit.redaction import MASK, Secret

__all__ = ["Draft", "FormState", "as_curl", "as_json"]

_AGAIN = "The credentials were not accepted. Enter this value again."
_MARKUP = re.compile(r"<[^<>]+>")
# Found on every request with real secrets, or reported by the check already.
_NOT_HERE = frozenset({"secret-in-clear", "missing", "blanked-out"})


@dataclass(frozen=True)
class Draft:
    """What would be sent, and what is wrong with it.

    ``values`` are all checked values; ``repairs`` and ``problems`` are by key, with ``name`` and ``tags``
    as keys.
    """

    element_key: str
    name: str
    tags: tuple[str, ...]
    values: Mapping[str, str | Secret | None]
    repairs: tuple[Repair, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """Return whether it may be sent."""
        return not self.problems

    @property
    def configuration(self) -> dict[str, str | Secret]:
        """The values that are not blank."""
        return {key: value for key, value in self.values.items() if value is not None}

    def without_secrets(self) -> Draft:
        """Return the draft with the secrets forgotten; that there were some can still be seen."""
        kept = {k: Secret("") if isinstance(value, Secret) else value for k, value in self.values.items()}
        return replace(self, values=kept)

    def problem(self, key: str) -> Problem | None:
        """Return the first problem of a field."""
        return next((problem for problem in self.problems if problem.key == key), None)

    def repair(self, key: str, *, sending: bool = False) -> str:
        """Return what was corrected in a field, in words; ``sending`` while it is still being typed."""
        made = [repair for repair in self.repairs if repair.key == key]
        if not made:
            return ""
        words = " ".join(dict.fromkeys(repair.reason for repair in made))
        after = made[-1].after
        if after in ("", MASK, key):
            return words
        return f"{words} {'Will be sent as' if sending else 'Now'}: {after}"


class FormState:
    """The fields of a form with the request that they make (``draft``); knows no widget.

    ``local_platform``: the platform runs on this computer, so that it can reach private addresses.
    """

    def __init__(self, element: Element, *, local_platform: bool = False) -> None:
        self.element = element
        self.fields: dict[str, FormField] = {
            **form_fields(element),
            "name": name_field(),
            "tags": tags_field(),
        }
        self._local_platform = local_platform
        self._extra: dict[str, Any] = {}  # values for keys that the form does not show
        self._notes: dict[str, str] = {}  # what was corrected, by key
        self._refused: frozenset[str] = frozenset()  # secrets that have to be entered again
        self._remembered = Remembered()
        self.check()

    @property
    def touched(self) -> frozenset[str]:
        """The keys of the fields into which something was entered."""
        return frozenset(key for key, field in self.fields.items() if field.touched)

    def fill(self, values: Mapping[str, Any]) -> list[str]:
        """Enter ``name``, ``tags`` and configuration values by key, perhaps misspelt; return their keys."""
        own = {key: value for key, value in values.items() if key in ("name", "tags")}
        rest = {key: value for key, value in values.items() if key not in own}
        repairs = check_values(self.element, rest).repairs
        renamed = {each.before: each for each in repairs if each.after == each.key and each.before in rest}
        right = {renamed[key].key if key in renamed else key: value for key, value in rest.items()}
        right |= {key: value for key, value in rest.items() if key not in renamed}  # the right spelling wins
        keys = self.put({**own, **right})
        for repair in renamed.values():
            if repair.key in self.fields:
                self._notes[repair.key] = " ".join(
                    filter(None, [repair.reason, self._notes.get(repair.key, "")])
                )
        return keys

    def clear(self) -> None:
        """Set every field to its default, and forget everything that was entered."""
        self._extra.clear()
        self.reset(self.fields)

    def reset(self, keys: Iterable[str]) -> None:
        """Set fields to their defaults, as if nothing had been entered into them."""
        for key in keys:
            self.fields[key].take(self.fields[key].default)
            self.fields[key].touched = False
            self._notes.pop(key, None)
        self.check()

    def put(self, values: Mapping[str, Any]) -> list[str]:
        """Enter values under the element's own keys; return the keys of the fields that were written."""
        for key, value in values.items():
            if key not in self.fields:
                self._extra[key] = value
                continue
            blank = key == event_settings.CALLBACK and value in event_settings.NO_CALLBACK
            self._notes.pop(key, None)  # it was about the value before
            self.fields[key].take("" if blank else value)
            self.fields[key].touched = True
        for key in [key for key in values if key in self.fields]:
            self._fill_beside(key)
        self.check()
        return [key for key in values if key in self.fields]

    def check(self) -> Draft:
        """Check everything, and write what was corrected into the fields."""
        self.draft = self._drafted()
        for key in self.fields:
            self._correct(key)
        return self.draft

    def changed(self, key: str, *, done: bool) -> list[str]:
        """Check after a change of one field; return the keys of the fields whose messages may change.

        A correction is written into the field when a person is ``done`` with it, and only announced
        while it is being typed. A page that was pasted may give values for other fields, too.
        """
        before = self.draft
        self._notes.pop(key, None)
        filled = self._fill_beside(key) if done else []
        self.draft = self._drafted()
        if done:
            self._correct(key)
        elif note := self.draft.repair(key, sending=True):
            self._notes[key] = note
        reported = {problem.key for draft in (before, self.draft) for problem in draft.problems}
        others = [*filled, *sorted(reported)]
        return [key, *dict.fromkeys(other for other in others if other != key and other in self.fields)]

    def touch_all(self) -> None:
        """From now on, report what is wrong with every field, also with those never touched."""
        for field in self.fields.values():
            field.touched = True

    def forget_secrets(self, *, refused: bool) -> list[str]:
        """Empty the secret fields and return their keys; ``refused`` ones have to be entered again."""
        keys = [key for key, field in self.fields.items() if field.kind == "secret"]
        self._refused = frozenset(key for key in keys if refused and self.fields[key].value)
        for key in keys:
            self.fields[key].take(None)
            self._notes.pop(key, None)
        self.draft = self._drafted() if refused else self.draft.without_secrets()
        return keys

    def message(self, key: str) -> tuple[str, str]:
        """Return what is shown under a field, and its level: ``error`` or ``note``."""
        problem = self.draft.problem(key)
        if problem and problem.code == "missing" and key in self._refused:
            return _AGAIN, "error"
        if problem and (self.fields[key].touched or problem.code != "missing"):
            return _in_words(problem, self.fields[key].label), "error"
        return self._notes.get(key, ""), "note"

    def summary(self) -> str:
        """Return what is still to be done before the request can be sent."""
        missing = [problem.key for problem in self.draft.problems if problem.code == "missing"]
        wrong = [problem.key for problem in self.draft.problems if problem.code != "missing"]
        parts = (("Needs correction", wrong), ("Still to fill in", missing))
        lines = [f"{what}: {self._labels(keys)}." for what, keys in parts if keys]
        return " ".join(lines) or "Everything is filled in."

    def _drafted(self) -> Draft:
        """Return the request that the fields make.

        A value that is the platform's own default is omitted, unless the element requires the field: what
        the platform chooses later for its default then applies to the instance too.
        """
        name, tags = str(self.fields["name"].value).strip(), tuple(self.fields["tags"].value)
        entered = {
            key: field.value if field.kind == "secret" else field.text
            for key, field in self.fields.items()
            if key in self.element.fields and (field.required or field.changed_from_default)
        }
        check = check_values(self.element, {**self._extra, **entered})
        problems = (*_name_problems(name), *_tag_problems(tags), *check.problems)
        problems = (*problems, *self._found(check, {problem.key for problem in problems}))
        return Draft(self.element.key, name, tags, check.values, check.repairs, problems)

    def _found(self, check: ValuesCheck, known: set[str]) -> Iterator[Problem]:
        """Yield what the findings call an error and the check has not reported: one verdict everywhere."""
        entered = {key: value for key, value in check.values.items() if value is not None}
        values = {**self.element.defaults(), **entered}  # what is omitted has its default on the platform
        data = {"element": {"key": self.element.key}, "configuration": values}
        instance = Instance.from_response(data, element=self.element)
        for finding in findings_of(instance, answered=False, remembered=self._remembered):
            key = finding.subject if finding.subject in self.fields else event_settings.POLLER
            local = self._local_platform and finding.code == "callback-local"
            if (
                finding.severity == "error"
                and finding.code not in _NOT_HERE
                and key not in known
                and not local
            ):
                where = "" if key == finding.subject else f"{finding.subject}: "
                yield Problem(key, finding.code, f"{where}{finding.message}", finding.fix)

    def _labels(self, keys: Iterable[str]) -> str:
        names = (self.fields[key].label if key in self.fields else key for key in keys)
        return ", ".join(dict.fromkeys(names))

    def _fill_beside(self, key: str) -> list[str]:
        """Fill in other fields, still at their default, for which the value just entered gives the value."""
        filled = []
        for other, value in values_beside(self.element, key, self.fields[key].text).items():
            field = self.fields.get(other)
            if field is not None and not field.touched and field.text != value:
                field.take(value)
                field.touched = True
                self._notes[other] = f"Taken from what was entered under {self.fields[key].label}."
                filled.append(other)
        return filled

    def _correct(self, key: str) -> None:
        value, note = self.draft.values.get(key), self.draft.repair(key)
        if note and value is not None and self.draft.problem(key) is None:
            self.fields[key].take(value)
            self._notes[key] = note


def as_json(draft: Draft) -> str:
    """Return the body of the request (platform facts, section 3), secrets masked."""
    configuration = {
        key: _placeholder(key) if isinstance(value, Secret) else value
        for key, value in draft.configuration.items()
    }
    body: dict[str, Any] = {"element": {"key": draft.element_key}, "configuration": configuration}
    body |= {"tags": list(draft.tags), "name": draft.name}
    return json.dumps(body, indent=2, ensure_ascii=False)


def as_curl(draft: Draft, base_url: str) -> str:
    r"""Return the request as a command for a POSIX shell (bash, zsh, sh; on Windows: Git Bash, WSL).

    It works once the stars with their names are replaced. In a secret, write ``'\''`` for ``'`` and,
    in the body, ``\\`` for a backslash and ``\"`` for a double quote.
    """
    secrets = f"User {_placeholder('user secret')}, Organization {_placeholder('organization secret')}"
    lines = [
        f"curl -X POST {_posix(f'{base_url}/instances')}",
        f"-H {_posix(f'Authorization: {secrets}')}",
        f"-H {_posix('Content-Type: application/json')}",
        f"-d {_posix(as_json(draft))}",
    ]
    return " \\\n  ".join(lines)


def _placeholder(key: str) -> str:
    return f"***{key.upper()}***"


def _posix(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _in_words(problem: Problem, label: str) -> str:
    """Return a problem as a sentence or two to be shown under the field ``label``."""
    message = problem.message
    if re.match(r"(is|has|holds|contains|still) ", message, re.I):
        message = f"{label} {message[:1].lower()}{message[1:]}"
    stop = "" if message.endswith((".", "!", "?")) else "."
    return f"{message}{stop} {problem.fix}".strip()


def _name_problems(name: str) -> Iterator[Problem]:
    if not name:
        yield Problem("name", "missing", "The name is missing.", "Enter a name for the instance.")
    elif _MARKUP.search(name):
        yield _markup_problem("name", "The name")


def _tag_problems(tags: tuple[str, ...]) -> Iterator[Problem]:
    seen: set[str] = set()
    for tag in tags:
        if tag in seen:
            yield Problem("tags", "duplicate-tag", f'The tag "{tag}" is entered twice.', "Remove one.")
        seen.add(tag)
    if any(_MARKUP.search(tag) for tag in tags):
        yield _markup_problem("tags", "A tag")


def _markup_problem(key: str, what: str) -> Problem:
    message = f"{what} contains angle brackets, and the platform removes the text between them."
    return Problem(key, "markup", message, "Write it without < and >.")
