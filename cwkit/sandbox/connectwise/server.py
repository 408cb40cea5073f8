"""ConnectWise's own side: company info, the REST paths, and the SOAP login of the helpdesk element."""

from __future__ import annotations

import base64
import binascii
import re

from cwkit.sandbox import demo
from cwkit.sandbox.wire import Answer, Call

__all__ = ["company_info", "logged_in", "refusal", "soap", "system_info"]

VERSION = "v2026.1"
CODEBASE = "v4_6_release"


def refusal(status: int, code: str, message: str) -> Answer:
    """Return an error in ConnectWise's shape (platform facts, section 6)."""
    return Answer({"code": code, "message": message, "errors": None}, status)


def codebase(call: Call, site: str) -> str:
    """Return the version under which a site serves its API at present; it can be moved on demand."""
    return call.world.store.fact(f"codebase/{site}", CODEBASE)


async def company_info(call: Call) -> Answer:
    """Tell a company's codebase and site to anybody."""
    name = demo.company_named(call.path["company"])
    site = demo.known_site(call.path["site"])
    if name is None or site is None:
        return Answer(b"null")
    return Answer(
        {
            "CompanyName": name,
            "CompanyID": call.path["company"].lower(),
            "Codebase": f"{codebase(call, site)}/",
            "SiteUrl": site,
            "IsCloud": True,
        }
    )


def logged_in(call: Call) -> Answer | None:
    """Check site, codebase, client id and key pair; return the refusal, or ``None``."""
    site = demo.known_site(call.path["site"])
    version = call.path["version"]
    if site is None or version.lower() not in (CODEBASE, codebase(call, site).lower()):
        return refusal(404, "NotFound", "There is nothing at this address.")
    headers = call.request.headers
    if not headers.get("clientid") or not demo.knows_client(headers["clientid"]):
        return refusal(401, "ClientIdRequired", "A registered clientId is required with every call.")
    kind, _, encoded = headers.get("authorization", "").partition(" ")
    try:
        login = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        login = ""
    match = re.fullmatch(r"([^+]+)\+([^:]+):(.+)", login, re.S)
    if kind.lower() != "basic" or not match or not demo.lets_in(*match.groups()):
        return refusal(401, "Unauthorized", "Company, public key or private key is not right.")
    return None


async def system_info(call: Call) -> Answer:
    """Tell the version; a key with a narrow security role is refused here, as in the field."""
    if refused := logged_in(call):
        return refused
    if "documentation" in (demo.company_named(_company(call)) or "").lower():
        return refusal(403, "UserNotAuthenticated", "The security role does not allow this call.")
    return Answer(
        {
            "version": VERSION,
            "isCloud": True,
            "serverTimeZone": "Eastern Standard Time",
            "cloudRegion": "NA",
            "licenseBits": [],
        }
    )


def _company(call: Call) -> str:
    encoded = call.request.headers["authorization"].partition(" ")[2]
    return base64.b64decode(encoded).decode("utf-8").partition("+")[0]


async def soap(call: Call) -> Answer:
    """Answer the helpdesk element's login: 404 where the site has moved its WSDL path."""
    site = demo.known_site(call.path["site"])
    if site is None or call.path["version"].lower() != codebase(call, site).lower():
        return refusal(404, "NotFound", "There is nothing at this address.")
    login = await call.object()
    given = [str(login.get(name, "")) for name in ("company", "username", "password")]
    if not demo.lets_in(given[0], given[1], given[2]):
        return refusal(401, "Unauthorized", "Cannot log in: company, user name or password is not right.")
    return Answer({"result": "ok"})


async def contacts(call: Call) -> Answer:
    """List contacts."""
    return logged_in(call) or Answer([])
