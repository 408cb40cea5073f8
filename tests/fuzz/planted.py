"""Mutated pastes with planted secrets: nothing that is shown of one contains a part of a secret.

``python -m tests.fuzz.planted 20000`` runs as many as are asked for and prints what was shown where.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

from cwkit.errors import CwkitError
from cwkit.instances import Instance, compare, explain_error, read_instances, read_request, report
from cwkit.instances.tables import configuration_rows

from .pastes import _MUTATIONS, sources

SECRETS = (
    'Ab"Secre7TailQ9',
    "q=Planted+Wor9/dX==",
    "it's'Plan7edQz",
    "back\\slAsh8Plan",
    "per%cent%20Pl4nted",
    "zYx{Curly9}Plan8Q",
    "cOmma,9Plan,7tedX",
)
"""Each with a character that some way of writing must escape; their longer parts are searched for."""

PARTS = tuple(part for secret in SECRETS for part in re.findall(r"[A-Za-z0-9]{6,}", secret))
KEYS = ("private.key", "helpdesk.connectwise.password", "event.notification.signature.key", "token")


def planted(number: int) -> str:
    """Return the mutated paste with this number, with a secret in each place for one."""
    chance = random.Random(number)
    text = chance.choice(
        [source for source in sources() if re.search(r'"(private\.key|token)"|password"', source)]
    )
    escaped = chance.random() < 0.5
    for key in KEYS:
        secret = chance.choice(SECRETS)
        value = json.dumps(secret)[1:-1] if escaped else secret
        text = re.sub(
            rf'("{re.escape(key)}"\s*:\s*")[^"]*"', rf"\1{value.replace(chr(92), chr(92) * 2)}" + '"', text
        )
    for _ in range(chance.randrange(0, 3)):
        text = chance.choice(_MUTATIONS)(text, chance)[:60_000]
    return text


def shown(text: str, *, thorough: bool = True) -> Iterator[tuple[str, str]]:
    """Yield what is shown of a paste, with its place; with ``thorough`` also reports and drawn tables."""
    try:
        yield "explanation", repr(explain_error(text).lines)
    except CwkitError as problem:
        yield "error", f"{problem} {problem.fix} {problem.__dict__}"
    try:
        instances = read_instances(text)
    except CwkitError as problem:
        yield "error", f"{problem} {problem.fix} {problem.__dict__}"
        return
    for instance in instances[:2]:
        yield "table", repr(list(configuration_rows(instance)))
        yield "findings", instance.findings().to_csv()
        yield "notes", f"{instance.notes} {instance!r} {instance.name} {instance.tags}"
        with suppress(UnicodeEncodeError):
            yield "dump", json.dumps(instance.model_dump(mode="json"), default=str)
    if thorough:
        yield from _drawn(text, instances)


def _drawn(text: str, instances: list[Instance]) -> Iterator[tuple[str, str]]:
    with suppress(CwkitError):
        request = read_request(text)
        yield "request", f"{request!r} {request.findings().to_string()} {request.repairs}"
    for instance in instances[:2]:
        yield "drawn table", instance.configuration_table().to_string() + instance.summary().to_string()
        yield "report", report(instance).markdown
        if instance.poller is not None:
            yield "poller", instance.poller.table().to_string()
    yield "compare", compare(instances[0], instances[-1]).to_string()


def leaks(number: int, *, thorough: bool = True) -> list[tuple[str, str]]:
    """Return the places that show a part of a secret, with the part."""
    told = shown(planted(number), thorough=thorough)
    return [(place, part) for place, text in told for part in PARTS if part in text]


def main(arguments: list[str]) -> int:
    """Run pastes from the command line; 1 where one showed a secret."""
    places: Counter[str] = Counter()
    first, last = (int(argument) for argument in [*(["0"] if len(arguments) < 2 else []), *arguments])
    bad = []
    for number in range(first, last):
        found = leaks(number, thorough=number % 10 == 0)
        places.update({place for place, _ in found})
        if found:
            bad.append(number)
    print(f"{last - first} pastes, {len(bad)} show a part of a secret: {dict(places)}, {bad[:20]}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
