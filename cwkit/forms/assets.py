"""The scripts and styles that the widgets send to the browser."""

from __future__ import annotations

from functools import cache
from importlib import resources

__all__ = ["script", "style"]


@cache
def script(name: str) -> str:
    """Return one ES module: what all widgets draw with, then the widget's own part."""
    return _text("dom.js") + _text(f"{name}.js")


@cache
def style() -> str:
    """Return the style that all widgets share."""
    return _text("cwkit.css")


def _text(name: str) -> str:
    return resources.files("cwkit.forms").joinpath("static", name).read_text("utf-8")
