"""All instances in one table."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.inputs import instance
from cwkit import fleet
from cwkit.instances import Instance
from cwkit.redaction import MASK


def test_one_row_an_instance(fleet_of_60):
    table = fleet.instances_table(fleet_of_60)
    assert list(table.index) == [one.id for one in fleet_of_60]
    assert (table["polled_resources"] == 5).all()
    assert str(table["created"].dt.tz) == "UTC"
    assert set(table["token"]) == {MASK}


def test_the_long_table_is_every_configuration_table_below_the_other(fleet_of_60):
    table = fleet.configuration_table(fleet_of_60)
    one = fleet_of_60[7]
    own = table.loc[one.id].drop(columns=["name", "element"])
    assert own.to_dict("index") == one.configuration_table().to_dict("index")
    assert len(table) == sum(len(each.configuration) for each in fleet_of_60)


def test_the_wide_table_has_a_column_for_each_key(fleet_of_60):
    table = fleet.configuration_table(fleet_of_60, "wide")
    assert set(fleet_of_60[0].configuration) <= set(table.columns)
    assert set(table["event.poller.refresh_interval"]) <= {5, 15, 30, 60}
    assert set(table["private.key"]) == {MASK}


def test_instances_with_other_keys_stand_beside_each_other(acme):
    other = Instance(id=9, name="Other", element_key="ledgerline", configuration={"region": "us"})
    assert fleet.configuration_table([acme, other], "wide").loc[9, "region"] == "us"
    long = fleet.configuration_table([other, acme])
    assert long.loc[(9, "region"), "value"] == "us"
    assert long.loc[(acme.id, "company"), "name"] == acme.name


def test_every_polled_resource_has_a_row(fleet_of_60):
    table = fleet.pollers_table(fleet_of_60)
    one = fleet_of_60[3]
    assert len(table) == 5 * len(fleet_of_60)
    own = table.loc[one.id]
    pd.testing.assert_frame_equal(
        own[one.poller.table().columns].astype("object"),
        one.poller.table().astype("object"),
        check_names=False,
    )
    assert set(own["interval_min"]) == {int(one.configuration["event.poller.refresh_interval"])}


def test_a_poller_that_cannot_be_read_has_one_row_that_says_why(acme):
    acme.configuration["event.poller.configuration"] = '{"contacts": '
    table = fleet.pollers_table([acme])
    assert len(table) == 1
    assert table["problem"].iloc[0]


@pytest.mark.parametrize("make", [fleet.instances_table, fleet.configuration_table, fleet.pollers_table])
def test_no_instances_make_an_empty_table_with_its_columns(make):
    table = make([])
    assert len(table) == 0
    assert len(table.columns) > 5


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_tables_are_written_without_secrets(fleet_of_60, tmp_path, ending):
    secrets = [one.token.reveal().encode() for one in fleet_of_60]
    for name, table in {
        "instances": fleet.instances_table(fleet_of_60),
        "configuration": fleet.configuration_table(fleet_of_60),
        "wide": fleet.configuration_table(fleet_of_60, "wide"),
        "pollers": fleet.pollers_table(fleet_of_60),
        "findings": fleet.audit(fleet_of_60).findings,
    }.items():
        written = fleet.export(table, tmp_path / f"{name}.{ending}").read_bytes()
        assert written
        assert not any(secret in written for secret in secrets)


FINGERPRINTS = json.loads((Path(__file__).parents[1] / "fixtures" / "fleet-tables.json").read_text("utf-8"))


def fingerprint(values: list[object]) -> str:
    text = "\x1f".join(f"{type(value).__name__}:{value!s}" for value in values)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("instances", fleet.instances_table),
        ("configuration", fleet.configuration_table),
        ("pollers", fleet.pollers_table),
    ],
)
def test_the_tables_of_300_instances_are_as_the_first_release_made_them(name, make):
    fleet_of_300 = [Instance.from_response(instance(number)) for number in range(300)]
    table = make(fleet_of_300).reset_index()
    assert {column: fingerprint(table[column].tolist()) for column in table} == FINGERPRINTS[name]
