from itertools import pairwise

import pytest
from geopy.distance import geodesic
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.geo.datum import LonLat
from domain.geo.frame import metres_between
from projections.tracking.line import LaneLine

CORNERS = st.lists(
    st.builds(LonLat, st.floats(117.9, 118.2), st.floats(36.1, 36.4)),
    min_size=2,
    max_size=8,
)
SHARES = st.floats(0, 1)
STEPS = st.integers(0, 300)


def lane_through(corners):
    try:
        return LaneLine(corners)
    except ValueError:
        assume(condition=False)


@pytest.mark.parametrize("lat", [-90.0, 90.0])
def test_a_lane_to_a_pole_has_a_line(lat):
    lane = LaneLine([LonLat(118.0, lat / 2), LonLat(118.0, lat)])

    assert lane.length_m == pytest.approx(5_000_000, rel=0.01)


@given(CORNERS)
def test_the_length_is_that_of_the_ellipsoid(corners):
    lane = lane_through(corners)

    legs = sum(geodesic(a[::-1], b[::-1]).m for a, b in pairwise(corners))

    assert lane.length_m == pytest.approx(legs, rel=0.002, abs=10)


@given(CORNERS, SHARES)
def test_a_point_of_the_line_lies_on_it_in_its_window(corners, share):
    lane = lane_through(corners)
    metres = share * lane.length_m

    found = lane.locate(lane.point_at(metres), metres - 50, metres + 50)

    assert found.off_m < 0.01
    assert found.progress_m == pytest.approx(metres, abs=50.01)


@given(CORNERS, SHARES, st.tuples(SHARES, SHARES))
def test_what_is_found_lies_within_the_window(corners, share, window):
    lane = lane_through(corners)
    low, high = sorted(mark * lane.length_m for mark in window)

    found = lane.locate(lane.point_at(share * lane.length_m), low, high)

    assert low - 0.01 <= found.progress_m <= high + 0.01


def test_a_lane_needs_two_places():
    for points in ([], [LonLat(118, 36)], [LonLat(118, 36)] * 3):
        with pytest.raises(ValueError, match="lane"):
            LaneLine(points)


@given(
    st.lists(
        st.builds(lambda x, y: LonLat(117.9 + x / 1000, 36.1 + y / 1000), STEPS, STEPS),
        min_size=30,
        max_size=60,
    ),
    st.builds(LonLat, st.floats(117.8, 118.3), st.floats(36.0, 36.5)),
)
def test_what_is_skipped_is_never_the_nearest(corners, point):
    lane = lane_through(corners)

    found = lane.locate(point)

    shortest = min(
        LaneLine([a, b]).locate(point).off_m
        for a, b in pairwise(corners)
        if metres_between(a, b) > 1
    )
    assert found.off_m == pytest.approx(shortest, rel=0.01, abs=20)
