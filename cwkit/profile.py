"""Profile: the platform's base URL and the two secrets that identify the caller. No HTTP."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cwkit.errors import ProfileError
from cwkit.redaction import MASK, Secret, as_secret, frameless, mask_text

__all__ = ["API_PATH", "SHORT_NAMES", "Profile", "host_is_local", "tidy_base_url"]


@dataclass(frozen=True, repr=False, init=False)
class Profile:
    """A name, the platform's base URL, the user secret and the organization secret.

    The base URL may be a short name (``us``, ``eu``, ``staging``, ``snapshot``, a SAP region) or lack
    ``/elements/api-v2``; it is put right. Secrets may be texts; they are kept as :class:`Secret`.
    Raises ``ProfileError`` where one of them cannot be used.
    """

    name: str
    base_url: str
    user_secret: Secret
    organization_secret: Secret

    @frameless
    def __init__(
        self, name: str, base_url: str, user_secret: str | Secret, organization_secret: str | Secret
    ) -> None:
        name = str(name).strip() or "default"
        secrets = {"user": user_secret, "organization": organization_secret}
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "base_url", tidy_base_url(base_url))
        for kind, given in secrets.items():
            object.__setattr__(self, f"{kind}_secret", _tidy_secret(kind, given, name))

    @property
    def secrets(self) -> tuple[Secret, Secret]:
        """The user secret and the organization secret."""
        return self.user_secret, self.organization_secret

    def __repr__(self) -> str:
        return (
            f"Profile(name={self.name!r}, base_url={self.base_url!r}, "
            f"user_secret={MASK}, organization_secret={MASK})"
        )


def _tidy_secret(kind: str, given: str | Secret | None, profile: str) -> Secret:
    """Take away what pasting adds (spaces, quotes, the header's word), and refuse what no header can hold."""
    text = as_secret(given).reveal() if given else ""
    text = re.sub(r"[\s\u200b-\u200f\u2060\ufeff]+$|^[\s\u200b-\u200f\u2060\ufeff]+", "", text).strip("\"'`,")
    text = re.sub(rf"(?i)^{kind}\s+", "", text).strip()
    usable = bool(re.fullmatch(r"[\x21-\x7e]+", text)) and "," not in text
    blank = not text
    secret = Secret(text)
    del text, given
    if usable:
        return secret
    what = "is missing" if blank else "holds spaces, a comma or signs that cannot be sent"
    raise ProfileError(
        f"The {kind} secret of the profile {profile!r} {what}.",
        fix=f"Copy the {kind} secret again from the platform's console, where both secrets are shown.",
    )


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
        problem = ProfileError(f"This is not an address of the platform: {mask_text(given)!r}.", fix=_FIX)
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


def host_is_local(host: str) -> bool:
    """Return whether a host is this machine or a private network, which the platform cannot reach."""
    if host.lower() == "localhost" or host.lower().endswith((".localhost", ".local", ".internal")):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local
