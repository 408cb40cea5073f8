"""The check at the source: the service behind an element is asked whether the values are right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from cwkit.elements import connectwise
from cwkit.profile import host_is_local

__all__ = ["CHECK_LABEL", "source_check"]

CHECK_LABEL = "Check with ConnectWise"
_CHECKED = frozenset({connectwise.CRM, connectwise.HELPDESK})


def source_check(platform: Any, element_key: str) -> Callable[[Mapping[str, Any]], Any] | None:
    """Return the function that checks the values of an element at its source, or ``None`` without one.

    On the sandbox its own ConnectWise is asked, never the real one.
    """
    if element_key not in _CHECKED:
        return None
    sandbox = getattr(platform, "sandbox", None)
    if sandbox is None and host_is_local(urlsplit(platform.base_url).hostname or ""):
        return None

    def check(values: Mapping[str, Any]) -> Any:
        from cwkit.platform.connectwise_check import connectwise_check

        return connectwise_check(values, resolve=sandbox.connectwise_url if sandbox else None)

    return check
