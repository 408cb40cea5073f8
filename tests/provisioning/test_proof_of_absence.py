"""What is not proven absent is unknown, and unknown is never sent again, on a platform that lies and lags."""

from __future__ import annotations

import pytest

from cwkit.errors import AnswerLost, CreationUnsettled, CwkitError, InputError, NotThePlatform
from cwkit.provisioning import Creation, Ledger, ledger
from tests.hostile import HostilePlatform, every_fault

from .faulty import HELPDESK, VALUES, platform_of, sheet

START = 1_800_000_000.0
NO_PROOF = [("empty", "before"), ("null", "before"), ("object", "before"), ("message", "before")]
NO_PROOF += [("gateway 404", "before"), ("html 404", "before"), ("moved", "before")]


class Clock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def hostile(clock):
    platform = HostilePlatform(clock=clock, now=lambda: START + clock.seconds)
    yield platform
    platform.stop()


@pytest.fixture
def book(tmp_path, clock):
    return Ledger(tmp_path / "ledger.sqlite3", now=lambda: START + clock.seconds, clock=clock)


@pytest.fixture
def platform(hostile, book):
    with platform_of(hostile.url, book) as connected:
        yield connected


def create(platform, name="Acme", tags=()):
    return platform.instances.create(HELPDESK, name=name, configuration=VALUES, tags=tags)


def run(platform, rows, **settings):
    return platform.instances.create_many(rows, progress=False, **settings)["state"].tolist()


def lose(platform, hostile, response="drop", moment="after", **more):
    """Create with a response that is lost, while every look fails."""
    hostile.fail_next(response, moment)
    hostile.fail_next("503", method="GET", times=1000)
    with pytest.raises(CreationUnsettled) as caught:
        create(platform, **more)
    hostile.no_faults()
    return caught.value.creation_tag


def states(platform):
    return ledger(platform.ledger)["state"].tolist()


# --- what a response to a creation proves -----------------------------------------------------------


@pytest.mark.parametrize(("response", "moment"), every_fault())
def test_no_response_makes_a_creation_be_sent_twice(platform, hostile, clock, response, moment):
    hostile.fail_next(response, moment)
    hostile.late = 0.05
    try:
        create(platform)
        first = "done"
    except CreationUnsettled:
        first = "unknown"
    except CwkitError:
        first = "failed"
    hostile.no_faults()
    processed = moment != "before" or response in ("truncate", "stall", "trickle")
    assert first in {"400": ("failed",)}.get(response, ("done", "unknown") if processed else ("unknown",))
    for _ in range(2):
        platform.instances.settle()
        clock.seconds += 900
    expected = "failed" if response == "400" else "done" if processed else "absent"
    assert (hostile.creations(), states(platform)) == (1, [expected])
    assert len(hostile.instances) == (1 if processed else 0)


def test_a_creation_that_is_made_while_the_list_lags_is_not_made_again(platform, hostile, clock):
    hostile.list_lag = hostile.get_lag = 20
    for response in ("503", "429", "504"):
        hostile.fail_next(response, "after")
        with pytest.raises(CreationUnsettled):
            create(platform)
    assert hostile.creations() == 1
    clock.seconds += 20
    assert create(platform).name == "Acme"
    assert (hostile.creations(), states(platform)) == (1, ["done"])


def test_calling_it_again_sends_nothing_while_the_first_is_unknown(platform, hostile):
    hostile.fail_next("html 503", "before")
    for _ in range(3):
        with pytest.raises(CreationUnsettled):
            create(platform)
    assert hostile.creations() == 1


# --- what a look proves ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("response", "moment"), NO_PROOF)
def test_a_look_without_a_complete_list_proves_nothing(platform, hostile, clock, response, moment):
    hostile.fail_next("drop", "after")
    hostile.fail_next(response, moment, method="GET", times=1000)
    with pytest.raises(CreationUnsettled):
        create(platform)
    for _ in range(3):
        clock.seconds += 900
        assert platform.instances.settle()["state"].tolist() == ["unknown"]
    hostile.no_faults()
    assert platform.instances.settle()["state"].tolist() == ["done"]
    assert hostile.creations() == 1


