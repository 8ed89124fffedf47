"""A flat frame in metres around a point: exact enough for a lane, and fast."""

from math import cos, radians
from typing import NamedTuple

from geopy.distance import geodesic

from domain.geo.datum import LonLat

LAST = 89.0
"""No road leads farther, and at the pole there is no east; who names it gets this."""


class Metres(NamedTuple):
    """East and north of the frame's origin."""

    x: float
    y: float


class Frame:
    """Degrees are scaled to the ellipsoid at the origin: 0.1 % off at 100 km."""

    def __init__(self, origin: LonLat) -> None:
        self.origin = origin
        step = 0.01
        lon, lat = origin.lon, max(-LAST, min(LAST, origin.lat))
        north = geodesic((lat - step, lon), (lat + step, lon)).m / (2 * step)
        east = geodesic((lat, lon - step), (lat, lon + step)).m / (2 * step)
        self._north, self._east = north, east / cos(radians(lat))
        self._narrow = cos(radians(lat))

    def metres(self, lon: float, lat: float) -> Metres:
        east = (lon - self.origin.lon) * self._east * self._narrow
        return Metres(east, (lat - self.origin.lat) * self._north)

    def degrees(self, x: float, y: float) -> LonLat:
        lon = self.origin.lon + x / (self._east * self._narrow)
        return LonLat(lon, self.origin.lat + y / self._north)


def metres_between(a: LonLat, b: LonLat) -> float:
    """Good to 0.2 % below 10 km; for speeds and fences, not for lengths of lanes."""
    mean = radians((a.lat + b.lat) / 2)
    east = (b.lon - a.lon) * 111_320 * cos(mean)
    north = (b.lat - a.lat) * 110_990
    return float((east * east + north * north) ** 0.5)
