"""The figures in docs/provisioning.md are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cwkit.platform import PATIENCE
from cwkit.provisioning import WAITS
from cwkit.provisioning.ledger_file import FOREIGN_AFTER
from cwkit.provisioning.many import GRACE

TEXT = (Path(__file__).parents[2] / "docs" / "provisioning.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("call", "seconds"),
    [
        ("read (GET", PATIENCE.read),
        ("change (PATCH", PATIENCE.write),
        ("replace (PUT", PATIENCE.create),
        ("create (POST", PATIENCE.create),
        ("bulk download", PATIENCE.bulk),
    ],
)
def test_the_table_of_timeouts_is_true(call, seconds):
    line = next(line for line in TEXT.splitlines() if line.startswith(f"| {call}"))
    connect, answer = [float(cell) for cell in re.findall(r"\| (\d+) ", line)[:2]]
    assert (connect, answer) == (PATIENCE.connect, seconds)


@pytest.mark.parametrize(
    "words",
    [
        f"up to {PATIENCE.attempts} times in at most {PATIENCE.retry_total:g}",
        f"up to {WAITS.sends} times in at most {WAITS.send_total:g}",
        f"from {PATIENCE.wait_initial:g} to {PATIENCE.wait_max:g} seconds",
        f"at most {WAITS.longest:g} seconds, until {WAITS.look_total:g} seconds",
        f"at least {WAITS.look_total / 4:g} seconds after",
        f"an error, {WAITS.look_heard:g} seconds are enough",
        f"{WAITS.absent_after / 60:g} minutes after it was begun",
        "after an hour" if FOREIGN_AFTER == 3600 else "",
        "ten\n  seconds" if GRACE == 10 else "",
    ],
)
def test_the_sentences_about_time_are_true(words):
    assert words
    assert " ".join(words.split()) in " ".join(TEXT.split())
