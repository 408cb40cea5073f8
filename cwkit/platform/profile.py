"""Profile: the platform that is called, and the two secrets that say who calls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cwkit.errors import ProfileError
from cwkit.platform.base_url import tidy_base_url
from cwkit.redaction import Secret, as_secret

__all__ = ["Profile"]


@dataclass(frozen=True, repr=False)
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

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", str(self.name).strip() or "default")
        object.__setattr__(self, "base_url", tidy_base_url(self.base_url))
        for kind in ("user", "organization"):
            attribute = f"{kind}_secret"
            object.__setattr__(self, attribute, _tidy_secret(kind, getattr(self, attribute), self.name))

    @property
    def secrets(self) -> tuple[Secret, Secret]:
        """The user secret and the organization secret."""
        return self.user_secret, self.organization_secret

    def __repr__(self) -> str:
        return (
            f"Profile(name={self.name!r}, base_url={self.base_url!r}, "
            f"user_secret={self.user_secret}, organization_secret={self.organization_secret})"
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
