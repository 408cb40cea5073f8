"""ConnectWise's own keys and addresses, as people write them."""

from __future__ import annotations

import pytest

from cwkit.elements import check_field, check_values, shipped
from cwkit.elements.connectwise import base_url_for, right_key

CRM, HELPDESK = shipped("connectwisecrmrest"), shipped("connectwisehd")
NA = "https://api-na.myconnectwise.net"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("baseURL", "baseUrl"),
        ("baseurl", "baseUrl"),
        ("base_url", "baseUrl"),
        ("base.url", "base.url"),
        ("connectwise.clientID", "connectwise.clientid"),
        ("clientId", "connectwise.clientid"),
        ("publicKey", "public.key"),
        ("PRIVATE.KEY", "private.key"),
        ("nonsense", None),
    ],
)
def test_a_crm_key_is_known_in_every_spelling(written: str, meant: str | None) -> None:
    assert right_key(CRM, written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("company", "helpdesk.connectwise.company"),
        ("public.key", "helpdesk.connectwise.username"),
        ("private.key", "helpdesk.connectwise.password"),
        ("wsdlPath", "helpdesk.connectwise.wsdl.path"),
        ("helpdesk.connectwise.Server.URL", "helpdesk.connectwise.server.url"),
    ],
)
def test_the_helpdesk_keys_of_the_documentation_table_mean_the_real_ones(written: str, meant: str) -> None:
    assert right_key(HELPDESK, written) == meant


def test_one_value_under_two_spellings_is_refused_unless_they_agree() -> None:
    both = check_values(CRM, {"baseUrl": NA, "baseURL": "https://api-eu.myconnectwise.net"})
    assert "given-twice" in [problem.code for problem in both.problems]
    same = check_values(CRM, {"baseUrl": NA, "baseURL": NA})
    assert "given-twice" not in [problem.code for problem in same.problems]


@pytest.mark.parametrize(
    "pasted",
    [
        "na.myconnectwise.net",
        "api-na.myconnectwise.net",
        "http://api-na.myconnectwise.net",
        "https://na.myconnectwise.net/v4_6_release/ConnectWise.aspx?locale=en_US&session=1",
        "<https://api-na.myconnectwise.net/v4_6_release/apis/3.0>",
        "https://api-<na.myconnectwise.net>/v4_6_release/apis/3.0/",
        " HTTPS://API-NA.MyConnectWise.net/v4_6_release/apis/3.0 ",
        "https://api-na.myconnectwise.net/v4_6_release/apis/2.0/",
    ],
)
def test_a_crm_address_is_put_in_order_and_the_repair_is_told(pasted: str) -> None:
    check = check_field(CRM, "baseUrl", pasted)
    assert check.value == f"{NA}/v4_6_release/apis/3.0"
    assert check.problem is None
    assert check.repairs


def test_a_site_of_ones_own_gets_no_api_prefix() -> None:
    assert (
        check_field(CRM, "baseUrl", "psa.acme.example").value
        == "https://psa.acme.example/v4_6_release/apis/3.0"
    )


@pytest.mark.parametrize(
    "refused",
    ["https://{siteUrl}/v4_6_release/apis/3.0", "https://", "not an address", "ftp://x.org", "https://[::1"],
)
def test_an_address_without_a_meaning_is_refused(refused: str) -> None:
    assert check_field(CRM, "baseUrl", refused).problem


def test_the_documentation_example_host_is_a_placeholder() -> None:
    for printed in (
        "https://api-<MYCONNECTWISE.COM>/v4_6_release/apis/3.0",
        "https://api-<MYCONNECTWISE.COM/v4_6_release/apis/3.0>",
    ):
        problem = check_field(CRM, "baseUrl", printed).problem
        assert problem
        assert problem.code == "placeholder"


def test_an_address_over_64_characters_is_refused() -> None:
    problem = check_field(CRM, "baseUrl", f"https://{'a' * 40}.example/v4_6_release/apis/3.0").problem
    assert problem
    assert problem.code == "too-long"


@pytest.mark.parametrize(
    ("pasted", "path"),
    [
        ("https://my.connectwise.com/v2017_2/ConnectWise.aspx?locale=en_US&session=1", "/v2017_2/apis/2.0/"),
        ("v2017_2/apis/2.0", "/v2017_2/apis/2.0/"),
        ("/v4_6_release/apis/3.0", "/v4_6_release/apis/2.0/"),
        ("my.connectwise.com/v2015_3/x", "/v2015_3/apis/2.0/"),
        ("</v2017_2/apis/2.0/>", "/v2017_2/apis/2.0/"),
    ],
)
def test_the_wsdl_path_is_taken_out_of_what_is_pasted(pasted: str, path: str) -> None:
    assert check_field(HELPDESK, "helpdesk.connectwise.wsdl.path", pasted).value == path


def test_a_wsdl_path_without_a_version_is_refused() -> None:
    assert check_field(HELPDESK, "helpdesk.connectwise.wsdl.path", "/apis/2.0/").problem


def test_only_the_site_stays_of_a_server_url_and_its_version_is_told() -> None:
    check = check_field(
        HELPDESK,
        "helpdesk.connectwise.server.url",
        "https://na.myconnectwise.net/v2017_2/ConnectWise.aspx?x=1",
    )
    assert check.value == NA
    assert any("/v2017_2/apis/2.0/" in repair.reason for repair in check.repairs)


@pytest.mark.parametrize(
    "text", ["{01234567-89ab-cdef-0123-456789abcdef}", "0123456789abcdef0123456789abcdef"]
)
def test_a_client_id_is_put_in_its_usual_form(text: str) -> None:
    assert check_field(CRM, "connectwise.clientid", text).value == "01234567-89ab-cdef-0123-456789abcdef"


def test_joined_and_mistaken_values_are_refused() -> None:
    assert check_field(CRM, "public.key", "acme+abc:def").problem
    assert check_field(CRM, "company", "acme+abc").problem
    assert check_field(CRM, "company", "https://na.myconnectwise.net").problem
    assert check_field(CRM, "connectwise.clientid", "my client").problem


def test_the_same_key_twice_is_noticed() -> None:
    check = check_values(CRM, {"public.key": "abcdef", "private.key": "abcdef"})
    assert "keys-equal" in [problem.code for problem in check.problems]


@pytest.mark.parametrize("site", ["na", "eu", "au", "staging", "psa.acme.example"])
def test_an_address_put_together_from_a_site_passes_its_own_check(site: str) -> None:
    check = check_field(CRM, "baseUrl", base_url_for(site))
    assert check.problem is None
    assert not check.repairs
