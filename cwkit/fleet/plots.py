"""Plots of a fleet that also read without colour: findings, load by site, instances over time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cwkit.errors import InputError, how_to_install
from cwkit.events.timeline import Timeline
from cwkit.fleet.audit import Audit, poller_load
from cwkit.fleet.tables import instances_table
from cwkit.instances import Instance

__all__ = ["Drawing", "plot_findings", "plot_instances", "plot_load"]

# Okabe-Ito colours, which people with any colour vision tell apart; a letter or a hatch says the same.
_SEVERITIES: dict[str, tuple[str, str, str]] = {
    "error": ("E", "#D55E00", "white"),
    "warning": ("W", "#F0E442", "black"),
    "info": ("i", "#CCE5F5", "black"),
}
_LINES = (("#0072B2", "-", "o"), ("#D55E00", "--", "s"), ("#009E73", ":", "^"), ("#CC79A7", "-.", "D"))
_MOST_ROWS = 30
_MOST_SITES = 25


class Drawing(Timeline):
    """A drawn plot: ``figure`` (matplotlib), ``summary`` (the same in words), and ``save(path)``."""


def plot_findings(audit: Audit, *, most: int = _MOST_ROWS) -> Drawing:
    """Draw the findings as a heat map: instances down, codes across, the gravest first.

    A cell holds a letter for the severity (E, W, i) and how often, where more than once. Of more than
    ``most`` instances the worst are drawn, and the others counted in the last row.
    """
    found = audit.findings.reset_index()
    if found.empty:
        return _nothing("No findings", f"No findings on {audit.instances} instances.")
    codes = list(audit.counts.index)
    severity = audit.counts["severity"].to_dict()
    grid = pd.crosstab(found["id"], found["code"])[codes]
    worst = audit.worst(len(grid))
    shown, others = worst.head(most), grid.loc[worst.index[most:]]
    labels = [f"{_short(str(name))} ({number})" for number, name in shown["name"].items()]
    rows = [grid.loc[number].to_list() for number in shown.index]
    if len(others):
        labels.append(f"… {len(others)} more instances")
        rows.append((others > 0).sum().to_list())
    width = max(5.5, 3.2 + 0.36 * len(codes))
    figure = _figure()(figsize=(width, 2.2 + 0.24 * len(rows)), layout="constrained")
    axes = figure.subplots()
    for line, counts in enumerate(rows):
        rest = bool(len(others)) and line == len(rows) - 1
        for place, (code, count) in enumerate(zip(codes, counts, strict=True)):
            if count:
                _cell(axes, place, line, severity[code], int(count), rest=rest)
    axes.set(xlim=(-0.5, len(codes) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.set_xticks(range(len(codes)), codes, rotation=60, ha="left", rotation_mode="anchor", fontsize=8)
    axes.set_yticks(range(len(rows)), labels, fontsize=8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xticks([place - 0.5 for place in range(1, len(codes))], minor=True)
    axes.set_yticks([line - 0.5 for line in range(1, len(rows))], minor=True)
    axes.grid(which="minor", color="#dddddd", linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    _legend(figure)
    common = audit.counts.head(3)
    told = "; ".join(f"{code} on {count} instances" for code, count in common["instances"].items())
    return Drawing(figure, f"{repr(audit)[1:-1]}. The gravest: {told}.")


def plot_load(instances: Iterable[Instance], *, most: int = _MOST_SITES) -> Drawing:
    """Draw the requests an hour that the pollers make of each site, the busiest first.

    Each bar has its number beside it. Beyond ``most`` sites the others are one bar.
    """
    load = poller_load(instances)
    if load.empty:
        return _nothing("No polling", "No instance polls.")
    shown = load.head(most)
    bars = list(zip(shown.index.astype(str), shown["requests_per_hour"], shown["instances"], strict=True))
    if len(load) > most:
        rest = load.iloc[most:]
        bars.append((f"… {len(rest)} more sites", rest["requests_per_hour"].sum(), rest["instances"].sum()))
    figure = _figure()(figsize=(8, 1.2 + 0.3 * len(bars)), layout="constrained")
    axes = figure.subplots()
    drawn = axes.barh(range(len(bars)), [bar[1] for bar in bars], color="#0072B2", height=0.65)
    texts = [f"{hourly:,.0f}  ({count} instance{'s' if count != 1 else ''})" for _, hourly, count in bars]
    axes.bar_label(drawn, texts, padding=4, fontsize=8)
    axes.set_yticks(range(len(bars)), [_short(site, 44) for site, _, _ in bars], fontsize=8)
    axes.invert_yaxis()
    axes.margins(x=0.25)
    axes.set_xlabel("requests an hour, when nothing has changed")
    _bare(axes, "x")
    busiest = f"{shown.index[0]} gets most, {shown['requests_per_hour'].iloc[0]:,.0f}"
    total = load["requests_per_hour"].sum()
    sites = "1 site" if len(load) == 1 else f"{len(load)} sites"
    return Drawing(figure, f"{total:,.0f} requests an hour to {sites}; {busiest}.")


def plot_instances(instances: Iterable[Instance]) -> Drawing:
    """Draw how many instances there were at each time, by element: created so far, as far as still there.

    Each element has its own line style, and its name and number at the line's end.
    """
    table = instances_table(instances)
    dated = table.dropna(subset=["created"]).sort_values("created")
    if dated.empty:
        return _nothing("No dates", "No instance tells when it was created.")
    figure = _figure()(figsize=(8, 3.6), layout="constrained")
    axes = figure.subplots()
    last = dated["created"].max()
    ends = []
    for place, (element, rows) in enumerate(dated.groupby("element")):
        colour, style, marker = _LINES[place % len(_LINES)]
        added = rows.groupby("created").size().cumsum()
        moments, counts = [*added.index, last], [*added, len(rows)]
        axes.step(
            moments,
            counts,
            where="post",
            color=colour,
            linestyle=style,
            marker=marker,
            markevery=max(len(counts) // 8, 1),
            markersize=4,
        )
        ends.append((len(rows), f"{str(element) or '(unknown)'}: {len(rows)}", colour))
    _label_ends(axes, last, ends)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("instances")
    figure.autofmt_xdate(rotation=0, ha="center")
    _concise_dates(axes)
    _bare(axes, "y")
    first = f"{dated['created'].min():%Y-%m-%d}"
    undated = len(table) - len(dated)
    told = ", ".join(text for _, text, _ in ends) + (f"; {undated} without a date" if undated else "")
    return Drawing(figure, f"Instances created from {first} to {last:%Y-%m-%d}: {told}.")


def _cell(axes: Any, place: int, line: int, severity: str, count: int, *, rest: bool) -> None:
    letter, colour, ink = _SEVERITIES[severity]
    box = _rectangle()((place - 0.5, line - 0.5), 1, 1, facecolor=colour, edgecolor="white", linewidth=0.8)
    axes.add_patch(box)
    text = str(count) if rest else letter if count == 1 else f"{letter}{count}"
    axes.text(place, line, text, ha="center", va="center", fontsize=7, color=ink)


def _legend(figure: Any) -> None:
    words = {"error": "E error", "warning": "W warning", "info": "i info"}
    patches = [
        _rectangle()((0, 0), 1, 1, facecolor=colour, edgecolor="#888888", label=words[name])
        for name, (_, colour, _) in _SEVERITIES.items()
    ]
    figure.legend(handles=patches, loc="outside lower right", ncols=3, frameon=False, fontsize=8)


def _label_ends(axes: Any, last: pd.Timestamp, ends: list[tuple[int, str, str]]) -> None:
    """Write each line's name at its end, moved apart where lines end close together."""
    top = max(count for count, _, _ in ends)
    taken = float("-inf")
    for count, text, colour in sorted(ends):
        height = max(count, taken + 0.07 * top)
        taken = height
        axes.annotate(
            text, (last, height), xytext=(8, 0), textcoords="offset points", va="center", color=colour,
            fontsize=9, annotation_clip=False,
        )  # fmt: skip


def _concise_dates(axes: Any) -> None:
    from matplotlib import dates as untyped

    dates: Any = untyped
    locator = dates.AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator))


def _bare(axes: Any, grid: str) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis=grid, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)


def _nothing(title: str, summary: str) -> Drawing:
    figure = _figure()(figsize=(4, 1), layout="constrained")
    figure.text(0.5, 0.5, title, ha="center", va="center")
    return Drawing(figure, summary)


def _short(text: str, most: int = 28) -> str:
    # A dollar sign begins a formula for matplotlib.
    return (text if len(text) <= most else f"{text[: most - 1]}…").replace("$", r"\$")


def _figure() -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        pass
    else:
        return Figure
    raise InputError("Drawing needs matplotlib, which is not installed.", fix=how_to_install("data"))


def _rectangle() -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle
