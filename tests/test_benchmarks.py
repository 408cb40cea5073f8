"""The benchmarks run, and their table says what was reached. No figure is asserted: machines differ."""

from __future__ import annotations

import json

import pytest

from benchmarks.__main__ import main
from benchmarks.inputs import contact_pages, instances_text
from benchmarks.measure import Row
from benchmarks.server import serving


def test_the_inputs_are_the_same_under_the_same_seed():
    assert instances_text(5) == instances_text(5)
    assert instances_text(5) != instances_text(5, seed=2)
    assert 4_000 < len(instances_text(100)) / 100 < 4_800
    assert len(set(contact_pages(30, 10))) == 3


def test_a_row_is_reached_at_its_ratio():
    assert Row("a", "b", ours=2.0, base=2.0, reach=1.0).reached
    assert not Row("a", "b", ours=2.1, base=2.0, reach=1.0).reached


def test_a_chosen_line_is_run_and_printed_with_its_baseline(capsys):
    status = main(["findings", "--quick", "--times", "1", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert [row["baseline"] for row in rows] == ["parsing them"]
    assert status == (0 if rows[0]["reached"] else 1)


def test_a_line_that_does_not_exist_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["nothing"])
    assert "import, tables, linear" in capsys.readouterr().err


def test_the_bare_server_gives_its_pages_and_ends_with_its_block():
    import httpx

    with serving(contacts=25, page_size=10) as origin, httpx.Client(trust_env=False) as client:
        url = f"{origin}/elements/api-v2/hubs/crm/contacts"
        answers = [client.get(url, params={"page": page}) for page in (1, 3, 4)]
        assert [len(answer.json()) for answer in answers] == [10, 5, 0]
        assert [answer.headers.get("elements-next-page-token") for answer in answers] == ["2", None, None]
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)
