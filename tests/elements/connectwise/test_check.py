"""The check at the source says which part is wrong, and sends secrets nowhere but to the given site."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cwkit.elements.connectwise.credentials_check import Answer, CheckResult, check
from cwkit.redaction import Secret

SITE = "https://api-na.myconnectwise.net"
CRM = {
    "baseUrl": f"{SITE}/v4_6_release/apis/3.0",
    "company": "acme",
    "public.key": "public123",
    "private.key": Secret("private456"),
    "connectwise.clientid": "01234567-89ab-cdef-0123-456789abcdef",
}
HELPDESK = {
    "helpdesk.connectwise.server.url": SITE,
    "helpdesk.connectwise.company": "acme",
    "helpdesk.connectwise.username": "me",
    "helpdesk.connectwise.password": Secret("private456"),
    "helpdesk.connectwise.wsdl.path": "/v2017_2/apis/2.0/",
}
INFO = {"CompanyName": "Acme Inc", "Codebase": "v4_6_release/", "SiteUrl": "api-na.myconnectwise.net"}


class ConnectWise:
    """Answers by the end of the address; remembers what it was asked."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = {
            "companyinfo": Answer(200, INFO),
            "info": Answer(200, {}),
            "contacts": Answer(200, []),
        }
        self.answers.update(answers)
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, url: str, headers: Mapping[str, Any]) -> Answer:
        self.asked.append((url, headers))
        part = "companyinfo" if "companyinfo" in url else "contacts" if "contacts" in url else "info"
        return self.answers[part]


def outcomes(result: CheckResult) -> dict[str, str]:
    return {step.part: step.outcome for step in result.steps}


def test_right_values_are_right():
    connectwise = ConnectWise()
    result = check(CRM, connectwise)
    assert result.ok
    assert outcomes(result) == {"site": "right", "company": "right", "client id": "right", "keys": "right"}
    assert [url for url, _ in connectwise.asked] == [
        f"{SITE}/login/companyinfo/acme",
        f"{SITE}/v4_6_release/apis/3.0/system/info",
    ]


def test_company_info_is_asked_without_any_secret():
    connectwise = ConnectWise()
    check(CRM, connectwise)
    assert connectwise.asked[0][1] == {}
    assert isinstance(connectwise.asked[1][1]["Authorization"], Secret)


REFUSED = Answer(401, {"code": "Unauthorized", "message": "no"})
NARROW = Answer(403, {"code": "UserNotAuthenticated", "message": "role"})
CLIENT = Answer(401, {"code": "ClientId", "message": "A registered clientId is required"})


@pytest.mark.parametrize(
    ("answers", "part", "outcome"),
    [
        ({"companyinfo": Answer(problem="unknown-host")}, "site", "wrong"),
        ({"companyinfo": Answer(problem="timeout")}, "site", "unclear"),
        ({"companyinfo": Answer(problem="certificate")}, "site", "unclear"),
        ({"companyinfo": Answer(200, problem="not-json")}, "site", "unclear"),
        ({"companyinfo": Answer(503)}, "site", "unclear"),
        ({"companyinfo": Answer(302)}, "site", "unclear"),
        ({"companyinfo": Answer(200, None)}, "company", "wrong"),
        ({"companyinfo": Answer(404)}, "company", "wrong"),
        ({"info": REFUSED, "contacts": REFUSED}, "keys", "wrong"),
        ({"info": CLIENT, "contacts": CLIENT}, "client id", "wrong"),
        ({"info": NARROW, "contacts": NARROW}, "rights", "wrong"),
        ({"info": Answer(404), "contacts": Answer(404)}, "site", "wrong"),
        ({"info": REFUSED, "contacts": Answer(problem="timeout")}, "keys", "unclear"),
    ],
)
def test_the_part_that_is_wrong_is_named(answers, part, outcome):
    result = check(CRM, ConnectWise(**answers))
    assert not result.ok
    step = result.steps[-1]
    assert (step.part, step.outcome) == (part, outcome)
    assert step.fix


def test_a_key_with_a_narrow_role_that_may_read_contacts_is_enough():
    result = check(CRM, ConnectWise(info=NARROW))
    assert result.ok
    assert "narrow" in str(result)


def test_the_right_host_is_told_and_gets_no_secret():
    elsewhere = {**INFO, "SiteUrl": "api-eu.myconnectwise.net"}
    connectwise = ConnectWise(companyinfo=Answer(200, elsewhere))
    result = check(CRM, connectwise)
    assert result.wrong == ("site",)
    assert result.values == {"baseUrl": "https://api-eu.myconnectwise.net/v4_6_release/apis/3.0"}
    assert len(connectwise.asked) == 1


def test_misspelt_keys_and_repairable_addresses_are_understood():
    values = {**CRM, "baseURL": "na.myconnectwise.net"}
    del values["baseUrl"]
    assert check(values, ConnectWise()).ok


@pytest.mark.parametrize("values", [{}, {**CRM, "baseUrl": "<URL>"}, {**CRM, "company": ""}])
def test_without_site_or_company_nobody_is_asked(values):
    connectwise = ConnectWise()
    assert not check(values, connectwise).ok
    assert connectwise.asked == []


def test_missing_keys_are_not_checked():
    result = check({**CRM, "private.key": None}, ConnectWise())
    assert outcomes(result)["keys"] == "not checked"


def test_the_wsdl_path_is_compared_with_the_sites_version():
    result = check(HELPDESK, ConnectWise())
    assert result.wrong == ("wsdl path",)
    assert result.values == {"helpdesk.connectwise.wsdl.path": "/v4_6_release/apis/2.0/"}
    moved = ConnectWise(companyinfo=Answer(200, {**INFO, "Codebase": "v2017_2/"}))
    assert outcomes(check(HELPDESK, moved))["wsdl path"] == "right"


def test_the_result_is_a_table_and_text_without_secrets():
    result = check(CRM, ConnectWise(info=REFUSED, contacts=REFUSED))
    assert list(result.table().columns) == ["outcome", "message", "fix"]
    assert "private456" not in f"{result}{result!r}{result._repr_html_()}{result.table()}"
