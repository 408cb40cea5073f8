"""An error is explained: causes in order with a check for each, and its request id."""

from __future__ import annotations

import httpx
import pytest

import cwkit
from cwkit.errors import Forbidden, NotReached, ReadError, Unauthorized
from cwkit.instances import explain_error

ID = "5d8a1b2c3d4e5f6071829304"


def answer(message: str, **more: str) -> str:
    parts = {"requestId": ID, "message": message, **more}
    return "{" + ", ".join(f'"{key}": "{value}"' for key, value in parts.items()) + "}"


CASES = [
    (
        f"HTTP/1.1 401 Unauthorized\nElements-Request-Id: {ID}\n\n{answer('Invalid User secret')}",
        401,
        "swapped",
    ),
    (f"status 401: {answer('Invalid element token')}", 401, "token"),
    (f"403 Forbidden {answer('Forbidden')}", 403, "disabled"),
    (f"HTTP/2 404\n{answer('No instance found')}", 404, "search"),
    (
        f"status code: 400 {answer('helpdesk.connectwise.company is required')}",
        400,
        "helpdesk.connectwise.company",
    ),
    (f"status 409 {answer('exists')}", 409, "exists already"),
    (f"status 415 {answer('Unsupported')}", 415, "JSON"),
    (f"status 429 {answer('Too many requests')}", 429, "Too many calls"),
    (f"status 502 {answer('failed', providerMessage='Cannot find company acme')}", 502, "company name"),
    ("Failed to connect to the API URL. Validate that you are using the correct WSDL path.", 0, "WSDL path"),
    ('{"code": "Unauthorized", "message": "The clientId header is required"}', 401, "client ID"),
    ('{"code": "UserNotAuthenticated", "message": "no"}', 0, "security role"),
    ("ssl.SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED self-signed certificate", 0, "certificate"),
    ("ProxyError: 407 Proxy Authentication Required", 0, "proxy"),
    ("curl: (6) Could not resolve host: api.cloud-element.com", 0, "host name"),
    ("ReadTimeout: The read operation timed out", 0, "slow"),
    ("connect ECONNREFUSED 127.0.0.1:8080", 0, "listens"),
    ("<html><title>Sign in</title></html>", 0, "not the platform"),
]


@pytest.mark.parametrize(("text", "status", "first"), CASES)
def test_known_errors(text, status, first):
    explained = explain_error(text)
    if status:
        assert explained.status == status
    assert first in explained.causes[0].cause
    assert all(cause.check for cause in explained.causes)


def test_the_public_name_explains():
    assert cwkit.explain_error is explain_error


def test_the_request_id_is_always_shown():
    for shown in (str(explain_error(answer("x"))), explain_error(answer("x"))._repr_html_()):
        assert ID in shown
    assert "Request id: none was given" in str(explain_error("nothing known"))


def test_an_exception_of_the_platform_brings_everything_along():
    error = Unauthorized("Invalid token", status=401, request_id=ID, method="GET", url="https://x/instances")
    explained = explain_error(error)
    assert (explained.status, explained.request_id, explained.message) == (401, ID, "Invalid token")
    assert explain_error(Forbidden("no", status=403)).causes[0].cause == "The instance is disabled."


def test_an_exception_of_the_network_is_explained_through_its_cause():
    try:
        raise NotReached("It did not work") from httpx.ConnectError("[Errno -2] Name or service not known")
    except NotReached as error:
        explained = explain_error(error)
    assert "host name" in explained.causes[0].cause


def test_what_is_wrong_with_a_header_in_a_transcript_comes_first():
    same = "> Authorization: User abcDEF123=, Organization abcDEF123=\n< HTTP/1.1 401 Unauthorized"
    assert "same secret" in explain_error(same).causes[0].cause
    bearer = "Authorization: Bearer abcDEF123456\nHTTP/1.1 401"
    assert "Basic or Bearer" in explain_error(bearer).causes[0].cause
    alone = "Authorization: Organization abcDEF123=\nHTTP/1.1 401"
    assert "no User secret" in explain_error(alone).causes[0].cause


def test_no_secret_of_a_transcript_is_shown():
    header = "Authorization: User s3cretUser123=, Organization s3cretOrg456="
    text = f"> {header}\n< HTTP/1.1 401\nbad User s3cretUser123="
    explained = explain_error(text)
    assert "s3cret" not in str(explained) + explained._repr_html_() + explained.table().to_string()


def test_the_table_is_in_order():
    table = explain_error(CASES[0][0]).table()
    assert list(table.index) == list(range(1, len(table) + 1))
    assert list(table.columns) == ["cause", "check"]


def test_unknown_and_blank_texts():
    assert "Nothing is known" in explain_error("flurb").causes[0].cause
    with pytest.raises(ReadError):
        explain_error("  ")


def test_markup_in_a_message_is_shown_as_text():
    assert "<img" not in explain_error(answer("<img src=x onerror=alert(1)>"))._repr_html_()
