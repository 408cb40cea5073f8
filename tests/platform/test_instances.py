"""Instances: created, listed, read, changed and deleted, on the sandbox and on strange answers."""

import pytest

from cwkit import Secret, errors
from cwkit.events import PollerConfiguration
from cwkit.platform import Platform, Profile
from cwkit.provisioning import is_creation_tag, ledger

from .conftest import QUICK

CRM, HELPDESK = "connectwisecrmrest", "connectwisehd"


@pytest.fixture
def made(platform, box):
    return platform.instances.create(HELPDESK, name="Acme", configuration=box.demo[HELPDESK], tags=["a", "b"])


@pytest.mark.parametrize("key", [CRM, HELPDESK, "ledgerline"])
def test_an_instance_is_created_with_token_and_creation_tag(platform, box, key):
    made = platform.instances.create(key, name=f"of {key}", configuration=box.demo[key])
    assert made.token
    assert made.element_key == key
    assert [is_creation_tag(tag) for tag in made.tags] == [True]
    row = ledger(platform.ledger).loc[made.tags[0]]
    assert (row["state"], row["instance_id"], row["name"]) == ("done", str(made.id), f"of {key}")


def test_misspelt_keys_are_repaired_and_told(platform, box):
    demo = {**box.demo[CRM]}
    misspelt = {
        "baseURL": demo.pop("baseUrl"),
        "connectwise.clientID": demo.pop("connectwise.clientid"),
        **demo,
    }
    made = platform.instances.create(CRM, name="spelling", configuration=misspelt)
    assert any("baseUrl" in note for note in made.notes)


def test_missing_and_too_long_values_are_told_before_anything_is_sent(platform, box):
    wrong = {"baseUrl": "https://" + "x" * 90 + ".example.com", "company": "c"}
    with pytest.raises(errors.FieldErrors) as caught:
        platform.instances.create(CRM, name="n", configuration=wrong)
    assert {problem.key for problem in caught.value.problems} >= {"private.key", "public.key"}
    assert ledger(platform.ledger).empty


@pytest.mark.parametrize(
    ("name", "tags", "message"),
    [("n", ["a", "b", "a "], "'a' is given twice"), ("n", ["a", ""], "tag is empty"), ("  ", [], "no name")],
)
def test_names_and_tags_that_cannot_be_used_are_told(platform, box, name, tags, message):
    with pytest.raises(errors.InputError, match=message):
        platform.instances.create(HELPDESK, name=name, configuration=box.demo[HELPDESK], tags=tags)


def test_what_the_provider_refuses_is_failed_and_its_message_told(platform, box):
    wrong = {**box.demo[HELPDESK], "helpdesk.connectwise.password": "not-the-password-1"}
    with pytest.raises(errors.BadRequest) as caught:
        platform.instances.create(HELPDESK, name="refused", configuration=wrong)
    assert "credentials" in caught.value.fix
    row = ledger(platform.ledger).iloc[0]
    assert (row["state"], row["request_id"]) == ("failed", caught.value.request_id)
    assert "not-the-password-1" not in row["error"] + str(caught.value)


def test_a_search_is_an_exact_list_and_one_without_a_find_is_empty(platform, made):
    assert made.id in [one.id for one in platform.instances.list(tags=["a", "b"])]
    assert platform.instances.list(tags=["a", "c"]) == []
    assert platform.instances.list(search="nothing is called so") == []


def test_a_list_reads_all_pages(platform, box, monkeypatch):
    monkeypatch.setattr("cwkit.platform.instance_calls.PAGE_SIZE", 2)
    for number in range(5):
        platform.instances.create(
            "ledgerline", name=f"p{number}", configuration=box.demo["ledgerline"], tags=["pg"]
        )
    assert [one.name for one in platform.instances.list(tags=["pg"])] == ["p0", "p1", "p2", "p3", "p4"]


def test_an_endless_list_is_an_error(strange, stand_in):
    stand_in.says((200, [{"id": 1}], {"Elements-Next-Page-Token": "same"}))
    with pytest.raises(errors.NotThePlatform, match="not complete"):
        strange.instances.list()


def test_odd_items_in_a_list_are_tolerated(strange, stand_in):
    items = [None, "x", 7, {}, {"id": 5, "tags": [{"id": 1, "name": "t"}], "element": None, "elementId": 12}]
    stand_in.says((200, items))
    assert [one.id for one in strange.instances.list()] == [None, 5]


def test_reading_gives_the_token(platform, made):
    assert platform.instances.get(made.id).token == made.token
    assert platform.instances.get(made).name == "Acme"


@pytest.mark.parametrize("task", ["get", "delete", "enable", "disable", "configuration"])
def test_an_id_that_does_not_exist_says_where_to_look(platform, task):
    with pytest.raises(errors.NotFound) as caught:
        getattr(platform.instances, task)(987654)
    assert "987654" in str(caught.value)
    assert "platform.instances.list()" in caught.value.fix


