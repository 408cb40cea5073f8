"""Print the lowest versions that pyproject.toml states, as constraints for pip."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
stated = [
    *project["dependencies"],
    *(name for extra in project["optional-dependencies"].values() for name in extra),
]
for requirement in stated:
    if found := re.match(r"([\w.-]+)>=([\w.]+)", requirement):
        print(f"{found[1]}=={found[2]}")
