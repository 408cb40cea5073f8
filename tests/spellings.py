"""The ways in which a secret can be written: made by the standard library, not by the masker under test."""

from __future__ import annotations

import base64
import html
import json
from urllib.parse import quote, quote_plus


def spellings(secret: str) -> list[str]:
    """Return a text in plain, URL, JSON, HTML, XML, CSV, SQL and base64 spelling, longest first."""
    raw = secret.encode("utf-8", "surrogatepass")
    spelt = {
        secret,
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret))[3:-3],
        secret.replace("/", "\\/"),
        secret.replace('"', '""'),
        secret.replace("'", "''"),
        html.escape(secret),
        html.escape(secret, quote=False),
        secret.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;").replace("'", "&apos;"),
        "".join(f"&#{ord(character)};" for character in secret),
        "".join(f"&#x{ord(character):X};" for character in secret),
        base64.b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode(),
        base64.b64encode(raw).decode().rstrip("="),
    }
    for quoted in (quote(raw, safe=""), quote(raw), quote_plus(raw), quote(raw, safe="!'()*~")):
        spelt |= {quoted, quote(quoted, safe=""), _lower_codes(quoted)}
    return sorted((form for form in spelt if form), key=len, reverse=True)


def _lower_codes(quoted: str) -> str:
    head, *codes = quoted.split("%")
    return head + "".join(f"%{code[:2].lower()}{code[2:]}" for code in codes)


def found_in(text: str, *secrets: str) -> list[str]:
    """Return the spellings of ``secrets`` that ``text`` contains."""
    return [form for secret in secrets for form in spellings(secret) if form in text]
