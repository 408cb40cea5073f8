"""Mutated responses compared value by value with the original: none may be read wrongly in silence.

``python -m tests.fuzz.values 20000`` prints how many were read right, doubtful, refused and silently wrong.
"""

from __future__ import annotations

import html
import json
import pprint
import quopri
import random
import sys
import textwrap
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import Any

from cwkit.errors import ReadError
from cwkit.instances import read_instances
from cwkit.redaction import reveal

from .pastes import sources

_WORDS = [
    "Acme",
    "Managed",
    "Services",
    "O'Hara",
    "Zürich",
    "R&D",
    "50%",
    "a=b",
    "x/y",
    "北京",
    "one, two",
    "{t}",
]


def original(number: int) -> dict[str, Any]:
    """Return a generated response of its own values."""
    chance = random.Random(number)

    def text() -> str:
        return " ".join(chance.choice(_WORDS) for _ in range(chance.randrange(1, 5)))

    return {
        "id": chance.randrange(1, 10**6),
        "name": text(),
        "token": f"tk{chance.randrange(10**12)}+/=",
        "elementId": 117,
        "element": {"id": 117, "name": "ConnectWise", "key": "connectwisehd", "hub": "helpdesk"},
        "tags": [text() for _ in range(chance.randrange(3))],
        "valid": chance.random() < 0.8,
        "disabled": chance.random() < 0.2,
        "configuration": {
            "helpdesk.connectwise.company": text(),
            "helpdesk.connectwise.password": f"pw{chance.randrange(10**9)}",
            "helpdesk.connectwise.server.url": "https://api-na.myconnectwise.net",
            "event.notification.enabled": chance.choice(["true", "false", None]),
            "event.poller.configuration": json.dumps({"contacts": {"url": "/hubs/crm/contacts"}}),
        },
    }


def _plain(data: dict[str, Any], chance: random.Random) -> str:
    return json.dumps(data, indent=chance.choice([None, 2, 4]), ensure_ascii=chance.random() < 0.5)


def _lines(make: Callable[[int, str], str]) -> Callable[[str, random.Random], str]:
    return lambda text, chance: "\n".join(make(n, line) for n, line in enumerate(text.split("\n"), 1))


