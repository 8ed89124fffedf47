"""A position as a device sent it, and whether to believe it."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from domain.geo.datum import LonLat
from domain.geo.frame import metres_between

AHEAD = timedelta(minutes=5)
KEPT = timedelta(days=7)
WORST_ACCURACY_M = 200
TOP_SPEED_KMH = 160
JITTER_M = 50
EAST, NORTH, NULL_ISLAND = 180, 90, 1e-6


class Fix(msgspec.Struct, frozen=True, gc=False):
    """WGS-84 once judged; speed in km/h, heading in degrees from north, -1: unknown."""

    device: str
    time: datetime
    lon: float
    lat: float
    speed_kmh: float = -1.0
    heading: float = -1.0
    accuracy_m: float = -1.0

    @property
    def point(self) -> LonLat:
        return LonLat(self.lon, self.lat)


class Doubt(StrEnum):
    """Why a fix moves no truck. All but the last two are kept in the ring."""

    NO_FIX = "no-fix"
    INACCURATE = "inaccurate"
    AHEAD = "ahead"
    JUMP = "jump"
    UNASSIGNED = "unassigned"
    TOO_OLD = "too-old"
    NO_SHIPMENT = "no-shipment"


def doubt_alone(fix: Fix, now: datetime) -> Doubt | None:
    """What is wrong with the fix whatever came before it."""
    if fix.time > now + AHEAD:
        return Doubt.AHEAD
    if fix.time < now - KEPT:
        return Doubt.TOO_OLD
    if abs(fix.lon) > EAST or abs(fix.lat) > NORTH:
        return Doubt.NO_FIX
    if abs(fix.lon) + abs(fix.lat) < NULL_ISLAND:
        return Doubt.NO_FIX
    return Doubt.INACCURATE if fix.accuracy_m > WORST_ACCURACY_M else None


def is_jump(one: Fix, other: Fix) -> bool:
    """Whether no lorry can have driven from one to the other, in whatever order."""
    metres = metres_between(one.point, other.point)
    seconds = abs((other.time - one.time).total_seconds())
    return metres > JITTER_M + seconds * TOP_SPEED_KMH / 3.6
