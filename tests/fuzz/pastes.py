"""Mutated pastes: seeds and pollers cut, doubled and garbled; each must end in a result or our own error.

``python -m tests.fuzz.pastes 100000`` runs as many as are asked for, and tells what came out and how long
the slowest took. Every example is made from its number alone, so that a failing one can be run again:
``python -m tests.fuzz.pastes --only 4711``.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from cwkit.errors import CwkitError
from cwkit.instances import Instance, compare, explain_error, read_instances, read_request, report

FIXTURES = Path(__file__).parent.parent / "fixtures"
_BITS = [
    '"', "'", "{", "}", "[", "]", ",", ":", "\\", "\\u12", "\ud800", "\0", "\n", "...", "[...]", "}...,",
    "xxxx", "<X>", "${", "}'", "null", "NaN", "1e999", "-", "“", "”", "’", "&quot;", "\x1b[31m", "> ", "12: ",
    "//", "/*", "True", "None", " ", "\t",
    "é", "\u202e", "=", "@", "'Z'", "${gmtDate:", "?where=", "or", ", ",
]  # fmt: skip


@cache
def sources() -> tuple[str, ...]:
    """The texts that are mutated: both documents, their answers and requests, and sixty pollers."""
    documents = [(FIXTURES / name).read_text("utf-8") for name in ("seed-helpdesk.txt", "seed-crm.txt")]
    answers = [text[text.index('{\n  "id"') :] for text in documents]
    requests = [text[text.index("curl -X") : text.index("\nParameters")] for text in documents]
    pollers = [
        entry["event.poller.configuration"]
        for entry in json.loads((FIXTURES / "element-pollers.json").read_text("utf-8"))
    ]
    wrapped = [
        json.dumps({"id": 1, "valid": True, "configuration": {"event.poller.configuration": text}})
        for text in pollers
    ]
    return (*documents, *answers * 8, *requests * 4, *pollers, *wrapped)


def _cut(text: str, chance: random.Random) -> str:
    start, end = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
    return text[start:] if chance.random() < 0.3 else text[:end] if chance.random() < 0.5 else text[start:end]


def _without(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + text[start + chance.randrange(1, 60) :]


def _doubled(text: str, chance: random.Random) -> str:
    start = chance.randrange(len(text) + 1)
    part = text[start : start + chance.randrange(1, 2000)]
    return text[:start] + part * chance.randrange(2, 5) + text[start:]


def _put_in(text: str, chance: random.Random) -> str:
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.choice(_BITS) + text[at:]
    return text


def _swapped(text: str, chance: random.Random) -> str:
    return text.replace(chance.choice(_BITS), chance.choice(_BITS), chance.choice((1, 5, -1)))


def _many(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_BITS) * chance.randrange(50, 3000) + text[at:]


def _joined(text: str, chance: random.Random) -> str:
    other = chance.choice(sources())
    at = chance.randrange(len(text) + 1)
    return text[:at] + other[chance.randrange(len(other) + 1) :]


def _shuffled(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    chance.shuffle(lines)
    return "\n".join(lines)


_MUTATIONS: tuple[Callable[[str, random.Random], str], ...] = (
    _cut, _without, _without, _doubled, _put_in, _put_in, _swapped, _many, _joined, _shuffled,
)  # fmt: skip


def paste(number: int) -> str:
    """The mutated paste with this number."""
    chance = random.Random(number)
    text = chance.choice(sources())
    for _ in range(chance.randrange(1, 5)):
        text = chance.choice(_MUTATIONS)(text, chance)[:60_000]
    return text


def outcome(text: str, *, thorough: bool = True) -> str:
    """Take a paste through everything that a person may do with it; the name of the error, or ``read``."""
    with suppress(CwkitError):
        explain_error(text)
    with suppress(CwkitError):
        read_request(text).findings()
    try:
        instances = read_instances(text)
    except CwkitError as problem:
        return type(problem).__name__ if problem.fix else "an error without a fix"
    for instance in instances[:3]:
        instance.findings()
        instance.configuration_table()
    if thorough:
        _shown(instances)
    return "read"


def _shown(instances: list[Instance]) -> None:
    first = instances[0]
    first.findings().to_string()
    first.configuration_table()._repr_html_()
    first.summary()
    if first.poller is not None:
        first.poller.table()
    report(first)
    compare(first, instances[-1])


def main(arguments: list[str]) -> int:
    """Run pastes from the command line; 1 where one ended otherwise or took a second or more."""
    if arguments[:1] == ["--only"]:
        text = paste(int(arguments[1]))
        print(text, "\n->", outcome(text))
        return 0
    count, failed = int(arguments[0] if arguments else 1500), 0
    outcomes: Counter[str] = Counter()
    slowest = (0.0, -1)
    for number in range(count):
        text = paste(number)
        start = time.process_time()
        try:
            outcomes[outcome(text, thorough=number % 5 == 0)] += 1
        except Exception as problem:
            failed += 1
            print(f"{number}: {type(problem).__name__}: {problem}"[:300], flush=True)
        slowest = max(slowest, (time.process_time() - start, number))
        if number % 10_000 == 9_999:
            print(f"{number + 1}: {dict(outcomes)}, failed {failed}, slowest {slowest}", flush=True)
    print(
        f"{count} pastes: {dict(outcomes)}, failed {failed}, slowest {slowest[0]:.2f} s (number {slowest[1]})"
    )
    return 1 if failed or slowest[0] >= 1 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
