"""All knowledge special to ConnectWise: its keys and how they get misspelt, its addresses, its checks.

Sources: the project's facts on the platform, section 2 (docs/platform.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from cwkit.elements.field_check import FieldCheck, Problem, Repair
from cwkit.elements.model import Element
from cwkit.redaction import MASK, Secret

__all__ = [
    "CRM",
    "HELPDESK",
    "REST_PATH",
    "SITES",
    "WSDL_DEFAULT",
    "base_url_for",
    "repaired_keys",
    "right_key",
    "rule_for",
    "together",
    "values_beside",
]

HELPDESK = "connectwisehd"
CRM = "connectwisecrmrest"

SITES: dict[str, str] = {
    "na": "api-na.myconnectwise.net",
    "eu": "api-eu.myconnectwise.net",
    "au": "api-au.myconnectwise.net",
    "staging": "api-staging.connectwisedev.com",
}
"""ConnectWise's own hosts, by the short name that operators use."""

REST_PATH = "/v4_6_release/apis/3.0"
WSDL_DEFAULT = "/v4_6_release/apis/2.0/"

_HOSTED = (
    "myconnectwise.net",
    "myconnectwise.com",
    "connectwise.com",
    "connectwise.net",
    "connectwisedev.com",
)
_DOCUMENTATION_HOSTS = frozenset(
    {"api-myconnectwise.com", "myconnectwise.com", "api-yoursite.com", "yoursite.com"}
)
_HOST = re.compile(
    r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.I
)
_VERSION = re.compile(r"/?(v\d+_\d+(?:_release)?|v\d{4}_\d+)(?:/|$)", re.I)
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)

# Other spellings seen for a key, besides another case or other separators. The documentation's table for
# the helpdesk element names ``company``, ``public.key`` and ``private.key``; the element takes none of them.
_ALIASES: dict[str, dict[str, str]] = {
    HELPDESK: {
        "company": "helpdesk.connectwise.company",
        "public.key": "helpdesk.connectwise.username",
        "private.key": "helpdesk.connectwise.password",
        "username": "helpdesk.connectwise.username",
        "user": "helpdesk.connectwise.username",
        "password": "helpdesk.connectwise.password",
        "server.url": "helpdesk.connectwise.server.url",
        "server": "helpdesk.connectwise.server.url",
        "url": "helpdesk.connectwise.server.url",
        "wsdl.path": "helpdesk.connectwise.wsdl.path",
        "wsdl": "helpdesk.connectwise.wsdl.path",
    },
    CRM: {
        "clientid": "connectwise.clientid",
        "connectwise.url": "baseUrl",
        "site.url": "baseUrl",
        "helpdesk.connectwise.company": "company",
    },
}


def base_url_for(site: str) -> str:
    """Return the CRM REST address for a site: ``na``, ``eu``, ``au``, ``staging``, or a host of your own."""
    host = SITES.get(site.strip().lower(), site.strip())
    return f"https://{host}{REST_PATH}"


def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def right_key(element: Element, key: str) -> str | None:
    """Return the element's own spelling of ``key``, or ``None`` where no field is meant by it."""
    if key in element.fields:
        return key
    plain = _plain(key)
    for spelling, right in _ALIASES.get(element.key, {}).items():
        if _plain(spelling) == plain:
            return right
    meant = [field for field in element.fields.values() if _plain(field.key) == plain]
    # ``base.url`` and ``baseUrl`` are both fields: a misspelling means the one that people fill in.
    meant.sort(key=lambda field: (field.hide_from_console, not field.required))
    return meant[0].key if meant else None


