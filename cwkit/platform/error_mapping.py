"""From an answer that is not a good one to the error that tells a person what happened and what to do."""

from __future__ import annotations

import email.utils
import html
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from cwkit import errors
from cwkit.platform.call import Call, Outcome
from cwkit.profile import Profile
from cwkit.redaction import Secret, mask_text, strip_control_characters

__all__ = [
    "NOT_CARRIED_OUT",
    "cannot_be_sent",
    "error_for",
    "is_uncertain",
    "not_the_platform",
    "retry_after",
    "unreachable",
    "write_error",
]

_BY_STATUS: dict[int, type[errors.PlatformError]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.BadRequest,
    406: errors.UnsupportedMedia,
    409: errors.Conflict,
    415: errors.UnsupportedMedia,
    429: errors.RateLimited,
    502: errors.ProviderError,
}
_FIXES = {
    400: "Correct what the message names, and try again.",
    403: "Ask an administrator of the organization for the right, or enable the instance if it is disabled.",
    404: "Check the id; platform.instances.list() shows what is there under these secrets.",
    405: "The platform does not offer this for this element.",
    409: "Look at what is there already with platform.instances.list(), and change the name or value.",
    429: "Wait a little and try again.",
    502: "The service behind the platform refused or failed: check its address and credentials.",
}
LONGEST = 100_000
"""How much of a text is looked at for a message; the rest is not read."""

_LATER = "Try again later; if it stays, give the request id to the platform's support."


def error_for(
    call: Call,
    profile: Profile,
    status: int,
    data: Any,
    headers: Mapping[str, str],
    secrets: Iterable[Secret],
) -> errors.PlatformError:
    """Return the error for an answer with an error status. All texts in it are masked with ``secrets``."""
    secrets = tuple(secrets)
    body = data if isinstance(data, Mapping) else {}
    message = _clean(body.get("message"), secrets) or f"The platform answered with status {status}."
    provider = _clean(body.get("providerMessage"), secrets)
    kind = _BY_STATUS.get(status, errors.ServerError if status >= 500 else errors.BadRequest)
    return kind(
        message,
        fix=_fix(call, profile, status, f"{message} {provider}", bool(provider)),
        status=status,
        request_id=_clean(body.get("requestId") or headers.get("elements-request-id"), secrets),
        provider_message=provider,
        method=call.method,
        url=mask_text(profile.base_url + call.path, secrets),
        retry_after=retry_after(headers),
    )


def _clean(value: Any, secrets: tuple[Secret, ...]) -> str:
    text = value.reveal() if isinstance(value, Secret) else value
    if text is None or isinstance(text, dict | list):
        return ""
    # Masked before it is cut, lest half a secret is left at the cut. Control signs would reach a terminal.
    masked = mask_text(str(text)[:LONGEST], secrets)
    return strip_control_characters(masked)[:2000]


def _fix(call: Call, profile: Profile, status: int, message: str, refused_by_provider: bool) -> str:
    if status == 401:
        return _fix_unauthorized(call, profile, message.lower())
    if "wsdl" in message.lower():
        return (
            "Take the WSDL path from the address that ConnectWise shows after login: "
            "https://.../v2017_2/ConnectWise.aspx gives /v2017_2/apis/2.0/."
        )
    if call.kind == "create" and refused_by_provider:
        return "Check the address and the credentials of the service behind the platform, and try again."
    return _FIXES.get(status, _LATER)


def _fix_unauthorized(call: Call, profile: Profile, message: str) -> str:
    swapped = (
        f"Check both secrets of the profile {profile.name!r}; they are easily swapped, "
        "and a secret of one environment does not work on another."
    )
    if call.kind == "create" and "secret" not in message and "token" not in message:
        return "Check the credentials that the instance uses for the service behind the platform."
    if "organization" in message and "user" not in message:
        return f"Check the organization secret of the profile {profile.name!r}. {swapped}"
    if "user" in message and "organization" not in message:
        return f"Check the user secret of the profile {profile.name!r}. {swapped}"
    if call.token is not None:
        return (
            "Check the instance's token: read the instance again with platform.instances.get(id); "
            f"a deleted instance has none any more. Then the user secret of the profile {profile.name!r}."
        )
    return swapped


def not_the_platform(
    call: Call, profile: Profile, status: int, content_type: str, text: str, secrets: Iterable[Secret]
) -> errors.NotThePlatform:
    """Return the error for an answer that the platform would not give, such as a web page."""
    secrets = tuple(secrets)
    start = mask_text(text[:LONGEST], secrets)[:4000]
    title = re.search(r"<title[^>]*>([^<]{1,120})", start, re.I)
    named = f" Its title is {html.unescape(title[1]).strip()!r}." if title else ""
    what = (
        "a web page" if "html" in content_type or "<html" in start.lower() else "something that is not JSON"
    )
    return errors.NotThePlatform(
        mask_text(
            f"{profile.base_url} answered {call.method} {call.path} with {what} (status {status}).{named}",
            secrets,
        ),
        fix=f"Check the base URL of the profile {profile.name!r}, and whether a proxy or a login page of "
        "the network stands in between. It should look like https://api.cloud-elements.com/elements/api-v2.",
    )


NOT_CARRIED_OUT = frozenset({400, 401, 403, 404, 405, 406, 409, 413, 415})
"""Error statuses that prove that a write was not carried out (platform facts, section 12)."""


def is_uncertain(outcome: Outcome) -> bool:
    """Return whether a write may have been carried out though its outcome is an error."""
    if outcome.error is None or (outcome.kind == "not_reached" and not outcome.status):
        return False
    return outcome.status not in NOT_CARRIED_OUT


def write_error(call: Call, outcome: Outcome, look: str) -> errors.CwkitError:
    """Return the error to raise for a write that did not succeed.

    ``AnswerLost`` where it may have been carried out, with ``look`` as what to do: sending it again could
    do it twice. A refusal by the service behind the platform stays one, with the same advice.
    """
    error = outcome.error
    assert error is not None
    if not is_uncertain(outcome):
        return error
    if isinstance(error, errors.ProviderError) and error.provider_message:
        error.fix = f"{error.fix} {look}"
        return error
    if isinstance(error, errors.AnswerLost):
        error.fix = look
        return error
    return errors.AnswerLost(
        f"{call.method} {mask_text(call.path)} was answered with status {outcome.status}: it may have been "
        "carried out all the same.",
        fix=look,
        cause=error,
    )


def unreachable(profile: Profile, reason: str) -> errors.NotReached:
    """Return the error for a platform that cannot be reached at all."""
    return errors.NotReached(
        f"{profile.base_url} cannot be reached: {reason}.",
        fix=f"Check the network, and the base URL of the profile {profile.name!r}.",
    )


def cannot_be_sent(call: Call) -> errors.InputError:
    """Return the error for a request that cannot be put together."""
    return errors.InputError(
        f"{call.method} {mask_text(call.path)} cannot be sent: a value or a token in it holds signs that "
        "cannot go over the wire.",
        fix="Read the token again from the platform, and give every value as a text.",
    )


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Return the seconds that ``Retry-After`` asks for (given as seconds or as a date), or ``None``."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text):
        return float(text)
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
