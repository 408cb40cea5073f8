"""The data behind an instance, over real HTTP, with the sandbox's ConnectWise behind it."""

from __future__ import annotations

import pandas as pd
import pytest

from cwkit import ceql, errors, fleet
from cwkit.platform import FilterWarning


@pytest.fixture
def crm(platform, box):
    return platform.hub(create(platform, box, "connectwisecrmrest"))


@pytest.fixture
def helpdesk(platform, box):
    return platform.hub(create(platform, box, "connectwisehd"))


def create(platform, box, element_key, name="Hub test", **values):
    return platform.instances.create(
        element_key, name=name, configuration={**box.demo[element_key], **values}
    )


@pytest.mark.parametrize("paging", ["page", "token"])
def test_both_ways_of_paging_give_the_same_records(crm, paging):
    whole = crm.records("contacts", page_size=2000)
    paged = crm.records("contacts", page_size=90, paging=paging)
    assert len(whole) > 200
    pd.testing.assert_frame_equal(paged, whole[paged.columns])


def test_filters_reach_connectwise_with_dates_and_quotes(crm, helpdesk):
    for hub, field in ((crm, "_info.lastUpdated"), (helpdesk, "lastUpdated")):
        everything = hub.records("contacts")
        middle = everything[field].median().ceil("s")
        later = hub.records("contacts", where=ceql({f"{field}__gt": middle}))
        assert sorted(later["id"]) == sorted(everything.loc[everything[field] > middle, "id"])
    assert crm.records("contacts", where={"lastName": "O'Nobody"}).empty


def test_a_filter_with_the_or_trap_gives_what_it_says(crm):
    everything = crm.records("contacts")
    title, city = everything.loc[0, "title"], everything.loc[0, "city"]
    wanted = everything[(everything["title"] == title) & (everything["city"] == city)]
    with pytest.warns(FilterWarning):
        found = crm.records(
            "contacts",
            where=ceql(title=title, city=city, nickName__ne="Corporal") | ceql(title=title, city=city),
        )
    assert sorted(found["id"]) == sorted(wanted["id"])


def test_a_record_is_created_changed_and_deleted(crm):
    made = crm.create("contacts", {"firstName": "Ann", "lastName": "O'Hara", "company.id": 250})
    assert crm.update("contacts", made["id"], {"title": "Owner"})["title"] == "Owner"
    assert crm.records("contacts", where=ceql(lastName="O'Hara"))["id"].to_list() == [made["id"]]
    crm.delete("contacts", made["id"])
    with pytest.raises(errors.NotFound):
        crm.get("contacts", made["id"])


def test_objects_and_metadata_are_told(crm):
    assert {"contacts", "incidents"} <= set(crm.objects()["object"])
    assert crm.metadata("contacts").index.is_unique
    assert crm.ping()["dateTime"]


def test_bulk_gives_what_reading_gives(crm, tmp_path):
    job = crm.bulk("contacts", where={"inactiveFlag": False})
    frame = job.to_frame()
    read = crm.records("contacts", where={"inactiveFlag": False})
    assert sorted(frame["id"]) == sorted(read["id"])
    assert len(pd.read_csv(job.to_file(tmp_path / "contacts.csv"))) == len(frame)


def test_pages_that_fail_now_and_then_are_read_all_the_same(crm, box):
    whole = crm.records("contacts")
    for fault in ("500", "truncate", "429"):
        box.fail_next(fault, n=1, route="GET /hubs/*")
    again = crm.records("contacts", page_size=50)
    assert again["id"].to_list() == whole["id"].to_list()


def test_a_disabled_instance_tells_its_objects_but_no_records(platform, crm):
    platform.instances.disable(crm.instance.id)
    with pytest.raises(errors.Forbidden):
        crm.records("contacts")
    assert len(crm.objects())


def test_one_key_is_changed_on_many_instances(platform, box):
    key = "event.poller.refresh_interval"
    made = [create(platform, box, "connectwisecrmrest", name=f"Many {n}") for n in range(5)]
    table = fleet.update_many(platform, made, key, 45).apply(progress=False)
    assert set(table["outcome"]) == {"updated"}
    assert {platform.instances.get(one.id).configuration[key] for one in made} == {"45"}
