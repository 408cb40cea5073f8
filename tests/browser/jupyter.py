"""A JupyterLab of its own for the browser tests, and a person's hands in it."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from cwkit.lab import settings

WIDGET_SETTINGS = "@jupyter-widgets/jupyterlab-manager/plugin.jupyterlab-settings"
SETTINGS = {
    # Every cell stays in the page, also while it is scrolled away.
    "@jupyterlab/notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    WIDGET_SETTINGS: {"saveState": True},
    # JupyterLab must not ask the internet for news or updates.
    "@jupyterlab/apputils-extension/notification.jupyterlab-settings": {
        "fetchNews": "false",
        "checkForUpdates": False,
    },
}


@dataclass
class Lab:
    """A running JupyterLab: its address, its token and the folder that it shows."""

    url: str
    token: str
    folder: Path
    process: subprocess.Popen[bytes]
    log: Path
    sandbox: Any = None

    def write_notebook(self, name: str, *sources: str) -> Path:
        """Write a notebook with these code cells into the folder."""
        path = self.folder / name
        write_notebook(path, *sources)
        return path

    def stop(self) -> None:
        """End JupyterLab and its kernels."""
        self.process.terminate()
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def write_notebook(path: Path, *sources: str) -> None:
    """Write a notebook with one code cell for each source."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, path)


def write_settings(folder: Path, settings: dict[str, Any]) -> None:
    for name, values in settings.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")


def start_lab(home: Path, folder: Path, environment: dict[str, str]) -> Lab:
    """Start JupyterLab on loopback, on a free port, with settings of its own under ``home``."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    own = {f"JUPYTER_{kind}_DIR": str(home / kind.lower()) for kind in ("CONFIG", "DATA", "RUNTIME")}
    own |= {f"JUPYTERLAB_{kind}_DIR": str(home / kind.lower()) for kind in ("SETTINGS", "WORKSPACES")}
    own |= {"IPYTHONDIR": str(home / "ipython"), "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    write_settings(home / "settings", SETTINGS)
    log = home / "jupyter.log"
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={token}",
        "--LabApp.expose_app_in_browser=True", "--LabApp.extension_manager=readonly",
    ]  # fmt: skip
    everything = {**os.environ, **own, **settings(), **environment}
    with log.open("wb") as out:
        process = subprocess.Popen(command, env=everything, stdout=out, stderr=subprocess.STDOUT, cwd=folder)
    lab = Lab(f"http://127.0.0.1:{port}", token, folder, process, log)
    _wait_until_up(lab)
    return lab


def _wait_until_up(lab: Lab, patience: float = 60.0) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until and lab.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{lab.url}/api/status?token={lab.token}", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    lab.stop()
    raise RuntimeError(f"JupyterLab did not start:\n{lab.log.read_text(encoding='utf-8')[-2000:]}")


class Hands:
    """What a person does with a notebook: opens it, runs cells, saves it."""

    def __init__(self, page: Any, lab: Lab, shots: Path) -> None:
        self.page = page
        self.lab = lab
        self.shots = shots

    def open(self, name: str) -> None:
        """Open a notebook and wait until its kernel is ready."""
        self.page.goto(f"{self.lab.url}/lab/tree/{name}?token={self.lab.token}&reset")
        self.page.locator(".jp-NotebookPanel:visible .jp-Notebook").wait_for(timeout=40_000)
        self.page.evaluate("window.jupyterapp.restored")
        self.page.wait_for_function(
            "() => window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
            timeout=40_000,
        )

    def command(self, name: str, **arguments: str) -> None:
        """Carry out one of JupyterLab's commands and wait until it is done."""
        self.page.evaluate(
            "async ([name, given]) => { await window.jupyterapp.commands.execute(name, given) }",
            [name, arguments],
        )

    def theme(self, name: str) -> None:
        """Change to the theme ``Dark`` or ``Light``."""
        self.command("apputils:change-theme", theme=f"JupyterLab {name}")
        self.page.wait_for_selector(f"body[data-jp-theme-name='JupyterLab {name}']", state="attached")

    def cells(self) -> int:
        """Return how many cells the notebook has."""
        return int(self.page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length"))

    def run_cell(self, index: int) -> Any:
        """Run one cell (counted from 0, text cells too), wait until it is done and return its output."""
        self.page.evaluate(
            "(i) => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = i }", index
        )
        self.command("notebook:run-cell")
        return self.output(index)

    def output(self, index: int) -> Any:
        """Return the output of a cell (counted from 0)."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(index).locator(".jp-Cell-outputWrapper")

    def save(self) -> str:
        """Save the notebook and return the text of the file."""
        self.command("docmanager:save")
        path = self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.path")
        return (self.lab.folder / path).read_text(encoding="utf-8")

    def look(self, name: str, locator: Any = None) -> None:
        """Keep a picture of the page or of a part of it."""
        self.shots.mkdir(parents=True, exist_ok=True)
        box = locator.bounding_box() if locator else None
        if box:  # all of it must be in view
            self.page.set_viewport_size({"width": 1280, "height": max(800, int(box["height"]) + 200)})
        (locator or self.page).screenshot(path=str(self.shots / f"{name}.png"))
