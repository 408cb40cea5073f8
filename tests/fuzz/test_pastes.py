"""A part of the fuzz in every run of the tests; the whole is ``python -m tests.fuzz.pastes 100000``."""

from __future__ import annotations

import pytest

from .pastes import outcome, paste
from .planted import leaks
from .values import verdict

EACH = 100


@pytest.mark.parametrize("hundred", range(15))
def test_mutated_pastes_end_in_a_result_or_a_clear_error(hundred):
    for number in range(hundred * EACH, (hundred + 1) * EACH):
        told = outcome(paste(number), thorough=number % 5 == 0)
        assert told in ("read", "ReadError"), number


@pytest.mark.parametrize("fifty", range(4))
def test_a_garbled_paste_shows_no_part_of_a_secret(fifty):
    for number in range(fifty * 50, (fifty + 1) * 50):
        assert (number, leaks(number)) == (number, [])


@pytest.mark.parametrize("hundred", range(4))
def test_no_value_is_read_wrongly_in_silence(hundred):
    for number in range(hundred * EACH, (hundred + 1) * EACH):
        assert (number, verdict(number)[1:]) in [
            (number, (outcome, "")) for outcome in ("right", "doubtful", "refused", "the other alone")
        ]
