"""Set everything up and start: ``python start.py`` opens JupyterLab, ``python start.py test`` runs all tests.

Needs nothing but Python 3.11 or newer with pip. It makes a virtual environment in ``.venv`` beside this
file, installs the project there, and goes on inside it. Called again, it starts at once, unless
``pyproject.toml`` has changed since.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = Path(os.environ.get("CWKIT_VENV", HERE / ".venv"))
EXTRAS = {"lab": "lab", "test": "test", "benchmarks": "test"}


def python_in(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / "Scripts" / "python.exe" if os.name == "nt" else environment / "bin" / "python"


def install(extra: str) -> Path:
    """Make the environment and install the project with ``extra``, unless that is done already."""
    python = python_in(ENVIRONMENT)
    wanted = hashlib.sha256((HERE / "pyproject.toml").read_bytes()).hexdigest()
    done = ENVIRONMENT / f"installed-{extra}"
    if python.exists() and done.exists() and done.read_text(encoding="utf-8") == wanted:
        return python
    if not python.exists():
        print(f"Making a virtual environment in {ENVIRONMENT.name} ...", flush=True)
        venv.create(ENVIRONMENT, with_pip=True)
    print("Installing; the first time this takes a few minutes ...", flush=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable"]
    subprocess.run([*command, f"{HERE}[{extra}]"], check=True)
    done.write_text(wanted, encoding="utf-8")
    return python


def main(arguments: list[str]) -> int:
    """Do what was asked: ``lab`` (the default), ``test`` or ``benchmarks``; further words are passed on."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file also runs before anything is checked
        print("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".")
        return 2
    job, rest = (arguments[0], arguments[1:]) if arguments and arguments[0] in EXTRAS else ("lab", arguments)
    try:
        python = str(install(EXTRAS[job]))
    except subprocess.CalledProcessError:
        print("The installation failed; pip says why above. Most often the network or a proxy is the cause.")
        return 1
    commands = {
        "lab": [python, "-m", "cwkit", "lab", *rest],
        "test": [python, "-m", "pytest", "--nbval", *rest],
        "benchmarks": [python, "-m", "benchmarks", *rest],
    }
    process = subprocess.Popen(commands[job], cwd=HERE)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the child gets Ctrl-C as well and closes in its own way
            continue


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
