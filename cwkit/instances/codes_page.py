"""The page docs/findings.md, written from the codes: ``python -m cwkit.instances.codes_page``."""

from __future__ import annotations

import sys
from pathlib import Path

from cwkit.instances.codes import AREAS

__all__ = ["page"]

_HEAD = """\
# Findings

`instance.findings()`, `cwkit inspect` and the troubleshooting form give each finding a stable code. This page
lists every code: how grave it is, what it means, where it mostly comes from, and what to do.

- **error**: it does not work. `cwkit inspect` ends with exit code 1.
- **warning**: it works, but otherwise than one would think, or it is a risk.
- **info**: worth knowing.

The severity told here is the usual one; a finding can be milder where the value can be repaired.
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for area, codes in AREAS.items():
        parts.append(f"## {area}\n")
        for code, about in codes.items():
            parts.append(
                f"### `{code}` ({about.severity})\n\n{about.meaning}\n\n"
                f"- Cause: {about.cause}\n- Fix: {about.fix}\n"
            )
    return "\n".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else "docs/findings.md").write_text(
        page(), encoding="utf-8", newline="\n"
    )
