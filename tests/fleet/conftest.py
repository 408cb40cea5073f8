"""A small fleet, made up under a seed, as the platform answers it."""

from __future__ import annotations

import pytest

from benchmarks.inputs import instance
from cwkit.instances import Instance


@pytest.fixture(scope="session")
def fleet_of_60() -> list[Instance]:
    return [Instance.from_response(instance(number)) for number in range(60)]


@pytest.fixture
def acme() -> Instance:
    return Instance.from_response(instance(1))
