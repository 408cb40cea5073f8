"""The empty sheet from which many instances are created: one column for each thing to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwkit.elements.model import Element
from cwkit.elements.shipped import shipped

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["template"]


def template(element: str | Element) -> pd.DataFrame:
    """Return an empty DataFrame to fill in, one row an instance, for ``platform.instances.create_many``.

    Columns: ``element.key``, ``name``, ``tags`` (separated by commas), then the configuration fields that
    a person may set, required ones first. ``element`` is the key of an element that comes with cwkit, or
    any :class:`Element`, as ``platform.elements.get(key)`` gives it. Raises ``UnknownElement``.
    """
    import pandas as pd

    known = element if isinstance(element, Element) else shipped(element)
    sections = ("required", "events", "optional", "advanced")
    keys = [field.key for section in sections for field in known.section(section)]  # type: ignore[arg-type]
    return pd.DataFrame(columns=["element.key", "name", "tags", *keys], dtype="object")
