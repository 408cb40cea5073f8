"""What IPython's verbose tracebacks print of a failed or interrupted call: frames, but no secret."""

import io
import random
import re
import sys
from pathlib import Path
from traceback import walk_tb

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.ultratb import VerboseTB
from rich.console import Console
from rich.traceback import Traceback
from traitlets.config import Config

import cwkit
from cwkit import Secret
from cwkit.errors import CwkitError
from cwkit.platform import Profile

SECRETS = ("private-key-9f", "user-secret-4f/A+=", "organization-secret-9/B+=", "token-t-1")
VALUES = {
    "baseUrl": "https://api-na.myconnectwise.net/v4_6_release/apis/3.0",
    "company": "acme",
    "public.key": "public-1",
    "private.key": "private-key-9f",
    "connectwise.clientid": "id-1",
}


HIDDEN = {**VALUES, "private.key": Secret(VALUES["private.key"])}


def told_by_frames(problem):
    """Return what IPython, rich, pytest and Sentry print of the frames below this file."""
    frames = problem.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    shown = io.StringIO()
    drawn = Traceback.from_exception(type(problem), problem, frames, show_locals=True, width=250)
    Console(file=shown, width=250).print(drawn)
    every = [repr(frame.f_locals) for frame, _ in walk_tb(frames)]
    verbose = VerboseTB().text(type(problem), problem, frames) if frames else ""
    return re.sub(r"\x1b\[[0-9;]*m", "", "\n".join([verbose, shown.getvalue(), *every, *notes_of(problem)]))


def notes_of(problem):
    return getattr(problem, "__notes__", [])


def failing(action, *arguments):
    """Return what the frames show of whatever an action raises."""
    try:
        action(*arguments)
    except BaseException as problem:
        return told_by_frames(problem)
    raise AssertionError("nothing was raised")


def create(strange, values):
    return strange.instances.create("connectwisecrmrest", name="n", configuration=values)


ANSWERS = [
    (400, {"message": "private-key-9f", "token": "token-t-1"}),
    (401, {"message": "user-secret-4f/A+= is wrong"}),
    (500, {"message": "organization-secret-9/B+="}),
    (200, b'{"token": "token-t-1", '),
    (200, {"token": "token-t-1"}),
    (200, b"<html>token-t-1 private-key-9f", {"content-type": "text/html"}),
]


@pytest.mark.parametrize("values", [VALUES, HIDDEN], ids=["plain", "wrapped"])
@pytest.mark.parametrize("answer", ANSWERS)
def test_no_frame_of_a_failed_creation_shows_a_secret(strange, stand_in, answer, values):
    stand_in.says(answer)
    with pytest.raises(CwkitError):
        create(strange, values)
    text = failing(create, strange, values)
    assert "without_frames" in text  # the one frame that is left
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("place", ["send", "build_request"])
def test_no_frame_of_an_interrupted_creation_shows_a_secret(strange, monkeypatch, place):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(strange.transport._client, place, interrupt)
    text = failing(create, strange, VALUES)
    assert "KeyboardInterrupt" in text
    assert "Raised in create (instances.py" in text
    assert "httpx" not in text
    assert not [secret for secret in SECRETS if secret in text]


def test_in_a_notebook_an_error_is_its_message_and_no_frames(strange, stand_in, capsys):
    stand_in.says((401, {"message": "Invalid User secret", "requestId": "r1"}))
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.user_ns["task"] = lambda: create(strange, HIDDEN)
    shell.run_line_magic("xmode", "Verbose")
    shell.run_cell("task()")
    told = capsys.readouterr().out
    InteractiveShell.clear_instance()
    assert "Unauthorized: Invalid User secret" in told
    assert "instances.py" not in told
    assert "r1" in told


PACKAGE = str(Path(cwkit.__file__).parent)
PLANTED = ("Pl4nted/key+1==", "s3cret-word-2")


class Interruption:
    """Counts the lines that cwkit runs, and presses Ctrl-C at one of them."""

    def __init__(self, at=0):
        self.at, self.lines = at, 0

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.trace)
        return self

    def __exit__(self, *_):
        sys.settrace(self.before)

    def trace(self, frame, event, argument):
        code = frame.f_code
        if not code.co_filename.startswith(PACKAGE) or code.co_name == "without_frames":
            return self.trace
        if event == "line":
            self.lines += 1
            if self.lines == self.at:
                raise KeyboardInterrupt
        return self.trace


def from_a_sheet(platform, folder):
    columns = ["element.key", "name", *VALUES, "username"]
    cells = ["connectwisecrmrest", "sheet", *{**VALUES, "private.key": PLANTED[0]}.values(), PLANTED[1]]
    path = folder / "customers.csv"
    path.write_text(",".join(columns) + "\n" + ",".join(cells) + "\n", encoding="utf-8")
    return lambda: platform.instances.create_many(str(path))


def from_values(platform, folder):
    values = {**VALUES, "private.key": PLANTED[0], "my.password": PLANTED[1]}
    return lambda: platform.instances.create("connectwisecrmrest", name="x", configuration=values)


def from_a_paste(platform, folder):
    text = f'{{"configuration": {{"private.key": "{PLANTED[0]}", "password": "{PLANTED[1]}", }}'
    return lambda: cwkit.read_instance(text).findings()


def from_a_form(platform, folder):
    values = {**VALUES, "private.key": PLANTED[0], "event.notification.basic.password": PLANTED[1]}
    return lambda: cwkit.forms.InstanceForm(platform, "connectwisecrmrest", name="x", **values).submit()


def from_a_profile(platform, folder):
    return lambda: Profile("p", "us", *PLANTED)


JOURNEYS = [from_a_sheet, from_values, from_a_paste, from_a_form, from_a_profile]


@pytest.mark.parametrize("journey", JOURNEYS)
def test_ctrl_c_at_any_moment_shows_no_secret(strange, stand_in, tmp_path, journey):
    stand_in.says((400, {"message": f"{PLANTED[0]} is refused"}))
    run = journey(strange, tmp_path)
    with Interruption() as whole:
        outcome(run)
    moments = random.Random(13).sample(range(1, whole.lines), min(12, whole.lines - 1))
    for moment in moments:
        with Interruption(at=moment):
            problem = outcome(run)
        found = [secret for secret in PLANTED if problem is not None and secret in told_by_frames(problem)]
        assert (moment, found) == (moment, [])


def outcome(run):
    """Return what an action raised, or nothing where it kept the interruption to itself, as a form does."""
    try:
        run()
    except BaseException as problem:
        return problem
    return None


@pytest.mark.parametrize("bad", ["with space in it", "grün-s3cret-word-2", "comma,in-it"])
def test_a_profile_with_a_secret_that_cannot_be_used_shows_neither(bad):
    text = failing(Profile, "p", "us", PLANTED[0], bad)
    assert PLANTED[0] not in text
    assert bad not in text
    assert "ProfileError" in text


@pytest.mark.parametrize(
    "pasted",
    [
        f"curl -H 'Authorization: User {PLANTED[0]}' -d '{{\"private.key\": \"{PLANTED[1]}\"}}'",
        '{"configuration": {"private.key": "s3cret-word-2"}}',
        "connectwisecrmrest s3cret-word-2",
    ],
)
def test_a_text_in_place_of_an_element_key_is_neither_quoted_nor_sent(strange, stand_in, pasted):
    with pytest.raises(CwkitError) as caught:
        strange.elements.get(pasted)
    told = told_by_frames(caught.value) + str(caught.value) + repr(caught.value.__dict__)
    assert not [secret for secret in PLANTED if secret in told]
    assert stand_in.requests == []