@pytest.mark.parametrize("response", ["gateway 404", "empty", "null", "message"])
def test_a_list_whose_second_page_is_missing_is_an_error(platform, hostile, response):
    for number in range(5):
        hostile.add(f"foreign {number}")
    hostile.page_size = 2
    assert len(platform.instances.list()) == 5
    hostile.rate, hostile.kinds = 0.0, []
    fault, pages = hostile._fault, iter(range(1000))
    hostile._fault = lambda *call: (response, "before") if next(pages) else fault(*call)
    with pytest.raises(NotThePlatform):
        platform.instances.list()


def test_it_is_found_among_thousands_of_others(platform, hostile):
    for number in range(2000):
        hostile.add(f"foreign {number}", tags=["Acme"])
    lose(platform, hostile)
    assert platform.instances.settle()["state"].tolist() == ["done"]


# --- creation tags that are altered or lost -----------------------------------------------------------


def test_a_tag_in_capitals_is_found(platform, hostile):
    hostile.alter_tags = lambda tags: [tag.upper() for tag in tags]
    lose(platform, hostile)
    assert platform.instances.settle()["state"].tolist() == ["done"]


def test_a_list_without_tags_is_completed_by_reading(platform, hostile):
    hostile.list_shows_tags = False
    lose(platform, hostile)
    assert platform.instances.settle()["state"].tolist() == ["done"]


def test_an_instance_without_its_tag_is_shown_and_a_person_decides(platform, hostile, clock):
    hostile.alter_tags = lambda tags: []
    tag = lose(platform, hostile)
    clock.seconds += 10_000
    row = platform.instances.settle().loc[tag]
    assert (row["state"], row["candidates"], row["name"]) == ("unknown", "1001", "Acme")
    with pytest.raises(CreationUnsettled, match="1001"):
        create(platform)
    assert platform.instances.settle(adopt={tag: 1001}).loc[tag, "state"] == "done"
    assert (states(platform), hostile.creations()) == (["done"], 1)


def test_an_instance_of_another_element_cannot_be_adopted(platform, hostile):
    tag = lose(platform, hostile, moment="before")
    other = hostile.add("Acme", element="ledgerline")
    with pytest.raises(InputError, match="of the element ledgerline"):
        platform.instances.settle(adopt={tag: other.id})


def test_an_older_instance_of_the_same_name_is_not_it(platform, hostile, clock):
    hostile.add("Acme", age=10 * 86_400)
    lose(platform, hostile, moment="before")
    for _ in range(2):
        platform.instances.settle()
        clock.seconds += 900
    assert states(platform) == ["absent"]


def test_a_person_may_send_again_or_give_up(platform, hostile):
    tag = lose(platform, hostile, moment="before")
    assert platform.instances.settle(send_again=[tag]).loc[tag, "state"] == "absent"
    create(platform)
    other = lose(platform, hostile, moment="before", name="Other")
    assert platform.instances.settle(give_up=[other]).loc[other, "state"] == "given up"
    assert sorted(states(platform)) == ["absent", "done", "given up"]
    assert platform.instances.settle().empty


def test_a_request_that_was_delivered_twice_is_reported(platform, hostile):
    hostile.deliveries = 2
    hostile.fail_next("drop", "after")
    made = create(platform)
    assert "1002 have the same creation tag" in " ".join(made.notes)
    tag = ledger(platform.ledger).index[0]
    assert "1001, 1002 have the same creation tag" in platform.instances.settle().loc[tag, "note"]


# --- sheets -------------------------------------------------------------------------------------------


