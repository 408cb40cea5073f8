"""What people give as a base URL, and what it becomes."""

import pytest

from cwkit.errors import ProfileError
from cwkit.profile import tidy_base_url

US = "https://api.cloud-elements.com/elements/api-v2"


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("us", US),
        ("EU", "https://api.cloud-elements.co.uk/elements/api-v2"),
        ("staging", "https://staging.cloud-elements.com/elements/api-v2"),
        ("us2", "https://api.openconnectors.us2.ext.hana.ondemand.com/elements/api-v2"),
        ("sap-eu10", "https://api.openconnectors.eu10.ext.hana.ondemand.com/elements/api-v2"),
        ("https://api.cloud-elements.com", US),
        ("https://api.cloud-elements.com/", US),
        ("http://api.cloud-elements.com/elements", US),
        ("api.cloud-elements.com", US),
        (" <https://api.cloud-elements.com/elements/api-v2/instances> ", US),
        ("https://proxy.example.com/ce/elements/api-v2/", "https://proxy.example.com/ce/elements/api-v2"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/elements/api-v2"),
        ("localhost:8080", "http://localhost:8080/elements/api-v2"),
        ("http://[::1]:8080/elements/api-v2", "http://[::1]:8080/elements/api-v2"),
    ],
)
def test_what_is_meant_is_understood(given, meant):
    assert tidy_base_url(given) == meant
    assert tidy_base_url(meant) == meant


@pytest.mark.parametrize(
    "given",
    ["", "nowhere", "ftp://api.cloud-elements.com", "https://", "https://a b.com", "http://[::1", "x:y"],
)
def test_what_is_no_address_is_refused_with_the_choices(given):
    with pytest.raises(ProfileError) as caught:
        tidy_base_url(given)
    assert "us, eu, staging, snapshot" in caught.value.fix


def test_a_login_in_the_address_is_refused_without_showing_it():
    with pytest.raises(ProfileError) as caught:
        tidy_base_url("https://me:hunter22@api.cloud-elements.com")
    assert "hunter22" not in str(caught.value)
