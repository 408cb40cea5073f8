"""Elements and their configuration fields."""

from __future__ import annotations

import pytest

from cwkit.elements import ConfigurationField, Element, configuration_text, shipped, shipped_keys
from cwkit.errors import UnknownElement
from cwkit.events import PollerConfiguration


def test_both_connectwise_elements_come_with_the_package() -> None:
    assert shipped_keys() == ("connectwisehd", "connectwisecrmrest")
    assert shipped("connectwisehd").hub == "helpdesk"
    assert shipped("connectwisecrmrest").hub == "crm"


def test_another_element_is_not_shipped_and_the_error_says_how_to_get_it() -> None:
    with pytest.raises(UnknownElement, match=r"platform\.elements\.get\('hubspot'\)"):
        shipped("hubspot")


def test_required_fields_are_those_that_the_platform_requires_in_display_order() -> None:
    assert [field.key for field in shipped("connectwisehd").section("required")] == [
        "helpdesk.connectwise.server.url",
        "helpdesk.connectwise.company",
        "helpdesk.connectwise.username",
        "helpdesk.connectwise.password",
        "helpdesk.connectwise.wsdl.path",
    ]
    assert [field.key for field in shipped("connectwisecrmrest").section("required")] == [
        "baseUrl",
        "connectwise.clientid",
        "company",
        "public.key",
        "private.key",
    ]


def test_every_field_belongs_to_one_section() -> None:
    element = shipped("connectwisecrmrest")
    sections = ("required", "events", "optional", "advanced", "internal")
    keys = [field.key for name in sections for field in element.section(name)]
    assert sorted(keys) == sorted(element.fields)
    assert "event.vendor.type" in [field.key for field in element.section("internal")]


@pytest.mark.parametrize(
    ("kind", "length"),
    [
        ("TEXTFIELD_32", 32),
        ("TEXTFIELD_64", 64),
        ("TEXTFIELD_1000", 1000),
        ("TEXTAREA", None),
        ("PASSWORD", None),
    ],
)
def test_the_number_in_the_type_is_the_length(kind: str, length: int | None) -> None:
    assert ConfigurationField(key="a", type=kind).max_length == length


def test_secret_are_passwords_and_the_signature_key_whatever_their_type() -> None:
    assert ConfigurationField(key="a", type="PASSWORD").is_secret
    assert shipped("connectwisehd").fields["event.notification.signature.key"].is_secret
    assert not shipped("connectwisecrmrest").fields["public.key"].is_secret
    assert shipped("connectwisecrmrest").is_secret("my.other.password")


def test_odd_definitions_are_read_and_unknown_keys_kept() -> None:
    element = Element.model_validate(
        {
            "key": "x",
            "name": None,
            "colour": "blue",
            "configuration": [
                {"key": "a", "defaultValue": True, "options": None, "required": None, "icon": "i"},
                {"key": "b", "type": "COMBO", "options": [{"name": "One", "value": 1}]},
            ],
        }
    )
    assert element.model_extra == {"colour": "blue"}
    assert element.fields["a"].default_value == "true"
    assert element.fields["a"].model_extra == {"icon": "i"}
    assert element.fields["b"].options[0].value == "1"


def test_how_an_element_learns_of_changes() -> None:
    assert shipped("connectwisehd").event_method == "webhook"
    assert shipped("connectwisecrmrest").event_method == "polling"
    assert Element(key="x").event_method is None


def test_the_table_of_fields_is_in_the_order_of_the_form() -> None:
    table = shipped("connectwisecrmrest").table()
    assert table.index.name == "key"
    assert list(table.columns) == [
        "label",
        "section",
        "type",
        "max_length",
        "secret",
        "default",
        "description",
    ]
    assert list(table["section"].drop_duplicates()) == [
        "required",
        "events",
        "optional",
        "advanced",
        "internal",
    ]
    assert table.loc["baseUrl", "max_length"] == 64
    assert len(table) == len(shipped("connectwisecrmrest").fields)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (False, "false"),
        (15, "15"),
        ("as it is", "as it is"),
        ({"contacts": {"url": "/hubs/crm/contacts", "é": [1, None, True]}},
         '{"contacts":{"url":"/hubs/crm/contacts","é":[1,null,true]}}'),
        ([1, "two"], '[1,"two"]'),
        (PollerConfiguration.parse('{"contacts": {"url": "/hubs/crm/contacts"}}'),
         '{"contacts":{"url":"/hubs/crm/contacts"}}'),
    ],
)  # fmt: skip
def test_a_value_becomes_the_text_in_the_request(value, text):
    assert configuration_text(value) == text
