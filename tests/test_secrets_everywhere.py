"""Random secrets are planted wherever one can be entered; nothing that comes out or is written holds one."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import pickle
import re
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from IPython.core.ultratb import VerboseTB

import cwkit
import cwkit_sandbox as local
from cwkit.cli.main import cli
from cwkit.errors import CwkitError
from cwkit.forms import InstanceCard, InstanceForm, TroubleshootForm
from cwkit.platform import Platform, Profile
from cwkit.platform.call import RetryPolicy
from cwkit.redaction import Secret, reveal
from tests.spellings import spellings

# Of every kind of sign that some encoding changes; the ends keep it from being a word of the code.
secrets = (
    st.text(
        st.characters(
            min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\x7f*", exclude_categories=["C", "Z"]
        ),
        min_size=12,
        max_size=40,
    )
    .filter(lambda text: len(set(text)) > 6)
    .map("Zq7{}7qZ".format)
)
header_secrets = st.text("abcXYZ0123456789+/=", min_size=16, max_size=40).filter(
    lambda text: len(set(text)) > 6
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[local.Sandbox]:
    with local.start() as running:
        yield running


@contextlib.contextmanager
def everything_said() -> Iterator[Callable[[], str]]:
    """Collect what is printed and what is logged at DEBUG, the libraries' own lines included."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    before, levels = (
        root.level,
        {name: logging.getLogger(name).level for name in ("httpx", "httpcore", "cwkit")},
    )
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            yield said.getvalue
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def shown(value: Any) -> list[str]:
    """Return every way in which a value can be shown or stored."""
    texts = [repr(value), str(value), f"{value}"]
    for method in ("_repr_html_", "_repr_markdown_", "to_html", "to_csv", "model_dump_json"):
        if callable(getattr(value, method, None)) and not isinstance(value, type):
            texts.append(str(getattr(value, method)()))
    bundle = getattr(value, "_repr_mimebundle_", None)
    if callable(bundle):
        texts.append(str(bundle()))
    with contextlib.suppress(TypeError, AttributeError, pickle.PicklingError):
        texts.append(pickle.dumps(value).decode("latin-1"))
    return texts


def told_of(problem: BaseException) -> list[str]:
    """Return an error as a program, a terminal and a notebook in verbose mode tell it."""
    kind, frames = type(problem), problem.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next  # the frames of this file hold what it planted
    verbose = (
        VerboseTB(theme_name="nocolor")
        if "theme_name" in VerboseTB.__init__.__code__.co_varnames
        else VerboseTB()
    )
    return [
        repr(problem),
        str(problem),
        "".join(traceback.format_exception(kind, problem, frames)),
        "\n".join(verbose.text(kind, problem, frames).splitlines()),
        "\n".join(getattr(problem, "_render_traceback_", list)()),
    ]


def of_instance(instance: cwkit.Instance) -> Iterator[str]:
    """Everything that an instance can say of itself."""
    tables = [instance.summary(), instance.configuration_table(), instance.findings()]
    for thing in (instance, *tables, cwkit.report(instance), cwkit.compare(instance, instance)):
        yield from shown(thing)
    yield from shown(cwkit.instances.show(instance.configuration_table()))
    yield json.dumps(instance.model_dump(mode="json"), default=str)


def widget_state(form: InstanceForm) -> Iterator[str]:
    """What JupyterLab would store in the notebook: the state of every widget, and the text of outputs."""
    from ipywidgets import Widget

    yield json.dumps(Widget.get_manager_state(), default=repr)
    yield from shown(form)


