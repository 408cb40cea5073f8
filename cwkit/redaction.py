"""What is secret, and how it is masked in text, tables, URLs, headers, logs and tracebacks.

A secret is a :class:`Secret` from the moment it is read until it is sent. Nothing but ``reveal()`` gives
its text back, and ``reveal()`` is called only where a request is put together or where a person has
asked to see the value.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache, wraps
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any, ParamSpec, TypeVar, final

from cwkit.errors import CwkitError, SecretUnavailable
from cwkit.spellings import spelling_pattern

__all__ = [
    "MASK",
    "Secret",
    "as_secret",
    "frameless",
    "is_secret",
    "map_secrets",
    "mask_secrets",
    "mask_text",
    "reveal",
    "safe_text",
    "secrets_in",
    "strip_control_characters",
    "wrap_secrets",
]

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

MASK = "********"
"""What is shown in place of a secret. The platform writes the same eight stars."""


@final
class Secret:
    """A text that must not be seen.

    ``repr``, ``str`` and ``format`` give stars; equality is compared in constant time; ``copy`` gives
    the same object; ``pickle`` keeps only that there was a secret, so that no file contains it.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str | Secret) -> None:
        if not isinstance(text, str | Secret):
            raise TypeError("a secret is made from a text")
        _TEXT.__set__(self, _TEXT.__get__(text) if isinstance(text, Secret) else text)

    def reveal(self) -> str:
        """Return the text itself.

        Raises ``SecretUnavailable`` for a secret that went through pickle, which does not keep it.
        """
        text: str | None = _TEXT.__get__(self)
        if text is None:
            raise SecretUnavailable(
                "This secret was not saved with the object it belongs to.",
                fix="Read the instance again from the platform, or enter the secret again.",
            )
        return text

    def __repr__(self) -> str:
        return f"Secret('{MASK}')"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(_TEXT.__get__(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        if _TEXT.__get__(self) is None or _TEXT.__get__(other) is None:
            return self is other
        return hmac.compare_digest(_utf8(_TEXT.__get__(self)), _utf8(_TEXT.__get__(other)))

    def __hash__(self) -> int:
        return hash((Secret, _TEXT.__get__(self)))

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (_lost_secret, ())

    def __getstate__(self) -> None:
        return None

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(
            as_secret,
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )


# Taken off the class, so that nothing that walks over the attributes of an object finds the text.
_TEXT: Any = Secret.__dict__["_text"]
del Secret._text  # type: ignore[attr-defined]


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _lost_secret() -> Secret:
    lost = Secret("")
    _TEXT.__set__(lost, None)
    return lost


def as_secret(value: str | Secret) -> Secret:
    """Return ``value`` as a :class:`Secret`."""
    return value if isinstance(value, Secret) else Secret(value)


def reveal(value: Any) -> Any:
    """Return the text of a :class:`Secret`; anything else is returned as it is."""
    return value.reveal() if isinstance(value, Secret) else value


def frameless(function: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Let whatever ``function`` raises leave it without its frames, Ctrl-C included.

    For functions that are given, or read, secrets in clear: whoever prints the local variables of a traceback
    (a crash report, a verbose mode) would print them. For what is no error of ours, a note on the exception
    names the lines instead, without a value, so that a bug can still be found.
    """

    @wraps(function)
    def without_frames(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        try:
            return function(*args, **kwargs)
        except BaseException as caught:  # noqa: BLE001 - raised again below
            problem = caught
        inner = problem.__traceback__ and problem.__traceback__.tb_next
        if inner is not None and not isinstance(problem, CwkitError):
            problem.add_note(_lines_of(inner))
        del args, kwargs, inner
        problem.__cause__ = problem.__context__ = None
        raise problem.with_traceback(None)

    return without_frames


def _lines_of(frames: TracebackType) -> str:
    places = [
        f"{frame.f_code.co_name} ({Path(frame.f_code.co_filename).name}:{line})"
        for frame, line in walk_tb(frames)
    ]
    return f"Raised in {' > '.join(places)}. The values are left out, because there are secrets among them."


# --- control characters --------------------------------------------------------------------------------

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1, which contain terminal codes; tab and line feed stay
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # bidi, invisible
    "\ud800-\udfff\U000e0000-\U000e007f]"  # lone surrogates, which cannot be written; invisible tags
)


def strip_control_characters(text: str) -> str:
    """Return ``text`` with U+FFFD for each character that controls a terminal or the writing direction.

    These are C0 and C1 (but tab and line feed), right-to-left overrides and other direction marks,
    invisible characters, and lone surrogates. The joiners of emoji and of Indic and Arabic script stay.
    """
    return text if text.isprintable() else _CONTROL.sub("\ufffd", text.replace("\r\n", "\n"))


# --- what is secret ------------------------------------------------------------------------------------


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NOT_SECRET_TYPES = frozenset({"BOOLEAN", "BOOLEAN_YESNO", "COMBO"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_A-Za-z]+|\d+")
_NAMES_A_SECRET = re.compile(
    r"\w*(?:passwor[dt]|passwd|passphrase|passcode|kennwort|pwd|secret|token|credential|cookie|apikey)s?"
    r"(?:hash|text|value|key)?|pass"
)
_NAMES_A_KEY = re.compile(
    r"(?:api|auth|authorization|private|secret|access|client|consumer|shared|account|signature|signing|"
    r"encryption|decryption|subscription|license|integration|user|master|admin|ssh)?keys?"
)
_ENDS_A_SECRET = frozenset({"authorization", "jwt", "bearer"})
# The last word says what a value is: the id of a token is an id, its address an address.
_ENDS_IN_PUBLIC = _words(
    "url urls uri endpoint address server host hostname domain path location id ids uuid guid type mode kind "
    "time times date timestamp issuetime expiration expiry expires lifetime ttl timeout interval age length "
    "size count limit max min number version name names username usernames user login email enabled disabled "
    "required format encoded algorithm method scope scopes status state label description field fields flag "
    "policy updated created changed at on in lookup transformation sid"
)
_SAYS_NOTHING = _words("value values text string data details detail info new old current")
# Tokens that mark a place in a list, and keys that name a thing.
_PLACE = _words("sync page next change continuation cursor polling poller delta start skip")
_NAMING = _words(
    "public element elements primary foreign sort lock helper object record hook idempotency partition issue "
    "row column cache map external"
)
_TEMPLATE_OR_ADDRESS = re.compile(
    r"\$?\{[\w. -]*\}\S*|https?://[^\s?#@]*|true|false|yes|no|on|off|null|none", re.I
)
_CREDENTIAL = re.compile(
    r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JSON web token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.{0,8000}?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"
    r"|\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{10,}",
    re.S,
)


def is_secret(
    key: str,
    *,
    type: str | None = None,  # noqa: A002 - the platform's name for it
    label: str | None = None,
    value: Any = None,
) -> bool:
    """Return whether the value of a configuration field (or of a key of JSON) must not be seen.

    ``type`` is the platform's (``PASSWORD`` is secret; switches and COMBO options are not), ``label`` what
    a person sees, ``value`` what is there; each may be missing. The last word of key and label says what
    a value is: ``oauth.user.token`` is secret, ``oauth.token.url`` an address, ``username`` labelled
    "API Key" a secret, ``oauth.api.key`` labelled "Client Id" an id. A true or false, an address or a
    template (``{baseUrl}``) is no secret unless its key names a password, secret or token; a JSON web
    token or a private key in PEM is one under any key.
    """
    if type in _NOT_SECRET_TYPES or isinstance(value, bool):
        return False
    sure = _judged(key, type, label or "")
    if isinstance(value, str) and value:
        if sure < 3 and _CREDENTIAL.match(value):
            return True
        if sure < 3 and _TEMPLATE_OR_ADDRESS.fullmatch(value):
            return False
    return sure > 1


@lru_cache(maxsize=8192)
def _judged(key: str, kind: str | None, label: str) -> int:
    """Return 3 for what is surely secret, 2 for what is taken for secret, 0 for unknown, -1 for public."""
    if kind == "PASSWORD":
        return 3
    by_key, by_label = _named(key), _named(label)
    if by_key == 3:
        return 3
    if by_key == 2 and by_label != -1:
        return 2
    # An id is one whatever "key" its label says; a user name labelled "API Key" is a key.
    identifies = by_key == -1 and not key.lower().endswith(("name", "user", "login", "email"))
    return by_label if by_label >= (3 if identifies else 2) else min(by_key, 0)


def _named(text: str) -> int:
    words = [word.lower() for word in _WORD.findall(text)]
    while len(words) > 1 and (words[-1] in _SAYS_NOTHING or words[-1].isdigit()):
        words.pop()
    if not words:
        return 0
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    joined = "".join(words)
    if joined.endswith(("sessionid", "quickbaseticket")) or joined == "auth" or last in _ENDS_A_SECRET:
        return 3
    if joined.endswith(("authorizationcode", "apikey", "apikeys")):
        return 3 if joined.endswith("code") else 2
    if last in _ENDS_IN_PUBLIC or last.endswith(("url", "uri", "id")) or "clientid" in joined:
        return -1
    if _PLACE.intersection(words[:-1]) and last.startswith("token"):
        return -1
    if _NAMES_A_KEY.fullmatch(last):
        if before in _NAMING:
            return -1
        return 0 if joined in ("key", "keys") else 2
    if _NAMES_A_SECRET.fullmatch(last):
        return 3
    return 2 if any(_NAMES_A_SECRET.fullmatch(word) or _is_misspelt(word) for word in words) else 0


def _is_misspelt(word: str) -> bool:
    return len(word) > 5 and bool(get_close_matches(word, ("password", "secret", "credential"), 1, 0.86))


# --- one walker ----------------------------------------------------------------------------------------


def map_secrets(
    value: Any, secret: Callable[[str, Any], bool], replace: Callable[[Any], Any], key: str = ""
) -> Any:
    """Return a copy of a JSON value in which ``replace`` was applied to every secret.

    Secret are :class:`Secret` values and each leaf for which ``secret(key, leaf)`` is true; the items of a
    list have the list's key, ``propertyValue`` and ``value`` the ``key`` beside them, and what is inside an
    object under a secret key is asked for as ``key.inner``. Mappings become dicts, tuples lists.
    """
    if isinstance(value, Secret):
        return replace(value)
    if isinstance(value, Mapping):
        beside = value.get("key")
        prefix = f"{key}." if key and secret(key, None) else ""
        names = {
            name: beside
            if isinstance(beside, str) and name in ("propertyValue", "value")
            else f"{prefix}{name}"
            for name in value
        }
        return {name: map_secrets(item, secret, replace, names[name]) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [map_secrets(item, secret, replace, key) for item in value]
    return replace(value) if value not in (None, "") and secret(key, value) else value


_IDENTIFIERS = frozenset({"id", "elementId", "key"})


def wrap_secrets(
    value: Any, *, keys: frozenset[str] = frozenset(), known: frozenset[str] = frozenset(), key: str = ""
) -> Any:
    """Return a JSON value in which every secret text is a :class:`Secret`.

    Secret are values under ``keys`` and those of :func:`is_secret`, and texts that equal one of ``known``:
    what was sent as a secret and comes back in clear (but not under ``id``, ``elementId`` and ``key``,
    which name things: a secret that happens to be the same text is not shown by them).
    """

    def secret(name: str, leaf: Any) -> bool:
        if leaf is not None and not isinstance(leaf, str):
            return False
        return name in keys or is_secret(name, value=leaf) or (leaf in known and name not in _IDENTIFIERS)

    return map_secrets(value, secret, as_secret, key)


def mask_secrets(value: Any, keys: Iterable[str] = (), key: str = "") -> Any:
    """Return a copy of a JSON value in which every secret is masked, at any depth.

    Secret are :class:`Secret` values, values of ``keys``, and those of :func:`is_secret`. Empty values
    stay, and so do true and false.
    """
    named = frozenset(keys)

    def secret(name: str, leaf: Any) -> bool:
        return not isinstance(leaf, bool) and (name in named or is_secret(name, value=leaf))

    return map_secrets(value, secret, lambda found: MASK if found else "", key)


def secrets_in(value: Any) -> Iterator[Secret]:
    """Yield every :class:`Secret` in a JSON value, at any depth."""
    found: list[Secret] = []
    map_secrets(value, lambda name, leaf: False, found.append)
    return iter(found)


# --- text ----------------------------------------------------------------------------------------------

_NAME = r"[\w.$-]{1,80}"
_QUOTE = r"""\\{0,8}["']"""
_SCHEMES = r"\b(User|Organization|Element|Bearer|Basic|Digest|Token|ApiKey)"
_PAIR = re.compile(rf"{_SCHEMES}(\s+)(?![*<])([\w+/=.~-]{{6,}})", re.I)
_HEADER = re.compile(rf"(authorization(?:{_QUOTE})?\s*[:=]\s*(?:{_QUOTE})?)([^'\"\\\r\n]+)", re.I)
_COOKIE = re.compile(rf"(\bcookie(?:{_QUOTE})?\s*:\s*(?:{_QUOTE})?)([^'\"\\\r\n]*=[^'\"\\\r\n]*)", re.I)
# A quote inside a badly escaped value is not its end: what follows the end of a value is known.
_END = rf"""{_QUOTE} \s* (?: [}}\])] | \Z | [\r\n]
              | , \s* (?: {_QUOTE} {_NAME} {_QUOTE} \s* [:=] | [\r\n}}] | \Z ) ) | [\r\n] | \Z"""
_QUOTED = re.compile(
    rf"""(?P<open>{_QUOTE}) (?P<name>[\w.$ /-]{{1,80}}) {_QUOTE} \s* (?:=>|[:=]) \s*
        (?: \[ (?P<list>[^\]]{{1,4000}}) \] | (?P<number>\d+)
          | {_QUOTE} (?P<value>.{{0,4000}}?) (?={_END}) )""",
    re.S | re.X,
)
_SET_TO = re.compile(rf"({_NAME})(\s*[:=]\s*)({_QUOTE})((?:(?!\3).){{1,4000}})\3", re.S)
_ASSIGNED = re.compile(rf"""(?<![\w.?&%"'-])({_NAME})(\s?[:=]\s*)([^\s,;&"'<>\\()]+)""")
_OPTION = re.compile(rf"""(?<!\S)(--?)({_NAME})([ =]+["']?)([^\s"']+)""")
_CURL_USER = re.compile(r"""(\s(?:-u|--user)[\s=]+["']?[^\s:"']{1,300}:)([^\s"']+)""")
_ELEMENT = re.compile(
    rf"((?:<|&lt;)(?:\w{{1,40}}:)?({_NAME})[^<>&]{{0,200}}(?:>|&gt;))([^<]{{1,4000}}?)(?=</|&lt;/)"
)
_PARAMETER = re.compile(rf"([?&](?:amp;)?|%26|%3F|\\u0026)({_NAME})(=|%3D)([^&#\s\"'<>\\]+)", re.I)
_USER_INFO = re.compile(
    r"""(//|%2F%2F)([^/:@%\s"'<>]{0,200})(:|%3A) (?:
        [^/?\#\s"'<>]{1,300}? (?=(?:@|%40)[^@/?\#\s"'<>]{0,300}(?:[/?\#\s"'<>\\]|%2F|\Z))  # the last @
      | (?!\d{1,5}(?:[/?\#]|%2F)) [^\s"'<>?\#]{1,300}? (?=@) )""",
    re.I | re.X,
)
# A text that begins in the middle of a value: its key was cut off, so nobody knows whether it was a secret.
_CUT = re.compile(
    rf"\A\s*[^\s{{}}\[\]\"'<>:][^{{}}\[\]<>\r\n]{{0,400}}?(?={_QUOTE}\s*,\s*{_QUOTE}{_NAME}{_QUOTE}\s*:)"
)
_PARAMETERS = _words("key sig code auth signature sas sid jwt")
_PROSE = _words(
    "secret secrets token tokens key keys authentication authorization credentials header headers required "
    "invalid missing failed error wrong expired denied not provided empty unknown string hidden none null "
    "true false or and password incorrect redacted changed"
)


def mask_text(text: str, secrets: Iterable[str | Secret] = ()) -> str:
    """Return ``text`` with every secret in it masked.

    ``secrets`` are masked wherever they are, in plain, URL encoding, JSON, HTML, XML, CSV and base64, also
    encoded repeatedly. Besides these: ``Authorization`` values and cookies; values under a key of
    :func:`is_secret` in JSON, XML, addresses, forms and assignments; passwords in addresses; JSON web tokens
    and private keys. The words of an error about authorization stay.
    """
    for secret in secrets:
        if secret:
            text = re.sub(spelling_pattern(as_secret(secret).reveal()), MASK, text)
    text = _CREDENTIAL.sub(MASK, _CUT.sub(MASK, text))
    text = _USER_INFO.sub(rf"\1\2\3{MASK}", text)
    text = _PARAMETER.sub(lambda m: f"{m[1]}{m[2]}{m[3]}{MASK}" if _is_parameter(m[2]) else m[0], text)
    text = _QUOTED.sub(_mask_quoted, text)
    text = _SET_TO.sub(lambda m: f"{m[1]}{m[2]}{m[3]}{MASK}{m[3]}" if _is_set(m[1], m[4]) else m[0], text)
    text = _ELEMENT.sub(lambda m: f"{m[1]}{MASK}" if is_secret(m[2], value=m[3]) else m[0], text)
    text = _HEADER.sub(lambda m: m[1] + _mask_header(m[2]), text)
    text = _COOKIE.sub(rf"\1{MASK}", text)
    text = _PAIR.sub(lambda m: f"{m[1]}{m[2]}{MASK}" if _looks_secret(m[3]) else m[0], text)
    text = _CURL_USER.sub(rf"\1{MASK}", text)
    text = _OPTION.sub(lambda m: f"{m[1]}{m[2]}{m[3]}{MASK}" if _is_set(m[2], m[4]) else m[0], text)
    return _ASSIGNED.sub(_mask_assigned, text)


def _is_parameter(name: str) -> bool:
    return name.lower() in _PARAMETERS or is_secret(name)


def _is_set(name: str, value: str) -> bool:
    return MASK not in value and is_secret(name, value=value)


def _mask_quoted(match: re.Match[str]) -> str:
    group = next(name for name in ("list", "number", "value") if match[name] is not None)
    if not match[group].strip() or not _is_set(match["name"], match[group]):
        return match[0]
    start, end = match.start(group) - match.start(), match.end(group) - match.start()
    mask = MASK if group == "value" else f'"{MASK}"'
    return f"{match[0][:start]}{mask}{match[0][end:]}"


def _mask_header(value: str) -> str:
    pairs = re.findall(rf"{_SCHEMES}\s+([^,\s]+)", value, re.I)
    if pairs and re.fullmatch(rf"\s*(?:{_SCHEMES}\s+[^,\s]+\s*(?:,\s*|\Z))+", value, re.I):
        if any(word.lower() not in _PROSE for _, word in pairs):
            return re.sub(rf"{_SCHEMES}(\s+)[^,\s]+", rf"\1\2{MASK}", value, flags=re.I)
        return value
    masked = re.sub(
        rf"{_SCHEMES}(\s+)([^,\s]+)",
        lambda m: f"{m[1]}{m[2]}{MASK}" if _looks_secret(m[3]) else m[0],
        value,
        flags=re.I,
    )
    words = value.split()
    return MASK if masked == value and len(words) == 1 and words[0].lower() not in _PROSE else masked


def _mask_assigned(match: re.Match[str]) -> str:
    name, sign, value = match[1], match[2].strip(), match[3]
    if value.lower().strip(".!") in _PROSE or not _is_set(name, value):
        return match[0]
    ends = match.string[match.end() : match.end() + 1] in ("", "\n", "\r", "&", ";", ",")
    if sign != "=" and not ends and not _looks_secret(value):
        return match[0]  # "password: must not be empty"
    return f"{name}{match[2]}{MASK}"


def _looks_secret(word: str) -> bool:
    # "User accounts" is prose; a secret mixes cases, digits or other characters.
    return bool(re.search(r"[0-9+/=]", word)) or (word != word.lower() and word != word.capitalize())


_HINTS = (
    "passw", "pwd", "secret", "token", "auth", "key", "cookie", "credential", "passphrase", "pass=", "sig",
    "code=", "bearer", "eyj", "private", "session", "://", "%3a",
)  # fmt: skip


def safe_text(text: str) -> str:
    """Return a text from outside as a cell of a table or terminal may show it.

    Without control characters, passwords in addresses and secrets in JSON or parameters. Escaping for HTML
    or CSV is done where these are written.
    """
    text = strip_control_characters(text)
    small = text.lower()
    for hint in _HINTS:  # a loop, for this is done for every value of a fleet
        if hint in small:
            return mask_text(text)
    return text
