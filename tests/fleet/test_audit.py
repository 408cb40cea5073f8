"""What is wrong with a fleet, and where its instances differ from one that is right."""

from __future__ import annotations

from cwkit import fleet
from cwkit.instances import Instance
from cwkit.redaction import MASK, Secret


def test_an_audit_holds_the_findings_of_every_instance(fleet_of_60):
    audit = fleet.audit(fleet_of_60)
    one = next(each for each in fleet_of_60 if each.disabled)
    own = audit.findings.loc[one.id].drop(columns=["name", "element"])
    assert own.to_dict("records") == one.findings().to_dict("records")
    assert audit.instances == 60


def test_the_counts_begin_with_the_gravest(fleet_of_60):
    audit = fleet.audit(fleet_of_60)
    counts = audit.counts
    assert counts["findings"].sum() == len(audit.findings)
    assert counts["severity"].to_list() == sorted(counts["severity"], key=["error", "warning", "info"].index)
    assert counts.loc["disabled", "instances"] == sum(bool(one.disabled) for one in fleet_of_60)
    assert counts.loc["created-is-updated", "findings"] == 4 * counts.loc["created-is-updated", "instances"]


def test_the_worst_have_errors(fleet_of_60):
    worst = fleet.audit(fleet_of_60).worst(3)
    assert len(worst) == 3
    assert worst["error"].iloc[0] >= 1


def test_an_audit_of_nothing_says_so():
    audit = fleet.audit([])
    assert repr(audit) == "<Audit of 0 instances: 0 error, 0 warning, 0 info; 0 without any finding>"
    assert len(audit.counts) == len(audit.worst()) == 0


def changed(instance: Instance, **values: object) -> Instance:
    copy = instance.model_copy(deep=True)
    copy.id = 7
    copy.configuration.update({key.replace("__", "."): value for key, value in values.items()})
    return copy


def test_drift_tells_what_was_changed_what_is_missing_and_what_is_extra(acme):
    drifted = changed(acme, event__poller__refresh_interval="90", filter__response__nulls="", own__key="x")
    table = fleet.drift(acme, [acme, drifted])
    assert table.loc[(7, "event.poller.refresh_interval"), ["kind", "value", "reference"]].to_list() == [
        "changed", "90", acme.configuration["event.poller.refresh_interval"],
    ]  # fmt: skip
    assert table.loc[(7, "filter.response.nulls"), "kind"] == "missing"
    assert table.loc[(7, "own.key"), "kind"] == "extra"
    assert len(table) == 3


def test_a_poller_is_compared_by_its_parts(acme):
    poller = acme.poller.with_resource("contacts", {**acme.poller["contacts"].data, "idField": "guid"})
    drifted = changed(acme, event__poller__configuration=poller.to_json())
    spaced = changed(
        acme,
        event__poller__configuration=acme.configuration["event.poller.configuration"].replace(":{", ": {"),
    )
    table = fleet.drift(acme, [drifted])
    assert list(table.index) == [(7, "event.poller.configuration › contacts.idField")]
    assert fleet.drift(acme, [spaced]).empty


def test_what_is_each_customers_own_is_no_drift_unless_it_is_asked_for(acme):
    drifted = changed(acme, company="another")
    assert fleet.drift(acme, [drifted]).empty
    assert fleet.drift(acme, [drifted], keys=["company"]).loc[(7, "company"), "value"] == "another"
    assert fleet.drift(acme, [changed(acme, own__key="x")], ignore=["own.key"]).empty


def test_secrets_are_not_told_and_other_elements_left_out(acme):
    other = Instance(id=9, element_key="connectwisehd")
    drifted = changed(acme, event__notification__basic__password="hunter2-long", own__setting="x")
    table = fleet.drift(acme, [Instance.from_response(drifted.model_dump(by_alias=True) | {"id": 7}), other])
    assert table.attrs["skipped"] == [9]
    assert "hunter2" not in table.to_csv()
    assert table.loc[7, "value"].to_list() == ["x"]
    assert fleet.drift(acme, [changed(acme, own__key=Secret("hunter2"))])["value"].to_list() == [MASK]