def files_below(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes().decode("latin-1")
            yield path.read_bytes().decode("utf-8", "replace")


def assert_none_in(planted: list[str], outputs: list[str]) -> None:
    for secret in planted:
        for form in spellings(secret):
            # Three letters can be a part of anything, so they count where they stand alone.
            alone = re.compile(rf"(?<![^\W_]){re.escape(form)}(?![^\W_])") if len(form) < 5 else None
            for output in outputs:
                found = alone.search(output) is not None if alone else form in output
                at = output.find(form)
                assert not found, f"{form[:2]}… came out: …{output[max(0, at - 120) : at]}"


def drive_platform(platform: Platform, planted: dict[str, str], demo: dict[str, Any]) -> Iterator[str]:
    """Create, be refused, read and fail, with planted secrets in every value that may hold one."""
    crm = {**demo["connectwisecrmrest"], "event.notification.basic.username": "me"}
    crm["event.notification.basic.password"] = planted["basic"]
    crm["my.own.token"] = planted["unknown"]
    instance = platform.instances.create("connectwisecrmrest", name="good", configuration=crm)
    yield from of_instance(instance)
    yield from of_instance(platform.instances.get(instance.id))
    updated = {"event.notification.basic.password": planted["basic"]}
    yield from of_instance(platform.instances.update(instance, configuration=updated))
    for key, values in (
        ("connectwisecrmrest", {**crm, "private.key": planted["private"]}),
        ("connectwisehd", {**demo["connectwisehd"], "helpdesk.connectwise.password": planted["password"]}),
        ("connectwisecrmrest", {"private.key": planted["private"], "public.key": "p" * 90}),
        ("connectwisecrmrest", {**crm, "privateKey": planted["private"]}),
    ):
        try:
            platform.instances.create(key, name="refused", configuration=values)
        except CwkitError as problem:
            yield from told_of(problem)
    platform.instances.delete(instance)


def drive_form(platform: Platform, planted: dict[str, str], demo: dict[str, Any]) -> Iterator[str]:
    """Fill a form in, be refused, correct it, create."""
    values = {**demo["connectwisecrmrest"], "event.notification.basic.password": planted["basic"]}
    form = InstanceForm(platform, "connectwisecrmrest", **{**values, "name": "form"})
    form.fields["private.key"].value = planted["private"]
    yield from widget_state(form)
    form.submit()
    yield from (*widget_state(form), *form.messages.values(), str(form.error))
    form.fields["private.key"].value = demo["connectwisecrmrest"]["private.key"]
    form.submit()
    yield from widget_state(form)


def drive_paste(planted: dict[str, str], folder: Path) -> Iterator[str]:
    """Paste secrets in clear, into the reader and into the command line."""
    answer = {
        "id": 7,
        "name": "pasted",
        "token": planted["private"],
        "element": {"key": "connectwisehd"},
        "configuration": {
            "helpdesk.connectwise.password": planted["password"],
            "event.notification.signature.key": planted["basic"],
            "some.other.secret": planted["unknown"],
        },
    }
    text = json.dumps(answer)
    yield from of_instance(cwkit.read_instance(text))
    user, organization = planted["user"], planted["organization"]
    curl = (
        "curl -X POST https://api.cloud-elements.com/elements/api-v2/instances "
        f"-H 'Authorization: User {user}, Organization {organization}' "
        f"-d '{json.dumps({'element': {'key': 'connectwisehd'}})}'"
    )
    try:
        yield from shown(cwkit.read_request(curl))
    except CwkitError as problem:
        yield from told_of(problem)
    yield from shown(cwkit.explain_error(f"401 {json.dumps({'message': 'no', 'token': planted['private']})}"))
    source = folder.parent / "ticket.json"
    source.write_text(text, encoding="utf-8")
    for option in ([], ["--json"], ["--csv"], ["--report"]):
        result = CliRunner().invoke(cli, ["inspect", str(source), *option])
        assert result.exit_code in (0, 1), result.output
        yield result.output
    yield CliRunner().invoke(cli, ["ledger"]).output


def drive_wrong_profile(url: str, planted: dict[str, str]) -> Iterator[str]:
    """Call with secrets that the platform refuses, and where nothing listens."""
    for base in (url, "http://127.0.0.1:9/elements/api-v2"):
        profile = Profile("wrong", base, Secret(planted["user"]), Secret(planted["organization"]))
        yield from shown(profile)
        with Platform(profile, retry=RetryPolicy(attempts=2, first_wait=0.01)) as platform:
            yield from shown(platform)
            try:
                platform.instances.get(1)
            except CwkitError as problem:
                yield from told_of(problem)


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.fixed_dictionaries(dict.fromkeys(("basic", "unknown", "private", "password"), secrets)),
    st.fixed_dictionaries(dict.fromkeys(("user", "organization"), header_secrets)),
)
def test_no_planted_secret_comes_out(
    sandbox: local.Sandbox, own_folders: Path, entered: dict[str, str], headers: dict[str, str]
) -> None:
    planted = {**entered, **headers}
    demo = sandbox.demo
    outputs: list[str] = []
    with everything_said() as said:
        with Platform(sandbox.profile) as platform:
            outputs += drive_platform(platform, planted, demo)
            outputs += drive_form(platform, planted, demo)
        outputs += drive_paste(planted, own_folders)
        outputs += drive_wrong_profile(sandbox.url, planted)
        outputs.append(httpx.get(sandbox.origin).text)
        outputs += shown(cwkit.provisioning.ledger())
    outputs += [said(), *files_below(own_folders)]
    assert "refused" in "".join(outputs)
    assert_none_in(list(planted.values()), outputs)


