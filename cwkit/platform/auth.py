"""The Authorization header, in its three forms; the only place that takes the profile's secrets out."""

from __future__ import annotations

import re
from collections.abc import Generator

import httpx

from cwkit.profile import Profile
from cwkit.redaction import Secret

__all__ = ["PlatformAuth"]


class PlatformAuth(httpx.Auth):
    """Put the secrets on a request (platform facts, section 1).

    Without a token ``User, Organization``; with one ``User, Element``, and all three where the call is
    about the current instance.
    """

    def __init__(
        self, profile: Profile, token: Secret | None = None, *, with_organization: bool = False
    ) -> None:
        # A line end in a header would be a header of its own; a profile's secrets are checked already.
        if token is not None and not re.fullmatch(r"[\x21-\x7e]+", token.reveal()):
            raise ValueError("a token that no header can hold")
        self._profile = profile
        self._token = token
        self._with_organization = with_organization or token is None

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the header once; the platform has no challenge to answer."""
        pairs = [f"User {self._profile.user_secret.reveal()}"]
        if self._with_organization:
            pairs.append(f"Organization {self._profile.organization_secret.reveal()}")
        if self._token is not None:
            pairs.append(f"Element {self._token.reveal()}")
        request.headers["Authorization"] = ", ".join(pairs)
        yield request
