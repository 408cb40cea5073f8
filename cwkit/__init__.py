"""Create, inspect and repair ConnectWise instances on the Cloud Elements platform.

The public names are loaded on first use, so that ``import cwkit`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cwkit.version import __version__

if TYPE_CHECKING:
    from cwkit import (
        elements,
        errors,
        events,
        fleet,
        forms,
        instances,
        platform,
        provisioning,
        redaction,
    )
    from cwkit.elements import template
    from cwkit.errors import CwkitError
    from cwkit.events import PollerConfiguration
    from cwkit.instances import (
        Instance,
        compare,
        explain_error,
        read_instance,
        read_instances,
        read_request,
        report,
        show,
    )
    from cwkit.platform.client import connect
    from cwkit.platform.credentials import connectwise_check
    from cwkit.platform.filters import ceql
    from cwkit.profile import Profile
    from cwkit.redaction import Secret
else:
    from importlib import import_module

    _NAMES = {
        "CwkitError": "errors",
        "Instance": "instances",
        "PollerConfiguration": "events",
        "Profile": "profile",
        "Secret": "redaction",
        "ceql": "platform",
        "compare": "instances",
        "connect": "platform",
        "connectwise_check": "platform",
        "explain_error": "instances",
        "read_instance": "instances",
        "read_instances": "instances",
        "read_request": "instances",
        "report": "instances",
        "show": "instances",
        "template": "elements",
    }

    def __getattr__(name):
        if name in _NAMES:
            value = getattr(import_module(f"cwkit.{_NAMES[name]}"), name)
        elif name in __all__:
            value = import_module(f"cwkit.{name}")
        else:
            raise AttributeError(f"module 'cwkit' has no attribute {name!r}")
        globals()[name] = value
        return value

    def __dir__():
        return __all__


__all__ = [
    "CwkitError",
    "Instance",
    "PollerConfiguration",
    "Profile",
    "Secret",
    "__version__",
    "ceql",
    "compare",
    "connect",
    "connectwise_check",
    "elements",
    "errors",
    "events",
    "explain_error",
    "fleet",
    "forms",
    "instances",
    "platform",
    "provisioning",
    "read_instance",
    "read_instances",
    "read_request",
    "redaction",
    "report",
    "show",
    "template",
]
