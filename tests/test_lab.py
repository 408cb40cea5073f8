"""The lab: JupyterLab and the sandbox end together, however the lab ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cwkit import lab
from cwkit.errors import InputError

pytest.importorskip("jupyterlab")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def becomes(port: int, state: bool) -> bool:
    until = time.monotonic() + 90
    while answers(port) is not state and time.monotonic() < until:
        time.sleep(0.1)
    return answers(port) is state


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    port = free_port()
    words = ["lab", "--no-browser", "--port", str(port), "--notebooks", str(tmp_path / "lessons")]
    process = subprocess.Popen(
        [sys.executable, "-m", "cwkit", *words],
        env={**os.environ, "CWKIT_LAB_STOPS_WITH_STDIN": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert becomes(port, True)
        yield process, port
    finally:
        process.kill()
        process.communicate()


def test_the_lab_ends_when_what_started_it_is_gone(running: tuple[subprocess.Popen[str], int]) -> None:
    process, port = running
    assert process.stdin
    process.stdin.close()  # the system does this when start.py is killed
    assert process.wait(60) == 0
    assert becomes(port, False)


@pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_jupyterlab_ends_with_the_lab(
    running: tuple[subprocess.Popen[str], int], number: signal.Signals
) -> None:
    process, port = running
    process.send_signal(number)
    process.wait(60)
    assert becomes(port, False)


def test_a_port_that_is_taken_is_our_error(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"The port {port} is taken by another program."):
            lab.run(port=port, browser=False, notebooks=tmp_path, say=lambda line: None)


def test_where_the_usual_folder_cannot_be_written_jupyter_gets_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "a file" / "jupyter"))
    said: list[str] = []
    folders = lab.folders(said.append)
    assert set(folders) == {"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"}
    assert "cannot be written to" in said[0]
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "fine"))
    assert lab.folders(said.append) == {}
