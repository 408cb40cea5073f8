"""Dates as Java writes and reads them. The two tables in ``tests/fixtures`` were printed by Java itself."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cwkit.errors import DateError
from cwkit.events import check_pattern, check_zone, format_date, parse_date

FIXTURES = Path(__file__).parent.parent / "fixtures"
MOMENT = 1569265234567  # 2019-09-23T19:00:34.567Z
LETTERS = "GyMdkHmsSEDFwWahKzZYuXL"


def _rows(name: str) -> list[list[str]]:
    lines = (FIXTURES / name).read_text(encoding="utf-8").split("\n")
    return [line.split("\t") for line in lines[1:] if line]


def test_every_line_of_javas_table_is_written_the_same() -> None:
    rows = _rows("java-simple-date-format.tsv")
    assert len(rows) == 770
    wrong = [
        (pattern, zone, epoch, output)
        for pattern, zone, epoch, status, output in rows
        if status != "ok" or format_date(pattern, int(epoch), zone) != output
    ]
    assert wrong == []


def test_every_zone_has_the_name_that_java_gives_it() -> None:
    rows = [line.split("\t") for line in (FIXTURES / "java-zone-names.tsv").read_text("utf-8").splitlines()]
    assert len(rows) == 388
    wrong = [
        (pattern, zone, name)
        for pattern, zone, epoch, _, name in rows
        if format_date(pattern, int(epoch), zone) != name
    ]
    assert wrong == []


def test_every_text_is_read_or_refused_as_java_does() -> None:
    rows = _rows("java-date-parsing.tsv")
    assert len(rows) == 822
    wrong = []
    for pattern, zone, text, expected in rows:
        try:
            read = str(
                (parse_date(pattern, text, zone) - datetime(1970, 1, 1, tzinfo=UTC))
                // timedelta(milliseconds=1)
            )
        except DateError:
            read = "refused"
        if read != expected:
            wrong.append((pattern, zone, text, expected, read))
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("G GGGG", "AD AD"),
        ("LLL L MMMMM", "Sep 9 September"),
        ("z", "PDT"),
        ("zzzz", "Pacific Daylight Time"),
        ("F W w D", "4 4 39 266"),
        ("k K h H", "12 0 12 12"),
        ("yyyyy yyy yy y", "02019 2019 19 2019"),
        ("EE EEEEE u", "Mon Monday 1"),
        ("SSSSSS S", "000567 567"),
        ("X XX XXX Z", "-07 -0700 -07:00 -0700"),
        ("'o''clock' y''y é", "o'clock 2019'2019 é"),
    ],
)
def test_letters_beyond_the_table_are_written_as_java_does(pattern: str, expected: str) -> None:
    assert format_date(pattern, MOMENT, "America/Los_Angeles") == expected


@pytest.mark.parametrize(
    ("pattern", "position", "told"),
    [
        ("yyyy-MM-ddTHH", 10, "the letter T"),
        ("XXXX", 0, "4 X"),
        ("yyyy'", 4, "never closed"),
        ("b", 0, "the letter b"),
        ("yyyy 'at HH", 5, "never closed"),
    ],
)
def test_a_pattern_that_java_refuses_is_refused_with_its_place(
    pattern: str, position: int, told: str
) -> None:
    with pytest.raises(DateError, match=told) as caught:
        check_pattern(pattern)
    assert caught.value.position == position
    assert caught.value.fix


def test_the_platforms_own_formats_are_patterns_too() -> None:
    check_pattern("milliseconds")
    check_pattern("timestamp")
    assert format_date("milliseconds", MOMENT) == "1569265234567"
    assert format_date("timestamp", MOMENT) == "1569265234"
    assert parse_date("milliseconds", "1569265234567") == parse_date("timestamp", "1569265234.567")
    assert parse_date("milliseconds", "-1").year == 1969


@pytest.mark.parametrize("text", ["", "x", "1e9", "9" * 25, "--1"])
def test_a_number_that_is_none_does_not_fit_milliseconds(text: str) -> None:
    with pytest.raises(DateError, match="a number was expected"):
        parse_date("milliseconds", text)


@pytest.mark.parametrize(
    ("zone", "hour"),
    [("", 19), ("GMT", 19), ("utc", 19), ("PST", 12), ("EST", 14), ("GMT+5:30", 0), ("GMT-0800", 11),
     ("-8:00", 11), ("GMT+5", 0), ("Europe/Paris", 21)],
)  # fmt: skip
def test_zones_are_those_of_java_and_bare_offsets(zone: str, hour: int) -> None:
    check_zone(zone)
    assert format_date("HH", MOMENT, zone) == f"{hour:02}"


@pytest.mark.parametrize(
    ("zone", "meant"),
    [("pst", "PST"), ("PDT", "PST"), ("EDT", "America/New_York"), ("america/denver", "America/Denver"),
     ("GMT+25:00", "GMT-8:00"), ("{TimeZone}", "GMT-8:00"), ("../etc/passwd", "GMT-8:00")],
)  # fmt: skip
def test_a_zone_that_does_not_exist_is_an_error_though_java_takes_gmt(zone: str, meant: str) -> None:
    with pytest.raises(DateError, match="no time zone") as caught:
        check_zone(zone)
    assert meant in caught.value.fix


def test_a_text_that_does_not_fit_says_where_and_what_was_expected() -> None:
    with pytest.raises(DateError, match="'Z' was expected at character 20") as caught:
        parse_date("yyyy-MM-dd'T'HH:mm:ss'Z'", "2019-09-23T19:15:00.000Z")
    assert caught.value.position == 19


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "gestern", None, object(), True, 10**30, [1]])
def test_what_is_no_moment_is_our_error(value: object) -> None:
    with pytest.raises(DateError):
        format_date("yyyy", value)  # type: ignore[arg-type]


def test_moments_are_datetimes_dates_milliseconds_and_iso_texts() -> None:
    moment = datetime(2019, 9, 23, 19, 0, 34, tzinfo=UTC)
    given = [moment, moment.replace(tzinfo=None), 1569265234000, 1569265234000.0, "2019-09-23T19:00:34Z"]
    assert {format_date("yyyy-MM-dd HH:mm:ss", each) for each in given} == {"2019-09-23 19:00:34"}
    assert format_date("HH", moment.date()) == "00"


@pytest.mark.parametrize("moment", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)])
@pytest.mark.parametrize("zone", ["GMT", "GMT-23:59", "GMT+23:59", "PST"])
def test_the_first_and_last_year_give_a_text_or_our_error(moment: datetime, zone: str) -> None:
    with suppress(DateError):
        assert format_date("yyyy YYYY ww W F D EEE X", moment, zone)


@given(
    st.text(alphabet=f"{LETTERS}bT'\":-./ é", max_size=30),
    st.integers(-(10**14), 3 * 10**14),
    st.text(max_size=8),
)
def test_no_pattern_moment_or_zone_raises_anything_but_our_error(pattern: str, epoch: int, zone: str) -> None:
    with suppress(DateError):
        parse_date(pattern, format_date(pattern, epoch, zone), zone)


@given(st.sampled_from([row[0] for row in _rows("java-date-parsing.tsv")]), st.text(max_size=40))
def test_no_text_raises_anything_but_our_error(pattern: str, text: str) -> None:
    with suppress(DateError):
        assert parse_date(pattern, text).tzinfo is not None


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
       st.sampled_from(["GMT", "PST", "EST", "Asia/Kolkata", "GMT-8:00", "Australia/Lord_Howe"]))  # fmt: skip
def test_what_is_written_with_its_offset_is_read_back(moment: datetime, zone: str) -> None:
    moment = moment.replace(microsecond=0)
    text = format_date("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", moment, zone)
    if not text.endswith("00") and moment.year < 1972:
        return  # local mean times have seconds in their offset, which no pattern writes
    assert parse_date("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", text) == moment


def test_dates_do_not_need_pandas() -> None:
    code = (
        "import sys, cwkit.events as e; e.format_date('yyyy', 0); e.PollerConfiguration.parse('{}');"
        "assert 'pandas' not in sys.modules and 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
