"""Write docs/findings.md from the codes of findings: ``python docs/generate_findings.py``."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

from cwkit.instances.finding import CODES

HEAD = """\
# Findings

`instance.findings()`, `cwkit inspect` and the troubleshooting form give each finding a stable code. This page
lists every code: its severity, what it means, its most frequent cause, and what to do. It is generated from
`cwkit/instances/finding_codes.toml` by `python docs/generate_findings.py`.

- **error**: it does not work. `cwkit inspect` ends with exit code 1.
- **warning**: it works, but not as one would expect, or it is a risk.
- **info**: good to know.

The severity here is the usual one; a finding can be milder where the value can be repaired.
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [HEAD]
    for area, codes in groupby(CODES.items(), key=lambda item: item[1].area):
        parts.append(f"## {area}\n")
        for code, about in codes:
            parts.append(
                f"### `{code}` ({about.severity})\n\n{about.meaning}\n\n"
                f"- Cause: {about.cause}\n- Fix: {about.fix}\n"
            )
    return "\n".join(parts)


if __name__ == "__main__":
    Path(__file__).with_name("findings.md").write_text(page(), encoding="utf-8", newline="\n")
