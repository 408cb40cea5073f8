"""The preview: JSON and a cURL command that works when its masked secrets are filled in."""

import json
import shlex
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cwkit.forms.form_state import Draft, as_curl, as_json
from cwkit.redaction import Secret

URL = "https://platform.example/elements/api-v2"
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


def draft(name='It\'s "ours" & <yours>', **values):
    values = values or {"company": "o'neill\\co $HOME `x`", "private.key": Secret("never+shown")}
    return Draft("connectwisecrmrest", name, ("a'b", "é"), values)


def test_the_json_is_the_body_with_a_stand_in_for_each_secret():
    assert json.loads(as_json(draft())) == {
        "element": {"key": "connectwisecrmrest"},
        "configuration": {"company": "o'neill\\co $HOME `x`", "private.key": "***PRIVATE.KEY***"},
        "tags": ["a'b", "é"],
        "name": 'It\'s "ours" & <yours>',
    }


def test_the_curl_command_names_the_call_and_both_secrets():
    words = shlex.split(as_curl(draft(), URL).replace("\\\n", " "))
    assert words[:4] == ["curl", "-X", "POST", f"{URL}/instances"]
    assert "Authorization: User ***USER SECRET***, Organization ***ORGANIZATION SECRET***" in words
    assert "Content-Type: application/json" in words
    assert json.loads(words[-1]) == json.loads(as_json(draft()))


@settings(max_examples=60, deadline=None)
@given(name=texts, company=texts, secret=st.text(min_size=6, max_size=20))
def test_any_text_survives_the_shells_quotes_and_no_secret_is_in_it(name, company, secret):
    request = draft(name, company=company, **{"private.key": Secret(f"{secret}~S3")})
    command = as_curl(request, URL)
    assert f"{secret}~S3" not in command
    assert json.loads(shlex.split(command.replace("\\\n", " "))[-1])["name"] == name


def test_a_real_shell_hands_over_the_body_with_the_secret_filled_in():
    shell = shutil.which("sh")
    if shell is None:
        pytest.skip("no POSIX shell on this system")
    command = as_curl(draft(), URL).replace("***PRIVATE.KEY***", "fi11ed/in+=")
    script = f'curl() {{ for word; do :; done; printf %s "$word"; }}\n{command}'
    body = subprocess.run([shell, "-c", script], capture_output=True, check=True).stdout
    assert json.loads(body)["configuration"] == {
        "company": "o'neill\\co $HOME `x`",
        "private.key": "fi11ed/in+=",
    }
