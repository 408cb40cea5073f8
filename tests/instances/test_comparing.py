"""Only what differs is told, pollers setting by setting, secrets masked."""

from __future__ import annotations

import json

import pytest

from cwkit.elements import shipped
from cwkit.errors import InputError
from cwkit.instances import compare, read_instance

from .conftest import CRM, crm_poller, instance_with, polled


def test_an_instance_does_not_differ_from_itself(seed):
    instance = read_instance(seed[1])
    assert compare(instance, seed[1]).empty


def test_two_instances_differ_where_they_differ():
    table = compare(
        instance_with(name="A"), instance_with(name="B", id=2, configuration={"company": "other"})
    )
    assert list(table.index) == ["name", "company"]
    assert list(table.columns) == ["setting", "A (1)", "B (2)"]
    assert list(table.loc["company"]) == ["", "brightwater", "other"]


def test_the_same_instance_at_two_times_gets_two_columns():
    table = compare(instance_with(), instance_with(disabled=True), instance_with())
    assert list(table.columns) == ["setting", "One (1)", "One (1) #2", "One (1) #3"]
    assert list(table.index) == ["disabled"]


def test_pollers_are_compared_by_resource_and_setting():
    table = compare(polled(), polled(lambda resource: resource.update(idField="recId", pageSize=100)))
    assert list(table["setting"]) == ["incidents: idField", "incidents: pageSize"]
    assert list(table.iloc[1])[1:] == ["(not there)", 100]


def test_pollers_that_are_only_written_differently_are_the_same():
    spaced = json.dumps(crm_poller(), indent=2)
    assert compare(polled(), polled(None, **{"event.poller.configuration": spaced})).empty


def test_an_instance_beside_the_defaults_of_its_element():
    table = compare(read_instance(CRM), shipped("connectwisecrmrest"))
    assert set(table.index) == {"company", "public.key", "connectwise.clientid", "baseUrl"}


def test_secrets_that_differ_are_told_but_not_shown():
    table = compare(
        instance_with(configuration={"private.key": "first-secret"}),
        instance_with(configuration={"private.key": "other-secret"}),
        instance_with(),
    )
    assert list(table.index) == ["private.key"]
    shown = table.to_string()
    assert "first-secret" not in shown
    assert "other-secret" not in shown
    assert "masked by the platform" in shown


def test_blank_and_missing_are_the_same():
    assert compare(instance_with(configuration={"webhookId": ""}), instance_with()).empty


def test_one_thing_cannot_be_compared():
    with pytest.raises(InputError):
        compare(instance_with())
