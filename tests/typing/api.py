"""The public names as a person uses them: a type checker has nothing against this file."""

from __future__ import annotations

import pandas as pd

import cwkit
from cwkit.errors import CwkitError


def use() -> list[object]:
    platform = cwkit.connect("production")
    instance: cwkit.Instance = platform.instances.get(5)
    poller: cwkit.PollerConfiguration | None = instance.poller
    records: pd.DataFrame = platform.hub(instance).records("contacts", where=cwkit.ceql(firstName="Ann"))
    pasted: list[cwkit.Instance] = cwkit.read_instances("{}")
    secret: str = cwkit.Secret("text").reveal()
    try:
        explained = cwkit.explain_error("HTTP 401").causes[0].cause
    except CwkitError as problem:
        explained = problem.fix
    return [
        poller,
        records,
        pasted,
        secret,
        explained,
        cwkit.compare(instance, instance),
        cwkit.report(instance),
    ]
