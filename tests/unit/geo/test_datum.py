"""Against an independent library, which converts forward only to full precision."""

import coordTransform
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.geo.datum import Datum, LonLat, from_wgs84, is_in_china, to_wgs84
from domain.geo.frame import metres_between

MILLIMETRE = 0.001
IN_CHINA = st.builds(LonLat, st.floats(74, 134.7), st.floats(18.2, 53.5))
FORWARD = {
    Datum.GCJ02: coordTransform.wgs84_to_gcj02,
    Datum.BD09: coordTransform.wgs84_to_bd09,
}


@given(IN_CHINA, st.sampled_from([Datum.GCJ02, Datum.BD09]))
def test_what_is_converted_comes_back_within_a_millimetre(point, datum):
    shifted = LonLat(*FORWARD[datum](*point))

    assert metres_between(from_wgs84(point, datum), shifted) < MILLIMETRE
    assert metres_between(to_wgs84(shifted, datum), point) < MILLIMETRE


@pytest.mark.parametrize(("datum", "metres"), [(Datum.GCJ02, 541), (Datum.BD09, 1310)])
def test_in_zhangdian_the_shift_is_half_a_kilometre_and_more(datum, metres):
    zhangdian = LonLat(118.012, 36.806)

    moved = metres_between(zhangdian, from_wgs84(zhangdian, datum))

    assert moved == pytest.approx(metres, rel=0.03)


@given(st.floats(-70, 70), st.floats(-60, 60))
def test_outside_china_only_baidu_moves_a_point(lon, lat):
    point = LonLat(lon, lat)

    assert not is_in_china(point)
    assert to_wgs84(point, Datum.GCJ02) == point
    assert to_wgs84(point, Datum.WGS84) == point


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_point_of_the_amap_list_lands_where_the_list_says(datum):
    """凯瑞园, as the demo's places have it in GCJ-02 and in WGS-84."""
    wgs, gcj = LonLat(118.009132, 36.815027), LonLat(118.015091, 36.815435)

    found = to_wgs84(gcj, Datum.GCJ02)

    assert metres_between(found, wgs) < 0.2
    assert metres_between(to_wgs84(from_wgs84(wgs, datum), datum), wgs) < MILLIMETRE
