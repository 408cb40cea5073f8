"""Several clients, processes and runs on one sandbox; its page; how it starts and stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

import cwkit_sandbox as sandboxes
from cwkit.errors import SandboxError
from cwkit.redaction import Secret
from cwkit_sandbox import Sandbox, attach
from cwkit_sandbox.demo import USER_SECRET
from tests.sandbox.conftest import ACCOUNT, CRM, HELPDESK, account, hub, new

CLIENTS, REQUESTS = 20, 50


def test_twenty_clients_at_once_lose_nothing(sandbox: Sandbox) -> None:
    def work(number: int) -> list[int]:
        with account(sandbox) as client:
            ids = []
            for turn in range(REQUESTS // 2):
                body = new(
                    sandbox, CRM if turn % 2 else "mailroom", name=f"{number}/{turn}", tags=[f"c{number}"]
                )
                made = client.post("/instances", json=body)
                assert made.status_code == 200
                found = client.get("/instances", params={"tags[]": f"c{number}", "pageSize": 200})
                assert made.json()["id"] in [one["id"] for one in found.json()]
                ids.append(made.json()["id"])
            return ids

    with ThreadPoolExecutor(CLIENTS) as pool:
        made = [one for ids in pool.map(work, range(CLIENTS)) for one in ids]
    assert len(set(made)) == len(made) == CLIENTS * REQUESTS // 2
    assert httpx.get(f"{sandbox.origin}/sandbox/info").json()["instances"] == len(made)


def test_two_writers_of_one_instance_both_get_through(sandbox: Sandbox, client: httpx.Client) -> None:
    made = client.post("/instances", json=new(sandbox, CRM)).json()

    def rename(number: int) -> int:
        with account(sandbox) as other:
            return other.patch(f"/instances/{made['id']}", json={"name": f"N{number}"}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(rename, range(40))) == {200}
    assert client.get(f"/instances/{made['id']}").json()["name"].startswith("N")


def test_state_in_a_file_outlives_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with sandboxes.start(seed=7, state=path) as sandbox, account(sandbox) as client:
        made = client.post("/instances", json=new(sandbox, HELPDESK, name="Kept")).json()
        sandbox.advance(minutes=30)
        with hub(sandbox, made["token"]) as data:
            contact = data.post("/contacts", json={"firstName": "Kept"}).json()
    with sandboxes.start(seed=8, state=path) as sandbox, account(sandbox) as client:
        assert sandbox.clock == "2026-01-05T09:30:00Z"
        assert client.get(f"/instances/{made['id']}").json()["token"] == made["token"]
        with hub(sandbox, made["token"]) as data:
            assert data.get(f"/contacts/{contact['id']}").json() == contact
        second = client.post("/instances", json=new(sandbox, HELPDESK)).json()
        assert second["token"] != made["token"]


def test_two_sandboxes_do_not_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with sandboxes.start(state=path), pytest.raises(SandboxError, match="state cannot be kept"):
        sandboxes.start(state=path)
    text = tmp_path / "notes.txt"
    text.write_text(
        "this is no database, but a text that is long enough to be looked at " * 20, encoding="utf-8"
    )
    with pytest.raises(SandboxError, match="state cannot be kept"):
        sandboxes.start(state=text)


def test_a_taken_port_is_told(sandbox: Sandbox) -> None:
    port = int(sandbox.origin.rpartition(":")[2])
    with pytest.raises(SandboxError, match=f"port {port}"):
        sandboxes.start(port=port)


@pytest.mark.parametrize("clock", ["yesterday", "2026-01-05T09:00:00", "", "9999-01-01T00:00:00Z"])
def test_a_clock_that_cannot_be_read_is_told(clock: str) -> None:
    with pytest.raises(SandboxError, match="clock"):
        sandboxes.start(clock=clock)


def test_attaching_finds_the_running_one(sandbox: Sandbox) -> None:
    other = attach(sandbox.url + "/")
    assert (other.url, other.clock) == (sandbox.url, sandbox.clock)
    assert other.demo == sandbox.demo
    other.stop()
    assert sandbox.running


@pytest.mark.parametrize(
    "url", ["https://api.cloud-elements.com", "http://127.0.0.1:9", "", "ftp://localhost", "http://["]
)
def test_attaching_to_anything_else_is_refused(url: str) -> None:
    with pytest.raises(SandboxError) as caught:
        attach(url)
    assert caught.value.fix


def test_stopping_twice_does_no_harm_and_asking_then_is_told() -> None:
    sandbox = sandboxes.start()
    sandbox.stop()
    sandbox.stop()
    assert not sandbox.running
    with pytest.raises(SandboxError, match="does not answer"):
        sandbox.advance(minutes=1)


def test_the_profile_and_the_demo_values_hold_secrets(sandbox: Sandbox) -> None:
    assert sandbox.profile.base_url == sandbox.url
    assert isinstance(sandbox.profile.user_secret, Secret)
    assert isinstance(sandbox.demo[CRM]["private.key"], Secret)
    assert USER_SECRET not in repr(sandbox.profile) + repr(sandbox.demo) + repr(sandbox)


def test_the_page_shows_names_as_text_and_no_token(sandbox: Sandbox, client: httpx.Client) -> None:
    body = new(sandbox, CRM, name="A &lt;script&gt; \"&' name", tags=["=1+1", "a&b"])
    body["configuration"]["event.notification.signature.key"] = "signature-key-4711"
    made = client.post("/instances", json=body).json()
    answer = httpx.get(f"{sandbox.origin}/")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<script" not in answer.text
    assert "A &amp;lt;script&amp;gt; &quot;&amp;&#x27; name" in answer.text
    assert made["token"] not in answer.text
    assert "signature-key-4711" not in answer.text
    assert "a&amp;b" in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_page_is_there_before_there_is_any_instance(sandbox: Sandbox) -> None:
    text = httpx.get(f"{sandbox.origin}/").text
    assert "None yet" in text
    assert "Nothing here is real" in text
    assert sandbox.url in text


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal as a terminal on Linux and macOS does")
def test_in_a_terminal_it_runs_until_ctrl_c(tmp_path: Path) -> None:
    script = (
        "import cwkit_sandbox as sandbox\n"
        "sandbox.run(faults='500:1.0 GET /elements', say=lambda text: print(text, flush=True))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    other = attach(url)
    with account(other) as client:
        assert client.get("/elements").status_code == 500
        assert client.get("/elements/mailroom").status_code == 200
    other.stop()
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "has stopped" in rest
    assert errors == ""


def test_changes_by_token_at_the_same_time_are_all_kept(sandbox: Sandbox, client: httpx.Client) -> None:
    made = client.post("/instances", json=new(sandbox, HELPDESK)).json()
    pairs = f"{ACCOUNT}, Element {made['token']}"

    def change(number: int) -> int:
        body = {"configuration": {f"own.key.{number}": str(number)}}
        with httpx.Client(base_url=sandbox.url, headers={"Authorization": pairs}, timeout=30) as other:
            return other.patch("/instances", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(change, range(24))) == {200}
    values = client.get(f"/instances/{made['id']}").json()["configuration"]
    assert [values.get(f"own.key.{number}") for number in range(24)] == [str(number) for number in range(24)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_the_state_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with sandboxes.start(state=path):
        assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(SandboxError, match="state cannot be kept"):
        sandboxes.start(state=tmp_path / "missing" / "state.sqlite")
