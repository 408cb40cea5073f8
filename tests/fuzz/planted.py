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
from cwkit.instances import compare, explain_error, read_instances, read_request, report

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


def shown(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is shown of a paste, with the name of the place."""
    try:
        yield "explanation", explain_error(text).table().to_string()
    except CwkitError as problem:
        yield "error", f"{problem} {problem.fix} {problem.__dict__}"
    with suppress(CwkitError):
        request = read_request(text)
        yield "request", f"{request!r} {request.findings().to_string()} {request.repairs}"
    try:
        instances = read_instances(text)
    except CwkitError as problem:
        yield "error", f"{problem} {problem.fix} {problem.__dict__}"
        return
    for instance in instances[:2]:
        yield "table", instance.configuration_table().to_string()
        yield "findings", instance.findings().to_string()
        yield "notes", " ".join(instance.notes) + repr(instance) + instance.summary().to_string()
        with suppress(UnicodeEncodeError):
            yield "dump", json.dumps(instance.model_dump(mode="json"), default=str)
        yield "report", report(instance).markdown
        if instance.poller is not None:
            yield "poller", instance.poller.table().to_string()
    yield "compare", compare(instances[0], instances[-1]).to_string()


def leaks(number: int) -> list[tuple[str, str]]:
    """Return the places that show a part of a secret, with the part."""
    return [(place, part) for place, told in shown(planted(number)) for part in PARTS if part in told]


def main(arguments: list[str]) -> int:
    """Run pastes from the command line; 1 where one showed a secret."""
    places: Counter[str] = Counter()
    first, last = (int(argument) for argument in [*(["0"] if len(arguments) < 2 else []), *arguments])
    bad = []
    for number in range(first, last):
        found = leaks(number)
        places.update({place for place, _ in found})
        if found:
            bad.append(number)
    print(f"{last - first} pastes, {len(bad)} show a part of a secret: {dict(places)}, {bad[:20]}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
