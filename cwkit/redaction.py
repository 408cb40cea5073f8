"""What is secret, and how it is masked in text, tables, URLs, headers, logs and tracebacks.

A secret is a :class:`Secret` from the moment it is read until it goes on the wire. Nothing but
``reveal()`` gives its text back, and ``reveal()`` is called only where a request is put together
or where a person has asked to see the value.
"""

from __future__ import annotations

import base64
import hmac
import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar, final
from urllib.parse import quote, quote_plus

from cwkit.errors import CwkitError, SecretUnavailable

__all__ = [
    "MASK",
    "Secret",
    "as_secret",
    "frameless",
    "is_secret_key",
    "mask_mapping",
    "mask_text",
    "mask_url",
    "reveal",
    "spellings",
]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

MASK = "********"
"""What stands where a secret was. The platform writes the same eight stars."""

# Public identifiers whose keys sound secret. ``public.key`` and the client id identify, they do not
# open anything by themselves, and a person has to be able to read them to find a mistake.
_PUBLIC_KEYS = frozenset(
    {
        "key",
        "public.key",
        "publickey",
        "elementkey",
        "element.key",
        "nextpagetoken",
        "elements-next-page-token",
        "nextpage",
    }
)
_SECRET_WORDS = re.compile(r"passw|pwd|secret|token|credential|authorization|key(?![a-z])|apikey", re.I)


