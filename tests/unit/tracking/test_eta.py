import csv
from datetime import timedelta
from pathlib import Path
from statistics import median

import pytest

from cli.replay import read_track
from projections.tracking.eta import ENOUGH, drive, expected
from projections.tracking.fix import Fix
from projections.tracking.line import LaneLine
from projections.tracking.motion import Motion
from tests.unit.domain.given import NOW

LENGTH = 10_000
BUS = Path(__file__).parents[4] / "shared/data/tracks/liverpool_bus_route14.csv"


def at(minutes):
    return NOW + timedelta(minutes=minutes)


def steady(minutes, length=LENGTH):
    """A drive of the whole lane in so many minutes, one sample a minute."""
    return [(at(m), length * m / minutes) for m in range(minutes + 1)]


def test_a_drive_marks_every_kilometre():
    marks = drive(steady(20), LENGTH, is_outward=True)

    assert marks == tuple(120.0 * km for km in range(11))


def test_the_way_back_is_measured_from_its_own_start():
    back = [(time, LENGTH - metres) for time, metres in steady(20)]

    assert drive(back, LENGTH, is_outward=False) == drive(
        steady(20), LENGTH, is_outward=True
    )


def test_half_a_drive_teaches_nothing():
    whole = steady(20)

    assert drive(whole[:12], LENGTH, is_outward=True) is None
    assert drive(whole[8:], LENGTH, is_outward=True) is None
    assert drive([], LENGTH, is_outward=True) is None


def test_without_enough_trips_the_speeds_of_the_road_say_when():
    few = [drive(steady(20), LENGTH, is_outward=True)] * (ENOUGH - 1)

    found = expected(few, 1000, LENGTH, NOW, is_outward=True)

    assert (found.p50 - NOW).total_seconds() == pytest.approx(9 / 45 * 3600)
    assert (found.p90 - NOW).total_seconds() == pytest.approx(9 / 30 * 3600)


def test_with_enough_trips_they_say_when():
    drives = [drive(steady(20 + n), LENGTH, is_outward=True) for n in range(ENOUGH)]

    found = expected(drives, 5000, LENGTH, NOW, is_outward=True)
    back = expected(drives, 5000, LENGTH, NOW, is_outward=False)
    there = expected(drives, LENGTH, LENGTH, NOW, is_outward=True)

    assert found == back
    assert there == (NOW, NOW)
    assert (found.p50 - NOW).total_seconds() == pytest.approx(14.75 * 60, abs=60)
    assert (found.p90 - NOW).total_seconds() == pytest.approx(18.5 * 60, abs=60)
    assert found.p50 < found.p90


def test_real_buses_arrive_as_the_earlier_ones_did(capsys, monkeypatch):
    """Leave one out: how often the arrival was by p50 and by p90."""
    if not BUS.exists():
        pytest.skip(f"the recorded tracks are not here: {BUS}")
    monkeypatch.setattr("projections.tracking.eta.ENOUGH", 5)
    trips = trips_of(BUS)
    lane = LaneLine([sample.point for sample in max(trips, key=len)])
    drives = [driven for trip in trips if (driven := along(trip, lane))]
    told = []
    for i, own in enumerate(drives):
        others = drives[:i] + drives[i + 1 :]
        middle = len(own) // 2
        found = expected(others, middle * 1000, lane.length_m, NOW, is_outward=True)
        arrived = NOW + timedelta(seconds=own[-1] - own[middle])
        told.append((arrived <= found.p50, arrived <= found.p90))
    by_half, by_most = (sum(hit) / len(told) for hit in zip(*told, strict=True))

    with capsys.disabled():
        print(f"\n{len(told)} buses: {by_half:.0%} by p50, {by_most:.0%} by p90")
    assert len(told) >= 6
    assert by_half <= by_most
    assert by_most >= 0.6


def trips_of(path):
    with path.open() as file:
        names = dict.fromkeys(row["trip_id"] for row in csv.DictReader(file))
    return [read_track(path, name) for name in names]


def along(trip, lane):
    motion, found = Motion(lane), []
    for sample in trip:
        motion.follow(Fix("bus", sample.time, *sample.point))
        found.append((sample.time, motion.progress_m))
    return drive(found, lane.length_m, is_outward=True)


def test_the_median_is_the_median():
    drives = [drive(steady(20 + n), LENGTH, is_outward=True) for n in range(ENOUGH + 1)]
    found = expected(drives, 0, LENGTH, NOW, is_outward=True)

    middle = median(one[-1] for one in drives)
    assert (found.p50 - NOW).total_seconds() == pytest.approx(middle)