@pytest.mark.parametrize("wrong", ["", None, " ", ".."])
def test_what_is_no_id_is_told(platform, wrong):
    with pytest.raises(errors.InputError, match="not an instance id"):
        platform.instances.get(wrong)


def test_parts_can_be_changed(platform, made):
    changed = platform.instances.update(made.id, name="New", tags=["z"])
    assert (changed.name, changed.tags) == ("New", ["z"])
    with pytest.raises(errors.InputError, match="nothing to change"):
        platform.instances.update(made.id)


def test_a_whole_instance_can_be_replaced(platform, box, made):
    values = {**box.demo[HELPDESK], "helpdesk.connectwise.wsdl.path": "/v4_6_release/apis/2.0/"}
    replaced = platform.instances.replace(made.id, name="Whole", configuration=values, reauthenticate=True)
    assert (replaced.id, replaced.name, replaced.tags) == (made.id, "Whole", [])


def test_one_configuration_value_can_be_set_by_its_key(platform, made):
    platform.instances.set_configuration(made.id, "filter.response.nulls", False)
    assert platform.instances.configuration(made.id)["filter.response.nulls"] == "false"
    assert isinstance(platform.instances.configuration(made.id)["helpdesk.connectwise.password"], Secret)
    with pytest.raises(errors.InputError, match=r"no configuration value 'no\.such'"):
        platform.instances.set_configuration(made.id, "no.such", 1)


def test_disabling_and_enabling_show(platform, made):
    platform.instances.disable(made)
    assert platform.instances.get(made).disabled
    platform.instances.enable(made)
    assert not platform.instances.get(made).disabled


@pytest.mark.parametrize("fault", ["drop_after", "500_after", "503", "drop_before"])
def test_a_deletion_whose_answer_is_lost_is_done_all_the_same(platform, box, made, fault):
    box.fail_next(fault, route="DELETE /instances/*", seconds=0)
    platform.instances.delete(made.id)
    assert made.id not in [one.id for one in platform.instances.list()]


def test_an_answer_without_token_is_completed_by_reading(strange, stand_in, box):
    stand_in.says((200, {"id": 5}), (200, {"id": 5, "token": "t-5"}))
    made = strange.instances.create(HELPDESK, name="n", configuration=box.demo[HELPDESK])
    assert made.token == Secret("t-5")


def test_an_instance_whose_token_cannot_be_read_stands_and_says_so(strange, stand_in, box):
    stand_in.says((200, {"id": 5}), (403, {"message": "Not now."}))
    made = strange.instances.create(HELPDESK, name="n", configuration=box.demo[HELPDESK])
    assert made.token is None
    assert any("Not now." in note for note in made.notes)


def test_a_password_that_comes_back_in_clear_is_wrapped(strange, stand_in, box):
    password = box.demo[HELPDESK]["helpdesk.connectwise.password"].reveal()
    answer = {
        "id": 5,
        "token": "t",
        "configuration": {"helpdesk.connectwise.password": password},
        "x": password,
    }
    stand_in.says((200, answer))
    made = strange.instances.create(HELPDESK, name="n", configuration=box.demo[HELPDESK])
    assert made.configuration["helpdesk.connectwise.password"] == Secret(password)
    assert password not in repr(made.model_dump())


def test_wrong_secrets_are_told_with_the_profile(box):
    swapped = Profile("swapped", box.url, box.profile.organization_secret, box.profile.user_secret)
    with Platform(swapped, **QUICK) as platform:
        with pytest.raises(errors.Unauthorized, match="easily swapped"):
            platform.instances.list()
        with pytest.raises(errors.Unauthorized, match="easily swapped"):
            platform.instances.create(HELPDESK, name="n", configuration=box.demo[HELPDESK])


def test_a_poller_given_as_an_object_or_mapping_is_stored_as_json(platform, box):
    made = platform.instances.create(
        "connectwisecrmrest", name="pollers", configuration=box.demo["connectwisecrmrest"]
    )
    poller = PollerConfiguration.parse({"contacts": {"url": "/hubs/crm/contacts", "idField": "id"}})
    key, text = "event.poller.configuration", '{"contacts":{"url":"/hubs/crm/contacts","idField":"id"}}'
    platform.instances.set_configuration(made.id, key, poller)
    assert platform.instances.get(made.id).configuration[key] == text
    platform.instances.update(made.id, configuration={key: {"incidents": {"url": "/hubs/crm/incidents"}}})
    assert platform.instances.get(made.id).configuration[key] == '{"incidents":{"url":"/hubs/crm/incidents"}}'
    values = {**box.demo["connectwisecrmrest"], key: poller.to_dict()}
    again = platform.instances.create("connectwisecrmrest", name="pollers 2", configuration=values)
    assert platform.instances.get(again.id).configuration[key] == text
