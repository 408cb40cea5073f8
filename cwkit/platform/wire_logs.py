"""Keep secrets out of the DEBUG logs of httpx and httpcore."""

from __future__ import annotations

import logging
from weakref import WeakValueDictionary

from cwkit.profile import Profile
from cwkit.redaction import mask_url

__all__ = ["hide_secrets_of"]

_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
_profiles: WeakValueDictionary[int, Profile] = WeakValueDictionary()


class _Mask(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        secrets = [secret for profile in list(_profiles.values()) for secret in profile.secrets]
        record.msg, record.args = mask_url(record.getMessage(), secrets), None
        record.exc_info = None  # the traceback of a library shows its frames to verbose handlers
        return True


_MASK = _Mask()


def hide_secrets_of(profile: Profile) -> None:
    """Mask the profile's secrets in everything that the HTTP libraries log from now on."""
    _profiles[id(profile)] = profile
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_MASK)  # adding the same filter again changes nothing
    stamina = logging.getLogger("stamina")
    if not any(isinstance(handler, logging.NullHandler) for handler in stamina.handlers):
        stamina.addHandler(logging.NullHandler())  # a repeated call is no news to a person in a notebook
