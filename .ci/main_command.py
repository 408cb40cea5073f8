"""Run the command given until JupyterLab shows a notebook and the sandbox answers, then stop it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 600.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return bytes(answer.read())


def main() -> int:
    port = free_port()
    command = [*sys.argv[1:], "--no-browser", "--port", str(port)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    lines: list[str] = []
    assert process.stdout
    reader = threading.Thread(target=lambda: lines.extend(iter(process.stdout.readline, "")), daemon=True)
    reader.start()
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and process.poll() is None:
            text = "".join(lines)
            lab = re.search(rf"http://127\.0\.0\.1:{port}/lab\S*\?token=(\w+)", text)
            sandbox = re.search(r"Sandbox:\s+(http://127\.0\.0\.1:\d+)", text)
            if lab and sandbox:
                listing = json.loads(fetch(f"http://127.0.0.1:{port}/api/contents?token={lab[1]}"))
                names = sorted(item["name"] for item in listing["content"] if item["name"].endswith(".ipynb"))
                notebook = f"http://127.0.0.1:{port}/api/contents/{names[0]}?token={lab[1]}"
                cells = json.loads(fetch(notebook))["content"]["cells"]
                page = fetch(sandbox[1]).decode()
                assert cells
                assert "sandbox" in page.lower()
                print(f"JupyterLab shows {names}; {names[0]} has {len(cells)} cells; the sandbox answers.")
                return 0
            time.sleep(0.5)
        print("".join(lines))
        print("JupyterLab or the sandbox did not answer.")
        return 1
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl-C in a terminal does: to everything started there
        try:
            process.wait(30)
            print("Both were stopped.")
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            print("They had to be killed.")
            sys.exit(1)


if __name__ == "__main__":
    raise SystemExit(main())