def repaired_keys(
    element: Element, values: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Repair], list[Problem]]:
    """Return the values under the element's own keys, with the repairs told.

    A value given under two spellings of one key is a problem, unless both are the same.
    """
    result: dict[str, Any] = {}
    repairs: list[Repair] = []
    problems: list[Problem] = []
    for key in sorted(values, key=lambda name: name not in element.fields):  # the right spelling comes first
        value, right = values[key], right_key(element, key) or key
        if (
            element.key == CRM
            and key == "base.url"
            and "baseUrl" not in values
            and str(value).startswith("http")
        ):
            right = "baseUrl"
        if right in result and right != key:
            if result[right] != value and value not in (None, ""):
                message = f"{right} is given twice, also as {key}, with another value."
                problems.append(Problem(right, "given-twice", message, f"Leave {key} out.", certain=True))
            continue
        if right != key:
            repairs.append(
                Repair(right, key, right, f"The key was written {key}; the platform's spelling is {right}.")
            )
        result[right] = value
    return result, repairs, problems


def rule_for(element_key: str, key: str) -> Callable[[FieldCheck], FieldCheck] | None:
    """Return ConnectWise's check for a key, or ``None`` where it has none."""
    return _RULES.get((element_key, key))


def together(element: Element, values: Mapping[str, Any]) -> list[Problem]:
    """Return what is wrong between values that are each right by themselves."""
    public, private = values.get("public.key"), values.get("private.key")
    if element.key == CRM and public and isinstance(private, Secret) and private == Secret(str(public)):
        return [
            Problem(
                "private.key",
                "keys-equal",
                "The private key is the same as the public key.",
                "Copy the private key again; ConnectWise shows it once, when the pair is made.",
                MASK,
            )
        ]
    return []


def values_beside(element_key: str, key: str, text: str) -> dict[str, str]:
    """Return the WSDL path that the address of a ConnectWise page gives besides the site."""
    if (element_key, key) != (HELPDESK, "helpdesk.connectwise.server.url"):
        return {}
    path = urlsplit(text.strip()).path if "://" in text else f"/{text.strip().partition('/')[2]}"
    version = _VERSION.match(path)
    return {"helpdesk.connectwise.wsdl.path": f"/{version[1]}/apis/2.0/"} if version else {}


def _site(check: FieldCheck) -> tuple[FieldCheck, str]:
    """Repair scheme and host of an address; return it with the path that followed."""
    text = check.text
    if "<" in text or ">" in text:
        check = check.repaired(re.sub(r"[<>]", "", text), "Angle brackets were taken away.")
    text = re.sub(r"^(https?)(?![a-z])[:;]?/*(?=[^/:;])", r"\1://", check.text.replace("\\", "/"), flags=re.I)
    if not re.match(r"[a-z][a-z0-9+.-]*://", text, re.I):
        text = f"https://{text.lstrip('/')}"
        check = check.repaired(text, "https:// was missing.")
    fix = f"Enter the address of your ConnectWise site, for example https://{SITES['na']}."
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return check.refused("url-form", f"is not an address: {check.shown}", fix), ""
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(host):
        code = "placeholder" if re.search(r"[{}]|xxxx", host) else "url-form"
        return check.refused(code, f"is not the address of a site: {check.shown}", fix), ""
    if parts.username or parts.password:
        return check.refused("url-login", "holds a user name or password.", "Take it out of the address."), ""
    if host in _DOCUMENTATION_HOSTS:
        check = check.refused("placeholder", f"still holds the documentation's example host: {host}", fix)
    hosted = next((domain for domain in _HOSTED if host.endswith(f".{domain}")), None)
    notes = []
    if parts.scheme.lower() == "http":
        notes.append("http was changed to https, which ConnectWise requires.")
    if hosted and not host.startswith("api-"):
        host = f"api-{host}"
        notes.append("api- was put in front of the site.")
    origin = f"https://{host}" + (f":{port}" if port else "")
    path = parts.path
    problem = check.problem
    check = check.repaired(
        origin + path + (f"?{parts.query}" if parts.query else ""), " ".join(notes) or "Put in order."
    )
    return (check.with_problem(problem) if problem else check), path


def _origin(check: FieldCheck) -> str:
    parts = urlsplit(check.text)
    return f"{parts.scheme}://{parts.netloc}"


