"""ConnectWise asked about values before they are used: which of them is wrong, if any.

Pure: the calls are made by a function that is handed in. Only reading calls are made, and nothing secret
is sent but to the site that was given (platform facts, section 6).
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote, urlsplit

import pandas as pd

from cwkit.elements.checks import check_values
from cwkit.elements.connectwise.existing_instance import SERVER_URL, WSDL_PATH, wsdl_version
from cwkit.elements.connectwise.fields import CRM, HELPDESK, repaired_keys
from cwkit.elements.model import Element
from cwkit.elements.shipped import shipped
from cwkit.redaction import Secret, as_secret, reveal

__all__ = ["Answer", "CheckResult", "Get", "Step", "check"]

Outcome = Literal["right", "wrong", "unclear", "not checked"]
Part = Literal["site", "company", "wsdl path", "client id", "keys", "rights", "login"]


@dataclass(frozen=True)
class Answer:
    """What came back for one call: ``status`` and parsed ``json``, or the ``problem`` why nothing did."""

    status: int = 0
    json: Any = None
    problem: str = ""
    """``unknown-host``, ``timeout``, ``certificate``, ``refused``, ``not-json``; blank for none."""

    @property
    def message(self) -> str:
        """ConnectWise's code and message."""
        if not isinstance(self.json, Mapping):
            return ""
        return " ".join(str(self.json.get(name) or "") for name in ("code", "message")).strip()[:300]


Get = Callable[[str, Mapping[str, str | Secret]], Answer]
"""Fetches an address with these headers; never raises."""


@dataclass(frozen=True)
class Step:
    """What was found about one part of the values."""

    part: Part
    outcome: Outcome
    message: str
    fix: str = ""


