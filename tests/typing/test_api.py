"""A type checker knows the public names: a misspelt name and a wrong argument are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

mypy = pytest.importorskip("mypy.api")
ROOT = Path(__file__).parent.parent.parent
WRONG = {
    "cwkit.conect('x')": 'Module has no attribute "conect"',
    "cwkit.read_instance(1, 2, 3, 4)": 'Too many arguments for "read_instance"',
    "cwkit.connect(5)": 'incompatible type "int"',
    "cwkit.Secret('x').revel()": '"Secret" has no attribute "revel"',
}


def test_right_code_is_taken_and_wrong_code_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    wrong.write_text("\n".join(["import cwkit", *WRONG, ""]), encoding="utf-8")
    words = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(tmp_path / "cache")]
    out, _, _ = mypy.run([*words, str(Path(__file__).with_name("api.py")), str(wrong)])
    refused = [line for line in out.splitlines() if ": error:" in line]
    assert all("wrong.py:" in line for line in refused)
    for number, message in enumerate(WRONG.values(), start=2):
        assert any(f"wrong.py:{number}:" in line and message in line for line in refused), message
