"""JupyterLab on the notebooks, with a sandbox beside it: what ``cwkit lab`` starts and stops."""

from __future__ import annotations

import _thread
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from cwkit.errors import CwkitError, InputError, how_to_install

__all__ = ["command", "notebook_folder", "run", "settings"]

FIRST_NOTEBOOK = "00-start-here.ipynb"


def notebook_folder(wanted: Path | None = None) -> Path:
    """Return the folder with the notebooks to open.

    They are a copy, so that the lessons stay as they are however they are used: in ``wanted``, by default
    *my-notebooks* in a checkout and a folder *cwkit-notebooks* among the user's documents elsewhere. A
    notebook that is there already is left as it is.
    """
    package = Path(str(resources.files("cwkit")))
    beside = package.parent / "notebooks"
    if wanted is None and (beside / FIRST_NOTEBOOK).exists() and (package.parent / "pyproject.toml").exists():
        wanted = package.parent / "my-notebooks"
    shipped = package / "_notebooks"
    source = shipped if shipped.is_dir() else beside
    if not (source / FIRST_NOTEBOOK).exists():
        raise CwkitError(
            "The notebooks are not part of this installation.", fix="Install cwkit again with pip."
        )
    if wanted is None:
        import platformdirs

        wanted = Path(platformdirs.user_documents_dir()) / "cwkit-notebooks"
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        for notebook in sorted(source.glob("*.ipynb")):
            if not (wanted / notebook.name).exists():
                shutil.copyfile(notebook, wanted / notebook.name)
    except OSError as problem:
        reason = problem.strerror or "it cannot be written"
        raise InputError(
            f"The notebooks cannot be copied to {wanted}: {reason}.",
            fix="Name another folder with --notebooks.",
            field="--notebooks",
            value=str(wanted),
        ) from None
    return wanted


def command(folder: Path, *, port: int | None = None, browser: bool = True) -> list[str]:
    """Return the command that starts JupyterLab on ``folder``, listening on loopback only."""
    words = [sys.executable, "-m", "cwkit.lab", f"--ServerApp.root_dir={folder}", "--ServerApp.ip=127.0.0.1"]
    words.append(f"--LabApp.default_url=/lab/tree/{FIRST_NOTEBOOK}")
    if getattr(os, "geteuid", lambda: 1)() == 0:
        words.append(
            "--allow-root"
        )  # in a container there may be no other user; only loopback is listened on
    if port is not None:
        words += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    if not browser:
        words.append("--no-browser")
    return words


def settings() -> dict[str, str]:
    """Return the environment in which JupyterLab takes our defaults; a person's own settings still win.

    Widget messages stay on the kernel's main thread: through a subshell, which newer JupyterLabs take, one
    message in quick succession was now and then held back until the next came.
    """
    config = str(resources.files("cwkit").joinpath("lab_config"))
    return {
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, [os.environ.get("JUPYTER_CONFIG_PATH"), config]))
    }


def folders(say: Callable[[str], None]) -> dict[str, str]:
    """Return folders for Jupyter's own files where it cannot write to the usual ones, and say so."""
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    usual = Path(os.environ.get("JUPYTER_DATA_DIR") or Path.home() / ".local" / "share" / "jupyter")
    try:
        usual.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=usual):
            return {}
    except OSError as problem:
        base = Path(tempfile.mkdtemp(prefix="cwkit-jupyter-"))
        say(f"{usual} cannot be written to ({problem.strerror}): Jupyter keeps its files in {base}.")
        return {name: str(base / name.lower()) for name in names}


def run(
    *,
    port: int | None = None,
    browser: bool = True,
    notebooks: Path | None = None,
    say: Callable[[str], None] = print,
) -> int:
    """Start the sandbox and JupyterLab, wait until one of them is stopped, and stop both.

    Returns JupyterLab's exit code; 0 after Ctrl-C.
    """
    if find_spec("jupyterlab") is None or find_spec("uvicorn") is None:
        raise CwkitError("JupyterLab and the sandbox are not installed.", fix=how_to_install("lab"))
    import cwkit_sandbox as sandbox

    if port is not None and _is_taken(port):
        raise InputError(
            f"The port {port} is taken by another program.",
            fix="Name another one with --port, or leave it out: the first free one is used.",
            field="--port",
            value=str(port),
        )
    folder = notebook_folder(notebooks)
    with _ended_by_signal(), sandbox.start() as local:
        say(f"Sandbox:    {local.url}")
        say(f"Notebooks:  {folder}")
        say("JupyterLab is starting. Stop both with Ctrl-C.")
        environment = {**os.environ, **settings(), **folders(say), "CWKIT_SANDBOX_URL": local.url}
        # A session of its own: Ctrl-C reaches us alone, and JupyterLab does not ask whether it is meant.
        process = subprocess.Popen(
            command(folder, port=port, browser=browser),
            env=environment,
            stdin=subprocess.PIPE,  # closed when this process is gone, however it ended
            start_new_session=os.name != "nt",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        try:
            return _wait(process)
        except KeyboardInterrupt:
            say("\nStopping JupyterLab and the sandbox ...")
            return 0
        finally:
            _stop(process)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _wait(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process in short waits: one without a limit would not notice Ctrl-C on Windows."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(0.3)


def when_stdin_closes(act: Callable[[], object]) -> None:
    """Call ``act`` when the other end of standard input is gone: the process that started this one."""

    def watch() -> None:
        with suppress(OSError, ValueError):
            while os.read(0, 4096):
                pass
        act()

    threading.Thread(target=watch, name="cwkit-stdin", daemon=True).start()


def serve() -> None:
    """Run JupyterLab in this process until the process that started it is gone: ``python -m cwkit.lab``."""
    from jupyterlab.labapp import LabApp

    when_stdin_closes(lambda: os.kill(os.getpid(), signal.SIGTERM))
    LabApp.launch_instance(sys.argv[1:])


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Turn polite requests to end (a closed terminal too) into Ctrl-C, so that both servers are stopped."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    kinds = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before = {kind: signal.signal(kind, end) for kind in kinds}
    if os.environ.get("CWKIT_LAB_STOPS_WITH_STDIN"):  # set by start.py
        when_stdin_closes(_thread.interrupt_main)
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _stop(process: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    if process.poll() is not None:
        return
    process.terminate()
    until = time.monotonic() + patience
    while process.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
        process.wait()


if __name__ == "__main__":
    serve()
