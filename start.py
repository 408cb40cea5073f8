"""Set everything up and start: ``python start.py`` opens JupyterLab, ``python start.py test`` runs all tests.

Needs nothing but Python 3.11 or newer with pip. It makes a virtual environment in ``.venv`` beside this file
(or where ``CWKIT_VENV`` says), installs the project there and goes on inside it. What it finds there is
checked first, and repaired. Called again it starts at once, without the network.

This file is written so that an old Python can read it, too, and say which one is needed.
"""

from __future__ import print_function

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
EXTRAS = {"lab": "lab", "test": "test", "benchmarks": "test"}
CONTAINS = {"lab": ("lab", "test"), "test": ("test",)}  # the extra test contains everything of lab
HELP = """\
python start.py            open JupyterLab on the lessons, with a sandbox beside it
python start.py test       run all tests; further words go to pytest
python start.py benchmarks run the benchmarks

Options of the first: --port N, --no-browser, --notebooks FOLDER.
CWKIT_VENV names another folder for the virtual environment than .venv."""
PROBE = (
    "import importlib.util as u, json, sys;"
    "print(json.dumps([list(sys.version_info[:2]), u.find_spec('pip') is not None]))"
)
REASONS = (  # what pip says, what it means, what helps
    (
        r"No space left|Errno 28|not enough space",
        "The disk is full.",
        "Free about 1.5 GB, or set CWKIT_VENV to a folder on another disk.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError|certificate verify",
        "The certificate of the package index is not trusted: mostly a proxy that replaces it.",
        "Ask IT for its root certificate and set PIP_CERT to that file.",
    ),
    (
        r"ProxyError|407 Proxy",
        "The proxy refused the connection.",
        "Set HTTPS_PROXY to http://USER:PASSWORD@HOST:PORT, or ask IT.",
    ),
    (
        r"NewConnectionError|ConnectionError|name resolution|getaddrinfo|Connection refused|timed out"
        r"|Network is unreachable|Max retries|ReadTimeout",
        "The package index cannot be reached.",
        "Check the network. Behind a proxy set HTTPS_PROXY; for an index of your own set PIP_INDEX_URL.",
    ),
    (
        r"Permission denied|Errno 13|Read-only file system|Access is denied",
        "A folder cannot be written to.",
        "Set CWKIT_VENV to a folder where you may write.",
    ),
    (
        r"No matching distribution|Could not find a version",
        "The package index does not have a package that is needed.",
        "An index of your own (PIP_INDEX_URL) may be incomplete; pip names the package above.",
    ),
)


class Ended(KeyboardInterrupt):
    """A request to end that only this process has received, or a closed terminal."""


class Failed(Exception):
    """What went wrong, and what helps; printed without a traceback."""


def main(arguments):
    """Do what was asked: ``lab`` (the default), ``test`` or ``benchmarks``; further words are passed on."""
    if sys.version_info < (3, 11):
        print("Python 3.11 or newer is needed; this is Python %d.%d." % sys.version_info[:2])
        print(
            "Install it from https://www.python.org/downloads/ and run it on this file: python3.11 start.py"
        )
        return 2
    if arguments and arguments[0] in ("-h", "--help", "help"):
        print(HELP)
        return 0
    job, rest = (arguments[0], arguments[1:]) if arguments and arguments[0] in EXTRAS else ("lab", arguments)
    try:
        with ended_by_signals():
            python = prepared(environment_folder(), EXTRAS[job])
            return start(python, job, rest)
    except Failed as problem:
        print(problem)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.")
        return 130


def environment_folder():
    """Return the folder of the virtual environment, absolute; a relative CWKIT_VENV is beside this file."""
    return os.path.normpath(
        os.path.join(HERE, os.path.expanduser(os.environ.get("CWKIT_VENV", "").strip()) or ".venv")
    )


def python_in(folder):
    """Return the interpreter of a virtual environment."""
    names = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return os.path.join(folder, *names)


def prepared(folder, extra):
    """Return the interpreter of the environment, with the project and ``extra`` installed in it."""
    python, stamp = python_in(folder), wanted()
    fault = fault_of(folder)
    if fault is None and any(installed(folder, name)[0] == stamp for name in CONTAINS[extra]):
        return python
    if fault == "no pip":
        print("The virtual environment has no pip; adding it ...")
        if run([python, "-I", "-m", "ensurepip", "--upgrade"])[0]:
            fault = "it has no pip"
    if fault not in (None, "no pip"):
        make(folder, fault)
    install(folder, extra, stamp)
    return python


def fault_of(folder):
    """Return what is wrong with an environment: a reason to make it again, ``no pip``, or ``None``."""
    import json
    import subprocess

    if not os.path.lexists(folder) or (os.path.isdir(folder) and not os.listdir(folder)):
        return ""
    if not os.path.isfile(os.path.join(folder, "pyvenv.cfg")):
        raise Failed(
            "%s is there, but it is no virtual environment, so it is left alone.\n"
            "What to do: move it away, or set CWKIT_VENV to another folder." % folder
        )
    try:
        told = subprocess.run(
            [python_in(folder), "-I", "-c", PROBE], capture_output=True, timeout=60, check=True
        ).stdout
        version, pip = json.loads(told)
    except (OSError, ValueError, subprocess.SubprocessError):
        return "its Python does not start"
    if version < [3, 11]:
        return "it was made with Python %d.%d" % tuple(version)
    if any(installed(folder, name)[1] not in ("", folder) for name in CONTAINS["lab"]):
        return "it was moved here from another folder"
    return None if pip else "no pip"


