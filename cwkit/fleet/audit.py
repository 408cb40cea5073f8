"""What is wrong with a fleet: its findings, its polling load, its drift from a reference instance."""

from __future__ import annotations

import html
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from cwkit.elements.event_settings import ENABLED, INTERVAL, POLLER
from cwkit.errors import PollerError
from cwkit.events.poll_preview import refresh_interval
from cwkit.events.poller import PollerConfiguration
from cwkit.instances import Instance
from cwkit.instances.display import Table, as_html
from cwkit.instances.finding import CODES, FINDING_COLUMNS
from cwkit.instances.findings import findings_of
from cwkit.instances.remembered import Remembered
from cwkit.redaction import MASK, Secret, mask_secrets, safe_text
from cwkit.redaction import strip_control_characters as plain

__all__ = ["Audit", "audit", "drift", "poller_load", "site_of"]

_COLUMNS = ("id", "name", "element", *FINDING_COLUMNS)
_SEVERITIES = ("error", "warning", "info")


@dataclass(frozen=True)
class Audit:
    """What is wrong with a fleet.

    ``findings``: one row a finding; index ``id``; columns ``name``, ``element``, ``severity``, ``code``,
    ``subject``, ``message``, ``fix``. ``instances``: how many were looked at.
    """

    findings: Table
    instances: int

    @property
    def counts(self) -> Table:
        """How often each code occurs, the gravest and most frequent first.

        Index ``code``; columns ``severity``, ``instances`` (that have it), ``findings``, ``meaning``,
        ``fix``.
        """
        found = self.findings.reset_index()
        grouped = found.groupby("code", sort=False)
        table = pd.DataFrame(
            {
                "severity": grouped["severity"].first(),
                "instances": grouped["id"].nunique(),
                "findings": grouped.size(),
            }
        )
        table["meaning"] = [CODES[str(code)].meaning for code in table.index]
        table["fix"] = [CODES[str(code)].fix for code in table.index]
        rank = table["severity"].map({name: place for place, name in enumerate(_SEVERITIES)})
        table = table.assign(rank=rank).sort_values(
            ["rank", "findings", "code"], ascending=[True, False, True]
        )
        return Table(table.drop(columns="rank").rename_axis("code"))

    def worst(self, count: int = 20) -> Table:
        """Return the instances with most errors, then most warnings.

        Index ``id``; columns ``name``, ``error``, ``warning``, ``info``.
        """
        found = self.findings.reset_index()
        table = pd.crosstab(found["id"], found["severity"]).reindex(columns=list(_SEVERITIES), fill_value=0)
        names = found.drop_duplicates("id").set_index("id")["name"]
        table.insert(0, "name", names)
        table = table.sort_values("name").sort_values(list(_SEVERITIES), ascending=False, kind="stable")
        return Table(table.head(count))

    def __repr__(self) -> str:
        by_severity = self.findings["severity"].value_counts()
        told = ", ".join(f"{by_severity.get(name, 0)} {name}" for name in _SEVERITIES)
        clean = self.instances - self.findings.index.nunique()
        return f"<Audit of {self.instances} instances: {told}; {clean} without any finding>"

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self)[1:-1])}</p>{as_html(self.counts)}"


def audit(instances: Iterable[Instance]) -> Audit:
    """Return what is wrong, risky or worth knowing over all instances: ``instance.findings()`` of each."""
    rows: list[tuple[Any, ...]] = []
    count, remembered = 0, Remembered()
    for instance in instances:
        count += 1
        about = (instance.id, plain(instance.name), plain(instance.element_key))
        for finding in findings_of(instance, remembered=remembered):
            rows.append((*about, *map(plain, finding)))
    cells = zip(*rows, strict=True) if rows else ([] for _ in _COLUMNS)
    columns = {
        name: pd.Series(list(values), dtype="object") for name, values in zip(_COLUMNS, cells, strict=True)
    }
    return Audit(Table(pd.DataFrame(columns).set_index("id")), count)


_USUAL_MINUTES = 15
_NO_SITE = "(no address)"


def poller_load(instances: Iterable[Instance]) -> Table:
    """Return how many requests an hour the pollers make, by site, the busiest first.

    Index ``site`` (the host of the instance's address); columns ``instances`` (that poll), ``resources``
    and ``requests_per_hour``: one request a resource and poll, as where nothing has changed; each full
    page of changes adds one. What does not poll counts as nothing: events off, disabled, no poller, or one
    that cannot be read (``audit`` tells of it).
    """
    rows = [(site_of(instance), *_polls(instance)) for instance in instances]
    table = pd.DataFrame(rows, columns=["site", "instances", "resources", "requests_per_hour"])
    summed = table.groupby("site").sum().sort_values("requests_per_hour", ascending=False, kind="stable")
    return Table(summed[summed["instances"] > 0])


