"""Random secrets in every input of a creation: none of them in any error, log or file, in any spelling."""

import json
import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cwkit.errors import CwkitError
from cwkit.platform import Platform, Profile
from cwkit.provisioning import Ledger, ledger
from tests.spellings import spellings

from .conftest import QUICK


def with_ends(middle):
    """Put random ends around a text, so that no secret is a word that stands elsewhere by chance."""
    return st.builds(lambda ends, text: ends.hex[:8] + text + ends.hex[8:12], st.uuids(version=4), middle)


HEADER = with_ends(st.text("abcXYZ0189+/=-_.", max_size=20))
PASSWORD = with_ends(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12))


def echoing(status, form):
    """Return an answer that throws back everything that it was sent, in one spelling or another."""

    def answer(headers, body):
        everything = f"{headers.get('Authorization')} {body.decode()} "
        values = json.loads(body)["configuration"].values() if body else []
        spelt = [spelling for value in values if value for spelling in spellings(value)]
        message = everything + " ".join(spelt)
        bodies = {
            "json": json.dumps({"message": message, "providerMessage": message, "requestId": message[-40:]}),
            "page": f"<html><title>{message}</title>",
            "broken": '{"token": "' + message,
        }
        return status, {"x-echo": "1"}, bodies[form].encode()

    return answer


@pytest.mark.parametrize(
    ("status", "form"),
    [(400, "json"), (401, "json"), (500, "json"), (200, "page"), (404, "page"), (200, "broken")],
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(user=HEADER, organization=HEADER, password=PASSWORD)
def test_nothing_that_a_failed_creation_leaves_behind_holds_a_secret(
    stand_in, tmp_path, caplog, status, form, user, organization, password
):
    stand_in.answers = [echoing(status, form)]
    profile = Profile("planted", stand_in.url, user, organization)
    values = {
        "helpdesk.connectwise.server.url": "https://api-na.myconnectwise.net",
        "helpdesk.connectwise.company": "acme",
        "helpdesk.connectwise.username": "me",
        "helpdesk.connectwise.password": password,
        "helpdesk.connectwise.wsdl.path": "/v4_6_release/apis/2.0/",
    }
    book = Ledger(tmp_path / "ledger.sqlite3")
    with (
        caplog.at_level(logging.DEBUG),
        Platform(profile, **QUICK, ledger=book) as platform,
        pytest.raises(CwkitError) as caught,
    ):
        platform.instances.create("connectwisehd", name="n", configuration=values)
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir()).decode("utf-8", "replace")
    shown = "\n".join(
        [str(caught.value), repr(caught.value.__dict__), caplog.text, ledger(book).to_csv(), files]
    )
    caplog.clear()
    assert "connectwisehd" in shown
    for secret in (user, organization, password):
        found = [spelling for spelling in spellings(secret) if spelling in shown]
        assert not found
