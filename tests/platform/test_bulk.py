"""Bulk downloads: waited for, interrupted, found again, written to files without secrets."""

from __future__ import annotations

import json

import pytest

from cwkit import errors
from tests.platform.test_hub import connected, hub, server  # noqa: F401 - fixtures

RECORDS = [{"id": n, "portalPassword": "hunter2", "lastUpdated": "2026-01-05T09:00:00Z"} for n in range(3)]
LINES = "\n".join(json.dumps(record) for record in RECORDS).encode()


@pytest.fixture
def job(hub, server):  # noqa: F811
    """A job that is running at the first look and done at the second."""
    server.answers = {
        ("POST", "/hubs/crm/bulk/query"): (200, {"id": 812, "status": "CREATED"}),
        ("GET", "/hubs/crm/bulk/812/status"): (
            200,
            {"status": "COMPLETED", "recordsCount": 3, "recordsFailedCount": 1},
        ),
        ("GET", "/hubs/crm/bulk/812/contacts"): (200, LINES),
    }
    server.failures = {("GET", "/hubs/crm/bulk/812/status"): [(200, {"status": "RUNNING"})]}
    return hub.bulk("contacts", where={"id__gt": 1}, fields=["id"])


def test_a_job_becomes_a_table(job, server):  # noqa: F811
    frame = job.to_frame()
    assert frame["id"].to_list() == [0, 1, 2]
    assert frame["lastUpdated"].dt.year.unique() == [2026]
    assert frame.attrs["failed"] == 1
    assert server.seen[0][2] == {"q": "select id from contacts where id>1"}


def test_a_job_becomes_a_file_without_secrets(job, server, tmp_path):  # noqa: F811
    written = job.to_file(tmp_path / "contacts.json")
    assert [json.loads(line)["id"] for line in written.read_text("utf-8").splitlines()] == [0, 1, 2]
    server.answers["GET", "/hubs/crm/bulk/812/contacts"] = (
        200,
        b'id,portalPassword\r\n1,"hun,ter2"\r\n2,\r\n',
    )
    table = job.to_file(tmp_path / "contacts.csv").read_text("utf-8").split()
    assert table == ["id,portalPassword", "1,********", "2,"]
    assert not any("hunter2" in path.read_text("utf-8") for path in tmp_path.iterdir())


def test_an_interrupted_wait_is_taken_up_again_by_id(job, hub):  # noqa: F811
    with pytest.raises(errors.BulkJobStopped) as caught:
        job.wait(timeout=0)
    assert caught.value.job_id == job.id == "812"
    assert len(hub.bulk_job(caught.value.job_id, "contacts").to_frame()) == 3


def test_a_job_that_stopped_says_so_and_gives_what_it_has(job, server):  # noqa: F811
    server.answers["GET", "/hubs/crm/bulk/812/status"] = (200, {"status": "ABORTED", "recordsCount": 2})
    with pytest.raises(errors.BulkJobStopped, match="ABORTED after 2 records"):
        job.to_frame()
    assert len(job.to_frame(partial=True)) == 3


def test_a_job_that_is_gone_says_so(job, server):  # noqa: F811
    server.answers["GET", "/hubs/crm/bulk/812/status"] = (404, {"message": "No such job."})
    with pytest.raises(errors.BulkJobStopped, match="knows no bulk job 812"):
        job.wait()


def test_a_download_that_breaks_off_in_a_line_is_told(job, server):  # noqa: F811
    server.answers["GET", "/hubs/crm/bulk/812/contacts"] = (200, LINES[:-5])
    with pytest.raises(errors.NotThePlatform, match="Line 3"):
        job.to_frame()


@pytest.mark.parametrize("name", ["contacts.xlsx", "contacts", "missing/contacts.csv"])
def test_a_file_that_cannot_be_written_is_told(job, tmp_path, name):
    with pytest.raises(errors.InputError):
        job.to_file(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_without_a_job_is_our_own_error(hub, server):  # noqa: F811
    server.answers = {("POST", "/hubs/crm/bulk/query"): (200, [])}
    with pytest.raises(errors.NotThePlatform, match="no bulk job"):
        hub.bulk("contacts")
