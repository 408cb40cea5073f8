"""The base URL of a platform: its short names, and the repair of what people paste."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from cwkit.elements.event_keys import host_is_local
from cwkit.errors import ProfileError
from cwkit.redaction import mask_url

__all__ = ["API_PATH", "SHORT_NAMES", "tidy_base_url"]

API_PATH = "/elements/api-v2"

SHORT_NAMES = {
    "us": "https://api.cloud-elements.com" + API_PATH,
    "eu": "https://api.cloud-elements.co.uk" + API_PATH,
    "staging": "https://staging.cloud-elements.com" + API_PATH,
    "snapshot": "https://snapshot.cloud-elements.com" + API_PATH,
}
"""Short names for the environments (platform facts, section 1). A SAP region, as ``us2``, works as well."""

_SAP_REGION = re.compile(r"(?:sap[-:/ ]?)?([a-z]{2}\d{1,2}(?:-\d{3})?)", re.I)
_SAP_HOST = "https://api.openconnectors.{region}.ext.hana.ondemand.com"
_FIX = (
    "Give the address of the platform's API, as https://api.cloud-elements.com/elements/api-v2, "
    f"or a short name: {', '.join(SHORT_NAMES)}, or a SAP region such as us2."
)


def tidy_base_url(text: str) -> str:
    """Return the base URL that a person means.

    Takes a short name (``us``, ``eu``, ``staging``, ``snapshot``), a SAP region (``us2``), a host name,
    or an address with or without ``/elements/api-v2`` (platform facts, section 1). Addresses outside
    this machine and its network are called with https. Raises ``ProfileError`` for anything else.
    """
    given = text.strip().strip("<>\"'").strip()
    if given.lower() in SHORT_NAMES:
        return SHORT_NAMES[given.lower()]
    if region := _SAP_REGION.fullmatch(given):
        return _SAP_HOST.format(region=region[1].lower()) + API_PATH
    if "://" not in given:
        local = host_is_local(given.split("/")[0].split(":")[0])
        given = f"{'http' if local else 'https'}://{given.lstrip('/')}"
    scheme, netloc, prefix = _parts(given)
    return f"{scheme}://{netloc}{prefix}{API_PATH}"


def _parts(given: str) -> tuple[str, str, str]:
    try:
        parts = urlsplit(given)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    shaped = re.fullmatch(r"[A-Za-z0-9.-]+|[0-9a-f:.]+", host)
    if parts.scheme not in ("http", "https") or not shaped:
        problem = ProfileError(f"This is not an address of the platform: {mask_url(given)!r}.", fix=_FIX)
    elif parts.username or parts.password:
        problem = ProfileError(
            "The base URL holds a user name or password.",
            fix="Take it out: the platform is called with the user and organization secrets of the profile.",
        )
    elif "." not in host and ":" not in host and not host_is_local(host) and port is None:
        problem = ProfileError(f"There is no platform of the name {given.split('://')[1]!r}.", fix=_FIX)
    else:
        scheme = parts.scheme if host_is_local(host) else "https"
        shown = f"[{host}]" if ":" in host else host
        return scheme, shown + (f":{port}" if port else ""), parts.path.split("/elements")[0].rstrip("/")
    raise problem
