"""``cwkit inspect`` in a terminal: what it shows, and how it ends."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import cwkit_sandbox as local
from cwkit.cli.main import cli

FIXTURES = Path(__file__).parent.parent / "fixtures"
CRM, HELPDESK = FIXTURES / "seed-crm.txt", FIXTURES / "seed-helpdesk.txt"


def inspect(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["inspect", *words], input=given)


def test_the_crm_document_is_diagnosed() -> None:
    result = inspect(str(CRM))
    assert result.exit_code == 0
    assert "contacts, organizations, configurations, opportunities  [created-is-updated]" in result.output
    assert "configurations  [id-field-empty]" in result.output
    assert "configuration keys  30" in result.output
    assert "Event poller" in result.output


def test_the_password_in_clear_is_told_and_not_shown() -> None:
    result = inspect(str(HELPDESK))
    assert "helpdesk.connectwise.password  [secret-in-clear]" in result.output
    row = next(line for line in result.output.splitlines() if "connectwise.password " in line and "│" in line)
    assert "********" in row
    assert "api1" not in row


def test_what_is_piped_in_is_read() -> None:
    assert "configuration keys  8" in inspect("-", given=HELPDESK.read_text(encoding="utf-8")).output


def test_an_error_gives_exit_code_1_so_that_a_script_can_tell() -> None:
    broken = {
        "id": 1,
        "element": {"key": "connectwisecrmrest"},
        "configuration": {"company": "acme", "baseUrl": ""},
    }
    result = inspect("-", given=json.dumps(broken))
    assert result.exit_code == 1
    assert "error" in result.output


def test_json_is_one_document_with_all_tables() -> None:
    document = json.loads(inspect(str(CRM), "--json").output)
    assert list(document) == ["instance", "notes", "findings", "configuration", "poller"]
    assert len(document["configuration"]) == 30
    assert list(document["poller"]) == [
        "contacts",
        "incidents",
        "organizations",
        "configurations",
        "opportunities",
    ]
    two = [{"id": number, "configuration": {"company": "a"}} for number in (1, 2)]
    assert len(json.loads(inspect("-", "--json", given=json.dumps(two)).output)) == 2


def test_csv_is_the_configuration_and_holds_no_formula() -> None:
    pasted = {
        "id": 1,
        "element": {"key": "connectwisehd"},
        "configuration": {"helpdesk.connectwise.company": "=1+1"},
    }
    table = pd.read_csv(io.StringIO(inspect("-", "--csv", given=json.dumps(pasted)).output), index_col="key")
    assert table.loc["helpdesk.connectwise.company", "value"] == "'=1+1"


def test_the_report_is_markdown_without_secrets() -> None:
    output = inspect(str(HELPDESK), "--report").output
    assert output.startswith("#")
    assert "secret-in-clear" in output


def test_terminal_codes_from_outside_do_nothing() -> None:
    pasted = {"id": 1, "name": "\x1b[31mred\x1b]0;title\x07", "configuration": {"company": "\x1b[2J"}}
    assert "\x1b" not in inspect("-", given=json.dumps(pasted)).output


@pytest.mark.parametrize("words", [["no-such-file"], ["-"]])
def test_nothing_to_read_is_told_with_what_to_do(words: list[str]) -> None:
    result = inspect(*words, given="hello")
    assert result.exit_code == 2
    assert "What to do:" in result.output
    assert "Traceback" not in result.output


def test_an_id_is_fetched_from_the_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    from cwkit.platform import Platform

    with local.start() as sandbox, Platform(sandbox.profile) as platform:
        demo = sandbox.demo["connectwisecrmrest"]
        created = platform.instances.create(
            "connectwisecrmrest", name="From the platform", configuration=demo
        )
        monkeypatch.setenv("CWKIT_SANDBOX_URL", sandbox.url)
        assert "From the platform" in inspect(str(created.id)).output
        missing = inspect("987654321")
        assert missing.exit_code == 2
        assert "987654321" in missing.output


@pytest.mark.skipif(os.name == "nt", reason="a closed pipe is another error there")
def test_a_closed_pipe_ends_quietly(tmp_path: Path) -> None:
    pasted = tmp_path / "ticket.txt"
    values = ", ".join(f'"key.{number}": "{"x" * 200}"' for number in range(2000))
    pasted.write_text('{"id": 1, "name": "n", "configuration": {' + values + "}}", encoding="utf-8")
    command = [sys.executable, "-m", "cwkit", "inspect", str(pasted)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    process.stdout.read(10)
    process.stdout.close()
    _, problems = process.communicate(timeout=60)
    assert problems == b""
    assert process.returncode in (0, 1)
