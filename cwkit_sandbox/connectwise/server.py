"""ConnectWise's own side: who is let in, company info, and the SOAP login of the helpdesk element."""

from __future__ import annotations

import base64
import binascii
import re

from cwkit_sandbox import demo
from cwkit_sandbox.answers import Answer, ApiError
from cwkit_sandbox.request import RequestContext

__all__ = [
    "Refusal",
    "codebase",
    "company_info",
    "login_name",
    "refusal",
    "require_api_key",
    "soap",
    "system_info",
]

VERSION = "v2026.1"
CODEBASE = "v4_6_release"
_LOGIN = re.compile(r"([^+]+)\+([^:]+):(.+)", re.S)


class Refusal(ApiError):
    """A refusal with ConnectWise's own code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, message)
        self.code = code


def refusal(problem: ApiError) -> Answer:
    """Return an error in ConnectWise's shape (platform facts, section 6)."""
    usual = {400: "InvalidObject", 404: "NotFound", 415: "UnsupportedMediaType"}.get(
        problem.status, "BadRequest"
    )
    code = problem.code if isinstance(problem, Refusal) else usual
    return Answer({"code": code, "message": problem.message, "errors": None}, problem.status, problem.headers)


def codebase(call: RequestContext, site: str) -> str:
    """Return the version under which a site serves its API at present; it can be moved on demand."""
    return call.state.store.fact(f"codebase/{site}", CODEBASE)


async def company_info(call: RequestContext) -> Answer:
    """Tell a company's codebase and site to anybody; ``null`` for a company that is not known."""
    name = demo.company_named(call.path["company"])
    site = demo.known_site(call.path["site"])
    if name is None or site is None:
        return Answer(b"null")
    return Answer(
        {
            "CompanyName": name,
            "CompanyID": call.path["company"].lower(),
            "Codebase": f"{codebase(call, site)}/",
            "VersionCode": VERSION,
            "SiteUrl": site,
            "IsCloud": True,
        }
    )


def _login(call: RequestContext) -> tuple[str, str, str] | None:
    kind, _, encoded = call.request.headers.get("authorization", "").partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    match = _LOGIN.fullmatch(text)
    return (match[1], match[2], match[3]) if match and kind.lower() == "basic" else None


def require_api_key(call: RequestContext) -> None:
    """Check site, codebase, client id and key pair, in ConnectWise's order."""
    site = demo.known_site(call.path["site"])
    if site is None or call.path["version"].lower() not in (CODEBASE, codebase(call, site).lower()):
        raise Refusal(404, "NotFound", "There is nothing at this address.")
    client = call.request.headers.get("clientid", "")
    if not client or not demo.knows_client(client):
        raise Refusal(401, "ClientIdRequired", "A registered clientId is required with every call.")
    login = _login(call)
    if login is None or not demo.credentials_valid(*login):
        raise Refusal(401, "Unauthorized", "Company, public key or private key is not right.")


def login_name(call: RequestContext) -> str:
    """Return the name under which a call's changes are noted."""
    login = _login(call)
    return login[1][:30] if login else "api"


async def system_info(call: RequestContext) -> Answer:
    """Tell the version; a key with a narrow security role is refused here, as in the field."""
    require_api_key(call)
    login = _login(call)
    if login is None or login[0].lower() != demo.COMPANY:
        raise Refusal(403, "UserNotAuthenticated", "The security role does not allow this call.")
    return Answer(
        {"version": VERSION, "isCloud": True, "serverTimeZone": "Eastern Standard Time", "cloudRegion": "NA"}
    )


async def soap(call: RequestContext) -> Answer:
    """Answer the helpdesk element's login: 404 where the site has moved its WSDL path."""
    site = demo.known_site(call.path["site"])
    if site is None or call.path["version"].lower() != codebase(call, site).lower():
        raise Refusal(404, "NotFound", "There is nothing at this address.")
    login = await call.object()
    company, user, password = (str(login.get(name, "")) for name in ("company", "username", "password"))
    if not demo.credentials_valid(company, user, password):
        raise Refusal(401, "Unauthorized", "Cannot log in: company, user name or password is not right.")
    return Answer({"result": "ok"})