LITERAL = {
    "basic": "q\"u'o=t+e/s%20&<x>",
    "unknown": "line1\nline2-Zx9",
    "private": "emo😀ji-8Kqü=+",
    "password": "q7Z",
    "user": "us3r+S/ecret==",
    "organization": "0rg%Secret/+=",
}


def drive_sheet(
    platform: Platform, planted: dict[str, str], demo: dict[str, Any], folder: Path
) -> Iterator[str]:
    """A sheet with secrets in its cells: a dry run, a refusal, and a column that no field has."""
    row = {**{key: reveal(value) for key, value in demo["connectwisecrmrest"].items()}, "name": "sheet"}
    row |= {"element.key": "connectwisecrmrest", "private.key": planted["private"]}
    row |= {"event.notification.basic.password": planted["basic"], "api.secret": planted["unknown"]}
    path = folder.parent / "customers.csv"
    pd.DataFrame([row]).to_csv(path, index=False)
    for source in (str(path), [row], pd.DataFrame([row])):
        yield from shown(platform.instances.create_many(source, dry_run=True))
    yield from shown(platform.instances.create_many(str(path), progress=False))
    try:
        platform.instances.create_many([{**row, "baseUrl": "nowhere at all"}])
    except CwkitError as problem:
        yield from (*told_of(problem), *shown(getattr(problem, "table", "")))
    path.unlink()


def drive_views(platform: Platform, planted: dict[str, str], sandbox: local.Sandbox) -> Iterator[str]:
    """The forms and tables that show what is there: cards, editors, troubleshooting, audits."""
    callback = f"https://bob:{quote(planted['basic'], safe='')}@hooks.example.com/x?sig={planted['user']}"
    values = {**sandbox.demo["connectwisecrmrest"], "event.notification.basic.password": planted["basic"]}
    instance = platform.instances.create("connectwisecrmrest", name="seen", configuration=values)
    instance.configuration["event.notification.callback.url"] = callback
    troubleshooting = TroubleshootForm()
    troubleshooting.look(json.dumps({"id": 1, "configuration": {"private.key": planted["private"]}}))
    for form in (InstanceCard(instance), troubleshooting):
        yield from widget_state(form)  # type: ignore[arg-type]
    for view in (instance.summary(), instance.configuration_table(), instance.findings()):
        yield from shown(view)
    yield from (*shown(cwkit.report(instance)), instance.model_dump_json())
    fleet = cwkit.fleet
    for table in (fleet.configuration_table, fleet.instances_table, fleet.pollers_table, fleet.audit):
        yield from shown(table([instance, instance]))
    refused = {**values, "private.key": planted["private"]}
    yield from shown(cwkit.connectwise_check(refused, resolve=sandbox.connectwise_url))
    platform.instances.delete(instance)


def test_secrets_with_every_kind_of_sign_come_out_nowhere(sandbox: local.Sandbox, own_folders: Path) -> None:
    demo, outputs = sandbox.demo, []
    with everything_said() as said:
        with Platform(sandbox.profile) as platform:
            outputs += drive_platform(platform, LITERAL, demo)
            outputs += drive_form(platform, LITERAL, demo)
            outputs += drive_sheet(platform, LITERAL, demo, own_folders)
            outputs += drive_views(platform, LITERAL, sandbox)
        outputs += drive_paste(LITERAL, own_folders)
        outputs += drive_wrong_profile(sandbox.url, LITERAL)
        outputs += [httpx.get(sandbox.origin).text, *shown(cwkit.provisioning.ledger())]
    outputs += [said(), *files_below(own_folders)]
    assert "refused" in "".join(outputs)
    assert_none_in(list(LITERAL.values()), outputs)


def test_the_search_finds_a_secret_that_does_come_out() -> None:
    frame = pd.DataFrame({"password": ["Qq1/+ü<secret>&x"]})
    with pytest.raises(AssertionError, match="came out"):
        assert_none_in(["Qq1/+ü<secret>&x"], shown(frame))


def test_an_unexpected_error_in_the_command_line_shows_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("hunter2hunter2")

    monkeypatch.setattr("cwkit.provisioning.ledger", broken)
    result = CliRunner().invoke(cli, ["ledger"])
    assert result.exit_code == 3
    assert "hunter2" not in result.output
    assert "RuntimeError" in result.output
    assert sys.exc_info() == (None, None, None)
