"""What the poller editor shows beneath its fields, as HTML: sentences, requests, changes, messages."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cwkit.errors import CwkitError
from cwkit.events import PollerConfiguration, PollerDifference, poller_differences
from cwkit.redaction import MASK, Secret

__all__ = ["changes_panel", "explanation_panel", "heading", "message", "requests_panel"]

_COLOURS = {
    "error": "var(--jp-error-color1, #b3261e)",
    "warning": "var(--jp-warn-color1, #9a5b00)",
    "good": "var(--jp-success-color1, #1b6e34)",
    "note": "var(--jp-ui-font-color2, #57606a)",
}
_SIGNS = {"error": "✕ ", "warning": "! ", "good": "✓ ", "note": ""}
_CELL = "padding:2px 12px 2px 0; vertical-align:top; text-align:left; overflow-wrap:anywhere"
_CODE = "font-family:var(--jp-code-font-family, monospace); font-size:12px"


def heading(text: str, note: str = "") -> str:
    """Return a heading with a quiet note behind it."""
    told = (
        f' <span style="font-weight:400; color:{_COLOURS["note"]}">{html.escape(note)}</span>' if note else ""
    )
    return f'<h4 style="margin:12px 0 4px; font-size:14px">{html.escape(text)}{told}</h4>'


def message(lines: str | Iterable[str], level: str = "error") -> str:
    """Return one or more lines in the colour of their level, each with a sign; empty for none."""
    texts = [lines] if isinstance(lines, str) else list(lines)
    role = ' role="alert"' if level == "error" else ""
    shown = "".join(f"<div>{_SIGNS[level]}{html.escape(text)}</div>" for text in texts if text)
    return f'<div{role} style="color:{_COLOURS[level]}; line-height:1.4">{shown}</div>' if shown else ""


def explanation_panel(poller: PollerConfiguration, refresh_minutes: float | str) -> str:
    """Return the sentences on a poller."""
    problem = ""
    sentences: Mapping[str, str] = {}
    try:
        sentences = poller.explain(refresh_minutes).by_resource
    except CwkitError as error:
        problem = error.message
    if problem:
        return message(problem)
    if not sentences:
        return message("Nothing is polled: tick a resource.", "note")
    items = "".join(f'<li style="margin:3px 0">{html.escape(text)}</li>' for text in sentences.values())
    return f'<ul style="margin:2px 0; padding-left:18px; line-height:1.4">{items}</ul>'


def requests_panel(poller: PollerConfiguration, last_poll: Any, now: Any) -> str:
    """Return the next request of each resource, what the service behind is asked, and what is wrong."""
    rows = []
    for name, row in poller.requests(last_poll, now).iterrows():
        cells = row.fillna("").to_dict()
        lines = [_code("GET", cells.get("url", ""))]
        if cells.get("vendor_url"):
            lines.append(_code(f"→ {cells['vendor_method']}", cells["vendor_url"]))
        lines.append(message(cells.get("warnings", ""), "warning"))
        lines.append(message(cells.get("problem", "")))
        rows.append((html.escape(str(name)), "".join(line for line in lines if line)))
    return _table(("resource", "request"), rows) if rows else ""


def changes_panel(changes: Mapping[str, tuple[Any, Any]]) -> str:
    """Return exactly what saving changes, by key; pollers by resource and setting, secrets masked."""
    rows = []
    for key, (before, after) in changes.items():
        if isinstance(before, PollerConfiguration) and isinstance(after, PollerConfiguration):
            rows += [_difference_row(each) for each in poller_differences(before, after)]
            if list(before) != list(after) and set(before) == set(after):
                rows.append(("order of the resources", _plain(", ".join(before)), _plain(", ".join(after))))
        else:
            rows.append((html.escape(key), _plain(before), _plain(after)))
    return heading("What will change") + _table(("setting", "now", "will be"), rows)


def _difference_row(difference: PollerDifference) -> tuple[str, str, str]:
    if difference.setting:
        name = html.escape(f"{difference.resource}: {difference.setting}")
        return name, _plain(difference.before), _plain(difference.after)
    if difference.after is None:
        return html.escape(difference.resource), "polled", "not polled any more"
    return html.escape(difference.resource), "not polled", f"polled: {_plain(difference.after)}"


def _plain(value: Any) -> str:
    if value is None or value == "":
        return '<i style="opacity:0.7">not set</i>' if value is None else '<i style="opacity:0.7">blank</i>'
    text = MASK if isinstance(value, Secret) else str(value)
    return f'<span style="{_CODE}">{html.escape(text)}</span>'


def _code(verb: str, url: str) -> str:
    return f'<div style="{_CODE}">{html.escape(f"{verb} {url}")}</div>' if url else ""


def _table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col" style="{_CELL}">{html.escape(title)}</th>' for title in titles)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>" for row in rows
    )
    return f'<table style="border-collapse:collapse; line-height:1.4"><tr>{head}</tr>{body}</table>'
