"""A copied plate is found, an honest lorry never; in full: python -m tests.clones."""

import random

import pytest

from tests.clones import AWAY_KM, caught, false_alarms

TRIPS, CLONES = 2_000, 400


def test_no_honest_trip_raises_the_alarm():
    assert false_alarms(random.Random(11), TRIPS) == 0


@pytest.mark.parametrize("away_km", AWAY_KM)
def test_a_copy_is_caught(away_km):
    """Of 400 journeys at most 9 get by: a share of 99 % would let 4, give or take."""
    assert caught(random.Random(away_km), away_km, CLONES) >= 1 - 9 / CLONES