def test_a_sheet_run_again_while_everything_lags_makes_nothing_again(platform, hostile, clock):
    hostile.list_lag = hostile.get_lag = 5
    assert run(platform, sheet(3)) == ["done"] * 3
    assert run(platform, sheet(3)) == ["unknown"] * 3
    clock.seconds += 5
    assert run(platform, sheet(3)) == ["done"] * 3
    assert hostile.creations() == 3


@pytest.mark.parametrize("response", ["gateway 404", "html 404", "empty", "message"])
def test_a_sheet_is_not_sent_while_a_gateway_answers_every_look(platform, hostile, response):
    run(platform, sheet(2))
    hostile.fail_next(response, method="GET", times=1000)
    with pytest.raises(NotThePlatform):
        run(platform, sheet(3))
    assert hostile.creations() == 2


def test_what_was_deleted_elsewhere_is_made_again_when_that_is_proven(platform, hostile, clock):
    made = platform.instances.create_many(sheet(2))
    del hostile.instances[int(made["instance_id"][0])]
    assert run(platform, sheet(2)) == ["unknown", "done"]
    clock.seconds += 900
    assert run(platform, sheet(2)) == ["done", "done"]
    assert hostile.creations() == 3


def test_an_id_that_belongs_to_another_creation_now_proves_that_the_first_is_gone(platform, hostile):
    run(platform, sheet(1))
    hostile.instances[1001].tags = ["cwkit-" + "7" * 32]
    hostile.instances[1001].name = "of another"
    assert run(platform, sheet(1)) == ["done"]
    assert hostile.creations() == 2


def test_what_was_deleted_with_cwkit_is_made_again_at_once(platform, hostile):
    run(platform, sheet(1))
    platform.instances.delete(1001)
    assert run(platform, sheet(1)) == ["done"]
    assert hostile.creations() == 2


@pytest.mark.parametrize("change", ["no ledger", "another profile name", "localhost"])
def test_what_is_on_the_platform_already_is_not_made_again(platform, hostile, tmp_path, book, change):
    run(platform, sheet(2))
    url = hostile.url.replace("127.0.0.1", "localhost") if change == "localhost" else hostile.url
    ledger = Ledger(tmp_path / "new.sqlite3") if change == "no ledger" else book
    name = "other" if change == "another profile name" else "mine"
    with platform_of(url, ledger, name) as again:
        expected = "exists" if change == "no ledger" else "done"
        assert run(again, sheet(3)) == [expected, expected, "done"]
    assert hostile.creations() == 3


def test_a_row_that_exists_is_shown_with_its_id_and_made_where_the_caller_says_so(platform, hostile):
    hostile.add("row0")
    table = platform.instances.create_many(sheet(1), dry_run=True)
    assert (table["state"][0], table["instance_id"][0]) == ("exists", "1001")
    assert "create_existing=True" in table["message"][0]
    assert run(platform, sheet(1), create_existing=True) == ["done"]
    assert [one.name for one in hostile.instances.values()] == ["row0", "row0"]


def test_a_row_of_another_element_of_the_same_name_is_no_obstacle(platform, hostile):
    hostile.add("row0", element="ledgerline")
    assert run(platform, sheet(1)) == ["done"]


def test_a_row_that_is_unknown_is_left_alone_until_it_is_proven(platform, hostile, clock):
    hostile.fail_next("429", "before")
    assert run(platform, sheet(1)) == ["unknown"]
    assert run(platform, sheet(1)) == ["unknown"]
    clock.seconds += 900
    assert run(platform, sheet(1)) == ["done"]
    assert hostile.creations() == 2


def test_a_row_that_another_run_is_creating_is_left_to_it(platform, hostile, book):
    inner = []

    def meanwhile():
        with platform_of(hostile.url, Ledger(book.path)) as other:
            inner.extend(run(other, sheet(1)))

    hostile.during_creation = meanwhile
    assert run(platform, sheet(1)) == ["done"]
    assert (inner, hostile.creations()) == (["sent"], 1)


