"""Notebooks that run without a browser keep no secret either: ``nbconvert --execute`` and papermill."""

import json
import os
import subprocess
import sys

import nbformat
import pytest

import cwkit_sandbox as sandbox
from tests.spellings import spellings

CRM = "connectwisecrmrest"
CODE = f"""
import os
import cwkit
from cwkit.forms import InstanceForm, SecretField
import ipywidgets

platform = cwkit.connect()
form = InstanceForm(platform, "{CRM}", **{{**platform.sandbox.demo["{CRM}"], "name": "Executed"}})
form.fields["private.key"].value = os.environ["TEST_WRONG_SECRET"]
form
---
form.submit()
form.error
---
form.fields["private.key"].value = platform.sandbox.demo["{CRM}"]["private.key"]
assert form.submit() is not None
field = SecretField("User secret")
field.value = os.environ["TEST_WRONG_SECRET"]
ipywidgets.VBox([form, field])
---
form.children[-1]._handle_custom_msg({{"type": "press", "name": "show"}}, [])
form.instance, form.instance.token
---
editor = cwkit.forms.PollerEditor(cwkit.read_instance(os.environ["TEST_PASTED"]))
editor.fields["event.notification.callback.url"].value = "https://x.example.com/" + os.environ["TEST_TYPED"]
editor
---
from pathlib import Path
Path(os.environ["TEST_TOKEN_FILE"]).write_text(form.instance.token.reveal(), encoding="utf-8")
form
"""
POLLER = '{"contacts": {"url": "/hubs/crm/contacts?access_token=T0kenT0ken"}}'
PASTED = json.dumps(
    {
        "id": 7,
        "element": {"key": CRM},
        "configuration": {
            "event.notification.callback.url": "https://bob:S3cretPw@hooks.example.com/x",
            "event.poller.configuration": POLLER,
        },
    }
)
TOOLS = {
    "nbconvert": ["nbconvert", "--to", "notebook", "--execute", "--output", "out.ipynb", "in.ipynb"],
    "papermill": ["papermill", "in.ipynb", "out.ipynb", "--no-progress-bar"],
}


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["nbconvert", "papermill"])
def test_an_executed_notebook_holds_no_secret(tool, tmp_path):
    cells = [nbformat.v4.new_code_cell(source.strip()) for source in CODE.split("---")]
    book = nbformat.v4.new_notebook(cells=cells)
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(book, tmp_path / "in.ipynb")
    wrong, token_file = "wr0ng+Secret/for='tests", tmp_path / "token.txt"
    with sandbox.start() as local:
        result = subprocess.run(
            [sys.executable, "-m", *TOOLS[tool]],
            cwd=tmp_path,
            env={
                **os.environ,
                "CWKIT_SANDBOX_URL": local.url,
                "TEST_WRONG_SECRET": wrong,
                "TEST_PASTED": PASTED,
                "TEST_TYPED": "T7ped-into-the-editor",
                "TEST_TOKEN_FILE": str(token_file),
                "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert result.returncode == 0, result.stderr
        private = local.demo[CRM]["private.key"].reveal()
    written = (tmp_path / "out.ipynb").read_text(encoding="utf-8")
    assert "application/vnd.jupyter.widget-state+json" in written
    assert "Run this cell (Shift+Enter) to see the form." in written
    secrets = [wrong, private, token_file.read_text(encoding="utf-8")]
    everything = written + result.stdout + result.stderr
    assert [text for text in ("S3cretPw", "T0kenT0ken", "T7ped-into-the-editor") if text in everything] == []
    assert [form for secret in secrets for form in spellings(secret) if form in everything] == []
