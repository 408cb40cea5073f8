"""What comes back from a call: answers, errors that say what to do, retries, and no secret anywhere."""

import logging
import time

import pytest
import stamina

from cwkit import Secret, errors
from cwkit.platform import Platform, Profile
from cwkit.platform.call import Call
from cwkit.platform.error_mapping import retry_after

from .conftest import QUICK

USER, ORGANIZATION = "user-secret-4f/A+=", "organization-secret-9/B+="
TOKEN = Secret("token-secret-7=/+")


def header_of(strange, stand_in, **settings):
    strange.transport.call(Call("GET", "/x", **settings))
    return stand_in.requests[-1][2]["Authorization"]


def test_the_header_has_three_forms(strange, stand_in):
    assert header_of(strange, stand_in) == f"User {USER}, Organization {ORGANIZATION}"
    assert header_of(strange, stand_in, token=TOKEN) == f"User {USER}, Element {TOKEN.reveal()}"
    everything = header_of(strange, stand_in, token=TOKEN, with_organization=True)
    assert everything == f"User {USER}, Organization {ORGANIZATION}, Element {TOKEN.reveal()}"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequest),
        (401, errors.Unauthorized),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (405, errors.BadRequest),
        (406, errors.UnsupportedMedia),
        (409, errors.Conflict),
        (415, errors.UnsupportedMedia),
        (418, errors.BadRequest),
        (500, errors.ServerError),
        (502, errors.ProviderError),
        (504, errors.ServerError),
    ],
)
def test_every_error_status_has_its_error_with_request_id_and_fix(strange, stand_in, status, kind):
    stand_in.says((status, {"requestId": "a1b2", "message": "It went wrong.", "providerMessage": "No."}))
    with pytest.raises(kind) as caught:
        strange.transport.call(Call("POST", "/x"))
    error = caught.value
    assert (error.status, error.request_id, error.provider_message) == (status, "a1b2", "No.")
    assert error.fix
    assert error.__context__ is None


def test_the_request_id_is_taken_from_the_header_where_the_body_has_none(strange, stand_in):
    stand_in.says((404, {"message": "gone"}, {"Elements-Request-Id": "c3d4"}))
    with pytest.raises(errors.NotFound) as caught:
        strange.transport.call(Call("GET", "/x"))
    assert caught.value.request_id == "c3d4"


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("Invalid User secret", "user secret of the profile 'strange'"),
        ("Invalid Organization secret", "organization secret of the profile 'strange'"),
        ("Invalid Organization or User secret", "easily swapped"),
    ],
)
def test_a_401_says_which_secret(strange, stand_in, message, named):
    stand_in.says((401, {"message": message}))
    with pytest.raises(errors.Unauthorized) as caught:
        strange.instances.list()
    assert named in caught.value.fix


@pytest.mark.parametrize(
    ("status", "body"), [(200, b"<html><title>Sign &amp; in</title>"), (200, b"hello"), (404, b"<html>nope")]
)
def test_a_page_instead_of_json_is_not_the_platform(strange, stand_in, status, body):
    stand_in.says((status, body, {"content-type": "text/html"}))
    with pytest.raises(errors.NotThePlatform) as caught:
        strange.instances.list()
    assert "base URL of the profile 'strange'" in caught.value.fix
    assert ("'Sign & in'" in str(caught.value)) == (b"Sign" in body)


def test_a_redirect_is_not_followed_with_the_secrets(strange, stand_in):
    stand_in.says((302, b"", {"location": f"{stand_in.url}/elsewhere"}))
    with pytest.raises(errors.NotThePlatform):
        strange.instances.list()
    assert len(stand_in.requests) == 1


def test_reading_is_repeated_after_a_fault_and_writing_is_not(strange, stand_in):
    failure, answer = (500, {"message": "Oops"}), (200, {"fine": 1})
    stand_in.says(failure, failure, answer)
    assert strange.transport.call(Call("GET", "/x")).data == {"fine": 1}
    stand_in.says(failure, answer)
    with pytest.raises(errors.ServerError):
        strange.transport.call(Call("POST", "/x"))
    assert len(stand_in.requests) == 4


def test_repeating_ends(strange, stand_in):
    stand_in.says((503, {"message": "Later"}))
    with pytest.raises(errors.ServerError):
        strange.transport.call(Call("GET", "/x"))
    assert len(stand_in.requests) == QUICK["retry"].attempts


def test_a_refusal_of_the_provider_is_not_asked_for_again(strange, stand_in):
    stand_in.says((502, {"message": "Provider", "providerMessage": "Not with this key."}))
    with pytest.raises(errors.ProviderError):
        strange.transport.call(Call("GET", "/hubs/crm/contacts", token=TOKEN))
    assert len(stand_in.requests) == 1


def test_a_page_of_a_proxy_is_read_over_where_the_platform_has_answered_before(strange, stand_in):
    page = (200, b"<html>One moment", {"content-type": "text/html"})
    stand_in.says((200, {}), page, page, (200, {"fine": 1}))
    strange.transport.call(Call("GET", "/x"))
    assert strange.transport.call(Call("GET", "/x")).data == {"fine": 1}


