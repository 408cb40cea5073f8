"""
Load on the sandbox: 20 clients, 10,000 requests of all kinds, none lost.

Run it with ``python benchmarks/sandbox_load.py``. It starts a sandbox in a process of its own, as
``cwkit sandbox`` does, and reports the time until the first answer, requests per second, the slowest
answers and the most memory that the process took.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import httpx

from cwkit.redaction import reveal
from cwkit_sandbox import Sandbox, attach
from cwkit_sandbox.demo import ORGANIZATION_SECRET, USER_SECRET

ACCOUNT = f"User {USER_SECRET}, Organization {ORGANIZATION_SECRET}"


def started() -> tuple[subprocess.Popen[str], Sandbox, float]:
    """Return a sandbox in another process, and the seconds until it gave its first answer."""
    script = "import cwkit_sandbox as sandbox; sandbox.run(say=lambda text: print(text, flush=True))"
    begin = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    sandbox = attach(process.stdout.readline().split()[-1])
    return process, sandbox, time.perf_counter() - begin


def one_client(sandbox: Sandbox, number: int, requests: int) -> list[tuple[str, int, float]]:
    """Send requests as one client would, and return what each was, its status and its seconds."""
    dice = Random(number)
    done: list[tuple[str, int, float]] = []

    def ask(what: str, client: httpx.Client, method: str, path: str, **more: object) -> httpx.Response:
        begin = time.perf_counter()
        answer = client.request(method, sandbox.url + path, **more)  # type: ignore[arg-type]
        done.append((what, answer.status_code, time.perf_counter() - begin))
        return answer

    element = "connectwisecrmrest" if number % 2 else "connectwisehd"
    values = {key: reveal(value) for key, value in sandbox.demo[element].items()}
    body = {
        "element": {"key": element},
        "name": f"Load {number}",
        "tags": [f"load{number}"],
        "configuration": values,
    }
    with httpx.Client(headers={"Authorization": ACCOUNT}, timeout=60) as account:
        token = ask("create", account, "POST", "/instances", json=body).json()["token"]
        headers = {"Authorization": f"User {USER_SECRET}, Element {token}"}
        with httpx.Client(headers=headers, timeout=60) as hub:
            while len(done) < requests:
                turn = dice.random()
                if turn < 0.1:
                    ask("create", account, "POST", "/instances", json=body)
                elif turn < 0.4:
                    ask(
                        "find by tag",
                        account,
                        "GET",
                        "/instances",
                        params={"tags[]": f"load{number}", "pageSize": 5},
                    )
                elif turn < 0.7:
                    ask("one contact", hub, "GET", f"/hubs/x/contacts/{dice.randint(1001, 1400)}")
                elif turn < 0.85:
                    query = {"where": "lastName='Baker'", "pageSize": 20}
                    ask("search contacts", hub, "GET", "/hubs/x/contacts", params=query)
                else:
                    ask("change a contact", hub, "PATCH", f"/hubs/x/contacts/{dice.randint(1001, 1400)}",
                        json={"title": f"Title {dice.randint(1, 99)}"})  # fmt: skip
    return done


def memory(pid: int) -> str:
    """Return the most memory that a process took, where the system tells."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return "not told by this system"
    line = next(row for row in status.read_text(encoding="ascii").splitlines() if row.startswith("VmHWM"))
    return f"{int(line.split()[1]) / 1024:.0f} MB"


def main() -> None:
    """Run the load and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--requests", type=int, default=10_000)
    options = parser.parse_args()
    process, sandbox, start = started()
    try:
        begin = time.perf_counter()
        with ThreadPoolExecutor(options.clients) as pool:
            each = options.requests // options.clients
            futures = [pool.submit(one_client, sandbox, number, each) for number in range(options.clients)]
            done = [entry for future in futures for entry in future.result()]
        seconds = time.perf_counter() - begin
        made = sum(what == "create" for what, _, _ in done)
        there = int(httpx.get(f"{sandbox.origin}/sandbox/info").json()["instances"])
        print(f"start to first answer   {start:.2f} s")
        print(f"requests                {len(done)} by {options.clients} clients in {seconds:.1f} s")
        rate, processors = len(done) / seconds, os.cpu_count()
        print(f"requests per second     {rate:.0f} ({processors} processors, clients included)")
        print(f"statuses                {dict(Counter(status for _, status, _ in done))}")
        print(f"instances made / there  {made} / {there}")
        print(f"most memory             {memory(process.pid)}")
        for what in sorted({what for what, _, _ in done}):
            times = sorted(took for name, _, took in done if name == what)
            middle, late = times[len(times) // 2], times[int(len(times) * 0.99)]
            print(f"{what:<23} {len(times)}: middle {middle * 1000:.1f} ms, 99% within {late * 1000:.1f} ms")
        if made != there or any(status != 200 for _, status, _ in done):
            sys.exit("Something was lost.")
    finally:
        sandbox.stop()
        process.terminate()
        process.wait(20)


if __name__ == "__main__":
    main()
