"""What an error says: who answered, message, status, request id, and what the provider said."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

from cwkit.errors import ConnectionProblem, CwkitError, NotThePlatform, PlatformError
from cwkit.instances.found import values_in

__all__ = ["KNOWN", "ErrorText", "FieldError", "said_by", "said_in", "said_in_json", "status_fix"]

KNOWN: dict[str, Any] = tomllib.loads(
    resources.files("cwkit.instances").joinpath("error_causes.toml").read_text("utf-8")
)
"""Everything in error_causes.toml."""

_REASONS = {
    "bad request": 400, "unauthorized": 401, "forbidden": 403, "not found": 404, "method not allowed": 405,
    "not acceptable": 406, "conflict": 409, "payload too large": 413, "unsupported media type": 415,
    "too many requests": 429, "internal server error": 500, "bad gateway": 502, "service unavailable": 503,
    "gateway timeout": 504,
}  # fmt: skip
_REASON = "|".join(_REASONS)
_STATUS = re.compile(
    r"\bHTTP(?:/[\d.]{1,4})?\W{0,4}(?:status|error|code|response)?\W{0,4}(?:code)?\W{0,4}([1-5]\d\d)\b"
    r"|\b(?:status|code|error|answered|returned|responded|response|got|received)\w{0,8}"
    r"\W{0,12}(?:with\W|code\W|status\W|error\W){0,3}\W{0,4}([45]\d\d)\b"
    rf"|\b([45]\d\d)\b\W{{0,4}}(?:client error|server error|{_REASON})\b",
    re.I,
)
_REQUEST_ID = re.compile(r"(?:request[\s_-]?id)\W{0,6}([\w-]{8,64})", re.I)
_PROVIDER = re.compile(r"provider[\s_-]?(?:message|says)\W{1,4}([^\r\n]{1,500})", re.I)
_URL = re.compile(r"https?://[^\s'\"<>()\\]{3,500}")
_HEADER_LINE = re.compile(
    r"^(?:[<>*] .*|(?:content-[\w-]+|set-cookie|access-[\w-]+|cache-control|user-agent|accept[\w-]*|date"
    r"|server|x-[\w-]+|connection|keep-alive|transfer-encoding|strict-[\w-]+|host|authorization|cookie|vary|etag"
    r"|elements-[\w-]+):\s.*)$",
    re.I | re.M,
)
_RULE = re.compile(r"\bThe field (\w+) [^.]{3,200}\.")


@dataclass(frozen=True)
class FieldError:
    """One of the provider's ``errors``: the field, the code of the rule, and the message."""

    field: str
    code: str
    message: str


@dataclass(frozen=True)
class ErrorText:
    """What an error says; ``status`` is 0 and texts are blank where it says nothing.

    ``who`` answered: ``you``, ``network``, ``platform``, ``provider``, or blank where nobody can tell.
    ``status`` is that of the response, ``provider_status`` what the provider gave the platform. ``host`` is
    set where another service answered. ``words`` is what is searched for known phrases.
    """

    message: str = ""
    status: int = 0
    request_id: str = ""
    provider_message: str = ""
    provider_status: int = 0
    who: str = ""
    host: str = ""
    fields: tuple[FieldError, ...] = ()
    words: str = ""


def said_by(error: BaseException) -> ErrorText:
    """Return what an exception says, with those it comes from."""
    if isinstance(error, PlatformError):
        provider = bool(error.provider_message)
        words = f"{error.message}\n{error.provider_message}"
        return _completed(
            ErrorText(
                error.message,
                error.status,
                error.request_id,
                error.provider_message,
                who="provider" if provider else "platform",
                words=words,
            )
        )
    text = "\n".join(f"{type(item).__name__}: {item}" for item in _chain(error))
    if isinstance(error, CwkitError):
        who = "network" if isinstance(error, ConnectionProblem) else "you"
        words = f"{text}\n<html" if isinstance(error, NotThePlatform) else text
        return ErrorText(error.message, who=who, words=words)
    return said_in(text)


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(8):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def said_in(text: str) -> ErrorText:
    """Return what a pasted text says."""
    parsed = None
    try:
        for item in values_in(text, lambda part: "message" in part or "requestId" in part):
            parsed = parsed or said_in_json(item.value)
    except RecursionError:
        parsed = None
    said = parsed or ErrorText()
    provider, request_id = _PROVIDER.search(text), _REQUEST_ID.search(text)
    line = next((line.strip() for line in text.splitlines() if re.search(r"\w", line)), "")
    who, host = _answered_under(text)
    passed_on = said.provider_message or (provider[1] if provider else "")
    outside = re.sub(r'"providerMessage"\s*:\s*"(?:[^"\\]|\\.)*"', "", text)
    if passed_on:
        outside = outside.replace(passed_on, "")
    said = replace(
        said,
        message=said.message or line,
        status=said.status or _status_in(outside),
        request_id=said.request_id or (request_id[1] if request_id else ""),
        provider_message=passed_on.strip(" \"'"),
        who=said.who or who or ("platform" if "elements-request-id" in text.lower() else ""),
        host=host,
        words=said.words or _HEADER_LINE.sub("", _URL.sub("", text)),
    )
    return _completed(said)


