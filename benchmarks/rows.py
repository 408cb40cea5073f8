"""The lines of the benchmark table; each names what is measured, its baseline, and what is to be reached."""

from __future__ import annotations

import functools
import itertools
import json
import subprocess
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from math import inf
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.inputs import CRM, instance, instances_text
from benchmarks.measure import Row, median_seconds, side_by_side
from benchmarks.server import serving

__all__ = ["ROWS", "Size"]


class Size:
    """How much and how often: in full, or ``quick`` for a look."""

    def __init__(self, quick: bool = False, times: int | None = None) -> None:
        self.quick = quick
        self.times = times or (3 if quick else 5)

    def of(self, full: int, quick: int) -> int:
        """Return the number for this size."""
        return quick if self.quick else full


def imports(size: Size) -> Iterator[Row]:
    """Time ``import cwkit`` and ``import httpx, pydantic``, each in new processes."""

    def seconds(statement: str) -> float:
        code = f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        return float(done.stdout)

    times = size.times * 2 + 1
    pairs = [(seconds("import cwkit"), seconds("import httpx, pydantic")) for _ in range(times + 1)][1:]
    ours, base = (median(column) for column in zip(*pairs, strict=True))
    yield Row("import cwkit, new process", "import httpx, pydantic", ours, base, 0.5, times=times)


def _parse(text: str) -> list[Any]:
    found = json.loads(text)
    return [found, [json.loads(item["configuration"]["event.poller.configuration"]) for item in found]]


def _tables(text: str) -> list[Any]:
    from cwkit import fleet, read_instances

    instances = read_instances(text)
    return [
        fleet.configuration_table(instances),
        fleet.pollers_table(instances),
        fleet.audit(instances).findings,
    ]


def tables(size: Size) -> Iterator[Row]:
    """Time the text of many instances to its three tables, and measure its memory."""
    count = size.of(10_000, 1_000)
    text = instances_text(count)
    what = f"text of {count:,} instances ({len(text) / 1e6:.0f} MB) to tables"
    seeds = itertools.count(2)
    timed = side_by_side(_tables, _parse, size.times, lambda: instances_text(count, next(seeds)))
    yield timed.row(what, "json.loads of the text and its pollers", 8.0)
    timed = side_by_side(_tables, _parse, size.times, lambda: instances_text(count, next(seeds), 1.0))
    yield timed.row("  the same, every poller different", "json.loads of the text and its pollers", inf)
    yield Row("  its memory at most, the text aside", "the text", _peak(text), len(text) / 1e6, 4.0, "MB")