def site_of(instance: Instance) -> str:
    """Return the host that an instance calls: of the first required field that holds an address."""
    for field in instance.definition.section("required"):
        value = instance.configuration.get(field.key)
        if "url" not in field.key.lower() or not isinstance(value, str) or not value.strip():
            continue
        text = value.strip()
        try:
            host = urlsplit(text if "://" in text else f"//{text}").hostname
        except ValueError:
            host = None
        if host:
            return plain(host)
    return _NO_SITE


def _polls(instance: Instance) -> tuple[int, int, float]:
    """Return 1 or 0 for whether the instance polls, its resources, and its requests an hour."""
    values = instance.configuration
    text: Any = values.get(POLLER)
    if instance.disabled or values.get(ENABLED) != "true" or not isinstance(text, str):
        return 0, 0, 0.0
    try:
        resources = len(PollerConfiguration.parse(text))
        minutes = refresh_interval(values.get(INTERVAL) or _USUAL_MINUTES)
    except PollerError:
        return 0, 0, 0.0
    return (1, resources, resources * 60 / minutes) if resources else (0, 0, 0.0)


_DRIFT_COLUMNS = ("id", "name", "key", "kind", "value", "reference")


def drift(
    reference: Instance,
    instances: Iterable[Instance],
    *,
    keys: Collection[str] | None = None,
    ignore: Collection[str] = (),
) -> Table:
    """Return where instances differ in their configuration from ``reference``.

    Index ``id``, ``key``; columns ``name``, ``kind`` (``changed``, ``missing``, ``extra``), ``value`` and
    ``reference`` as they travel. JSON, such as a poller, is compared by its parts, named as
    ``event.poller.configuration › contacts.url``; blank and missing are the same. ``keys`` are looked at
    alone; otherwise all but ``ignore``, the element's required fields, which are each customer's own, and
    what the platform sets by itself. Secrets are never told, only that one is there or not. Instances of
    another element are left out; ``attrs["skipped"]`` holds their ids.
    """
    definition = reference.definition
    own = {field.key for field in definition.fields.values() if field.required or field.internal}
    left_out = frozenset(ignore) | (own if keys is None else frozenset())
    wanted = frozenset(keys) if keys is not None else None
    right = _parts(reference, wanted, left_out)
    rows: list[tuple[Any, ...]] = []
    skipped: list[Any] = []
    for instance in instances:
        if instance.element_key != reference.element_key:
            skipped.append(instance.id)
        elif instance is not reference:
            about = (instance.id, plain(instance.name))
            rows.extend((*about, *row) for row in _differences(_parts(instance, wanted, left_out), right))
    table = Table(pd.DataFrame(rows, columns=list(_DRIFT_COLUMNS), dtype="object").set_index(["id", "key"]))
    table.attrs["skipped"] = skipped
    return table


def _differences(found: Mapping[str, str], right: Mapping[str, str]) -> Iterator[tuple[str, str, Any, Any]]:
    for key, wanted in right.items():
        value = found.get(key, "")
        if value != wanted:
            yield key, "changed" if value else "missing", value, wanted
    for key, value in found.items():
        if key not in right:
            yield key, "extra", value, ""


def _parts(instance: Instance, wanted: frozenset[str] | None, left_out: frozenset[str]) -> dict[str, str]:
    """Return what is compared: every value that is not blank, JSON by its parts."""
    parts: dict[str, str] = {}
    for key, raw in instance.configuration.items():
        if key in left_out or (wanted is not None and key not in wanted) or not raw:
            continue
        if isinstance(raw, Secret):
            parts[key] = MASK
        elif raw[0] == "{":
            parts.update((f"{plain(key)} › {name}", value) for name, value in _json_parts(raw))
        else:
            parts[plain(key)] = safe_text(raw)
    return parts


def _json_parts(text: str) -> tuple[tuple[str, str], ...]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return (("(no JSON)", safe_text(text)),)
    return tuple(_leaves(mask_secrets(data), ""))


def _leaves(data: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict) and data:
        for key, value in data.items():
            yield from _leaves(value, f"{name}.{key}" if name else str(key))
    elif data not in (None, "", {}):
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        yield plain(name), safe_text(text)
