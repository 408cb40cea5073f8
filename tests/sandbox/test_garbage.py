"""Ten megabytes of garbage are refused with 400, and the sandbox goes on answering."""

from __future__ import annotations

import httpx
import pytest

from cwkit_sandbox import Sandbox

from .conftest import account

SIZE = 10_000_000


@pytest.mark.parametrize(
    "unit", [b'"a\\', b'"', b"\\", b'["', b"[", b"{", b'{"a":', b"\xff", b"\\u", b"[]", b'"\\"[', b" "]
)
def test_a_body_of_garbage_is_refused_and_holds_nobody_up(shared: Sandbox, unit: bytes) -> None:
    body = (b"[" * 61 + unit * (SIZE // len(unit)))[:SIZE]
    answer = httpx.post(
        f"{shared.origin}/sandbox/clock",
        content=body,
        headers={"content-type": "application/json"},
        timeout=60,
    )
    assert answer.status_code in (400, 413)
    with account(shared) as client:
        assert client.get("/elements").status_code == 200
