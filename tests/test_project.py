"""The project's own files agree with each other."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
import yaml

import cwkit

ROOT = Path(__file__).parent.parent


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_environment_yml_and_pyproject_name_the_same_packages() -> None:
    project = _project()
    wanted = set(project["dependencies"])
    for extra in ("sandbox", "data", "lab", "test"):
        wanted |= {name for name in project["optional-dependencies"][extra] if not name.startswith("cwkit[")}
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    pip = next(item["pip"] for item in conda if isinstance(item, dict))
    listed = {item for item in conda if isinstance(item, str)} | set(pip)
    assert listed - {"python>=3.11", "pip", "--editable ."} == wanted
    assert f"python{project['requires-python']}" in listed


def test_every_dependency_states_a_minimum_version() -> None:
    project = _project()
    names = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    assert [name for name in names if not name.startswith("cwkit[") and ">=" not in name] == []


@pytest.mark.parametrize("name", cwkit.__all__)
def test_every_public_name_can_be_had(name: str) -> None:
    assert getattr(cwkit, name) is not None


def test_importing_cwkit_loads_no_heavy_library() -> None:
    heavy = ("httpx", "pydantic", "pandas", "ipywidgets")
    code = f"import sys, cwkit; print([name for name in {heavy} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_version_is_said_once() -> None:
    assert _project()["version"] == cwkit.__version__
    assert f"## {cwkit.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_package_is_typed() -> None:
    assert resources.files("cwkit").joinpath("py.typed").is_file()


def test_every_notebook_was_run_and_holds_no_widget_state_or_error() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        assert '"application/vnd.jupyter.widget-state+json"' not in text, path.name
        assert '"output_type": "error"' not in text, path.name
        assert not re.search(r'"execution_count": null', text), path.name


def test_every_link_in_the_documents_leads_somewhere() -> None:
    for document in [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(
            r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text(encoding="utf-8")
        ):
            assert (document.parent / target).exists(), f"{document.name}: {target}"