def _server_url(check: FieldCheck) -> FieldCheck:
    check, path = _site(check)
    if path.strip("/") or "?" in check.text or check.text.endswith("/"):
        reason = "Only the site belongs here; what followed was taken away."
        if path.strip("/") and (version := _VERSION.match(path)):
            reason += f" Its WSDL path is /{version[1]}/apis/2.0/."
        return _keeping_problem(check, _origin(check), reason)
    return check


def _base_url(check: FieldCheck) -> FieldCheck:
    check, path = _site(check)
    if check.problem and check.problem.code != "placeholder":
        return check
    if not path and check.problem:
        return check
    rest = re.fullmatch(r"/(v[^/]+|[^/]*release)/apis/3\.0/*", path, re.I)
    right = f"/{rest[1]}/apis/3.0" if rest else REST_PATH
    if path == right and "?" not in check.text:
        return check
    reason = (
        "The path of the REST API was put in order."
        if path.strip("/")
        else "The path of the REST API was missing."
    )
    return _keeping_problem(check, _origin(check) + right, reason)


def _keeping_problem(check: FieldCheck, text: str, reason: str) -> FieldCheck:
    repaired = check.repaired(text, reason)
    return repaired.with_problem(check.problem) if check.problem else repaired


def _wsdl_path(check: FieldCheck) -> FieldCheck:
    text = re.sub(r"[<>]", "", check.text).replace("\\", "/")
    path = urlsplit(text).path if "://" in text else text
    if "://" not in text and re.match(r"[\w-]+(\.[\w-]+)+/", text):  # a host without a scheme
        path = "/" + text.split("/", 1)[1]
    version = _VERSION.match(path if path.startswith("/") else f"/{path}")
    if not version:
        return check.refused(
            "wsdl-form",
            f"is not a WSDL path: {check.shown}",
            "Log in to ConnectWise and paste the whole address of the page, or a path as /v2017_2/apis/2.0/.",
        )
    right = f"/{version[1]}/apis/2.0/"
    return check.repaired(right, "The WSDL path was taken out of what was pasted.")


def _company(check: FieldCheck) -> FieldCheck:
    if "://" in check.text or re.search(r"\.(net|com)\b", check.text):
        return check.refused(
            "company-form", f"is an address: {check.shown}", "Enter the company name you log in with."
        )
    if "+" in check.text:
        return check.refused(
            "company-form",
            f"holds a plus sign: {check.shown}",
            "Enter the company name alone; the public key goes in its own field.",
        )
    return check


def _client_id(check: FieldCheck) -> FieldCheck:
    text = check.text.strip("{}<>() ")
    if re.fullmatch(r"[0-9a-f]{32}", text, re.I):
        text = "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
    if not _GUID.fullmatch(text):
        return check.refused(
            "client-id-form",
            f"is not a client ID: {check.shown}",
            "Copy it from your integration at ConnectWise's developer network; it looks like "
            "01234567-89ab-cdef-0123-456789abcdef.",
        )
    return check.repaired(text, "The client ID was put in its usual form.")


def _key(check: FieldCheck) -> FieldCheck:
    if re.search(r"\s", check.text):
        return check.refused("key-form", "has spaces in it.", "Copy the key again, by itself.")
    if re.search(r".\+.+:.", check.text):
        return check.refused(
            "key-form",
            "holds company, public key or private key joined together.",
            "Enter each part in its own field: company+public:private has three.",
        )
    return check


_RULES: dict[tuple[str, str], Callable[[FieldCheck], FieldCheck]] = {
    (HELPDESK, "helpdesk.connectwise.server.url"): _server_url,
    (HELPDESK, "helpdesk.connectwise.wsdl.path"): _wsdl_path,
    (HELPDESK, "helpdesk.connectwise.company"): _company,
    (CRM, "baseUrl"): _base_url,
    (CRM, "company"): _company,
    (CRM, "connectwise.clientid"): _client_id,
    (CRM, "public.key"): _key,
    (CRM, "private.key"): _key,
}