def test_retry_after_is_waited_for_and_no_longer_than_the_total(strange, stand_in):
    stand_in.says((429, {}, {"retry-after": "0.3"}), (200, {}))
    before = time.monotonic()
    strange.transport.call(Call("GET", "/x"))
    assert time.monotonic() - before >= 0.3
    stand_in.says((429, {}, {"retry-after": "3600"}))
    with pytest.raises(errors.RateLimited) as caught:
        strange.transport.call(Call("GET", "/x"))
    assert caught.value.retry_after == 3600


def test_retry_after_is_understood_as_seconds_and_as_date():
    from datetime import UTC, datetime

    now = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    assert retry_after({"retry-after": "7"}) == 7
    assert retry_after({"retry-after": "Mon, 05 Jan 2026 09:00:30 GMT"}, now) == 30
    assert retry_after({"retry-after": "Mon, 05 Jan 2026 08:00:00 GMT"}, now) == 0
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({}) is None


def test_nobody_there_is_told_as_such():
    profile = Profile("mine", "http://127.0.0.1:9", USER, ORGANIZATION)
    with Platform(profile, **QUICK) as platform, pytest.raises(errors.NotReached) as caught:
        platform.instances.list()
    assert "base URL of the profile 'mine'" in caught.value.fix
    assert caught.value.__context__ is None


def test_an_interruption_is_raised_anew_without_the_frames_of_the_request(strange, monkeypatch):
    def interrupt(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(strange.transport._client, "send", interrupt)
    call = Call("POST", "/x", body={"private.key": Secret("body-secret-1")})
    with pytest.raises(KeyboardInterrupt) as caught:
        strange.transport.call(call)
    assert caught.value.__context__ is None
    texts = [repr(frame.locals) for frame in caught.traceback]
    assert not any("body-secret-1" in text or USER in text for text in texts[1:])


@pytest.mark.parametrize(
    "call",
    [
        Call("GET", "/x", token=Secret("t\u00f6ken-1")),
        Call("GET", "/x", token=Secret("token\r\nX-Evil: 1")),
        Call("POST", "/x", body={"odd": object()}),
    ],
)
def test_what_cannot_go_over_the_wire_is_told_and_not_repeated(strange, stand_in, call):
    with pytest.raises(errors.InputError, match="cannot be sent"):
        strange.transport.call(call)
    assert stand_in.requests == []


@pytest.mark.parametrize("form", [USER, "user-secret-4f%2FA%2B%3D", "dXNlci1zZWNyZXQtNGYvQSs9"])
def test_a_secret_that_the_platform_echoes_is_masked_in_the_error(strange, stand_in, form):
    stand_in.says((400, {"message": f"Bad {form}", "providerMessage": f"<{form}> Element {TOKEN.reveal()}"}))
    with pytest.raises(errors.BadRequest) as caught:
        strange.transport.call(Call("POST", "/x", token=TOKEN, body={"a": Secret("body-secret-1")}))
    assert form not in str(caught.value)
    assert TOKEN.reveal() not in str(caught.value)


@pytest.mark.parametrize("length", [1990, 110, 3990])
def test_no_half_of_a_secret_is_left_where_a_long_message_is_cut(strange, stand_in, length):
    stand_in.says((400, {"message": "m" * length + USER}))
    with pytest.raises(errors.BadRequest) as caught:
        strange.transport.call(Call("POST", "/x"))
    assert USER[:8] not in str(caught.value)
    stand_in.says((200, f"<html><title>{'t' * length}{USER}</title>".encode(), {"content-type": "text/html"}))
    with pytest.raises(errors.NotThePlatform) as caught:
        strange.transport.call(Call("POST", "/x"))
    assert USER[:8] not in str(caught.value)


def test_secrets_in_an_answer_are_wrapped(strange, stand_in):
    answer = {"token": "t-1", "configuration": {"pw": "own", "name": "n"}, "rows": [{"echo": USER}]}
    stand_in.says((200, {**answer, "list": [{"key": "a.password", "propertyValue": "v"}]}))
    data = strange.transport.call(Call("GET", "/x", secret_keys=frozenset({"pw"}))).data
    assert data["token"] == Secret("t-1")
    assert data["configuration"] == {"pw": Secret("own"), "name": "n"}
    assert data["rows"] == [{"echo": Secret(USER)}]
    assert data["list"] == [{"key": "a.password", "propertyValue": Secret("v")}]


def test_debug_logs_of_the_http_libraries_hold_no_secret(strange, stand_in, caplog):
    stand_in.says((200, {"token": TOKEN.reveal()}, {"x-echo": USER, "set-cookie": f"session={ORGANIZATION}"}))
    with caplog.at_level(logging.DEBUG):
        strange.transport.call(Call("GET", "/x", [("token", TOKEN.reveal()), ("q", USER)], token=TOKEN))
    assert "receive_response_headers" in caplog.text
    for secret in (USER, ORGANIZATION, TOKEN.reveal()):
        assert secret not in caplog.text
        assert secret not in "".join(map(repr, caplog.records))


def test_repeating_prints_no_warning_for_a_person(strange, stand_in, capfd):
    stand_in.says((500, {}), (200, {}))
    strange.transport.call(Call("GET", "/x"))
    assert capfd.readouterr() == ("", "")
    assert stamina.is_active()
