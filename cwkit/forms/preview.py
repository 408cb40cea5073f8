"""The request of a form as a person may see it: JSON and cURL, with secrets masked."""

from __future__ import annotations

import json
from typing import Any

from cwkit.forms.draft import Draft
from cwkit.redaction import Secret

__all__ = ["as_curl", "as_json", "stand_in"]


def stand_in(key: str) -> str:
    """Return what stands where the secret ``key`` is to be filled in."""
    return f"***{key.upper()}***"


def as_json(draft: Draft) -> str:
    """Return the body of the request (platform facts, section 3)."""
    configuration = {
        key: stand_in(key) if isinstance(value, Secret) else value
        for key, value in draft.configuration.items()
    }
    body: dict[str, Any] = {"element": {"key": draft.element_key}, "configuration": configuration}
    body |= {"tags": list(draft.tags), "name": draft.name}
    return json.dumps(body, indent=2, ensure_ascii=False)


def as_curl(draft: Draft, base_url: str) -> str:
    r"""Return the request as a command for a POSIX shell (bash, zsh, sh; on Windows: Git Bash, WSL).

    It works once the stars with their names are replaced. In a secret, write ``'\''`` for ``'`` and,
    in the body, ``\\`` for a backslash and ``\"`` for a double quote.
    """
    lines = [
        f"curl -X POST {_posix(f'{base_url}/instances')}",
        f"-H {_posix(f'Authorization: {_authorization()}')}",
        f"-H {_posix('Content-Type: application/json')}",
        f"-d {_posix(as_json(draft))}",
    ]
    return " \\\n  ".join(lines)


def _authorization() -> str:
    return f"User {stand_in('user secret')}, Organization {stand_in('organization secret')}"


def _posix(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