def _elided(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(1, len(lines) + 1)
    elision = chance.choice(["...", "[...]", "<snip>", "etc", "***", "(...)", "[truncated]", "…"])
    return "\n".join([*lines[:at], elision, *lines[at + chance.randrange(0, 3) :]])


def _removed(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + text[at + chance.randrange(1, 40) :]


def _commented(text: str, chance: random.Random) -> str:
    at = chance.choice([n for n, sign in enumerate(text) if sign in "{"])
    return text[: at + 1] + chance.choice([" // here", " # here", " /* here */"]) + "\n" + text[at + 1 :]


def _without_a_sign(text: str, chance: random.Random) -> str:
    at = chance.choice([n for n, sign in enumerate(text) if sign in '",:{}[]'])
    return text[:at] + text[at + 1 :]


MUTATIONS: dict[str, Callable[[str, random.Random], str]] = {
    "none": lambda text, chance: f"Hello,\n{text}\nRegards",
    "cut": lambda text, chance: text[: chance.randrange(1, len(text))],
    "cut in front": lambda text, chance: text[chance.randrange(1, len(text)) :],
    "cut, then a second": lambda text, chance: text[: chance.randrange(1, len(text))] + "\n" + _other(chance),
    "doubled": lambda text, chance: text + "\n\n" + text,
    "followed by a second": lambda text, chance: text + _other(chance),
    "removed": _removed,
    "without a sign": _without_a_sign,
    "wrapped": lambda text, chance: "\n".join(
        part for line in text.split("\n") for part in textwrap.wrap(line, 72, break_long_words=False) or [""]
    ),
    "replied to": _lines(lambda n, line: f"> {line}"),
    "numbered": _lines(lambda n, line: f"{n:>4} {line}"),
    "logged": _lines(lambda n, line: f"2024-05-01 10:00:{n % 60:02},123 INFO [main] - {line}"),
    "quoted-printable": lambda text, chance: quopri.encodestring(text.encode()).decode(),
    "HTML": lambda text, chance: "<p>Hi</p><br>" + html.escape(text).replace("\n", "<br>") + "<p>Bye</p>",
    "HTML source": lambda text, chance: f"<html><pre>{html.escape(text, quote=False)}</pre></html>",
    "bytes": lambda text, chance: f"got {text.encode()!r}",
    "repr": lambda text, chance: repr(json.loads(text)),
    "pprint": lambda text, chance: pprint.pformat(json.loads(text), width=chance.choice([30, 60, 100])),
    "field": lambda text, chance: json.dumps({"time": "10:00", "msg": f"got {text}"}),
    "shell": lambda text, chance: "curl https://x -d '" + text.replace("'", "'\\''") + "'",
    "typographic": lambda text, chance: text.replace('"', "”"),
    "commented": _commented,
    "elided": _elided,
    "UTF-16": lambda text, chance: text.encode("utf-16-le").decode("utf-16-le"),
}


def _other(chance: random.Random) -> str:
    return _plain(original(chance.randrange(10**6, 10**7)), chance)


@cache
def _seeds() -> list[dict[str, Any]]:
    found = []
    for text in sources()[:2]:
        (instance,) = read_instances(text)
        configuration = {key: reveal(value) for key, value in instance.configuration.items()}
        found.append(
            {"id": instance.id, "name": instance.name, "valid": True, "configuration": configuration}
        )
    return found


def _values(data: dict[str, Any]) -> dict[str, Any]:
    configuration = data.get("configuration") or {}
    top = {name: data.get(name) for name in ("id", "name", "token", "valid", "disabled") if name in data}
    return {**top, **{f"configuration.{key}": value for key, value in configuration.items()}}


def _equal(key: str, value: Any, right: Any) -> bool:
    if key.endswith("poller.configuration") and value and right:
        with suppress(ValueError):
            return bool(json.loads(value) == json.loads(right))
    return bool(value == right)


def _as_written(text: str, key: str, value: Any) -> bool:
    """Return whether the mutation changed the value itself: it is in the text, quoted, under its key."""
    name = json.dumps(key.removeprefix("configuration."))
    with suppress(ValueError):
        data = json.loads(text)
        return bool(_values(data).get(key) == value)
    forms = {json.dumps(value), json.dumps(value, ensure_ascii=False)}
    return any(f"{name}: {form}" in text for form in forms)


def verdict(number: int) -> tuple[str, str, str]:
    """Return the mutation, the verdict and the wrong values of the paste with this number."""
    chance = random.Random(number)
    data = chance.choice(_seeds()) if number % 10 == 0 else original(number)
    name = chance.choice(list(MUTATIONS))
    text = MUTATIONS[name](_plain(data, chance), chance)
    try:
        instances = read_instances(text)
    except ReadError:
        return name, "refused", ""
    right = _values(data)
    first = instances[0]
    if name in ("cut", "cut, then a second", "cut in front") and first.id not in (data["id"], None):
        return name, "the other alone", ""
    read = {
        "id": first.id, "name": first.name or None, "token": reveal(first.token), "valid": first.valid,
        "disabled": first.disabled,
        **{f"configuration.{key}": reveal(value) for key, value in first.configuration.items()},
    }  # fmt: skip
    notes = " ".join(first.notes)
    wrong = {
        key for key, value in read.items() if value is not None and not _equal(key, value, right.get(key))
    }
    lost = {key for key, value in right.items() if value is not None and read.get(key) is None}
    lost = {key for key in lost if f'"{key.removeprefix("configuration.")}"' in text}
    silent = {
        key
        for key in wrong
        if key.removeprefix("configuration.") not in notes and not _as_written(text, key, read[key])
    }
    if lost and not notes:
        silent |= lost
    if silent:
        return name, "silently wrong", ", ".join(f"{key}: {read.get(key)!r}" for key in sorted(silent))
    return name, "doubtful" if wrong or lost else "right", ""


def main(arguments: list[str]) -> int:
    """Run pastes from the command line; 1 where a value was read wrongly in silence."""
    count = int(arguments[0] if arguments else 500)
    verdicts: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for number in range(count):
        name, outcome, wrong = verdict(number)
        verdicts[outcome] += 1
        if wrong:
            kinds[name] += 1
            if kinds[name] <= 4:
                print(f"{number} ({name}): {wrong}"[:300], flush=True)
    print(f"{count} pastes: {dict(verdicts)}; silently wrong: {dict(kinds)}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
