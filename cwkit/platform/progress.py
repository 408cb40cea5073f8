"""A progress bar: the notebook's own form in a notebook, plain in a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any, Self

__all__ = ["Bar", "bar", "watched"]


class Bar:
    """Counts what is done. It appears with the second step, so that quick work shows no bar.

    ``show=None`` shows it in notebooks and terminals; ``True`` and ``False`` always and never.
    """

    def __init__(self, title: str, show: bool | None, unit: str) -> None:
        self._title = title
        self._unit = unit
        self._show = watched() if show is None else show
        self._at_once = show is True
        self._bar: Any = None
        self._done = 0
        self._steps = 0

    def advance(self, count: int, total: int | None = None, note: str = "") -> None:
        """Add ``count`` to what is done, of ``total`` where that is known; ``note`` is shown beside it."""
        self._done += count
        self._steps += 1
        if not self._show or (self._steps < 2 and not self._at_once):
            return
        if self._bar is None:
            from tqdm.auto import tqdm

            self._bar = tqdm(desc=self._title, unit=f" {self._unit}", total=total, leave=False)
        if total is not None:
            self._bar.total = total
        if note:
            self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(self._done - self._bar.n)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, frames: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()


def bar(title: str, show: bool | None = None, unit: str = "records") -> Bar:
    """Return a progress bar; use it with ``with``."""
    return Bar(title, show, unit)


def watched() -> bool:
    """Say whether a person looks on: a notebook's kernel, or a terminal."""
    in_notebook = "ipykernel" in sys.modules and "IPython" in sys.modules
    return in_notebook or bool(getattr(sys.stderr, "isatty", lambda: False)())
