"""A JupyterLab with a sandbox, a headless Chromium, and a page in it that reaches nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.jupyter import Hands, Lab, start_lab

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
PLACES = (
    "/usr/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)


def chromium() -> str | None:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    return found or next((place for place in PLACES if Path(place).exists()), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium, Chrome or Edge was found; install one to run the browser tests")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a copy of the notebooks, with a sandbox that its kernels attach to."""
    from cwkit import sandbox

    home = tmp_path_factory.mktemp("jupyter")
    folder = home / "notebooks"
    folder.mkdir()
    for notebook in NOTEBOOKS.glob("*.ipynb"):
        shutil.copyfile(notebook, folder / notebook.name)
    environment = {
        "CWKIT_LEDGER": str(home / "ledger.sqlite3"),
        "CWKIT_CONFIG": str(home / "cwkit"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
    }
    with sandbox.start() as local:
        lab = start_lab(home, folder, {**environment, "CWKIT_SANDBOX_URL": local.url})
        lab.sandbox = local
        yield lab
        lab.stop()


@pytest.fixture
def page(browser: Any, lab: Lab) -> Iterator[Any]:
    """A page that can reach JupyterLab and nothing else; a script's error fails the test."""
    context = browser.new_context(viewport={"width": 1360, "height": 1000})
    elsewhere: list[str] = []
    broken: list[str] = []

    def only_here(route: Any) -> None:
        if route.request.url.startswith((lab.url, "data:", "blob:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    context.route("**/*", only_here)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    context.close()
    assert elsewhere == []
    assert broken == []


@pytest.fixture
def hands(page: Any, lab: Lab, tmp_path: Path) -> Hands:
    """A person's hands in the page. CWKIT_SCREENSHOTS names a folder that keeps the pictures."""
    return Hands(page, lab, Path(os.environ.get("CWKIT_SCREENSHOTS") or tmp_path / "screenshots"))
