"""What the poller editor draws: its fields and blocks, and the panels beneath them, every text as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cwkit.elements import Element, event_settings
from cwkit.errors import CwkitError
from cwkit.events import PollerConfiguration, PollerDifference, poller_differences
from cwkit.forms.fields import FormField
from cwkit.forms.poller_state import DATE_FORMATS, SETTINGS, SIGNATURE, ZONES, Setting
from cwkit.redaction import MASK, Secret

__all__ = [
    "CHOSEN",
    "COPY_NAME",
    "changes_panel",
    "editor_blocks",
    "editor_fields",
    "explanation_panel",
    "lines_panel",
    "requests_panel",
    "yes_no_options",
]

CHOSEN, COPY_NAME = "chosen", "copy_name"
"""The fields with the resource whose settings are shown, and with the name of a copy of it."""

_LONGEST_ON_SLIDER = 120  # minutes; the box beside it takes more
_YES_NO = [
    {"value": "", "label": "not set"},
    {"value": "true", "label": "yes"},
    {"value": "false", "label": "no"},
]
Block = dict[str, Any]


def editor_fields(element: Element, *, polls: bool) -> Iterable[FormField]:
    """Yield the editor's fields; an element that does not poll has only switch, callback and signature."""
    switch = [{"value": "true", "label": "On"}, {"value": "false", "label": "Off"}]
    yield FormField(event_settings.ENABLED, "toggle", {"label": "Events", "options": switch})
    yield FormField(
        SIGNATURE, "secret", {"label": "Signature key", "description": "Notifications are signed with it."}
    )
    yield FormField(event_settings.CALLBACK, "text", {
        "label": "Callback URL", "description": "The address that receives the notifications.",
        "placeholder": "https://", "wide": True,
    })  # fmt: skip
    if not polls:
        return
    yield FormField(
        event_settings.INTERVAL, "minutes", {"label": "Poll every (minutes)", "most": _LONGEST_ON_SLIDER}
    )
    yield FormField(CHOSEN, "choice", {"label": "Settings of", "options": [], "wide": True})
    for setting in SETTINGS:
        yield FormField(setting.key, *_drawn(setting))
    yield FormField(
        COPY_NAME, "text", {"label": "Name of a new resource", "description": "A copy of the resource above."}
    )
    yield FormField(event_settings.POLLER, "area", {"label": "Poller as JSON", "rows": 14})


def _drawn(setting: Setting) -> tuple[str, dict[str, Any]]:
    spec: dict[str, Any] = {"label": setting.label, "description": setting.help}
    if setting.kind == "choice":
        return "choice", {**spec, "options": _YES_NO}
    if setting.kind == "area":
        return "area", {**spec, "rows": 3}
    if setting.kind in ("format", "zone"):
        return "suggest", {**spec, "suggestions": list(DATE_FORMATS if setting.kind == "format" else ZONES)}
    return "text", spec


def yes_no_options(text: str) -> list[dict[str, str]]:
    """Return the options of a yes-or-no setting, with what is set now if it is neither."""
    known = text in {option["value"] for option in _YES_NO}
    return _YES_NO if known else [*_YES_NO, {"value": text, "label": f"not understood: {text[:40]}"}]


