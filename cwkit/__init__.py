"""Create, inspect and repair ConnectWise instances on the Cloud Elements platform.

The public names are loaded on first use, so that ``import cwkit`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

_NAMES = {
    "CwkitError": "cwkit.errors",
    "Instance": "cwkit.instances",
    "PollerConfiguration": "cwkit.events",
    "Profile": "cwkit.platform",
    "Secret": "cwkit.redaction",
    "ceql": "cwkit.platform",
    "compare": "cwkit.instances",
    "connect": "cwkit.platform",
    "connectwise_check": "cwkit.platform",
    "explain_error": "cwkit.instances",
    "read_instance": "cwkit.instances",
    "read_instances": "cwkit.instances",
    "read_request": "cwkit.instances",
    "report": "cwkit.instances",
    "template": "cwkit.elements",
}
_MODULES = frozenset(
    {
        "elements",
        "errors",
        "events",
        "fleet",
        "forms",
        "instances",
        "platform",
        "provisioning",
        "redaction",
    }
)

__all__ = sorted([*_NAMES, *_MODULES, "__version__"])

if TYPE_CHECKING:
    from cwkit.errors import CwkitError as CwkitError
    from cwkit.redaction import Secret as Secret


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        value = getattr(import_module(_NAMES[name]), name)
    elif name in _MODULES:
        value = import_module(f"cwkit.{name}")
    else:
        raise AttributeError(f"module 'cwkit' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