def test_a_row_that_was_given_up_is_not_made(platform, hostile):
    hostile.fail_next("html 504", "before")
    run(platform, sheet(1))
    platform.instances.settle(give_up=ledger(platform.ledger).index)
    assert run(platform, sheet(1)) == ["given up"]
    assert hostile.creations() == 1


def test_a_sheet_reports_what_was_delivered_twice(platform, hostile):
    hostile.deliveries = 2
    run(platform, sheet(1))
    hostile.deliveries = 1
    assert "1001, 1002" in platform.instances.create_many(sheet(1))["message"][0]


# --- ledgers and clocks -----------------------------------------------------------------------------


@pytest.mark.parametrize("off", [-3600, 3600])
def test_a_killed_process_whose_clock_was_an_hour_off_leaves_no_false_absence(
    platform, hostile, book, clock, off
):
    lines = Ledger(book.path, now=lambda: START + off, clock=clock)
    lines.begin(Creation("mine", hostile.url + "/elements/api-v2", HELPDESK, "Acme"), "cwkit-" + "0" * 32)
    assert platform.instances.settle()["state"].tolist() == ["unknown"]
    late = hostile.add("Acme", tags=["cwkit-" + "0" * 32])
    clock.seconds += 600
    assert platform.instances.settle()["instance_id"].tolist() == [str(late.id)]


def test_half_a_character_breaks_nothing(platform, hostile, tmp_path):
    made = create(platform, name="Acme \ud83d", tags=["gold \ude00"])
    assert (made.name, made.tags[0]) == ("Acme", "gold")
    assert any("Half a character" in note for note in made.notes)
    lines = ledger(platform.ledger)
    lines.to_csv(tmp_path / "lines.csv")
    hostile.says((400, {"message": "Bad \ud83d name", "requestId": "r1"}))
    with pytest.raises(CwkitError):
        create(platform, name="Other")
    ledger(platform.ledger).to_csv(tmp_path / "lines.csv")
    assert sorted(states(platform)) == ["done", "failed"]


# --- changes --------------------------------------------------------------------------------------------

CHANGES = [
    ("PATCH", lambda platform: platform.instances.update(1001, name="New")),
    ("DELETE", lambda platform: platform.instances.delete(1001)),
    ("PUT", lambda platform: platform.instances.enable(1001)),
    ("DELETE", lambda platform: platform.instances.disable(1001)),
]
UNCERTAIN = ["429", "500", "503", "504", "408", "html 503", "redirect", "drop", "truncate", "html 408"]


@pytest.mark.parametrize("response", UNCERTAIN)
@pytest.mark.parametrize(("method", "change"), CHANGES, ids=["update", "delete", "enable", "disable"])
def test_a_change_whose_response_is_lost_says_what_to_look_at(platform, hostile, method, change, response):
    hostile.add("Acme")
    hostile.fail_next(response, "before", method=method, times=1000)
    with pytest.raises(AnswerLost, match=r"platform\.instances\.get\(1001\)"):
        change(platform)


def test_a_deletion_is_not_done_because_a_gateway_says_404(platform, hostile):
    hostile.add("Acme")
    hostile.fail_next("drop", "before", method="DELETE")
    hostile.fail_next("gateway 404", "before", method="DELETE")
    with pytest.raises(CwkitError):
        platform.instances.delete(1001)
    assert list(hostile.instances) == [1001]


def test_a_deletion_whose_response_was_lost_is_done_when_the_platform_says_so(platform, hostile):
    hostile.add("Acme")
    hostile.fail_next("drop", "after", method="DELETE")
    platform.instances.delete(1001)
    assert hostile.instances == {}


def test_a_gateway_cannot_say_that_an_instance_does_not_exist(platform, hostile):
    hostile.add("Acme")
    hostile.fail_next("gateway 404", method="GET")
    with pytest.raises(NotThePlatform, match="no request id"):
        platform.instances.get(1001)