def editor_blocks(fields: Mapping[str, FormField], *, polls: bool, saves: bool) -> list[Block]:
    """Return the parts from top to bottom; a form that creates an instance has no *Save*."""

    def block(*keys: str) -> Block:
        return {"kind": "fields", "fields": [fields[key].spec for key in keys]}

    def heading(text: str, note: str = "") -> Block:
        return {"kind": "heading", "small": True, "text": text, "note": note}

    def buttons(**labels: str) -> Block:
        drawn = [
            {"name": n, "label": label, "primary": n in ("save", "confirm")} for n, label in labels.items()
        ]
        return {"kind": "buttons", "buttons": drawn}

    first = [key for key in (event_settings.ENABLED, event_settings.INTERVAL, SIGNATURE) if key in fields]
    parts = [
        heading("Events", "notifications sent to your application"),
        block(*first, event_settings.CALLBACK),
        {"kind": "panel", "name": "problems"},
    ]
    if polls:
        table = [block(CHOSEN, *(setting.key for setting in SETTINGS)), {"kind": "panel", "name": "unlisted"}]
        parts += [
            heading("Resources", "select what is polled"),
            {
                "kind": "columns",
                "columns": [[{"kind": "checks", "name": "resources", "label": "Resources"}], table],
            },
            block(COPY_NAME),
            buttons(copy="Copy this resource", reset="Reset to defaults"),
            heading("As JSON", "the value of event.poller.configuration; edit either"),
            block(event_settings.POLLER),
            buttons(undo="Restore the last valid JSON"),
            heading("What happens"),
            {"kind": "panel", "name": "explanation"},
            heading("The next requests"),
            {"kind": "panel", "name": "requests"},
        ]
    if saves:
        parts += [
            {"kind": "panel", "name": "changes"},
            buttons(save="Save …", confirm="Save these changes", cancel="Cancel"),
            {"kind": "status"},
        ]
    return parts


def lines_panel(level: str, lines: Iterable[str]) -> dict[str, Any]:
    """Return a panel of lines, all of one level; an empty one for no lines."""
    texts = [text for text in lines if text]
    return {"level": level, "lines": texts} if texts else {}


def explanation_panel(poller: PollerConfiguration, minutes: float) -> dict[str, Any]:
    """Return the sentences that explain a poller."""
    problem = ""
    try:
        sentences = list(poller.explain(minutes).by_resource.values())
    except CwkitError as error:
        problem = error.message
    if problem:
        return lines_panel("error", [problem])
    return (
        {"items": sentences} if sentences else lines_panel("note", ["Nothing is polled: select a resource."])
    )


def requests_panel(poller: PollerConfiguration, last_poll: Any, now: Any) -> dict[str, Any]:
    """Return the next request of each resource, what the vendor is asked, and what is wrong."""
    rows = []
    for name, row in poller.requests(last_poll, now).iterrows():
        cells = row.fillna("").to_dict()
        parts = [{"text": f"GET {cells['url']}", "code": True}] if cells.get("url") else []
        if cells.get("vendor_url"):
            parts.append({"text": f"→ {cells['vendor_method']} {cells['vendor_url']}", "code": True})
        parts += [
            {"text": str(cells[key]), "level": level}
            for key, level in (("warnings", "warning"), ("problem", "error"))
            if cells.get(key)
        ]
        rows.append([[{"text": str(name)}], parts])
    return {"columns": ["Resource", "Request"], "rows": rows} if rows else {}


def changes_panel(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Return exactly what saving changes, by key; pollers by resource and setting, secrets masked."""
    rows = []
    for key, (before, after) in changes.items():
        if isinstance(before, PollerConfiguration) and isinstance(after, PollerConfiguration):
            rows += [_difference_row(each) for each in poller_differences(before, after)]
            if list(before) != list(after) and set(before) == set(after):
                rows.append(("order of the resources", ", ".join(before), ", ".join(after)))
        else:
            rows.append((key, _plain(before), _plain(after)))
    cells = [[[{"text": text}] for text in row] for row in rows]
    return {"title": "What will change", "columns": ["Setting", "Now", "Will be"], "rows": cells}


def _difference_row(difference: PollerDifference) -> tuple[str, str, str]:
    if difference.setting:
        name = f"{difference.resource}: {difference.setting}"
        return name, _plain(difference.before), _plain(difference.after)
    if difference.after is None:
        return difference.resource, "polled", "not polled any more"
    return difference.resource, "not polled", f"polled: {_plain(difference.after)}"


def _plain(value: Any) -> str:
    if value is None or value == "":
        return "not set" if value is None else "blank"
    return MASK if isinstance(value, Secret) else str(value)
