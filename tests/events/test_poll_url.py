"""The ``${...}`` in poller URLs: filled as the platform does, or refused with their place."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwkit.errors import TemplateError
from cwkit.events import check_template, placeholders, render

LAST = "2019-09-23T19:00:34.567Z"
NOW = "2019-09-23T19:15:34.567Z"


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}", "2019-09-23T19:00:34Z"),
        ("${date:yyyy-MM-dd'T'HH:mm:ss.SSSXXX}", "2019-09-23T19:00:34.567Z"),
        ("${dateTimeZone:PST:yyyy-MM-dd'T'HH:mm:ss}", "2019-09-23T12:00:34"),
        ("${dateTimeZone:-8:00:yyyy-MM-dd'T'HH:mm:ss}", "2019-09-23T11:00:34"),
        ("${dateTimeZone:GMT+5:30:HH:mm}", "00:30"),
        ("${dateTimeZone:America/New_York:HH:mm Z}", "15:00 -0400"),
        ("${epoch}", "1569265234567"),
        ("${epoch:ms}", "1569265234567"),
        ("${epoch:s}", "1569265234"),
        ("${epoch:us}", "1569265234567000"),
        ("${now:HH:mm:ss}", "19:15:34"),
        ("${nowTimeZone:PST:HH:mm}", "12:15"),
        ("${date}", "1569265234567"),
        ("${milliseconds}", "1569265234567"),
        ("no placeholder", "no placeholder"),
        ("$5 {} ${epoch:s}-${epoch:s}", "$5 {} 1569265234-1569265234"),
    ],
)
def test_every_descriptor_is_filled_in(template: str, expected: str) -> None:
    assert render(template, LAST, NOW) == expected


def test_the_poll_delay_is_taken_off_the_last_poll_and_not_off_this_one() -> None:
    template = "${gmtDate:HH:mm:ss} ${now:HH:mm:ss}"
    assert render(template, last_poll=LAST, now=NOW, poll_delay=30) == "19:00:04 19:15:34"


def test_the_servers_zone_counts_for_date_and_now_alone() -> None:
    template = "${date:HH} ${now:HH} ${gmtDate:HH} ${dateTimeZone:EST:HH}"
    assert render(template, LAST, NOW, server_zone="PST") == "12 12 19 14"


@pytest.mark.parametrize(
    ("template", "position", "told", "fix"),
    [
        ("/a?b='${DateTimeZone:PST:yyyy}'", 6, "not something that the platform fills in", "dateTimeZone"),
        ("/a?b='${EPOCH}'", 6, "EPOCH", "epoch"),
        ("/a?b=${dateTimeZone:{TimeZone}:yyyy}", 5, "never filled in", "Put the value"),
        ("/a?b='${gmtDate:yyyy", 6, "never closed", "Put a }"),
        ("/a?b=${gmtDate:yyyy-${epoch}", 5, "never closed", "Put a }"),
        ("/a/{id}/b", 3, "{id} was never filled in", "Put the value"),
        ("/a?q='<PUT USERNAME HERE>'", 6, "<PUT USERNAME HERE> was never", "Put the value"),
        ("${gmtDate:yyyy-MM-ddTHH}", 0, "the letter T", "single quotes"),
        ("${gmtDate}", 0, "has no date format", "yyyy"),
        ("${dateTimeZone:yyyy}", 0, "has no date format", "PST"),
        ("${dateTimeZone::yyyy}", 0, "names no time zone", "PST"),
        ("${dateTimeZone:XYZ:yyyy}", 0, "no time zone 'XYZ'", "GMT"),
        ("${epoch:h}", 0, "has no unit", "${epoch:ms}"),
        ("${milliseconds:s}", 0, "takes no format", "${milliseconds}"),
        ("${}", 0, "not something", "gmtDate"),
        ("${lastPoll:yyyy}", 0, "not something", "gmtDate"),
    ],
)  # fmt: skip
def test_what_the_platform_does_not_understand_is_quoted_with_its_place(
    template: str, position: int, told: str, fix: str
) -> None:
    with pytest.raises(TemplateError) as caught:
        check_template(template)
    assert told in caught.value.message
    assert f"character {position + 1} " in caught.value.message
    assert fix in caught.value.fix
    assert caught.value.position == position
    with pytest.raises(TemplateError):
        render(template, LAST, NOW)


def test_the_time_of_this_poll_is_asked_for_where_it_is_needed() -> None:
    with pytest.raises(TemplateError, match="needs the time of this poll"):
        render("${now:HH}", LAST)


def test_placeholders_tell_kind_zone_pattern_and_place() -> None:
    found = placeholders("/x/{id}?a=${nowTimeZone:-8:00:HH:mm}&b=${Epoch}&c=${date:HH")
    assert [(slot.kind, slot.descriptor, slot.zone, slot.pattern, slot.meant) for slot in found] == [
        ("unfilled", "id", "", "", ""),
        ("now", "nowTimeZone", "-8:00", "HH:mm", ""),
        ("unknown", "Epoch", "", "", "epoch"),
        ("unclosed", "", "", "", ""),
    ]
    assert [slot.position for slot in found] == [3, 10, 39, 50]


@given(st.text(alphabet="${}:'dateTimeZoneepochgmtnowPST-8 <AB>/?=", max_size=60))
def test_no_template_raises_anything_but_our_error(template: str) -> None:
    found = placeholders(template)
    assert all(template[slot.position : slot.end] == slot.text for slot in found)
    with suppress(TemplateError):
        text = render(template, LAST, NOW)
        assert found or text == template
