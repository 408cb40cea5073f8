"""Every error that cwkit raises, in one tree.

CwkitError                      what happened, and what to do next
├── InputError                  something that was given cannot be used (also a ValueError)
│   ├── FieldErrors             one or more configuration values are wrong
│   │   └── SheetErrors         rows of a sheet cannot be created as they are
│   ├── ReadError               a pasted text or file holds nothing that can be read
│   ├── PollerError             a poller configuration cannot be used
│   ├── DateError               a date, a date pattern or a time zone cannot be used
│   ├── TemplateError           a ``${...}`` in a poller URL cannot be filled in
│   ├── FilterError             a ``where`` filter (CEQL) cannot be used
│   └── UnknownElement          there is no element with this key
├── ProfileError                a profile is missing or does not parse
├── SecretUnavailable           a secret is needed that is not at hand (no keyring, or it was not saved)
├── LedgerError                 the ledger of creations cannot be read or written
├── PlatformError               the platform answered with an error (status, request id, provider message)
│   ├── BadRequest              400
│   ├── Unauthorized            401
│   ├── Forbidden               403
│   ├── NotFound                404
│   ├── Conflict                409
│   ├── UnsupportedMedia        406, 415
│   ├── RateLimited             429
│   ├── ServerError             500 and other 5xx
│   └── ProviderError           502: the service behind the platform refused
├── ConnectionProblem           no usable answer came
│   ├── NotReached              the request provably never reached the platform
│   ├── AnswerLost              it may have been carried out, but the answer was lost
│   └── NotThePlatform          something answered that is not the platform (HTML, another service)
├── RecordsIncomplete           reading records stopped in the middle; what was read is kept
├── BulkJobStopped              a bulk job ended without all of its records
├── CreationUnsettled           we do not know yet whether an instance was created
└── SandboxError                the local platform cannot start or do what was asked

No message, argument or traceback of these errors holds a secret: whoever raises one masks first
(``cwkit.redaction``). In a notebook an error is shown as its message and its fix, without a
traceback, so that no local variable is ever printed.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "AnswerLost",
    "BadRequest",
    "BulkJobStopped",
    "Conflict",
    "ConnectionProblem",
    "CreationUnsettled",
    "CwkitError",
    "DateError",
    "FieldErrors",
    "FilterError",
    "Forbidden",
    "InputError",
    "LedgerError",
    "NotFound",
    "NotReached",
    "NotThePlatform",
    "PlatformError",
    "PollerError",
    "ProfileError",
    "ProviderError",
    "RateLimited",
    "ReadError",
    "RecordsIncomplete",
    "SandboxError",
    "SecretUnavailable",
    "ServerError",
    "SheetErrors",
    "TemplateError",
    "Unauthorized",
    "UnknownElement",
    "UnsupportedMedia",
]


def how_to_install(extra: str) -> str:
    """Return how an optional part is installed, in words that every shell takes."""
    return (
        f'In a checkout: python -m pip install ".[{extra}]"; from a wheel file: '
        f'python -m pip install "cwkit-VERSION-py3-none-any.whl[{extra}]".'
    )


class CwkitError(Exception):
    """What happened (``message``) and what to do next (``fix``), both in plain words."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.fix = fix

    def details(self) -> list[str]:
        """Return further lines for a person, such as the request id."""
        return []

    def __str__(self) -> str:
        lines = [self.message, *self.details()]
        if self.fix:
            lines.append(f"What to do: {self.fix}")
        return "\n".join(lines)

    def _render_traceback_(self) -> list[str]:
        # IPython asks an exception for its own rendering first. Ours prints no frames, hence no
        # local variables (``%xmode Verbose`` would show them all).
        return [f"{type(self).__name__}: {self}"]


class InputError(CwkitError, ValueError):
    """Something that was given cannot be used. ``field`` names it, ``value`` shows it (masked).

    Where known, ``line`` and ``column`` (from 1) say where in a text, ``position`` (from 0) where in a value.
    """

    def __init__(
        self,
        message: str,
        *,
        fix: str = "",
        field: str = "",
        value: str = "",
        line: int | None = None,
        column: int | None = None,
        position: int | None = None,
    ) -> None:
        super().__init__(message, fix=fix)
        self.field = field
        self.value = value
        self.line = line
        self.column = column
        self.position = position


class FieldErrors(InputError):
    """One or more configuration values are wrong. ``problems`` holds them, one each."""

    def __init__(self, message: str, *, problems: tuple[Any, ...] = (), fix: str = "") -> None:
        first = problems[0] if problems else None
        super().__init__(message, fix=fix, field=getattr(first, "key", ""), value=getattr(first, "shown", ""))
        self.problems = problems

    def details(self) -> list[str]:
        """One line for each wrong value, with its fix."""
        return [f"- {p.key}: {p.message} {p.fix}".rstrip() for p in self.problems]


class SheetErrors(FieldErrors):
    """Rows of a sheet cannot be created as they are. ``table`` is a DataFrame of what is wrong."""

    def __init__(
        self, message: str, *, problems: tuple[Any, ...] = (), fix: str = "", table: Any = None
    ) -> None:
        super().__init__(message, problems=problems, fix=fix)
        self.table = table

    def details(self) -> list[str]:
        """The first wrong values; ``table`` has them all."""
        lines = super().details()
        return lines if len(lines) <= 12 else [*lines[:10], f"... and {len(lines) - 10} more, see `.table`."]


