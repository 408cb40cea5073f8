"""What IPython's verbose tracebacks print of a failed or interrupted call: frames, but no secret."""

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.ultratb import VerboseTB
from traitlets.config import Config

from cwkit import Secret
from cwkit.errors import CwkitError

SECRETS = ("private-key-9f", "user-secret-4f/A+=", "organization-secret-9/B+=", "token-t-1")
VALUES = {
    "baseUrl": "https://api-na.myconnectwise.net/v4_6_release/apis/3.0",
    "company": "acme",
    "public.key": "public-1",
    "private.key": "private-key-9f",
    "connectwise.clientid": "id-1",
}


HIDDEN = {**VALUES, "private.key": Secret(VALUES["private.key"])}


def verbose(strange, values):
    """Return what IPython would print with ``%xmode Verbose``, from the frames of cwkit on."""
    try:
        create(strange, values)
    except BaseException as problem:
        frames = problem.__traceback__.tb_next.tb_next
        return re.sub(r"\x1b\[[0-9;]*m", "", VerboseTB().text(type(problem), problem, frames))
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
    text = verbose(strange, values)
    assert "public-1" in text  # so values are shown, and the secret ones among them would be
    assert "instances_api.py" in text
    assert not [secret for secret in SECRETS if secret in text]


@pytest.mark.parametrize("place", ["send", "build_request"])
def test_no_frame_of_an_interrupted_creation_shows_a_secret(strange, monkeypatch, place):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(strange.transport._client, place, interrupt)
    text = verbose(strange, VALUES)
    assert "KeyboardInterrupt" in text
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
    assert "instances_api.py" not in told
    assert "r1" in told
