"""Put the lessons into the wheel, without the pictures of their outputs."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LessonsHook(BuildHookInterface):
    """Copies of the notebooks go to ``cwkit/_notebooks``; an editable installation has the checkout's."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the notebooks to a wheel that is built to be installed elsewhere."""
        if version != "standard":
            return
        self._folder = folder = Path(tempfile.mkdtemp(prefix="cwkit-lessons-"))
        for source in sorted(Path(self.root, "notebooks").glob("*.ipynb")):
            target = folder / source.name
            target.write_text(without_pictures(source.read_text("utf-8")), encoding="utf-8", newline="\n")
            build_data["force_include"][str(target)] = f"cwkit/_notebooks/{source.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the copies, which are in the wheel now."""
        if version == "standard":
            shutil.rmtree(self._folder, ignore_errors=True)


def without_pictures(text: str) -> str:
    """Return a notebook without the images in its outputs."""
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for kind in [kind for kind in data if kind.startswith("image/")]:
                del data[kind]
            if "base64," in "".join(data.get("text/html", "")):
                del data["text/html"]
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