class ReadError(InputError):
    """A pasted text or file contains nothing that can be read."""


class PollerError(InputError):
    """A poller configuration cannot be used."""


class DateError(InputError):
    """A date, a Java date pattern or a time zone cannot be used."""


class TemplateError(InputError):
    """A ``${...}`` in a poller URL cannot be filled in."""


class FilterError(InputError):
    """A ``where`` filter (CEQL) cannot be used."""


class UnknownElement(InputError):
    """There is no element with this key."""


class ProfileError(CwkitError):
    """A profile is missing or does not parse."""


class SecretUnavailable(CwkitError):
    """A secret is needed that is not at hand."""


class LedgerError(CwkitError):
    """The ledger of creations cannot be read or written; without it nothing is created.

    Where a creation was sent and could not be written down, ``creation_tag`` and ``instance_id`` (where
    known) are what the ledger would have kept.
    """

    def __init__(self, message: str, *, fix: str = "", creation_tag: str = "", instance_id: str = "") -> None:
        super().__init__(message, fix=fix)
        self.creation_tag = creation_tag
        self.instance_id = instance_id

    def details(self) -> list[str]:
        """The creation tag and the id of what could not be written down."""
        known = {"Creation tag": self.creation_tag, "Instance id": self.instance_id}
        return [f"{name}: {value}" for name, value in known.items() if value]


class PlatformError(CwkitError):
    """The platform answered with an error.

    ``status`` is the HTTP status, ``request_id`` what support asks for, ``provider_message`` what the
    service behind the platform said, ``method`` and ``url`` the call (secrets masked).
    """

    def __init__(
        self,
        message: str,
        *,
        fix: str = "",
        status: int = 0,
        request_id: str = "",
        provider_message: str = "",
        method: str = "",
        url: str = "",
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, fix=fix)
        self.status = status
        self.request_id = request_id
        self.provider_message = provider_message
        self.method = method
        self.url = url
        self.retry_after = retry_after

    def details(self) -> list[str]:
        """Provider message, call and request id."""
        lines = []
        if self.provider_message:
            lines.append(f"The provider says: {self.provider_message}")
        if self.url:
            lines.append(f"Call: {self.method} {self.url} (status {self.status})")
        lines.append(f"Request id: {self.request_id or 'none was given'}")
        return lines


class BadRequest(PlatformError):
    """400: something in the request is wrong or missing."""


class Unauthorized(PlatformError):
    """401: a secret or token is not accepted."""


class Forbidden(PlatformError):
    """403: not allowed, or the instance is disabled."""


class NotFound(PlatformError):
    """404: there is no such thing under these secrets."""


class Conflict(PlatformError):
    """409: it contradicts what is there."""


class UnsupportedMedia(PlatformError):
    """406 or 415: the content type is not one that the platform takes or gives."""


class RateLimited(PlatformError):
    """429: too many calls; ``retry_after`` says how many seconds to wait, where told."""


class ServerError(PlatformError):
    """500 or another 5xx: the platform failed."""


class ProviderError(PlatformError):
    """502: the service behind the platform refused or failed."""


class ConnectionProblem(CwkitError):
    """No usable answer came."""


class NotReached(ConnectionProblem):
    """The request provably never reached the platform: it may be sent again."""


class AnswerLost(ConnectionProblem):
    """The request may have been carried out: no response came, or one that does not prove it was not.

    ``cause`` is the error response of the platform or of something in between, where there was one.
    """

    def __init__(self, message: str, *, fix: str = "", cause: CwkitError | None = None) -> None:
        super().__init__(message, fix=fix)
        self.cause = cause

    def details(self) -> list[str]:
        """The response that came, with its request id."""
        return [] if self.cause is None else [self.cause.message, *self.cause.details()]


class NotThePlatform(ConnectionProblem):
    """Something answered that is not the platform."""


class RecordsIncomplete(CwkitError):
    """Reading records stopped in the middle. ``partial`` is the DataFrame of what was read, ``cause`` why."""

    def __init__(self, message: str, *, fix: str = "", partial: Any = None, cause: CwkitError) -> None:
        super().__init__(message, fix=fix)
        self.partial = partial
        self.cause = cause

    def details(self) -> list[str]:
        """The cause, in its own words."""
        return [self.cause.message, *self.cause.details()]


class BulkJobStopped(CwkitError):
    """A bulk job ended without all its records. ``job_id`` finds it again, ``status`` is the platform's."""

    def __init__(self, message: str, *, fix: str = "", job_id: str = "", status: str = "") -> None:
        super().__init__(message, fix=fix)
        self.job_id = job_id
        self.status = status


class CreationUnsettled(CwkitError):
    """We do not know yet whether an instance was created. ``creation_tag`` finds it in the ledger."""

    def __init__(self, message: str, *, fix: str = "", creation_tag: str = "") -> None:
        super().__init__(message, fix=fix)
        self.creation_tag = creation_tag

    def details(self) -> list[str]:
        """The creation tag by which the ledger and the platform know the request."""
        return [f"Creation tag: {self.creation_tag}"] if self.creation_tag else []


class SandboxError(CwkitError):
    """The local platform cannot start or do what was asked."""
