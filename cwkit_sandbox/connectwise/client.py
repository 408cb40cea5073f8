"""How the platform calls ConnectWise: over HTTP, on loopback, whatever the site is called."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
from starlette.types import ASGIApp

from cwkit.elements.connectwise import CRM, HELPDESK
from cwkit_sandbox import demo
from cwkit_sandbox.answers import ApiError, compact
from cwkit_sandbox.catalog import Definition

__all__ = ["ConnectWise", "ProviderAnswer"]

WSDL_MESSAGE = "Failed to connect to the API URL. Validate that you are using the correct WSDL path."
_SECONDS = 20.0
_TICKETS = "application/vnd.connectwise.com+json; version=3.0.0"


@dataclass(frozen=True)
class ProviderAnswer:
    """What ConnectWise answered."""

    status: int
    body: Any
    more: bool = False
    """There is a next page."""

    @property
    def message(self) -> str:
        """ConnectWise's own words."""
        return str(self.body.get("message", "")) if isinstance(self.body, dict) else ""


class ConnectWise:
    """Calls to ConnectWise for one instance's configuration; a site is never looked up by its name."""

    def __init__(self) -> None:
        self._http: httpx.AsyncClient | None = None

    def use(self, app: ASGIApp) -> None:
        """Take the application that answers; calls to it go by no socket."""
        self._http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1")

    async def close(self) -> None:
        """Close the client."""
        if self._http is not None:
            await self._http.aclose()

    async def rest(
        self,
        values: Mapping[str, str | None],
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> ProviderAnswer:
        """Call a REST path under the instance's ``baseUrl`` (platform facts, section 4)."""
        site, base = self._site(values.get("baseUrl"))
        login = f"{values.get('company')}+{values.get('public.key')}:{values.get('private.key')}"
        headers = {
            "authorization": f"Basic {base64.b64encode(login.encode()).decode()}",
            "clientid": _header(values.get("connectwise.clientid")),
            "content-type": "application/json",
            "accept": _TICKETS if path.startswith("/service/tickets") else "application/json",
        }
        content = None if body is None else compact(body)
        return await self._asked(method, f"{site}{base}{path}", query or {}, headers, content)

    async def soap_login(self, values: Mapping[str, str | None]) -> ProviderAnswer:
        """Log in as the helpdesk element does, under the server URL and WSDL path."""
        site, _ = self._site(values.get("helpdesk.connectwise.server.url"))
        path = f"/{str(values.get('helpdesk.connectwise.wsdl.path') or '').strip('/')}/CompanyApi.asmx"
        login = {
            name: values.get(f"helpdesk.connectwise.{name}") or ""
            for name in ("company", "username", "password")
        }
        headers = {"content-type": "application/json"}
        return await self._asked("POST", f"{site}{path}", {}, headers, compact(login))

    async def _asked(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes | None
    ) -> ProviderAnswer:
        assert self._http is not None
        target, reason = f"/connectwise/{quote(path, safe='/')}", ""
        try:
            async with asyncio.timeout(_SECONDS):
                found = await self._http.request(
                    method, target, params=dict(query) or None, headers=dict(headers), content=body
                )
            parsed = found.json() if found.content else None
        except (httpx.HTTPError, OSError, TimeoutError) as problem:
            reason = type(problem).__name__
        except ValueError:
            reason = "It is not JSON."
        if reason:
            raise ApiError(502, "The provider did not answer.", provider_message=reason)
        return ProviderAnswer(found.status_code, parsed, 'rel="next"' in found.headers.get("link", ""))

    @staticmethod
    def _site(address: str | None) -> tuple[str, str]:
        site = demo.known_site(address or "")
        if site is None:
            raise ApiError(
                400,
                "Failed to connect to the provider.",
                provider_message=f"No ConnectWise site answers at {(address or '')[:120]}.",
            )
        text = (address or "").replace("<", "").replace(">", "")
        path = urlsplit(text if "://" in text else f"https://{text}").path
        return site, path.rstrip("/")

    async def validate(self, element: Definition, values: Mapping[str, str | None]) -> None:
        """Check an instance's credentials where its element belongs (platform facts, section 3).

        A refusal is a 400 that passes on the provider's message.
        """
        if element.key == CRM:
            answer = await self.rest(values, "GET", "/company/contacts", {"pageSize": "1"})
        elif element.key == HELPDESK:
            answer = await self.soap_login(values)
            if answer.status == 404:
                raise ApiError(400, WSDL_MESSAGE)
        elif demo.is_demo_value(values, element.key):
            return
        else:
            raise ApiError(
                400,
                "The provider refused the credentials.",
                provider_message=f"{element.whole['name']} knows its demo values only.",
            )
        if answer.status >= 400:
            raise ApiError(
                400,
                "The provider refused the credentials.",
                provider_message=answer.message or "No reason given.",
            )


def _header(value: str | None) -> str:
    """Return a value as it can stand in a header: one line of printable ASCII."""
    return "".join(sign for sign in value or "" if " " <= sign <= "~")
