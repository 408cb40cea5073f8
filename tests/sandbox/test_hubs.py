"""The data behind instances: believable, repeatable, and filtered as in the field, traps included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import cwkit_sandbox as sandboxes
from cwkit_sandbox import Sandbox
from cwkit_sandbox.catalog import shape
from cwkit_sandbox.clock import Clock
from cwkit_sandbox.seed_data import all_data
from tests.sandbox.conftest import CRM, HELPDESK, account, hub, new


@pytest.fixture(scope="module")
def crm(shared: Sandbox) -> Iterator[httpx.Client]:
    with account(shared) as client:
        token = client.post("/instances", json=new(shared, CRM)).json()["token"]
    with hub(shared, token) as data:
        yield data


@pytest.fixture(scope="module")
def helpdesk(shared: Sandbox) -> Iterator[httpx.Client]:
    with account(shared) as client:
        token = client.post("/instances", json=new(shared, HELPDESK)).json()["token"]
    with hub(shared, token) as data:
        yield data


def found(data: httpx.Client, name: str, where: str, **more: Any) -> list[dict[str, Any]]:
    answer = data.get(f"/hubs/x/{name}", params={"where": where, "pageSize": 2000, **more})
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def test_there_is_enough_of_everything_over_two_years(crm: httpx.Client) -> None:
    least = {"organizations": 40, "contacts": 400, "incidents": 600, "opportunities": 50,
             "configurations": 100, "time-entries": 300}  # fmt: skip
    for name, number in least.items():
        assert len(found(crm, name, "")) >= number, name
    dates = sorted(one["dateEntered"] for one in found(crm, "incidents", ""))
    assert dates[0] < "2024-02"
    assert dates[-1] < "2026-01-05T09:00:00Z"
    assert all(one["_info"]["lastUpdated"] <= "2026-01-05T08:00:00Z" for one in found(crm, "incidents", ""))


def test_the_same_seed_gives_the_same_records_and_tokens() -> None:
    def all_of(seed: int) -> str:
        with sandboxes.start(seed=seed) as sandbox, account(sandbox) as client:
            made = client.post("/instances", json=new(sandbox, HELPDESK))
            with hub(sandbox, made.json()["token"]) as data:
                records = [found(data, name, "") for name in ("contacts", "incidents", "organizations")]
            return json.dumps([made.json()["token"], made.headers["Elements-Request-Id"], records])

    assert all_of(3) == all_of(3)
    assert all_of(3) != all_of(4)


def test_every_record_has_properties_of_its_shape_only() -> None:
    kinds = {
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "object": dict,
        "array": list,
    }
    for kind, _, _, record in all_data(1, Clock.read("2026-01-05T09:00:00Z")):
        known = shape(CRM, kind) or {}
        for name, value in record.items():
            assert name in known, (kind, name)
            assert value is None or isinstance(value, kinds[known[name]]), (kind, name, value)


def test_helpdesk_is_flat_with_epoch_milliseconds_and_crm_nested_with_iso(
    crm: httpx.Client, helpdesk: httpx.Client
) -> None:
    nested = crm.get("/hubs/crm/incidents/20001").json()
    flat = helpdesk.get("/hubs/helpdesk/incidents/20001").json()
    assert flat["lastUpdated"] == Clock.read(nested["_info"]["lastUpdated"])
    assert flat["companyIdentifier"] == nested["company"]["identifier"]
    assert set(flat) <= set(shape(HELPDESK, "incidents") or {})


def test_null_values_are_left_out_unless_asked_for(shared: Sandbox, crm: httpx.Client) -> None:
    assert all(value is not None for value in crm.get("/hubs/crm/contacts/1001").json().values())
    with account(shared) as client:
        body = new(shared, CRM, **{"filter.response.nulls": "false"})
        token = client.post("/instances", json=body).json()["token"]
    with hub(shared, token) as data:
        record = data.get("/hubs/crm/contacts/1001").json()
    assert record["nickName"] is None
    assert set(record) == set(shape(CRM, "contacts") or {})


@pytest.mark.parametrize(
    ("where", "check"),
    [
        ("company.id = 250", lambda one: one["company"]["id"] == 250),
        ("lastName != 'Baker'", lambda one: one["lastName"] != "Baker"),
        ("lastName LIKE 'B%'", lambda one: one["lastName"].startswith("B")),
        ("lastName = 'baker'", lambda one: one["lastName"] == "Baker"),
        ("inactiveFlag = true", lambda one: one["inactiveFlag"]),
        ("id IN (1001, 1005)", lambda one: one["id"] in (1001, 1005)),
        ("id >= 1400 AND id < 1410", lambda one: 1400 <= one["id"] < 1410),
        ("lastUpdated > '2025-10-01T00:00:00Z'", lambda one: one["_info"]["lastUpdated"] > "2025-10-01"),
        ("nickName IS NULL", lambda one: "nickName" not in one),
    ],
)
def test_crm_filters_as_connectwise_does(crm: httpx.Client, where: str, check: Any) -> None:
    rows, everybody = found(crm, "contacts", where), found(crm, "contacts", "")
    assert rows == [one for one in everybody if check(one)]
    assert rows


def test_the_letters_or_make_every_and_an_or(crm: httpx.Client) -> None:
    both = found(crm, "organizations", "territory.name = 'North' AND city = 'Tampa'")
    either = [
        one
        for one in found(crm, "organizations", "")
        if one["territory"]["name"] == "North" or one["city"] == "Tampa"
    ]
    assert both == either  # "territory" and "North" hold the letters
    assert len(both) > sum(one["city"] == "Tampa" for one in both)


def test_a_text_with_a_comma_is_refused_by_connectwise(crm: httpx.Client) -> None:
    answer = crm.get("/hubs/crm/contacts", params={"where": "lastName = 'Baker, Ann'"})
    assert answer.status_code == 400
    assert "Baker, Ann" in answer.json()["providerMessage"]


def test_a_phone_number_loses_its_dashes(crm: httpx.Client) -> None:
    phone = next(one["phoneNumber"] for one in found(crm, "organizations", ""))
    assert phone.count("-") == 2
    assert found(crm, "organizations", f"phoneNumber = '{phone}'") == []


def test_child_and_custom_conditions_reach_into_lists(crm: httpx.Client) -> None:
    email = crm.get("/hubs/crm/contacts/1001").json()["communicationItems"][0]["value"]
    rows = found(crm, "contacts", f"childConditions='true' AND communicationItems.value='{email}'")
    assert [one["id"] for one in rows if one["id"] == 1001] == [1001]
    gold = found(
        crm, "organizations", "customConditions='true' AND caption='Contract level' AND value='Gold'"
    )
    assert gold
    assert all(one["customFields"][0]["value"] == "Gold" for one in gold)


@pytest.mark.parametrize(
    ("where", "check"),
    [
        ("(companyId = 250 OR companyId = 251) AND closedFlag = false",
         lambda one: one["companyId"] in (250, 251) and not one["closedFlag"]),
        ("lastUpdated > 1760000000000", lambda one: one["lastUpdated"] > 1_760_000_000_000),
        ("lastUpdated > '1760000000000'", lambda one: one["lastUpdated"] > 1_760_000_000_000),
        ("lastUpdated > '2025-10-09T08:53:20Z'", lambda one: one["lastUpdated"] > 1_760_000_000_000),
        ("`summary` LIKE '%printer%'", lambda one: "printer" in one["summary"].lower()),
        ("closedDate IS NULL", lambda one: "closedDate" not in one),
        ("companyIdentifier = 'o''brien' OR severity IN ('High','Low')",
         lambda one: one["severity"] in ("High", "Low")),
        ("id < 20010 AND id > -5 AND budgetHours >= 1.5",
         lambda one: one["id"] < 20010 and one["budgetHours"] >= 1.5),
    ],
)  # fmt: skip
def test_helpdesk_filters_by_ceql(helpdesk: httpx.Client, where: str, check: Any) -> None:
    rows, everything = found(helpdesk, "incidents", where), found(helpdesk, "incidents", "")
    assert rows == [one for one in everything if check(one)]
    assert rows


def test_ordering_and_totals(helpdesk: httpx.Client) -> None:
    answer = helpdesk.get("/contacts", params={"orderBy": "lastName desc, id asc", "pageSize": 50})
    names = [(one["lastName"].lower(), -one["id"]) for one in answer.json()]
    assert names == sorted(names, reverse=True)
    assert answer.headers["Elements-Total-Count"] == str(len(found(helpdesk, "contacts", "")))


def test_what_one_element_writes_the_other_reads(crm: httpx.Client, helpdesk: httpx.Client) -> None:
    made = helpdesk.post(
        "/contacts", json={"firstName": "Ada", "email": "ada@x.example", "companyIdentifier": "nobody"}
    )
    assert made.status_code == 400
    company = crm.get("/organizations/250").json()["identifier"]
    body = {"firstName": "Ada", "email": "ada@x.example", "companyIdentifier": company}
    made = helpdesk.post("/contacts", json=body).json()
    record = crm.get(f"/contacts/{made['id']}").json()
    assert record["company"]["id"] == 250
    assert record["communicationItems"][0]["value"] == "ada@x.example"
    crm.patch(f"/contacts/{made['id']}", json={"lastName": "Byron"})
    assert helpdesk.get(f"/contacts/{made['id']}").json()["lastName"] == "Byron"
    crm.patch(f"/contacts/{made['id']}", json={"lastName": None})
    assert "lastName" not in helpdesk.get(f"/contacts/{made['id']}").json()
    helpdesk.delete(f"/contacts/{made['id']}")
    assert crm.get(f"/contacts/{made['id']}").status_code == 404


def test_the_id_of_a_deleted_record_is_not_given_again(crm: httpx.Client) -> None:
    first = crm.post("/contacts", json={"firstName": "One"}).json()["id"]
    crm.delete(f"/contacts/{first}")
    second = crm.post("/contacts", json={"firstName": "Two"}).json()["id"]
    assert second > first
    crm.delete(f"/contacts/{second}")


def test_a_moved_wsdl_path_breaks_helpdesk_until_it_is_corrected(sandbox: Sandbox) -> None:
    with account(sandbox) as client:
        made = client.post("/instances", json=new(sandbox, HELPDESK)).json()
        sandbox.move_wsdl("api-na.myconnectwise.net", "v2026_1")
        with hub(sandbox, made["token"]) as data:
            answer = data.get("/hubs/helpdesk/contacts")
            assert answer.status_code == 502
            assert answer.json()["message"].endswith("Validate that you are using the correct WSDL path.")
            path = {"helpdesk.connectwise.wsdl.path": "/v2026_1/apis/2.0/"}
            client.patch(f"/instances/{made['id']}", json={"configuration": path})
            assert data.get("/hubs/helpdesk/contacts").status_code == 200


def test_keys_that_connectwise_no_longer_takes_are_a_provider_error(sandbox: Sandbox) -> None:
    with account(sandbox) as client:
        made = client.post("/instances", json=new(sandbox, CRM)).json()
        client.patch(f"/instances/{made['id']}", json={"configuration": {"private.key": "revoked"}})
        with hub(sandbox, made["token"]) as data:
            answer = data.get("/hubs/crm/contacts")
    assert answer.status_code == 502
    assert "private key" in answer.json()["providerMessage"]