@dataclass(frozen=True)
class CheckResult:
    """What ConnectWise says about values: one :class:`Step` for each part, in the order they were asked."""

    steps: tuple[Step, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    """Values that ConnectWise itself told, by key, where the given ones are wrong."""

    @property
    def ok(self) -> bool:
        """Return whether every part was checked and is right; what was not checked is not."""
        return bool(self.steps) and all(step.outcome == "right" for step in self.steps)

    @property
    def wrong(self) -> tuple[str, ...]:
        """The parts that are wrong."""
        return tuple(step.part for step in self.steps if step.outcome == "wrong")

    def table(self) -> pd.DataFrame:
        """Return the steps: index ``part``, columns ``outcome``, ``message``, ``fix``."""
        rows = [(step.part, step.outcome, step.message, step.fix) for step in self.steps]
        return pd.DataFrame(rows, columns=["part", "outcome", "message", "fix"]).set_index("part")

    def __str__(self) -> str:
        marks = {"right": "✔", "wrong": "✖", "unclear": "?", "not checked": "–"}
        return "\n".join(
            f"{marks[step.outcome]} {step.part}: {step.message}" + (f" {step.fix}" if step.fix else "")
            for step in self.steps
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return "<br>".join(html.escape(line) for line in str(self).splitlines())


def check(values: Mapping[str, Any], get: Get) -> CheckResult:
    """Ask ConnectWise about the values of a request, misspelt keys and repairable addresses included.

    First its company info, without any secret; then, for CRM REST, a call with the key pair and client ID,
    and where the key's role is too narrow for it, the one that creating an instance makes.
    """
    element = _element(values)
    ready = check_values(element, values)
    sendable = {key: value for key, value in ready.values.items() if value}
    steps: list[Step] = []
    told: dict[str, str] = {}
    address = str(reveal(sendable.get("baseUrl" if element.key == CRM else SERVER_URL)) or "")
    site_problem = next((p for p in ready.problems if p.key in ("baseUrl", SERVER_URL)), None)
    if site_problem or not address:
        message = str(site_problem) if site_problem else "The address of the site is missing."
        return CheckResult((Step("site", "wrong", message, "Enter the site, then check again."),))
    company = str(
        reveal(sendable.get("company" if element.key == CRM else "helpdesk.connectwise.company")) or ""
    )
    if not company:
        return CheckResult(
            (Step("company", "wrong", "The company is missing.", "Enter the name you log in with."),)
        )
    origin = _origin(address)
    info = get(f"{origin}/login/companyinfo/{quote(company, safe='')}", {})
    steps += _site_steps(info, address, company, told, element)
    if element.key == HELPDESK and not any(step.outcome in ("wrong", "unclear") for step in steps):
        steps += _wsdl_steps(info, str(reveal(sendable.get(WSDL_PATH)) or ""), told)
    if any(step.outcome in ("wrong", "unclear") for step in steps):
        return CheckResult(tuple(steps), told)
    if element.key == CRM:
        steps += _key_steps(sendable, address, company, get)
    else:
        message = "There is no reading call for them; creating the instance checks user name and password."
        steps.append(Step("login", "not checked", message))
    return CheckResult(tuple(steps), told)


def _element(values: Mapping[str, Any]) -> Element:
    def fitting(key: str) -> int:
        element = shipped(key)
        renamed, _, _ = repaired_keys(element, values)
        return sum(field.key in renamed for field in element.section("required"))

    helpdesk = any(key.startswith("helpdesk.") for key in values)
    return shipped(HELPDESK if helpdesk or fitting(HELPDESK) > fitting(CRM) else CRM)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


_UNREACHED: dict[str, tuple[Outcome, str, str]] = {
    "unknown-host": ("wrong", "There is no site {host}.", "Compare the host with the address you log in at."),
    "certificate": ("unclear", "The certificate of {host} is not accepted.", "Check the host, or ask IT."),
    "timeout": ("unclear", "{host} did not answer in time.", "Try again; if it stays so, check the host."),
    "refused": ("unclear", "{host} could not be reached.", "Check the host, the proxy and the network."),
}


def _site_steps(
    info: Answer, address: str, company: str, told: dict[str, str], element: Element
) -> Iterator[Step]:
    host = urlsplit(address).hostname or ""
    if info.problem in _UNREACHED:
        outcome, message, fix = _UNREACHED[info.problem]
        yield Step("site", outcome, message.format(host=host), fix)
        return
    if info.problem or info.status >= 500:
        yield Step("site", "unclear", f"{host} answered, but not as ConnectWise does.", "Check the host.")
        return
    if info.status == 404 or (info.status == 200 and not isinstance(info.json, Mapping)):
        yield Step("site", "right", f"{host} is a ConnectWise site.")
        message = f"{host} does not know the company {company}."
        yield Step("company", "wrong", message, "Enter the name you log in with, or take the site it is on.")
        return
    if info.status != 200:
        yield Step("site", "unclear", f"{host} answered with status {info.status}.", "Check the host.")
        return
    yield from _told_steps(info.json, host, company, told, element, address)


def _told_steps(
    info: Mapping[str, Any], host: str, company: str, told: dict[str, str], element: Element, address: str
) -> Iterator[Step]:
    right = _host_in(str(info.get("SiteUrl") or ""))
    if right and _bare(right) != _bare(host):
        key = "baseUrl" if element.key == CRM else SERVER_URL
        told[key] = address.replace(host, right, 1)
        message = f"The company is on {right}, not on {host}. Nothing secret was sent to either."
        yield Step("site", "wrong", message, f"Set {key} to {told[key]}, and check again.")
        return
    yield Step("site", "right", f"{host} is the company's site.")
    name = str(info.get("CompanyName") or company)[:100]
    yield Step("company", "right", f"{company} is known there as {name}.")
    codebase, given = wsdl_version(str(info.get("Codebase") or "")), wsdl_version(address)
    if element.key == CRM and codebase and given and given not in (codebase, "v4_6_release"):
        told["baseUrl"] = re.sub(re.escape(given), codebase, address, count=1, flags=re.I)
        message = f"The site's version is {codebase}, but the address is for {given}."
        yield Step("site", "wrong", message, f"Set baseUrl to {told['baseUrl']}.")


def _wsdl_steps(info: Answer, path: str, told: dict[str, str]) -> Iterator[Step]:
    codebase, given = wsdl_version(str(info.json.get("Codebase") or "")), wsdl_version(path)
    if not codebase or not given:
        return
    if codebase == given:
        yield Step("wsdl path", "right", f"{path} is of the site's version.")
        return
    told[WSDL_PATH] = f"/{codebase}/apis/2.0/"
    message = f"The WSDL path is for {given}, but the site's version is {codebase}."
    yield Step("wsdl path", "wrong", message, f"Set {WSDL_PATH} to {told[WSDL_PATH]}.")


def _host_in(address: str) -> str:
    host = re.sub(r"^[a-z]+://", "", address.strip(), flags=re.I).split("/")[0].lower()
    return host if re.fullmatch(r"[a-z0-9.-]{1,253}(?::\d+)?", host) else ""


def _bare(host: str) -> str:
    return host.lower().removeprefix("api-")


def _key_steps(values: Mapping[str, str | Secret], address: str, company: str, get: Get) -> Iterator[Step]:
    missing = [key for key in ("public.key", "private.key", "connectwise.clientid") if not values.get(key)]
    if missing:
        yield Step("keys", "not checked", f"Not given: {', '.join(missing)}.", "Enter them, and check again.")
        return
    masked = [key for key in ("public.key", "private.key", "connectwise.clientid") if _is_masked(values[key])]
    if masked:
        message = f"Only stars are given for {', '.join(masked)}: they are not sent."
        yield Step("keys", "not checked", message, "Enter the real values, and check again.")
        return
    login = f"{company}+{reveal(values['public.key'])}:{reveal(values['private.key'])}"
    headers: dict[str, str | Secret] = {
        "Authorization": as_secret(f"Basic {base64.b64encode(login.encode()).decode()}"),
        "clientId": str(reveal(values["connectwise.clientid"])),
        "Accept": "application/json",
    }
    base = address.rstrip("/")
    first = get(f"{base}/system/info", headers)
    if first.status == 200:
        yield Step("client id", "right", "The client ID is accepted.")
        yield Step("keys", "right", "Public and private key are accepted.")
        return
    second = get(f"{base}/company/contacts?pageSize=1", headers)
    yield from _refused_steps(first, second)


def _is_masked(value: str | Secret) -> bool:
    """Return whether a value is what the platform shows in place of a secret."""
    return re.fullmatch(r"\*+", str(reveal(value)).strip()) is not None


def _refused_steps(first: Answer, second: Answer) -> Iterator[Step]:
    said = f"{second.message or first.message}".strip()
    quoted = f" ConnectWise says: {said}" if said else ""
    if second.status == 200:
        yield Step("client id", "right", "The client ID is accepted.")
        yield Step("keys", "right", "Public and private key are accepted; their role is narrow, but enough.")
    elif second.problem or second.status >= 500 or not second.status:
        yield Step(
            "keys", "unclear", f"ConnectWise did not answer the check of the keys.{quoted}", "Try again."
        )
    elif re.search(r"client\s*-?_?id", said, re.I):
        message = f"The client ID is not accepted.{quoted}"
        yield Step(
            "client id", "wrong", message, "Copy it from the integration at ConnectWise's developer network."
        )
    elif second.status == 404:
        message = f"There is no REST interface at this address.{quoted}"
        yield Step("site", "wrong", message, "The path of baseUrl is /v4_6_release/apis/3.0.")
    elif second.status == 403 or "UserNotAuthenticated" in said:
        yield Step("client id", "right", "The client ID is accepted.")
        message = f"The keys are known, but their security role may not read contacts.{quoted}"
        yield Step("rights", "wrong", message, "Give the API member a role that may read company contacts.")
    else:
        message = f"Public or private key is not accepted for this company.{quoted}"
        yield Step("keys", "wrong", message, "Make a new key pair in ConnectWise, and enter both.")
