"""The other commands: profile, ledger, and how errors are told."""

from __future__ import annotations

from pathlib import Path

import keyring
import pytest
from click.testing import CliRunner, Result
from keyring.backends.fail import Keyring as NoKeyring

import cwkit_sandbox as local
from cwkit.cli.main import cli
from cwkit.errors import InputError
from cwkit.lab import command, notebook_folder, settings
from cwkit.platform import Platform

USER, ORGANIZATION = "user+secret/1==", "organization+secret/2=="


def cwkit(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(cli, list(words), input=given)


def add(name: str = "production") -> Result:
    return cwkit("profile", "add", name, "--base-url", "us", given=f"{USER}\n{ORGANIZATION}\n")


def test_a_profile_is_added_listed_shown_and_removed_and_its_secrets_never_printed(own_folders: Path) -> None:
    results = [add(), cwkit("profile", "list"), cwkit("profile", "show", "production")]
    assert [result.exit_code for result in results] == [0, 0, 0]
    assert "https://api.cloud-elements.com/elements/api-v2" in results[2].output
    results.append(cwkit("profile", "remove", "production", "--yes"))
    for text in [result.output for result in results] + [
        path.read_text(encoding="utf-8", errors="replace")
        for path in own_folders.rglob("*")
        if path.is_file()
    ]:
        assert USER not in text
        assert ORGANIZATION not in text
    assert "no profile yet" in cwkit("profile", "list").output


def test_where_there_is_no_keyring_the_choices_are_told() -> None:
    keyring.set_keyring(NoKeyring())
    result = add()
    assert result.exit_code == 2
    assert "CWKIT_USER_SECRET" in result.output
    assert USER not in result.output


def test_an_unknown_profile_is_told() -> None:
    result = cwkit("profile", "show", "nowhere")
    assert result.exit_code == 2
    assert "nowhere" in result.output


def test_a_profile_file_that_does_not_parse_is_told_with_its_place(own_folders: Path) -> None:
    add()
    (written,) = (own_folders / "config").rglob("*.toml")
    written.write_text("[profiles\nbase", encoding="utf-8")
    result = cwkit("profile", "list")
    assert result.exit_code == 2
    assert written.name in result.output


def test_the_ledger_shows_what_was_created() -> None:
    assert "nothing was created from here yet" in cwkit("ledger").output
    with local.start() as sandbox, Platform(sandbox.profile) as platform:
        platform.instances.create(
            "connectwisehd", name="In the ledger", configuration=sandbox.demo["connectwisehd"]
        )
    assert "In the ledger" in cwkit("ledger", "--csv").output
    lines = cwkit("ledger").output.splitlines()
    assert any("In the ledger" in line and "done" in line for line in lines)
    assert not any("Not settled" in line for line in lines)


def test_a_creation_that_is_not_settled_is_told_with_its_mark() -> None:
    from cwkit.errors import CreationUnsettled
    from cwkit.provisioning import CreationPolicy

    quick = CreationPolicy(lookup_timeout=0.1, lookup_timeout_after_error=0.1, first_wait=0.01)
    with local.start() as sandbox, Platform(sandbox.profile, creation=quick) as platform:
        sandbox.fail_next("500")
        with pytest.raises(CreationUnsettled) as caught:
            platform.instances.create(
                "connectwisehd", name="Lost", configuration=sandbox.demo["connectwisehd"]
            )
    output = cwkit("ledger").output
    assert f"Not settled: Lost (creation tag {caught.value.creation_tag})" in output


def test_unsettled_creations_are_looked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with local.start() as sandbox:
        monkeypatch.setenv("CWKIT_SANDBOX_URL", sandbox.url)
        assert cwkit("ledger", "--settle").exit_code == 0


def test_the_sandbox_tells_of_wrong_options() -> None:
    result = cwkit("sandbox", "--port", "0", "--faults", "gremlins:2")
    assert result.exit_code == 2
    assert "gremlins" in result.output


@pytest.mark.parametrize(
    "words", [[], ["lab"], ["sandbox"], ["inspect"], ["ledger"], ["profile"], ["profile", "add"]]
)
def test_every_command_explains_itself(words: list[str]) -> None:
    result = cwkit(*words, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_a_checkout_opens_a_copy_of_its_lessons() -> None:
    root = Path(local.__file__).parent.parent
    if not (root / "pyproject.toml").exists():
        pytest.skip("this is an installed package, not a checkout")
    folder = notebook_folder()
    assert folder == root / "my-notebooks"
    names = [path.name for path in sorted((root / "notebooks").glob("*.ipynb"))]
    assert set(names) <= {path.name for path in folder.glob("*.ipynb")}


def test_elsewhere_the_notebooks_are_copied_and_own_changes_kept(tmp_path: Path) -> None:
    folder = notebook_folder(tmp_path / "work")
    first = folder / "00-start-here.ipynb"
    first.write_text("mine", encoding="utf-8")
    assert notebook_folder(tmp_path / "work") == folder
    assert first.read_text(encoding="utf-8") == "mine"
    assert len(list(folder.glob("*.ipynb"))) == 7


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="--notebooks"):
        notebook_folder(tmp_path / "file" / "work")


def test_jupyterlab_listens_on_loopback_and_keeps_a_persons_own_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = command(tmp_path, port=8901, browser=False)
    assert "--ServerApp.ip=127.0.0.1" in words
    assert "--ServerApp.port=8901" in words
    assert "--no-browser" in words
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "mine")
    assert settings()["JUPYTER_CONFIG_PATH"].startswith("mine")
