"""Signatures of notifications: HMAC-SHA256 over the raw body, as the platform sends them."""

from __future__ import annotations

import base64
import hashlib
import hmac

from cwkit.errors import InputError
from cwkit.redaction import Secret, as_secret

__all__ = ["ID_HEADER", "SIGNATURE_HEADER", "sign", "verify_signature"]

SIGNATURE_HEADER = "Elements-Webhook-Signature"
ID_HEADER = "Elements-Webhook-Id"
_PREFIX = "sha256="


def sign(body: bytes | str, key: Secret | str) -> str:
    """Return the value of the header ``Elements-Webhook-Signature`` for a body (platform facts, section 5).

    ``body`` is the raw body, a text being taken as UTF-8; ``key`` the signature key of the instance.
    Raises ``InputError`` for an empty key, which the platform does not sign with.
    """
    secret = as_secret(key)
    if not secret:
        raise InputError(
            "The signature key is empty.",
            fix="Give the value of event.notification.signature.key.",
            field="event.notification.signature.key",
        )
    raw = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)
    digest = hmac.new(secret.reveal().encode("utf-8", "surrogatepass"), raw, hashlib.sha256).digest()
    return _PREFIX + base64.b64encode(digest).decode("ascii")


def verify_signature(body: bytes | str, key: Secret | str, header: str | None) -> bool:
    """Say whether ``header`` is the signature of ``body`` under ``key``, in constant time.

    Check the body as it arrived, before any JSON is read from it: another spacing is another signature.
    A missing or garbled header is ``False``. Raises ``InputError`` for an empty key.
    """
    expected = sign(body, key)
    given = (header or "").strip()
    return hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogatepass"))
