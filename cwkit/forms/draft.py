"""The request that a form makes of what was entered so far, with all that is said about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from cwkit.elements import Element, Problem, Repair, check_values
from cwkit.forms.fields import FormField
from cwkit.redaction import MASK, Secret

__all__ = ["Draft", "draft_of", "in_words"]

_MARKUP = re.compile(r"<[^<>]+>")


@dataclass(frozen=True)
class Draft:
    """What would be sent, and what is wrong with it.

    ``values`` are all checked values, ``repairs`` and ``problems`` are told by key; ``name`` and
    ``tags`` count as keys.
    """

    element_key: str
    name: str
    tags: tuple[str, ...]
    values: Mapping[str, str | Secret | None]
    repairs: tuple[Repair, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def valid(self) -> bool:
        """Say whether it may be sent."""
        return not self.problems

    @property
    def configuration(self) -> dict[str, str | Secret]:
        """The values that there are."""
        return {key: value for key, value in self.values.items() if value is not None}

    def without_secrets(self) -> Draft:
        """Return the draft with the secrets forgotten; that there were some can still be seen."""
        kept = {k: Secret("") if isinstance(value, Secret) else value for k, value in self.values.items()}
        return replace(self, values=kept)

    def problem(self, key: str) -> Problem | None:
        """Return the first problem of a field."""
        return next((problem for problem in self.problems if problem.key == key), None)

    def repair(self, key: str, *, sending: bool = False) -> str:
        """Return what was put right in a field, in words; ``sending`` while it is still being typed."""
        made = [repair for repair in self.repairs if repair.key == key]
        if not made:
            return ""
        words = " ".join(dict.fromkeys(repair.reason for repair in made))
        after = made[-1].after
        if after in ("", MASK, key):
            return words
        return f"{words} {'Will be sent as' if sending else 'Now'}: {after}"


def draft_of(element: Element, fields: Mapping[str, FormField], extra: Mapping[str, Any]) -> Draft:
    """Return the request that ``fields`` make, with ``extra`` values for keys that the form does not show.

    A value that is the platform's own default is left out, unless the element requires the field: what
    the platform chooses later for its default then holds for the instance too.
    """
    name, tags = str(fields["name"].value).strip(), tuple(fields["tags"].value)
    entered = {
        key: field.value if field.kind == "secret" else field.text
        for key, field in fields.items()
        if key in element.fields and (field.required or field.changed_from_default)
    }
    check = check_values(element, {**extra, **entered})
    problems = (*_name_problems(name), *_tag_problems(tags), *check.problems)
    return Draft(element.key, name, tags, check.values, check.repairs, problems)


def in_words(problem: Problem, label: str) -> str:
    """Return a problem as a sentence or two to stand under the field ``label``."""
    message = problem.message
    if re.match(r"(is|has|holds|still) ", message, re.I):
        message = f"{label} {message[:1].lower()}{message[1:]}"
    stop = "" if message.endswith((".", "!", "?")) else "."
    return f"{message}{stop} {problem.fix}".strip()


def _name_problems(name: str) -> Iterable[Problem]:
    if not name:
        yield Problem("name", "missing", "The name is missing.", "Enter what the instance is to be called.")
    elif _MARKUP.search(name):
        yield _markup_problem("name", "The name")


def _tag_problems(tags: tuple[str, ...]) -> Iterable[Problem]:
    seen: set[str] = set()
    for tag in tags:
        if tag in seen:
            yield Problem("tags", "duplicate-tag", f"The tag {tag} is there twice.", "Take one of them out.")
        seen.add(tag)
    if any(_MARKUP.search(tag) for tag in tags):
        yield _markup_problem("tags", "A tag")


def _markup_problem(key: str, what: str) -> Problem:
    message = f"{what} has angle brackets in it, and the platform takes out what stands between them."
    return Problem(key, "markup", message, "Write it without < and >.")
