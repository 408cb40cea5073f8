"""``start.py``: what it finds is recognised and repaired, and each failure has its own message.

A copy of it runs beside a project of its own; pip is replaced by a program that a test writes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
POSIX = os.name != "nt"
PROJECT = """
[build-system]
requires = []
[project]
name = "thing"
version = "1"
dependencies = ["a>=1"]
[tool.ruff]
line-length = {length}
"""
PIP = """
import os, sys, time
with open(os.environ["PIP_LOG_FILE"], "a") as log:
    log.write(" ".join(sys.argv[1:]) + "\\n")
print(os.environ.get("PIP_SAYS", "Collecting a"), flush=True)
time.sleep(float(os.environ.get("PIP_TAKES", "0")))
sys.exit(int(os.environ.get("PIP_EXITS", "0")))
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout with an environment whose pip only writes down what it is asked."""
    checkout = tmp_path / "a checkout"
    checkout.mkdir()
    shutil.copy(ROOT / "start.py", checkout)
    (checkout / "pyproject.toml").write_text(PROJECT.format(length=100), encoding="utf-8")
    return checkout


def with_pip(environment: Path) -> None:
    site = next(environment.rglob("site-packages"))
    (site / "pip").mkdir(exist_ok=True)
    (site / "pip" / "__init__.py").write_text("")
    (site / "pip" / "__main__.py").write_text(PIP)
    (site / "pytest.py").write_text("print('the tests run')")


def made(checkout: Path) -> Path:
    environment = checkout / ".venv"
    venv.create(environment, symlinks=POSIX)
    with_pip(environment)
    return environment


def settings(checkout: Path, **more: str) -> dict[str, str]:
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "CWKIT_", "PYTHON"))
    }
    return {**kept, "PIP_LOG_FILE": str(checkout / "pip.log"), **more}


def start(checkout: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "start.py", *words],
        cwd=checkout,
        env=settings(checkout, **more),
        capture_output=True,
        text=True,
        timeout=120,
    )


def calls(checkout: Path) -> int:
    log = checkout / "pip.log"
    return len(log.read_text().splitlines()) if log.exists() else 0


def test_the_second_start_asks_for_nothing(folder: Path) -> None:
    made(folder)
    first = start(folder, "test")
    assert (first.returncode, "the tests run" in first.stdout) == (0, True), first.stdout + first.stderr
    assert calls(folder) == 1
    assert start(folder, "test").returncode == 0
    assert start(folder, "benchmarks").returncode != 0  # there are none here, but nothing is installed
    assert calls(folder) == 1


def test_a_linters_setting_installs_nothing_and_a_dependency_does(folder: Path) -> None:
    made(folder)
    start(folder, "test")
    (folder / "pyproject.toml").write_text(PROJECT.format(length=90), encoding="utf-8")
    start(folder, "test")
    assert calls(folder) == 1
    changed = PROJECT.format(length=90).replace("a>=1", "a>=2")
    (folder / "pyproject.toml").write_text(changed, encoding="utf-8")
    start(folder, "test")
    assert calls(folder) == 2


def test_a_moved_checkout_is_set_up_again(folder: Path) -> None:
    made(folder)
    start(folder, "test")
    moved = folder.rename(folder.with_name("moved"))
    again = start(moved, "test", PIP_EXITS="1")
    assert "is made again: it was moved here from another folder." in again.stdout


@pytest.mark.skipif(not POSIX, reason="a link to nowhere stands for a Python that is gone")
def test_an_environment_whose_python_is_gone_is_made_again(folder: Path) -> None:
    environment = made(folder)
    python = environment / "bin" / "python"
    python.unlink()
    python.symlink_to(folder / "gone")
    again = start(folder, "test", PIP_EXITS="1")
    assert "its Python does not start" in again.stdout


def test_an_environment_of_an_old_python_is_made_again(folder: Path) -> None:
    environment = made(folder)
    site = next(environment.rglob("site-packages"))
    (site / "sitecustomize.py").write_text("import sys; sys.version_info = (3, 10, 1)")
    assert "it was made with Python 3.10" in start(folder, "test").stdout


def test_a_folder_that_is_no_environment_is_left_alone(folder: Path) -> None:
    (folder / ".venv").mkdir()
    (folder / ".venv" / "mine.txt").write_text("mine")
    done = start(folder, "test")
    assert done.returncode == 1
    assert "it is no virtual environment" in done.stdout
    assert (folder / ".venv" / "mine.txt").read_text() == "mine"
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("says", "cause"),
    [
        ("ERROR: [Errno 28] No space left on device", "The disk is full."),
        ("SSLError(CERTIFICATE_VERIFY_FAILED)", "The certificate of the package index is not trusted"),
        ("ProxyError('Cannot connect to proxy.', 407 Proxy Authentication Required)", "The proxy refused"),
        ("Temporary failure in name resolution", "The package index cannot be reached."),
        ("[Errno 13] Permission denied: 'x'", "A folder cannot be written to."),
        ("ERROR: No matching distribution found for a>=1", "The package index does not have a package"),
        ("error: subprocess-exited-with-error", "The reason is above."),
    ],
)
def test_each_failure_of_pip_has_its_own_message(folder: Path, says: str, cause: str) -> None:
    made(folder)
    done = start(folder, "test", PIP_SAYS=says, PIP_EXITS="1")
    assert done.returncode == 1
    assert says in done.stdout
    assert cause in done.stdout
    assert "What to do:" in done.stdout
    assert "Traceback" not in done.stderr
    assert not list((folder / ".venv").glob("cwkit-*"))


@pytest.mark.parametrize("value", ["", "  ", "elsewhere"])
def test_cwkit_venv_may_be_blank_or_relative(folder: Path, value: str) -> None:
    environment = folder / (value.strip() or ".venv")
    venv.create(environment, symlinks=POSIX)
    with_pip(environment)
    assert "the tests run" in start(folder, "test", CWKIT_VENV=value).stdout
    assert sorted(item.name for item in folder.iterdir() if item.is_dir()) == [environment.name]


def test_what_would_install_elsewhere_is_not_passed_on(folder: Path) -> None:
    site = next(made(folder).rglob("site-packages"))
    names = "[n for n in ('PIP_PREFIX', 'PIP_TARGET') if n in os.environ]"
    code = f"import os; print({names}, os.environ['PIP_USER']); raise SystemExit(1)"
    (site / "pip" / "__main__.py").write_text(code)
    done = start(folder, "test", PIP_USER="1", PIP_PREFIX="x", PIP_TARGET="y")
    assert "[] 0" in done.stdout


def test_help_names_the_commands() -> None:
    done = subprocess.run(
        [sys.executable, "start.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "python start.py test" in done.stdout
    assert "CWKIT_VENV" in done.stdout


@pytest.mark.skipif(not POSIX, reason="signals of this kind are POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_stops_the_installation_too(folder: Path, number: signal.Signals) -> None:
    made(folder)
    process = subprocess.Popen(
        [sys.executable, "start.py", "test"],
        cwd=folder,
        env=settings(folder, PIP_TAKES="100"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while not calls(folder) and time.monotonic() < until:
        time.sleep(0.05)
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Run the same command again to go on." in out
    assert "Traceback" not in out
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)  # nobody of its group is left


@pytest.mark.skipif(not POSIX, reason="signals of this kind are POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_stops_the_tests_too(folder: Path, number: signal.Signals) -> None:
    site = next(made(folder).rglob("site-packages"))
    (site / "pytest.py").write_text("import time; print('running', flush=True); time.sleep(100)")
    process = subprocess.Popen(
        [sys.executable, "-u", "start.py", "test"],
        cwd=folder,
        env=settings(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert any(line == "running\n" for line in iter(process.stdout.readline, ""))
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in out
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
