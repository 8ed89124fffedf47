"""Could one lorry have been at both posts? Straight line, generous, order-free."""

from datetime import datetime
from math import asin, cos, radians, sin, sqrt

from domain.values import GeoPoint

MAX_KMH = 120.0
"""Lorries may drive 100; over a straight line even that is much."""
SLACK_KM = 3.0
"""A post is moved before the register hears of it."""
SLACK_SECONDS = 120.0
"""What a measured skew leaves of a phone's clock."""
EARTH_KM = 12_742.0


def speed_kmh(
    start: GeoPoint, start_time: datetime, end: GeoPoint, end_time: datetime
) -> float:
    """The least speed that joins the two, with both slacks in the lorry's favour."""
    way = max(0.0, kilometres(start, end) - SLACK_KM)
    seconds = abs((end_time - start_time).total_seconds()) + SLACK_SECONDS
    return way / seconds * 3600


def kilometres(a: GeoPoint, b: GeoPoint) -> float:
    """Along the great circle."""
    lat, other = radians(a.lat), radians(b.lat)
    east = radians(b.lon - a.lon)
    north = sin((other - lat) / 2) ** 2
    return EARTH_KM * asin(sqrt(north + cos(lat) * cos(other) * sin(east / 2) ** 2))