def _peak(text: str) -> float:
    """Return the most memory (MB) that Python, numpy and pandas held at once beside the text."""
    tracemalloc.start()
    _tables(text)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def linear(size: Size) -> Iterator[Row]:
    """Compare the time for one instance in fleets that are ten times as large as each other."""
    middle = size.of(10_000, 2_000)
    counts = (middle // 10, middle, middle * 10)
    seeds = itertools.count(100)
    each = {}
    for count, times in zip(counts, (size.times * 5, size.times, max(size.times // 2, 1)), strict=True):
        fresh = functools.partial(lambda count: instances_text(count, next(seeds)), count)
        each[count] = median_seconds(_tables, times, fresh) / count * 1e6
    for small, large in itertools.pairwise(counts):
        yield Row(
            f"one of {large:,} instances to tables", f"one of {small:,}", each[large], each[small], 1.15, "µs"
        )


def creations(size: Size) -> Iterator[Row]:
    """Time creations with the ledger against raw httpx in as many threads."""
    count, at_once = size.of(500, 160), 16
    with serving(wait=0.05) as origin, tempfile.TemporaryDirectory() as folder:
        number = iter(range(10**6))
        timed = side_by_side(
            lambda: _create_many(origin, Path(folder) / f"{next(number)}.sqlite", count, at_once),
            lambda: _raw_creations(origin, count, at_once),
            size.times,
        )
    yield timed.row(f"{count} creations, 50 ms each, 16 at once, ledger", "raw httpx in 16 threads", 1.15)


def _creation_values(number: int) -> dict[str, str]:
    return {
        "baseUrl": "https://api-na.myconnectwise.net/v4_6_release/apis/3.0",
        "company": f"company{number}",
        "public.key": f"pub{number:013d}",
        "private.key": f"prv{number:013d}",
        "connectwise.clientid": "3f0c8a52-7d41-4b9e-9a66-5e1d2c7b8f04",
    }


def _create_many(origin: str, path: Path, count: int, at_once: int) -> Any:
    from cwkit.platform import Platform, Profile
    from cwkit.provisioning import Ledger

    rows = [{"element": CRM, "name": f"Instance {n}", **_creation_values(n)} for n in range(count)]
    with Platform(
        Profile("bench", origin, "user-secret-1=", "org-secret-1="), ledger=Ledger(path)
    ) as platform:
        table = platform.instances.create_many(rows, concurrency=at_once, progress=False)
    assert len(table) == count
    return table


def _raw_creations(origin: str, count: int, at_once: int) -> list[Any]:
    import httpx

    headers = {"Authorization": "User user-secret-1=, Organization org-secret-1="}
    limits = httpx.Limits(max_connections=at_once)
    with (
        httpx.Client(headers=headers, limits=limits, trust_env=False) as client,
        ThreadPoolExecutor(at_once) as pool,
    ):

        def create(number: int) -> Any:
            body = {
                "element": {"key": CRM},
                "name": f"Instance {number}",
                "tags": [],
                "configuration": _creation_values(number),
            }
            return client.post(f"{origin}/elements/api-v2/instances", json=body).raise_for_status().json()

        return list(pool.map(create, range(count)))


def contacts(size: Size) -> Iterator[Row]:
    """Time contacts into a DataFrame against httpx, json and ``pandas.json_normalize``."""
    import httpx
    import pandas as pd

    from cwkit.instances import Instance
    from cwkit.platform import Platform, Profile
    from cwkit.redaction import Secret

    count, page = size.of(50_000, 10_000), 1000
    token = Secret("token-1=")
    with serving(contacts=count, page_size=page) as origin:
        url = f"{origin}/elements/api-v2/hubs/crm/contacts"
        platform = Platform(Profile("bench", origin, "user-secret-1=", "org-secret-1="))
        hub = platform.hub(Instance(id=1, name="bench", element_key=CRM, hub="crm", token=token))

        def raw() -> pd.DataFrame:
            with httpx.Client(trust_env=False) as client:
                records = []
                for number in range(1, count // page + 1):
                    answer = client.get(url, params={"page": number, "pageSize": page})
                    records.extend(json.loads(answer.content))
            return pd.json_normalize(records)

        assert set(hub.records("contacts", page_size=page).columns) == set(raw().columns)
        for paging in ("token", "page"):
            timed = side_by_side(
                lambda paging=paging: hub.records("contacts", page_size=page, paging=paging, progress=False),
                raw,
                size.times,
            )
            yield timed.row(
                f"{count:,} contacts to a DataFrame, by {paging}", "httpx, json, json_normalize", 1.0
            )
        platform.close()


def form(size: Size) -> Iterator[Row]:
    """Time building a form of 30 fields, and a wrong value until its message."""
    import time

    import ipywidgets

    from cwkit.elements import ConfigurationField, Element
    from cwkit.forms import InstanceForm
    from cwkit.platform import Platform, Profile

    platform = Platform(Profile("bench", "http://127.0.0.1:9", "user-secret-1=", "org-secret-1="))
    kinds = ("TEXTFIELD_64", "PASSWORD", "TEXTFIELD_1000", "BOOLEAN", "TEXTAREA")
    asked = [
        ConfigurationField(
            key=f"field.{n}",
            name=f"Field {n}",
            description="What it is for.",
            type=kinds[n % 5],
            required=n < 6,
            display_order=n,
        )
        for n in range(30)
    ]
    element = Element(key="thirty", name="Thirty", hub="crm", configuration=asked)
    by_kind = {
        "PASSWORD": ipywidgets.Password,
        "BOOLEAN": ipywidgets.Checkbox,
        "TEXTAREA": ipywidgets.Textarea,
    }

    def by_hand() -> Any:
        rows = [
            ipywidgets.VBox([
                by_kind.get(field.type, ipywidgets.Text)(description=field.label),
                ipywidgets.HTML(field.description),
                ipywidgets.HTML(""),
            ])
            for field in asked
        ]  # fmt: skip
        return ipywidgets.VBox([*rows, ipywidgets.Button(description="Create")])

    timed = side_by_side(lambda: InstanceForm(platform, element), by_hand, size.times * 4 + 1)
    yield timed.row("a form of 30 fields, built", "the widgets by hand", 1.5)

    def first_message() -> float:
        built = InstanceForm(platform, element)
        start = time.perf_counter()
        built.fields["field.0"].value = "x" * 65
        assert built.messages["field.0"]
        return time.perf_counter() - start

    seconds = median(first_message() for _ in range(size.times * 4 + 1))
    yield Row("  a wrong value to its message", "100 ms", seconds * 1e3, 100.0, 1.0, "ms")


def findings(size: Size) -> Iterator[Row]:
    """Time the findings over pollers that are all different, against parsing them."""
    from cwkit.events import PollerConfiguration
    from cwkit.instances.poller_rules import poller_findings

    count = size.of(10_000, 1_000)
    rounds = iter(range(10**6))

    def texts() -> list[str]:
        # Every run gets pollers that no run before it had, so that nothing is remembered.
        mark = next(rounds)
        usual = [instance(n)["configuration"]["event.poller.configuration"] for n in range(50)]
        return [
            usual[n % 50].replace('"idField":"id"', f'"idField":"id","note":"{mark}-{n}"', 1)
            for n in range(count)
        ]

    def parse() -> list[Any]:
        return [PollerConfiguration.parse(text) for text in fresh.pop()]

    def find() -> list[Any]:
        return [poller_findings(text, CRM, "crm", 15.0) for text in fresh.pop()]

    fresh = [texts() for _ in range(2 * (size.times + 1))]
    timed = side_by_side(find, parse, size.times)
    yield timed.row(f"findings over {count:,} different pollers", "parsing them", 3.0)


ROWS: dict[str, Callable[[Size], Iterator[Row]]] = {
    "import": imports,
    "tables": tables,
    "linear": linear,
    "create": creations,
    "contacts": contacts,
    "form": form,
    "findings": findings,
}
"""The lines of the table by the name with which they can be chosen."""
