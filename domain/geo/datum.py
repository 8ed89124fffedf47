"""WGS-84, GCJ-02 and BD-09: what trackers and Chinese maps mean by a longitude.

GCJ-02 shifts points inside China by some 500 m; BD-09 shifts those once more. The
formulas are the public reconstruction that open-source converters share; both
inverses are fixed-point iterations, good to far below a millimetre.
"""

from collections.abc import Callable
from enum import StrEnum
from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import NamedTuple

KRASOVSKY_A = 6378245.0
KRASOVSKY_EE = 0.00669342162296594323
BD_TURN = pi * 3000 / 180
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
GCJ_STEPS, BD_STEPS = 3, 6


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


class LonLat(NamedTuple):
    """Decimal degrees; which datum is said beside it."""

    lon: float
    lat: float


def to_wgs84(point: LonLat, datum: Datum) -> LonLat:
    if datum == Datum.BD09:
        point = _inverse(_gcj_to_bd, point, BD_STEPS)
    if datum != Datum.WGS84 and is_in_china(point):
        point = _inverse(_wgs_to_gcj, point, GCJ_STEPS)
    return point


def from_wgs84(point: LonLat, datum: Datum) -> LonLat:
    if datum != Datum.WGS84 and is_in_china(point):
        point = _wgs_to_gcj(point)
    return _gcj_to_bd(point) if datum == Datum.BD09 else point


def is_in_china(point: LonLat) -> bool:
    """The box in which the shift is made, as the reconstruction has it."""
    return WEST <= point.lon <= EAST and SOUTH <= point.lat <= NORTH


def _inverse(forward: Callable[[LonLat], LonLat], wanted: LonLat, steps: int) -> LonLat:
    lon, lat = wanted
    for _ in range(steps):
        found = forward(LonLat(lon, lat))
        lon, lat = lon + wanted.lon - found.lon, lat + wanted.lat - found.lat
    return LonLat(lon, lat)


def _wgs_to_gcj(point: LonLat) -> LonLat:
    x, y = point.lon - 105, point.lat - 35
    both = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + both
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3
    east += (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + both
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3
    north += (160 * sin(y / 12 * pi) + 320 * sin(y / 30 * pi)) * 2 / 3
    latitude = radians(point.lat)
    bent = 1 - KRASOVSKY_EE * sin(latitude) ** 2
    across = KRASOVSKY_A / sqrt(bent) * cos(latitude)
    along = KRASOVSKY_A * (1 - KRASOVSKY_EE) / (bent * sqrt(bent))
    return LonLat(
        point.lon + east * 180 / (across * pi), point.lat + north * 180 / (along * pi)
    )


def _gcj_to_bd(point: LonLat) -> LonLat:
    radius = hypot(*point) + 0.00002 * sin(point.lat * BD_TURN)
    angle = atan2(point.lat, point.lon) + 0.000003 * cos(point.lon * BD_TURN)
    return LonLat(radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006)
