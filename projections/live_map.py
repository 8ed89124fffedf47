"""The map: every truck under way where it is, or between the posts where it must be.

Positions move trucks; without them events do, and the page draws those hollow.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from domain.geo.datum import LonLat
from domain.values import GeoPoint
from projections.live_lanes import LiveLane, existing, lanes
from projections.live_routes import RouteRow
from projections.model import Moment, Views
from projections.tracking.eta import Window, expected
from projections.tracking.fix import Fix
from projections.tracking.fleet import Road
from projections.tracking.motion import FENCE_M

SILENT_AFTER = timedelta(minutes=10)
LOOKS = ("alarm", "silent", "waiting", "stopped", "delivering", "moving")


class Sighting(msgspec.Struct, frozen=True, gc=False):
    """What positions say of a truck; without a lane there is no progress."""

    fix: Fix
    progress_m: float | None = None
    is_off_route: bool = False
    still_since: datetime | None = None


class LiveTruck(msgspec.Struct, frozen=True, gc=False):
    """`look` is one of LOOKS; `source` is gps, or events where no position is."""

    shipment_id: str
    plate: str
    trailer: str
    organisation: str
    document_no: str
    lane: str
    state: str
    look: str
    source: str
    lon: float | None
    lat: float | None
    heading: float
    speed_kmh: float
    time: datetime | None
    progress_m: float | None
    is_off_route: bool
    still_since: datetime | None
    last_place: str
    last_time: datetime | None
    next_checkpoint: str
    stops_done: int
    stops_left: int
    cases_on_board: int
    eta_p50: datetime | None = None
    eta_p90: datetime | None = None


class LiveMap(msgspec.Struct, frozen=True):
    """`waits`: minutes at each post, from positions; only of the present."""

    now: datetime
    at: datetime
    position: str
    trucks: tuple[LiveTruck, ...]
    lanes: tuple[LiveLane, ...]
    waits: dict[str, float] = {}


Sight = Callable[[str, RouteRow], Sighting | None]
Points = Mapping[str, GeoPoint | None]


class Scene(NamedTuple):
    """What a map is drawn from: shipments under way, places, lanes."""

    routes: Iterable[tuple[str, RouteRow]]
    points: Points
    roads: Mapping[str, Road]
    lanes: Iterable[LiveLane]


def scene(views: Views, roads: Mapping[str, Road], moment: Moment) -> Scene:
    places = views["register"].rows(moment, prefix="place:")
    return Scene(
        routes=views["live_routes"].rows(moment, open_only=True),
        points={key.partition(":")[2]: row.point for key, row in places},
        roads=roads,
        lanes=lanes(views, roads, moment),
    )


def draw(
    found: Scene, sight: Sight, at: datetime, organisation: str = ""
) -> tuple[tuple[LiveTruck, ...], tuple[LiveLane, ...]]:
    """`sight` says where a shipment's truck was seen, by its id and its row."""
    trucks = tuple(
        truck(key, row, found.roads.get(row.lane), sight(key, row), found.points, at)
        for key, row in found.routes
        if row.plate and organisation in {"", row.organisation}
    )
    return trucks, existing(found.lanes, at)


def truck(
    shipment_id: str,
    row: RouteRow,
    road: Road | None,
    seen: Sighting | None,
    points: Points,
    at: datetime,
) -> LiveTruck:
    if seen and row.last_time and row.last_time - seen.fix.time > SILENT_AFTER:
        seen = None
    point, progress = _place(row, road, seen, points)
    done = len(set(row.served) & set(row.stops)) if row.served else 0
    eta = _eta(row, road, seen)
    return LiveTruck(
        shipment_id=shipment_id,
        plate=row.plate,
        trailer=row.trailer,
        organisation=row.organisation,
        document_no=row.document_no,
        lane=row.lane,
        state=row.state,
        look=_look(row, road, seen, at),
        source="gps" if seen else "events",
        lon=point.lon if point else None,
        lat=point.lat if point else None,
        heading=seen.fix.heading if seen else -1,
        speed_kmh=seen.fix.speed_kmh if seen else -1,
        time=seen.fix.time if seen else row.last_time,
        progress_m=progress,
        is_off_route=bool(seen and seen.is_off_route and _is_bound(row)),
        still_since=seen.still_since if seen else None,
        last_place=row.last_place,
        last_time=row.last_time,
        next_checkpoint=next(iter(_ahead(row, road, seen)), ""),
        stops_done=done,
        stops_left=len(set(row.stops)) - done,
        cases_on_board=row.picked_up - row.gone,
        eta_p50=eta and eta.p50,
        eta_p90=eta and eta.p90,
    )


def _place(
    row: RouteRow, road: Road | None, seen: Sighting | None, points: Points
) -> tuple[LonLat | None, float | None]:
    return (seen.fix.point, seen.progress_m) if seen else _guess(row, road, points)


def _eta(row: RouteRow, road: Road | None, seen: Sighting | None) -> Window | None:
    """At the lane's end, for who drives along it and was seen there."""
    if road is None or seen is None or seen.progress_m is None or not _is_bound(row):
        return None
    is_outward = row.state != "returning"
    drives = road.outward if is_outward else road.back
    length, time = road.line.length_m, seen.fix.time
    return expected(drives, seen.progress_m, length, time, is_outward=is_outward)


def _is_bound(row: RouteRow) -> bool:
    """Whether it should be on its lane: not while it serves the communities."""
    return row.state in {"moving", "returning"}


def _look(row: RouteRow, road: Road | None, seen: Sighting | None, at: datetime) -> str:
    if row.state == "broken_down" or (seen and seen.is_off_route and _is_bound(row)):
        return "alarm"
    newest = row.last_time
    if seen and (newest is None or seen.fix.time > newest):
        newest = seen.fix.time
    if newest is None or at - newest > SILENT_AFTER:
        return "silent"
    if row.state == "delivering":
        return "delivering"
    if seen is None or seen.still_since is None:
        return "moving"
    posts = road.posts if road and _is_bound(row) else ()
    progress = seen.progress_m
    is_near = progress is not None and any(
        abs(post.progress_m - progress) <= FENCE_M for post in posts
    )
    return "waiting" if is_near else "stopped"


def _ahead(row: RouteRow, road: Road | None, seen: Sighting | None) -> list[str]:
    """Posts still to come: by the position, else by what was told."""
    if road is None or row.state in {"returning", "delivering"}:
        return []
    if seen and seen.progress_m is not None:
        beyond = seen.progress_m
        return [post.code for post in road.posts if post.progress_m > beyond]
    return [post.code for post in road.posts if post.code not in row.passed]


def _guess(
    row: RouteRow, road: Road | None, points: Points
) -> tuple[LonLat | None, float | None]:
    """Half way between the last place and the next post; at a stop, the stop."""
    place = points.get(row.last_place)
    known = LonLat(place.lon, place.lat) if place else None
    if road is None or row.state == "delivering":
        return known, None
    marks = {post.code: post.progress_m for post in road.posts}
    last = marks.get(row.last_place)
    if last is None:
        last = road.line.locate(known).progress_m if known else 0.0
    if row.state in {"booked", "loaded", "broken_down"}:
        return road.line.point_at(last), last
    if row.state == "returning":
        beyond = max((m for m in marks.values() if m < last), default=0.0)
    else:
        beyond = min(
            (m for m in marks.values() if m > last), default=road.line.length_m
        )
    progress = (last + beyond) / 2
    return road.line.point_at(progress), progress