def said_in_json(value: Any, depth: int = 0) -> ErrorText | None:
    """Return what the platform's or the provider's error in parsed JSON says, also from within lists."""
    if isinstance(value, list) and depth < 6:
        return next((said for item in value[:50] if (said := said_in_json(item, depth + 1))), None)
    if not isinstance(value, Mapping):
        return None
    message = value.get("message") or value.get("error_description") or value.get("error")
    if isinstance(message, str) and (len(value) < 12 or "requestId" in value):
        return _completed(_json_error(value, message))
    if depth >= 6:
        return None
    return next((said for item in value.values() if (said := said_in_json(item, depth + 1))), None)


def _json_error(value: Mapping[str, Any], message: str) -> ErrorText:
    code, provider = value.get("code"), value.get("providerMessage")
    named = isinstance(code, str) and bool(code) and not code.isdecimal()
    numbers = (_number(value.get(key)) for key in ("status", "statusCode", "code"))
    status = next((number for number in numbers if number), 0)
    fields = tuple(_field_errors(value.get("errors")))
    own = "requestId" in value or "providerMessage" in value
    of_provider = not own and (named or bool(fields) or value.get("error") == "ConnectWiseAPI")
    details = " ".join(dict.fromkeys(field.message for field in fields if field.message not in message))
    named_message = f"{code}: {message}" if named else message
    said = f"{named_message.rstrip('.')}. {details}" if details else named_message
    rules = " ".join(f"{field.field} {field.code}" for field in fields)
    provider = provider if isinstance(provider, str) else ""
    return ErrorText(
        said,
        status or (_REASONS.get(_spaced(code), 0) if named else 0),
        str(value.get("requestId") or ""),
        provider,
        who="provider" if of_provider or provider else "platform" if own else "",
        fields=fields,
        words="\n".join((said, provider, rules)),
    )


def _spaced(code: Any) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(code)).lower()


def _field_errors(errors: Any) -> Iterator[FieldError]:
    for item in errors[:20] if isinstance(errors, list) else ():
        if isinstance(item, Mapping):
            yield FieldError(*(str(item.get(key) or "") for key in ("field", "code", "message")))


def _completed(said: ErrorText) -> ErrorText:
    """Add what the provider's message, passed on by the platform, says in turn."""
    if not said.fields and (rules := list(_RULE.finditer(said.words))):
        said = replace(said, fields=tuple(FieldError(rule[1], "", rule[0]) for rule in rules))
    if not said.provider_message:
        return said
    inner = None
    for item in values_in(said.provider_message, lambda part: "message" in part):
        inner = inner or said_in_json(item.value)
    return replace(
        said,
        who="provider",
        provider_status=_status_in(said.provider_message) or (inner.status if inner else 0),
        fields=said.fields or (inner.fields if inner else ()),
        words=f"{said.words}\n{inner.words if inner else said.provider_message}",
    )


def _answered_under(text: str) -> tuple[str, str]:
    """Return who answers under the last address in a text, and the host where it is someone else's."""
    addresses = [urlsplit(match[0].rstrip(".,;:")) for match in _URL.finditer(text)]
    if not addresses:
        return "", ""
    address = addresses[-1]
    host = (address.hostname or "").lower()
    for known in KNOWN["host"]:
        if "pattern" in known and re.search(known["pattern"], host):
            return str(known["who"]), ""
        if "path" in known and re.search(known["path"], address.path):
            return str(known["who"]), ""
    answered = re.search(r"\bfor url\b", text)
    return "", host if answered else ""


def _status_in(text: str) -> int:
    found = [int(match[1] or match[2] or match[3]) for match in _STATUS.finditer(text)]
    failed = [status for status in found if status >= 400]
    if failed:
        return failed[-1]
    small = text.lower()
    return next((status for words, status in _REASONS.items() if re.search(rf"\b{words}\b", small)), 0)


def _number(value: Any) -> int:
    text = str(value)
    return int(text) if re.fullmatch(r"[45]\d\d", text) else 0


def status_fix(status: int, message: str = "") -> str:
    """Return what to do first about a status of the platform; blank where nothing is known.

    A known phrase in ``message`` counts before the status.
    """
    for known in KNOWN["pattern"]:
        if "network" not in known.get("who", ()) and re.search(known["pattern"], message, re.I):
            return str(known["causes"][0][1])
    return str(KNOWN["status"].get(str(status), {}).get("fix", ""))
