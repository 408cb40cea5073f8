"""A JupyterLab with a sandbox, a headless Chromium, and a page in it that reaches nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.browser.jupyter import Hands, Lab, start_lab

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
VIEWPORT = {"width": 1280, "height": 800}
# No name but this machine's can be resolved: a page cannot reach anything else.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
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
    if path is None and os.environ.get("CWKIT_REQUIRE_BROWSER"):
        pytest.fail("no Chromium, Chrome or Edge was found, and here the browser tests have to run")
    if path is None:
        pytest.skip("no Chromium, Chrome or Edge was found; install one to run the browser tests")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def lab(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab on a copy of the notebooks, with a sandbox that its kernels attach to."""
    import cwkit_sandbox as sandbox

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


@pytest.fixture(scope="session")
def shared_context(browser: Any) -> Iterator[Any]:
    """One context for most tests: JupyterLab's scripts are then fetched and compiled once."""
    context = browser.new_context(viewport=VIEWPORT)
    yield context
    context.close()


@pytest.fixture
def page(shared_context: Any, lab: Lab) -> Iterator[Any]:
    """A page that can reach JupyterLab and nothing else; a script's error fails the test."""
    with watched_page(shared_context, lab) as page:
        yield page


@pytest.fixture
def page_with_a_clock(browser: Any, lab: Lab) -> Iterator[Any]:
    """A page in a context of its own, whose clock the test can move; it may use the clipboard."""
    context = browser.new_context(viewport=VIEWPORT, permissions=["clipboard-read", "clipboard-write"])
    context.clock.install()
    with watched_page(context, lab) as page:
        yield page
    context.close()


@contextmanager
def watched_page(context: Any, lab: Lab) -> Iterator[Any]:
    elsewhere: list[str] = []
    broken: list[str] = []
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("request", lambda request: elsewhere.append(request.url))
    page.on("pageerror", lambda error: broken.append(str(error)))
    yield page
    page.close()
    assert [url for url in elsewhere if not url.startswith((lab.url, "data:", "blob:"))] == []
    assert broken == []


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where pictures go; CWKIT_SCREENSHOTS names a folder that keeps them."""
    return Path(os.environ.get("CWKIT_SCREENSHOTS") or tmp_path / "screenshots")


@pytest.fixture
def hands(page: Any, lab: Lab, shots: Path) -> Hands:
    """A person's hands in the page."""
    return Hands(page, lab, shots)
