from datetime import timedelta
from itertools import pairwise
from math import cos, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.geo.datum import LonLat
from projections.tracking.fix import Doubt, Fix, doubt_alone, is_jump
from projections.tracking.line import LaneLine
from projections.tracking.motion import AGAINST_M, Motion, Post
from tests.unit.domain.given import NOW

LOOP = [
    LonLat(118.0, 36.0),
    LonLat(118.1, 36.0),
    LonLat(118.1, 36.1),
    LonLat(118.05, 36.1),
    LonLat(118.05, 35.95),
    LonLat(118.2, 35.95),
]
"""Crosses itself: where it does, the nearest point alone would jump."""
LANE = LaneLine(LOOP)
METRES_PER_SECOND = 15


def fix_at(metres, seconds, beside=0.0, angle=0.0, lane=LANE):
    x, y = lane.frame.metres(*lane.point_at(metres))
    lon, lat = lane.frame.degrees(x + beside * cos(angle), y + beside * sin(angle))
    return Fix("phone", NOW + timedelta(seconds=seconds), lon, lat)


def drive(motion, start, stop, every=20, speed=METRES_PER_SECOND, noise=(), begun=0):
    """Fixes from one mark to another; progress after each."""
    metres, seconds, found, number = start, begun, [], 0
    step = speed * every if stop > start else -speed * every
    while (metres - stop) * step <= 0:
        beside, angle = noise[number % len(noise)] if noise else (0, 0)
        motion.follow(fix_at(metres, seconds, beside, angle), is_outward=step > 0)
        found.append(motion.progress_m)
        metres, seconds, number = metres + step, seconds + every, number + 1
    return found


NOISE = st.lists(
    st.tuples(st.floats(0, 30), st.floats(0, 6.3)), min_size=1, max_size=20
)


@given(NOISE, st.sampled_from([5, 20, 45]))
def test_a_line_driven_forward_never_jumps_back(noise, every):
    found = drive(Motion(LANE), 0, LANE.length_m, every, noise=noise)

    assert all(b - a > -AGAINST_M for a, b in pairwise(found))
    assert found[-1] == pytest.approx(LANE.length_m, abs=METRES_PER_SECOND * every + 60)


@given(NOISE, st.integers(2, 5))
def test_how_often_it_is_asked_does_not_change_where_it_is(noise, left_out):
    dense = drive(Motion(LANE), 0, LANE.length_m, 10, noise=noise)
    fixes = list(enumerate(dense))
    sparse = Motion(LANE)

    for number, progress in fixes[::left_out]:
        beside, angle = noise[number % len(noise)]
        metres = number * METRES_PER_SECOND * 10
        sparse.follow(fix_at(metres, number * 10, beside, angle))
        assert sparse.progress_m == pytest.approx(progress, abs=0.01)


def test_the_way_back_is_driven_backwards():
    motion = Motion(LANE)
    drive(motion, 0, LANE.length_m)

    found = drive(motion, LANE.length_m, 0, begun=7200)

    assert all(b - a < AGAINST_M for a, b in pairwise(found))
    assert found[-1] == pytest.approx(0, abs=400)


def test_three_fixes_beside_the_lane_are_off_route_and_two_are_not():
    motion = Motion(LANE)
    drive(motion, 0, 3000)
    seen = []
    for number, beside in enumerate((160, 160, 160, 120, 90)):
        motion.follow(fix_at(3300, 400 + 20 * number, beside, 1.57))
        seen.append(motion.is_off_route)

    assert seen == [False, False, True, True, False]


def test_a_truck_that_left_and_came_back_elsewhere_is_found_again():
    motion = Motion(LANE)
    drive(motion, 0, 3000)
    for number in range(4):
        motion.follow(fix_at(3000, 300 + 20 * number, 2000, 4.7))
    assert motion.is_off_route
    for number in range(4):
        motion.follow(fix_at(25_000 + 300 * number, 900 + 20 * number))

    assert not motion.is_off_route
    assert motion.progress_m == pytest.approx(25_900, abs=1)


def test_it_is_still_after_three_minutes_within_the_circle():
    motion = Motion(LANE)
    for seconds, is_still in ((0, False), (120, False), (180, True)):
        motion.follow(fix_at(1000, seconds, 20))
        assert motion.is_still is is_still
    motion.follow(fix_at(1400, 210))

    assert not motion.is_still


def test_a_post_between_two_fixes_was_passed():
    posts = [Post("CP1", 5010, is_armed=True), Post("CP2", 9000, is_armed=False)]
    motion = Motion(LANE, posts)

    drive(motion, 0, 12_000, every=60)

    (passage,) = motion.passages
    assert (passage.checkpoint, passage.is_outward) == ("CP1", True)
    passed = (passage.passed_time - NOW).total_seconds()
    assert passed == pytest.approx(5010 / METRES_PER_SECOND, abs=1)


def test_who_waits_at_a_post_entered_when_it_stopped():
    motion = Motion(LANE, [Post("CP1", 5200, is_armed=True)])
    drive(motion, 0, 5000)
    for number in range(30):
        motion.follow(fix_at(5100, 340 + 20 * number))
    drive(motion, 5250, 6000, begun=960)

    (passage,) = motion.passages
    waited = passage.passed_time - passage.entered_time
    assert waited.total_seconds() == pytest.approx(600, abs=60)


def test_a_long_gap_says_nothing_of_the_posts_in_it():
    motion = Motion(LANE, [Post("CP1", 5000, is_armed=True)])
    motion.follow(fix_at(1000, 0))
    motion.follow(fix_at(6000, 600))

    assert motion.passages == []
    assert motion.progress_m == pytest.approx(6000, abs=1)


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({}, None),
        ({"lon": 0.0, "lat": 0.0}, Doubt.NO_FIX),
        ({"lat": 91.0}, Doubt.NO_FIX),
        ({"accuracy_m": 201.0}, Doubt.INACCURATE),
        ({"accuracy_m": 200.0}, None),
        ({"time": NOW + timedelta(seconds=301)}, Doubt.AHEAD),
        ({"time": NOW + timedelta(seconds=300)}, None),
        ({"time": NOW - timedelta(days=7, seconds=1)}, Doubt.TOO_OLD),
    ],
)
def test_a_fix_is_doubted_for_one_reason(change, doubt):
    given_fix = {"device": "d", "time": NOW, "lon": 118.0, "lat": 36.0} | change

    assert doubt_alone(Fix(**given_fix), NOW) == doubt


def test_nobody_drives_faster_than_a_lorry():
    one = fix_at(0, 0)

    assert is_jump(one, fix_at(600, 10))
    assert is_jump(fix_at(600, 10), one)
    assert not is_jump(one, fix_at(400, 10))
    assert not is_jump(one, fix_at(40, 0))
