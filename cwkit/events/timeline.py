"""A timeline of events: resources down, time across, one mark an event, told by colour and by shape."""

from __future__ import annotations

import base64
import html
import io
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cwkit.errors import InputError, how_to_install
from cwkit.events.time_zones import time_zone

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Timeline", "plot_timeline", "timeline_summary"]

# The colours are of the Okabe-Ito palette, which people with any colour vision tell apart.
_STYLES: dict[str, dict[str, Any]] = {
    "CREATED": {"marker": "^", "color": "#0072B2"},
    "UPDATED": {"marker": "o", "color": "#D55E00"},
    "DELETED": {"marker": "X", "color": "#000000"},
}
_OTHER = {"marker": "s", "color": "#009E73"}

_STEP = 0.11
_MOST_STACKED = 4
"""Marks above one another; beyond, their number stands beside the last."""


class Timeline:
    """A drawn timeline: ``figure`` (matplotlib), ``summary`` (the same in words), and ``save(path)``.

    A notebook shows the picture with the summary as its alternative text and beneath it.
    """

    def __init__(self, figure: Any, summary: str) -> None:
        self.figure = figure
        self.summary = summary

    def __repr__(self) -> str:
        return self.summary

    def _repr_html_(self) -> str:
        picture = base64.b64encode(self.png()).decode("ascii")
        words = html.escape(self.summary)
        return (
            f'<figure><img alt="{words}" src="data:image/png;base64,{picture}" style="max-width:100%">'
            f"<figcaption>{words}</figcaption></figure>"
        )

    def png(self) -> bytes:
        """Return the picture as PNG."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=110)
        return buffer.getvalue()

    def save(self, path: str | Path) -> None:
        """Write the picture to a file; its ending (``.png``, ``.svg``, ``.pdf``) says the format."""
        self.figure.savefig(Path(path), dpi=150)


def plot_timeline(events: pd.DataFrame, *, zone: str = "UTC", title: str = "") -> Timeline:
    """Draw the events that ``simulate`` returns, at the time of the poll that reports them.

    ``zone`` is the time zone of the axis. Each has its mark; of more than four at one poll, of one kind and
    resource, four are drawn with the number beside them. Needs matplotlib (the extra ``data``); raises
    ``InputError`` without it, and ``DateError`` for an unknown zone.
    """
    figure_class, dates = _matplotlib()
    place = time_zone(zone)
    shown = _stacked(events, place)
    resources = list(dict.fromkeys(events["resource"]))
    figure = figure_class(figsize=(10, 1.3 + 0.8 * max(len(resources), 1)), layout="constrained")
    axes = figure.subplots()
    for kind, marks in shown.groupby("event", sort=True):
        _draw(axes, str(kind), marks, resources)
    axes.set_yticks(range(len(resources)), resources)
    axes.set_ylim(max(len(resources), 1) - 0.5, -0.5)
    axes.grid(axis="x", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    locator = dates.AutoDateLocator(tz=place)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=place))
    axes.set_xlabel(f"time of the poll ({zone})")
    axes.margins(x=0.04)
    if len(shown):
        figure.legend(loc="outside upper right", ncols=4, frameon=False)
    else:
        axes.text(0.5, 0.5, "No events", transform=axes.transAxes, ha="center", va="center")
    figure.suptitle(title or "Events by resource", x=0.01, ha="left", fontsize="medium")
    return Timeline(figure, timeline_summary(events))


def timeline_summary(events: pd.DataFrame) -> str:
    """Return what a timeline shows in words: the number of events of each kind by resource, and the time."""
    reported = events.dropna(subset=["poll", "event"])
    if reported.empty:
        return "No events."
    lines = []
    for name in dict.fromkeys(events["resource"]):
        counts = reported.loc[reported["resource"] == name, "event"].value_counts().sort_index()
        lines.append(
            f"{name}: " + (", ".join(f"{number} {kind}" for kind, number in counts.items()) or "none")
        )
    polls = reported["poll"]
    start, end = (f"{moment:%Y-%m-%d %H:%M}" for moment in (polls.min(), polls.max()))
    count = f"{len(reported)} event{'' if len(reported) == 1 else 's'}"
    return f"{count} from {start} to {end} UTC. {'; '.join(lines)}."


def _matplotlib() -> tuple[Any, Any]:
    try:
        from matplotlib import dates
        from matplotlib.figure import Figure
    except ImportError:
        pass
    else:
        return Figure, dates
    raise InputError("Drawing needs matplotlib, which is not installed.", fix=how_to_install("data"))


def _stacked(events: pd.DataFrame, zone: tzinfo) -> pd.DataFrame:
    """Return the reported events, each with its place (from 0) among those of its kind at one poll."""
    import pandas as pd

    stacked = events.dropna(subset=["poll", "event"])[["resource", "event", "poll"]].copy()
    stacked["poll"] = pd.to_datetime(stacked["poll"], utc=True).dt.tz_convert(zone)
    together = stacked.groupby(["resource", "event", "poll"], sort=False)["poll"]
    return stacked.assign(place=together.cumcount(), count=together.transform("size"))


def _draw(axes: Any, kind: str, marks: pd.DataFrame, resources: list[str]) -> None:
    style = _STYLES.get(kind, _OTHER)
    label = f"{kind} ({len(marks)})"
    marks = marks[marks["place"] < _MOST_STACKED]
    # CREATED is stacked above the line and UPDATED below it, so that none hides another at the same poll.
    upwards = 1 if kind == "UPDATED" else -1
    lines = marks["resource"].map({name: line for line, name in enumerate(resources)})
    heights = lines + upwards * (0.1 + _STEP * marks["place"])
    axes.scatter(
        marks["poll"], heights, s=40, label=label, edgecolors="white", linewidths=0.5, zorder=3, **style
    )
    tops = marks[(marks["place"] == _MOST_STACKED - 1) & (marks["count"] > _MOST_STACKED)]
    for when, height, count in zip(tops["poll"], heights[tops.index], tops["count"], strict=True):
        axes.annotate(
            str(count), (when, height), xytext=(5, 0), textcoords="offset points", va="center",
            fontsize="x-small", color=style["color"],
        )  # fmt: skip