@final
class Secret:
    """A text that must not be seen.

    ``repr``, ``str`` and ``format`` give stars; equality is compared in constant time; ``copy`` gives
    the same object; ``pickle`` keeps only that there was a secret, so that no file holds it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str | Secret) -> None:
        if not isinstance(text, str | Secret):
            raise TypeError("a secret is made from a text")
        self._text: str | None = text._text if isinstance(text, Secret) else text

    def reveal(self) -> str:
        """Return the text itself.

        Raises ``SecretUnavailable`` for a secret that went through pickle, which does not keep it.
        """
        if self._text is None:
            raise SecretUnavailable(
                "This secret was not saved with the object it belongs to.",
                fix="Read the instance again from the platform, or enter the secret again.",
            )
        return self._text

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        if self._text is None or other._text is None:
            return self is other
        return hmac.compare_digest(
            self._text.encode("utf-8", "surrogatepass"), other._text.encode("utf-8", "surrogatepass")
        )

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (_lost_secret, ())

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            as_secret,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )


def _lost_secret() -> Secret:
    lost = Secret("")
    lost._text = None
    return lost


def as_secret(value: str | Secret) -> Secret:
    """Return ``value`` as a :class:`Secret`."""
    return value if isinstance(value, Secret) else Secret(value)


def reveal(value: Any) -> Any:
    """Return the text of a :class:`Secret`; anything else comes back as it is."""
    return value.reveal() if isinstance(value, Secret) else value


def frameless(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Let our errors leave ``function`` without its frames.

    For functions that are given text with secrets in clear, such as a pasted answer: whoever prints the
    local variables of a traceback (a crash report, a verbose mode) would print that text.
    """

    @wraps(function)
    def guarded(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except CwkitError as caught:
            problem = caught.with_traceback(None)
        problem.__cause__ = problem.__context__ = None
        del args, kwargs
        raise problem

    return guarded


@lru_cache(maxsize=2048)
def is_secret_key(key: str) -> bool:
    """Say whether a key sounds as if its value were secret.

    True for keys with *password*, *secret*, *token*, *credential* or a closing *key*
    (``private.key``, ``event.notification.signature.key``, ``apiKey``); false for the few public ones,
    such as ``public.key`` and ``element.key``.
    """
    return key.lower() not in _PUBLIC_KEYS and bool(_SECRET_WORDS.search(key))


def mask_mapping(values: Mapping[str, Any], secret_keys: Iterable[str] = ()) -> dict[str, Any]:
    """Return a copy in which every secret value is masked, at any depth.

    Secret are :class:`Secret` values, the values of ``secret_keys``, and of every key for which
    :func:`is_secret_key` is true. Empty values and ``None`` stay, for they hold nothing.
    """
    keys = frozenset(secret_keys)
    return {key: _mask_value(key, value, keys) for key, value in values.items()}


def _mask_value(key: str, value: Any, keys: frozenset[str]) -> Any:
    if isinstance(value, Secret):
        return MASK if value else ""
    if isinstance(value, Mapping):
        return mask_mapping(value, keys)
    if isinstance(value, list | tuple):
        return [_mask_value(key, item, keys) for item in value]
    if value not in (None, "") and not isinstance(value, bool) and (key in keys or is_secret_key(key)):
        return MASK
    return value


def spellings(secret: str | Secret) -> list[str]:
    """Return the forms in which a secret can appear in a text, longest first.

    Plain, URL-encoded (both ways of writing a space), JSON-escaped, HTML-escaped and base64, the last
    also as the middle of something longer that was encoded as a whole.
    """
    text = str(reveal(secret))
    if not text:
        return []
    raw = text.encode("utf-8", "surrogatepass")
    forms = {
        text,
        repr(text)[1:-1],
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        html.escape(text),
        html.escape(text, quote=False),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        quote(raw, safe=""),
        quote(raw),
        quote_plus(raw),
    }
    forms |= {json.dumps(form)[1:-1] for form in list(forms)}  # JSON inside JSON, as in pollers and notebooks
    if len(raw) >= 6:
        for offset in (1, 2):
            shifted = base64.b64encode(b"\0" * offset + raw).decode()
            inner = shifted[4 : len(shifted) - (4 if shifted.endswith("=") or (offset + len(raw)) % 3 else 0)]
            if len(inner) >= 8:
                forms.add(inner)
    return sorted((form for form in forms if form), key=len, reverse=True)


_PAIRS = re.compile(r"\b(User|Organization|Element|Bearer|Basic)(\s+)(?![*<])([A-Za-z0-9+/=_\-.]{6,})")
_HEADER = re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*['\"]?)([^'\"\r\n]+)")
_NAMED = re.compile(
    r"""(?ix) (\\?["'] [^"'\\\s]{0,80}?
        (?:passw(?:or)?d|pwd|secret|token|private\.key|signature\.key|api_?key)
        \\?["'] \s*[:=]\s* \\?["']) ((?:[^"'\\]|\\[^"'])+) (\\?["'])"""
)


def mask_text(text: str, secrets: Iterable[str | Secret] = ()) -> str:
    """Return ``text`` with every secret in it masked.

    ``secrets`` are masked wherever they stand, in every spelling of :func:`spellings`; besides these,
    ``Authorization`` values and quoted values of keys that name a password, token or secret.
    """
    for secret in secrets:
        for form in spellings(secret):
            if len(form) >= 4:
                text = text.replace(form, MASK)
            elif form in text:
                text = re.sub(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])", MASK, text)
    text = _HEADER.sub(lambda m: m[1] + _mask_header(m[2]), text)
    text = _PAIRS.sub(lambda m: f"{m[1]}{m[2]}{MASK}" if _looks_secret(m[3]) else m[0], text)
    return _NAMED.sub(lambda m: f"{m[1]}{MASK}{m[3]}", text)


def _mask_header(value: str) -> str:
    pairs = re.sub(
        r"(?i)\b(User|Organization|Element|Bearer|Basic)\s+[^,\s]+", lambda m: f"{m[1]} {MASK}", value
    )
    return pairs if pairs != value else MASK


def _looks_secret(word: str) -> bool:
    # "User accounts" is prose; a secret mixes cases, digits or base64 signs.
    return bool(re.search(r"[0-9+/=]", word)) or (word != word.lower() and word != word.capitalize())


def mask_url(url: str, secrets: Iterable[str | Secret] = ()) -> str:
    """Return ``url`` without a password in its authority and with secret query values masked."""
    url = re.sub(r"(?<=//)([^/@:]*):[^/@]*@", rf"\1:{MASK}@", url)
    url = re.sub(
        r"([?&])([^=&#]+)=([^&#]*)",
        lambda m: f"{m[1]}{m[2]}={MASK}" if is_secret_key(m[2]) and m[3] else m[0],
        url,
    )
    return mask_text(url, secrets)
