"""Every site that can be picked makes an address that needs no repair."""

import pytest

from cwkit.elements import check_field, shipped
from cwkit.elements.connectwise import SITES, site_choices

FIELDS = [("connectwisecrmrest", "baseUrl"), ("connectwisehd", "helpdesk.connectwise.server.url")]


@pytest.mark.parametrize(("element", "key"), FIELDS)
def test_a_picked_address_is_right_as_it_is(element, key):
    choices = site_choices(element, key)
    assert [site.name for site in choices.sites] == list(SITES)
    for site in choices.sites:
        check = check_field(shipped(element), key, site.address)
        assert (check.value, check.repairs, check.problem) == (site.address, (), None)


@pytest.mark.parametrize(("element", "key"), FIELDS)
def test_a_host_of_ones_own_makes_an_address(element, key):
    own = site_choices(element, key).own_host.replace("{host}", "psa.example.com")
    assert check_field(shipped(element), key, own).value == own


def test_other_fields_have_nothing_to_pick():
    assert site_choices("connectwisecrmrest", "company") is None
    assert site_choices("docvault", "baseUrl") is None
