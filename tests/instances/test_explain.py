"""An error is explained: causes in order with a check for each, and its request id."""

from __future__ import annotations

import httpx
import pytest

import cwkit
from cwkit.errors import FilterError, Forbidden, NotReached, ReadError, Unauthorized
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


NA = "https://api-na.myconnectwise.net/v4_6_release/apis/3.0/company/contacts"
US = "https://api.cloud-elements.com/elements/api-v2"
WRONG_KEYS = "Public and private key, or user name and password, are wrong, swapped or of two pairs."
WHO = [
    (f"401 Client Error: Unauthorized for url: {NA}", "provider", 401, WRONG_KEYS),
    (f"401 Client Error: Unauthorized for url: {US}/instances", "platform", 401,
     "User and organization secret are swapped, or one of them is wrong."),
    (f"HTTP/1.1 502 Bad Gateway\n\n{answer('Request failed', providerMessage='401 Unauthorized')}",
     "provider", 502, WRONG_KEYS),
    ('{"code": "Security", "message": "SSL is required."}', "provider", 0,
     "The address lacks api-: ConnectWise's interface responds only under api-."),
    ('{"error": "ConnectWiseAPI", "message": "Too many requests. Please try again in 30 seconds."}',
     "provider", 429, "ConnectWise accepts only so many calls in a minute."),
    (f"HTTP 429\n{answer('Too many requests')}", "platform", 429, "Too many calls in a short time."),
    (f"HTTP/1.1 404\n{answer('No account found with ID 1234')}", "platform", 404,
     "There is no account with this ID, or these secrets cannot see it."),
    (f"HTTP/1.1 429\n{answer('The response is too large')}", "platform", 429,
     "The request or its response is too large. The platform's limit is 8 MB, and waiting does not help."),
    ("curl: (6) Could not resolve host: api.cloud-element.com", "network", 0, "The host name is misspelt."),
    ("HTTP 503", "", 503, "The platform is temporarily not available."),
    (f"404 Client Error: Not Found for url: {US}/hubs/crm/contact", "platform", 404,
     "The element has no object contact. The nearest name is contacts."),
    ("404 Client Error: Not Found for url: https://example.org/foo", "", 404,
     "The response is from example.org, which is neither the platform nor ConnectWise."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "who", "status", "first"), WHO)
def test_who_answered_and_the_first_cause(text, who, status, first):
    explained = explain_error(text)
    assert (explained.who, explained.status, explained.causes[0].cause) == (who, status, first)


def test_who_answered_comes_first():
    assert explain_error(WHO[0][0]).lines()[0] == "Who answered: the provider (ConnectWise)"
    assert explain_error(WHO[1][0]).lines()[0] == "Who answered: the platform (Cloud Elements)"
    passed_on = "Who answered: the provider (ConnectWise); the platform passed it on"
    assert str(explain_error(WHO[2][0])).splitlines()[0] == passed_on
    assert explain_error("HTTP 503").lines()[0] == "Who answered: not known from this text"
    assert explain_error(FilterError("no")).lines()[0] == "Who answered: you (nothing was sent)"


STATUSES = [
    ("HTTP 503", 503),
    ("HTTP 429\n{}", 429),
    ("HTTP Status 404 – Not Found", 404),
    ("HTTP 500: Internal Server Error", 500),
    ("The remote server returned an error: (401) Unauthorized.", 401),
    ("Request failed with status code 404", 404),
    ("Client error '403 Forbidden' for url 'https://example.org'", 403),
    ("503 Service Unavailable", 503),
    ('{"status": 503, "error": "Service Unavailable"}', 503),
    ("HTTP/2 502", 502),
    ("Response code: 415", 415),
]


@pytest.mark.parametrize(("text", "status"), STATUSES)
def test_every_spelling_of_a_status_is_read(text, status):
    assert explain_error(text).status == status


def test_the_providers_errors_say_which_field_and_which_rule():
    rule = {
        "code": "OutOfRange",
        "message": "The field pageSize must be between 1 and 100.",
        "field": "pageSize",
    }
    explained = explain_error(
        {"code": "InvalidObject", "message": "contact object is invalid", "errors": [rule]}
    )
    assert explained.who == "provider"
    assert explained.causes[0].cause == (
        "pageSize is not accepted: The field pageSize must be between 1 and 100. (OutOfRange)"
    )
    assert explained.causes[1].cause == "The page size is outside the range that ConnectWise accepts."


NO_CAUSE = [
    (answer("The certificate number field is missing"), "certificate with its own"),
    (f"status 400 {answer('timeout is required')}", "took too long"),
    (answer("The conditions of use must be accepted"), "The filter"),
    (answer("The company contact was saved"), "company name"),
    (answer("The public key of the callback was stored"), "Public and private key"),
    (answer("A provider is configured"), "The service behind the platform"),
]


@pytest.mark.parametrize(("text", "cause"), NO_CAUSE)
def test_a_cause_that_only_shares_a_word_with_the_message_is_no_cause(text, cause):
    assert cause not in str(explain_error(text))


def test_too_large_is_never_answered_by_waiting():
    text = str(explain_error(f"HTTP/1.1 429\n{answer('The response is too large')}"))
    assert "a smaller pageSize" in text
    assert "Wait as long" not in text


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
