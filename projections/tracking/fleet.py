"""All trucks under way: whose fix is it, is it believed, where is the truck then.

Pure: what devices, trips and lanes there are is set from the read models; what `take`
returns is to be kept by whoever calls.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import atan2, cos, degrees, radians
from typing import NamedTuple

from msgspec.structs import replace

from domain.geo.datum import LonLat, to_wgs84
from projections.devices import Assignment
from projections.tracking.eta import Drive
from projections.tracking.fix import Doubt, Fix, doubt_alone, is_jump
from projections.tracking.line import LaneLine
from projections.tracking.motion import Motion, Passage, Post

LEADS = timedelta(seconds=60)
TURNED_M = 20
DROPPED = frozenset({Doubt.TOO_OLD, Doubt.NO_SHIPMENT})


class Trip(NamedTuple):
    """What one vehicle carried, from when until when."""

    shipment_id: str
    plate: str
    from_time: datetime
    until_time: datetime | None
    return_time: datetime | None
    lane: str

    def is_outward(self, time: datetime) -> bool:
        return self.return_time is None or time < self.return_time


class Road(NamedTuple):
    """`outward` and `back` are how earlier trips drove it."""

    line: LaneLine
    posts: Sequence[Post]
    outward: Sequence[Drive] = ()
    back: Sequence[Drive] = ()


class Kept(NamedTuple):
    """A fix as the ring keeps it; `doubt` is empty where it was believed.

    `leads` where it is the one that says where the truck is: of two phones on board,
    one does.
    """

    fix: Fix
    plate: str = ""
    shipment_id: str = ""
    progress_m: float | None = None
    leads: bool = False
    doubt: str = ""


class Fleet:
    """`late` holds trips that have a fix older than their newest: refold them."""

    def __init__(self) -> None:
        self.devices: Mapping[str, Sequence[Assignment]] = {}
        self.trips: dict[str, Sequence[Trip]] = {}
        self.roads: Mapping[str, Road] = {}
        self.motions: dict[str, Motion] = {}
        self.counts: Counter[str] = Counter()
        self.late: dict[str, Trip] = {}
        self.changed: set[str] = set()
        self._believed: dict[str, Fix] = {}
        self._doubted: dict[str, Fix] = {}

    def take(self, fixes: Iterable[Fix], now: datetime) -> list[Kept]:
        """Fixes that nobody has seen; what is dropped is counted, not returned."""
        kept = []
        for fix in sorted(fixes, key=lambda each: each.time):
            found = self._judge(fix, now)
            self.counts[found.doubt or "believed"] += 1
            if found.doubt not in DROPPED:
                kept.append(found)
        return kept

    def passages(self) -> Iterable[tuple[Trip, Passage]]:
        """New passages of armed posts, each told once."""
        moved, self.changed = self.changed, set()
        for plate in moved:
            motion = self.motions[plate]
            trip = self.trip_at(plate, motion.last.time) if motion.last else None
            if trip:
                yield from ((trip, passage) for passage in motion.passages)
            motion.passages.clear()

    def refold(self, trip: Trip, fixes: Iterable[Fix]) -> list[Kept]:
        """The trip's believed fixes, given in the order of their times, placed anew."""
        placed = []
        motion = self._motion(trip)
        self.motions[trip.plate] = motion
        for fix in fixes:
            if _leads(motion, fix):
                is_outward = trip.is_outward(fix.time)
                motion.follow(_headed(motion.last, fix), is_outward=is_outward)
                placed.append(_placed(trip, fix, motion))
        self.changed.add(trip.plate)
        return placed

    def trip_at(self, plate: str, time: datetime) -> Trip | None:
        for trip in reversed(self.trips.get(plate, ())):
            if trip.from_time <= time and (
                trip.until_time is None or time <= trip.until_time
            ):
                return trip
        return None

    def _judge(self, fix: Fix, now: datetime) -> Kept:
        alone = doubt_alone(fix, now)
        if alone:
            return Kept(fix, doubt=alone)
        ridden = [
            a for a in self.devices.get(fix.device, ()) if a.from_time <= fix.time
        ]
        if not ridden:
            return Kept(fix, doubt=Doubt.UNASSIGNED)
        plate, datum = ridden[-1].plate, ridden[-1].datum
        lon, lat = to_wgs84(LonLat(fix.lon, fix.lat), datum)
        fix = replace(fix, lon=lon, lat=lat)
        if self._is_jump(fix):
            return Kept(fix, plate, doubt=Doubt.JUMP)
        trip = self.trip_at(plate, fix.time)
        if trip is None:
            return Kept(fix, plate, doubt=Doubt.NO_SHIPMENT)
        return self._follow(trip, fix)

    def _is_jump(self, fix: Fix) -> bool:
        """Two that agree with each other win over the one before, older or newer."""
        last, doubted = self._believed.get(fix.device), self._doubted.get(fix.device)
        if last and is_jump(last, fix):
            if doubted is None or is_jump(doubted, fix):
                self._doubted[fix.device] = fix
                return True
            last = None
        self._doubted.pop(fix.device, None)
        if last is None or last.time < fix.time:
            self._believed[fix.device] = fix
        return False

    def _follow(self, trip: Trip, fix: Fix) -> Kept:
        motion = self.motions.get(trip.plate)
        is_other = motion and motion.last and motion.last.time < trip.from_time
        if motion is None or is_other:
            motion = self.motions[trip.plate] = self._motion(trip)
        if motion.last and fix.time <= motion.last.time:
            self.late[trip.plate] = trip
            return Kept(fix, trip.plate, trip.shipment_id)
        if not _leads(motion, fix):
            return Kept(fix, trip.plate, trip.shipment_id)
        before = motion.last
        is_outward = trip.is_outward(fix.time)
        motion.follow(_headed(before, fix), is_outward=is_outward)
        self.changed.add(trip.plate)
        return _placed(trip, fix, motion)

    def _motion(self, trip: Trip) -> Motion:
        road = self.roads.get(trip.lane)
        return Motion(road.line, road.posts) if road else Motion(None)


def _placed(trip: Trip, fix: Fix, motion: Motion) -> Kept:
    return Kept(fix, trip.plate, trip.shipment_id, motion.progress_m, leads=True)


def _leads(motion: Motion, fix: Fix) -> bool:
    """Two phones on one truck: the first leads until it is silent."""
    last = motion.last
    return last is None or last.device == fix.device or fix.time - last.time > LEADS


def _headed(before: Fix | None, fix: Fix) -> Fix:
    """With a heading: its own, or that of the way since the fix before."""
    if fix.heading >= 0 or before is None:
        return fix
    east = (fix.lon - before.lon) * cos(radians(fix.lat))
    north = fix.lat - before.lat
    if abs(east) + abs(north) < TURNED_M / 111_000:
        return replace(fix, heading=before.heading)
    return replace(fix, heading=degrees(atan2(east, north)) % 360)
