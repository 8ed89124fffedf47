"""Where the demo's trucks drive between the moments that the script tells of.

The script's messages say when a truck was at a post, a stop or at home; between two of
them it drives evenly, along the lane where both lie on it, else straight.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import atan2, cos, degrees, radians
from typing import Any, NamedTuple

from cli.demo.message import Message
from cli.demo.road import CHECKPOINTS, lane_points, places
from cli.demo.script import DAYS, FRUIT, G2, LANE, M1, TRACKERS
from domain.geo.datum import LonLat
from domain.geo.frame import metres_between
from projections.calendar import local_day
from projections.tracking.line import LaneLine

ROAD_M = 500
EVERY, EVERY_LATER = timedelta(seconds=30), timedelta(seconds=120)
UNLOADING = timedelta(minutes=6)
JITTER = 0.00008
SHADOW = (DAYS[0].at("8:12"), DAYS[0].at("8:48"))
"""The first morning's dead zone in the mountains: phones keep their fixes."""
DEVICES = {
    **{truck.plate: (device,) for truck, device in TRACKERS.items()},
    G2.plate: ("phone-g2-driver", "phone-g2-escort"),
}
KNOT_KMH = 1.852


class Halt(NamedTuple):
    """At a place from one time to another."""

    arrived: datetime
    left: datetime
    point: LonLat


class Tracked(NamedTuple):
    """One request to /v1/osmand, in the query's form."""

    send_time: datetime
    fields: dict[str, str]


def tracked(messages: Sequence[Message], seed: int) -> list[Tracked]:
    """Positions of every truck with a device, as they are sent."""
    dice = random.Random(seed)  # noqa: S311 -- a demo's dice, and repeatable
    lane = LaneLine([point for _, point in lane_points(LANE)])
    journeys = _Journeys(lane)
    for message in sorted(messages, key=lambda m: m.happened or m.send_time):
        if message.happened and not message.refused:
            journeys.follow(message, message.happened)
    found = [
        sent
        for plate, halts in journeys.halts.items()
        for sent in _sent(plate, halts, lane, dice)
    ]
    return sorted(found, key=lambda one: one.send_time)


class _Journeys:
    """Halts by plate, gathered from the messages in the order of what happened."""

    def __init__(self, lane: LaneLine) -> None:
        self.halts: defaultdict[str, list[Halt]] = defaultdict(list)
        self._carrier: dict[str, str] = {}
        self._at = {c: LonLat(lon, lat) for c, (_, lon, lat) in CHECKPOINTS.items()}
        for place in places():
            point = LonLat(float(place["lon"]), float(place["lat"]))
            self._at[place["code"]] = point
        self._home = self._at["zhongzhuang"]
        before_zichuan = lane.locate(self._at["CP3"]).progress_m - 4000
        self._broken = lane.point_at(before_zichuan)

    def follow(self, message: Message, time: datetime) -> None:
        body, parts = message.body, message.path.split("/")
        shipment, what = parts[-2], parts[-1]
        plate = self._carrier.get(shipment, body.get("plate", ""))
        if plate not in DEVICES:
            return
        if what == "pickups":
            owner = FRUIT if plate != M1.plate else M1.organisation
            self._carrier[f"{owner}.{body['document_no']}"] = plate
        elif what == "vehicle-replacements" and body["plate"] != plate:
            plate = self._carrier[shipment] = body["plate"]
        if halt := self._halt(what, body, time):
            self.halts[plate].append(halt)
        elif what == "departures":
            self.halts[plate][-1] = self.halts[plate][-1]._replace(left=time)

    def _halt(self, what: str, body: dict[str, Any], time: datetime) -> Halt | None:
        match what:
            case "pickups" | "completions":
                return Halt(time, time, self._home)
            case "scans":
                return _queued(time, self._at[body["checkpoint"]])
            case "deliveries":
                return Halt(time - UNLOADING, time, self._at[body["stop"]])
            case "breakdowns":
                return Halt(time, time + timedelta(hours=3), self._broken)
            case "vehicle-replacements" if body["reason"] == "breakdown":
                return Halt(time, time, self._broken)
            case _:
                return None


def _queued(time: datetime, point: LonLat) -> Halt:
    minutes = 14 if time == DAYS[0].at("10:20") else 3
    return Halt(time - timedelta(minutes=minutes), time, point)


def _sent(
    plate: str, halts: list[Halt], lane: LaneLine, dice: random.Random
) -> Iterator[Tracked]:
    before = None
    for one, other in pairwise(halts):
        is_one_trip = local_day(one.left) == local_day(other.arrived)
        every = EVERY if local_day(one.left) == DAYS[0].day else EVERY_LATER
        time = one.arrived if is_one_trip else one.left
        while is_one_trip and time < other.arrived:
            point = _between(one, other, time, lane)
            yield from _told(plate, time, point, before, every, dice)
            before, time = point, time + every


def _between(one: Halt, other: Halt, time: datetime, lane: LaneLine) -> LonLat:
    if time <= one.left:
        return one.point
    share = (time - one.left) / max(other.arrived - one.left, timedelta(seconds=1))
    start, end = lane.locate(one.point), lane.locate(other.point)
    if max(start.off_m, end.off_m) < ROAD_M:
        metres = start.progress_m + share * (end.progress_m - start.progress_m)
        return lane.point_at(metres)
    (lon, lat), (to_lon, to_lat) = one.point, other.point
    return LonLat(lon + share * (to_lon - lon), lat + share * (to_lat - lat))


def _told(
    plate: str,
    time: datetime,
    point: LonLat,
    before: LonLat | None,
    every: timedelta,
    dice: random.Random,
) -> Iterator[Tracked]:
    sent = SHADOW[1] if SHADOW[0] < time < SHADOW[1] else time
    metres = metres_between(before, point) if before else 0.0
    east = (point.lon - before.lon) * cos(radians(point.lat)) if before else 0.0
    north = point.lat - before.lat if before else 0.0
    for device in DEVICES[plate]:
        lon = point.lon + dice.gauss(0, JITTER)
        lat = point.lat + dice.gauss(0, JITTER)
        fields = {
            "id": device,
            "timestamp": f"{time.timestamp():.0f}",
            "lon": f"{lon:.6f}",
            "lat": f"{lat:.6f}",
            "speed": f"{metres / every.total_seconds() * 3.6 / KNOT_KMH:.1f}",
            "accuracy": "6",
        }
        if metres > 1:
            fields["bearing"] = f"{degrees(atan2(east, north)) % 360:.0f}"
        yield Tracked(sent + timedelta(seconds=2), fields)