def make(folder, fault):
    """Make the environment; what was wrong with an earlier one is said."""
    if fault:
        print("The virtual environment in %s is made again: %s." % (folder, fault), flush=True)
    else:
        print("Making a virtual environment in %s ..." % folder, flush=True)
    command = [sys.executable, "-m", "venv", "--clear", folder]
    if os.name != "nt":
        command.insert(3, "--symlinks")  # a copied interpreter does not start on macOS
    code, text = run(command)
    if code and ("ensurepip is not available" in text or "No module named ensurepip" in text):
        raise Failed(
            "This Python comes without the module ensurepip, so no virtual environment can be made.\n"
            "What to do: on Debian and Ubuntu run: sudo apt install python3-venv\n"
            "Or use a Python from https://www.python.org/downloads/."
        )
    if code:
        raise Failed(explained("No virtual environment could be made in %s." % folder, text))


def install(folder, extra, stamp):
    """Install the project with ``extra``; the stamp is written at the very end."""
    print("Installing cwkit with everything it needs. The first time this takes a minute or two.", flush=True)
    command = [python_in(folder), "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--editable", "%s[%s]" % (HERE, extra)]
    code, text = run(command, shown=progress)
    if code:
        raise Failed(explained("The installation failed.", text))
    try:
        with open(os.path.join(folder, "cwkit-" + extra), "w", encoding="utf-8") as file:
            file.write(stamp + "\n" + folder)
    except OSError as problem:
        raise Failed(explained("The installation could not be finished.", str(problem)))  # noqa: B904 - an old Python has no "from"


def progress(line):
    """Print what of pip's output tells how far it is."""
    import re

    found = re.match(r"(Collecting|Building|Installing) ([\w.\-]+)", line)
    if found:
        what = "packages" if found[1] == "Installing" else found[2]
        print("  %s %s" % (found[1].lower(), what), flush=True)


def wanted():
    """Return what decides whether an installation is up to date: the folder, and what it has to contain."""
    import hashlib
    import json
    import tomllib

    with open(os.path.join(HERE, "pyproject.toml"), "rb") as file:
        everything = tomllib.load(file)
    project, build = everything["project"], everything["build-system"]
    names = ("name", "version", "dependencies", "optional-dependencies", "scripts")
    text = json.dumps([HERE, build] + [project.get(name) for name in names])
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def installed(folder, extra):
    """Return the stamp of an installation and the folder it was made in, both blank without one."""
    try:
        with open(os.path.join(folder, "cwkit-" + extra), encoding="utf-8") as file:
            stamp, _, place = file.read().partition("\n")
            return stamp, place
    except (OSError, UnicodeDecodeError):
        return "", ""


def explained(what, text):
    """Return a failure with its cause and what helps, from what a program printed."""
    import re

    end = "\n".join(text.strip().splitlines()[-12:])
    for pattern, cause, fix in REASONS:
        if re.search(pattern, text, re.I):
            return "%s\n\n%s %s\nWhat to do: %s" % (end, what, cause, fix)
    return "%s\n\n%s The reason is above.\nWhat to do: correct it, and run the same command again." % (
        end,
        what,
    )


def child_environment():
    """Return the environment for pip and venv, without what would install to another place."""
    left_out = {
        "PIP_USER",
        "PIP_PREFIX",
        "PIP_TARGET",
        "PIP_ROOT",
        "PYTHONHOME",
        "PYTHONPATH",
        "__PYVENV_LAUNCHER__",
    }
    kept = {name: value for name, value in os.environ.items() if name.upper() not in left_out}
    return dict(kept, PIP_USER="0", PYTHONUNBUFFERED="1")


def run(command, shown=None):
    """Run a program to its end and return its exit code and what it printed; it never outlives us."""
    import subprocess

    lines = []
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=child_environment(),
        encoding="utf-8",
        errors="replace",
    )
    try:
        for line in process.stdout:
            lines.append(line)
            if shown:
                shown(line)
        return process.wait(), "".join(lines)
    finally:
        stop(process)


def start(python, job, rest):
    """Start the job and return its exit code. The lab ends when we do, however we end."""
    import subprocess

    words = {"lab": ["cwkit", "lab"], "test": ["pytest", "--nbval"], "benchmarks": ["benchmarks"]}
    settings = dict(os.environ)
    if job == "lab":
        settings["CWKIT_LAB_STOPS_WITH_STDIN"] = "1"  # the pipe is closed when this process is gone
    command = [python, "-m"] + words[job] + rest
    pipe = subprocess.PIPE if job == "lab" else None
    process = subprocess.Popen(command, cwd=HERE, env=settings, stdin=pipe)
    try:
        while True:
            try:
                return process.wait(0.3)  # a wait without limit would not notice Ctrl-C on Windows
            except subprocess.TimeoutExpired:
                continue
            except KeyboardInterrupt as asked:  # Ctrl-C in a terminal reaches the child as well
                if process.stdin:
                    process.stdin.close()
                elif isinstance(asked, Ended):
                    process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    pass
                raise
    finally:
        stop(process)


def stop(process):
    """End a program that is still running, politely first."""
    import subprocess

    if process.poll() is None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class ended_by_signals:
    """Let a request to end and a closed terminal be what Ctrl-C is, so that what was started is stopped."""

    def __enter__(self):
        import signal

        def end(number, frame):
            raise Ended

        for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), end)

    def __exit__(self, *problem):
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
