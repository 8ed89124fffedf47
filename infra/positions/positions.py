"""Takes fixes in, keeps them, and knows where every truck is now."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from threading import Lock
from typing import Any

from domain.commands import Command
from domain.events import DomainEvent
from domain.geo.frame import metres_between
from domain.passages import passage
from domain.values import Direction
from infra.positions.ring import Ring
from projections.live_map import Scene, Sight, Sighting, scene
from projections.live_routes import RouteRow
from projections.model import Moment
from projections.tracking.eta import drive
from projections.tracking.fix import KEPT, Fix
from projections.tracking.fleet import Fleet, Road, Trip
from projections.tracking.motion import OFF_ROUTE_M, STILL, STILL_M
from projections.tracking.roads import roads_of

NOW = Moment()
TURN_EVERY = 10_000
RECENT = timedelta(hours=1)
Waits = deque[tuple[datetime, float]]


class Positions:
    """Follows the log as a read model does, for trips, devices and lanes.

    It comes after the views it reads; `on_passage` is told of posts driven through,
    `share` what reached this node first, and how far it had come in the log.
    """

    def __init__(
        self,
        path: Path,
        views: Mapping[str, Any],
        on_passage: Callable[[Command], None] = lambda _: None,
        share: Callable[[Sequence[Fix], datetime, int], None] = lambda *_: None,
    ) -> None:
        self.ring, self.fleet = Ring(path), Fleet()
        self._views, self._on_passage, self._share = views, on_passage, share
        self._lock = Lock()
        self._taken = 0
        self._routes: dict[str, RouteRow] = {}
        self._still: Scene
        self._waits: defaultdict[str, Waits] = defaultdict(lambda: deque(maxlen=5))
        self.position = min(view.position for view in views.values())
        self._load()

    def add(self, fixes: Sequence[Fix], now: datetime) -> Counter[str]:
        """How many were believed, and how many doubted for which reason.

        Raises OperationalError where they are known here and could not be shared.
        """
        counts = self.take(fixes, now)
        self._share(fixes, now, self.position)
        return counts

    def take(self, fixes: Sequence[Fix], now: datetime) -> Counter[str]:
        """`add`, for what another node has shared."""
        with self._lock:
            fresh = self.ring.unknown(fixes)
            kept = self.fleet.take(fresh, now)
            counts, self.fleet.counts = self.fleet.counts, Counter()
            if len(fixes) > len(fresh):
                counts["known"] = len(fixes) - len(fresh)
            self.ring.write(kept, counts, now)
            for trip in self.fleet.late.values():
                self._refold(trip)
            self.fleet.late.clear()
            self._tell()
            self._taken += len(fresh)
            if self._taken > TURN_EVERY:
                self._taken = 0
                self.ring.forget(now)
        return counts

    def scene(self) -> Scene:
        """As the log has it now, without asking the read models."""
        return self._still._replace(routes=tuple(self._routes.items()))

    def sight(self, shipment_id: str, row: RouteRow) -> Sighting | None:
        """Where the truck that carries the shipment now was last seen with it."""
        motion = self.fleet.motions.get(row.plate)
        if motion is None or motion.last is None or not row.carriers:
            return None
        trip = self.fleet.trip_at(row.plate, motion.last.time)
        if trip is None or trip.shipment_id != shipment_id:
            return None
        still_since = motion.since if motion.is_still else None
        return Sighting(
            motion.last, motion.progress_m, motion.is_off_route, still_since
        )

    def waits(self, now: datetime) -> dict[str, float]:
        """Minutes at each post: the median of its newest passages of the last hour."""
        recent = {
            code: [minutes for time, minutes in found if now - time <= RECENT]
            for code, found in self._waits.items()
        }
        return {code: round(median(m), 1) for code, m in recent.items() if m}

    def past(
        self, at: datetime, known_at: datetime, roads: Mapping[str, Road]
    ) -> Sight:
        """`sight` at a moment, from the ring."""

        def sight(shipment_id: str, row: RouteRow) -> Sighting | None:
            last = self.ring.last(shipment_id, at, known_at)
            if last is None:
                return None
            before = self.ring.last(shipment_id, last.fix.time - STILL, known_at)
            rest = before.fix if before else None
            is_still = rest and metres_between(rest.point, last.fix.point) < STILL_M
            road = roads.get(row.lane)
            off_m = road.line.locate(last.fix.point).off_m if road else 0
            return Sighting(
                fix=last.fix,
                progress_m=last.progress_m,
                is_off_route=off_m > OFF_ROUTE_M,
                still_since=rest.time if rest and is_still else None,
            )

        return sight

    def apply(self, events: Sequence[tuple[int, DomainEvent]]) -> None:
        """What these events changed of trips, devices and lanes is read again."""
        kinds = {event.originator_id.partition(":")[0] for _, event in events}
        subjects = {event.originator_id for _, event in events}
        with self._lock:
            if "vehicle" in kinds:
                self._load_devices()
            if kinds & {"lane", "checkpoint", "place"}:
                self._load_roads()
            for subject in subjects:
                kind, _, name = subject.partition(":")
                if kind == "shipment":
                    row = self._views["live_routes"].row(name, NOW)
                    if row:
                        self._note_route(name, row)
        self.position = events[-1][0]

    def close(self) -> None:
        self.ring.close()

    def _load(self) -> None:
        self._load_devices()
        self._load_roads()
        for shipment_id, row in self._views["live_routes"].rows(NOW, open_only=True):
            self._note_route(shipment_id, row)
        for trips in self.fleet.trips.values():
            for trip in trips:
                self._refold(trip)

    def _refold(self, trip: Trip) -> None:
        track = self.ring.track(trip.shipment_id, trip.plate)
        self.ring.place(self.fleet.refold(trip, track))

    def _driven(self, lane: str, road: Road) -> Road:
        return road._replace(
            outward=self.ring.drives(lane, is_outward=True),
            back=self.ring.drives(lane, is_outward=False),
        )

    def _keep_drives(self, shipment_id: str, row: RouteRow) -> None:
        """How this trip drove its lane, for the estimates of the next."""
        road = self.fleet.roads.get(row.lane)
        if road is None:
            return
        told = self.ring.progress(shipment_id)
        turned = row.return_time or row.ended_time
        for is_outward in (True, False):
            part = [one for one in told if turned and (one[0] < turned) == is_outward]
            marks = drive(part, road.line.length_m, is_outward=is_outward)
            if marks:
                lane = row.lane
                self.ring.keep_drive(lane, shipment_id, marks, is_outward=is_outward)
        self.fleet.roads = {
            **self.fleet.roads,
            row.lane: self._driven(row.lane, road),
        }
        self._still = self._still._replace(roads=self.fleet.roads)

    def _load_devices(self) -> None:
        rows = self._views["devices"].rows(NOW)
        self.fleet.devices = {device: row.assignments for device, row in rows}

    def _load_roads(self) -> None:
        roads = roads_of(self._views, NOW)
        self.fleet.roads = {lane: self._driven(lane, roads[lane]) for lane in roads}
        self._still = scene(self._views, self.fleet.roads, NOW)

    def _note_route(self, shipment_id: str, row: RouteRow) -> None:
        """A trip per vehicle that carried the goods; what has long ended is left.

        As it stands now: a take-over that did not occur goes.
        """
        known = self._routes.get(shipment_id, row).carriers
        self._routes[shipment_id] = row
        if row.ended_time:
            del self._routes[shipment_id]
            self._keep_drives(shipment_id, row)
        turns = [*(one.from_time for one in row.carriers), row.ended_time]
        trips = tuple(
            Trip(
                shipment_id=shipment_id,
                plate=carrier.plate,
                from_time=carrier.from_time,
                until_time=end,
                return_time=row.return_time,
                lane=row.lane,
            )
            for carrier, end in zip(row.carriers, turns[1:], strict=True)
        )
        for plate in {one.plate for one in (*known, *row.carriers)}:
            mine = [
                trip
                for trip in self.fleet.trips.get(plate, ())
                if trip.shipment_id != shipment_id and not _is_past(trip, trips)
            ]
            mine += [trip for trip in trips if trip.plate == plate]
            self.fleet.trips[plate] = sorted(mine, key=lambda trip: trip.from_time)

    def _tell(self) -> None:
        for trip, found in self.fleet.passages():
            way = Direction.OUTWARD if found.is_outward else Direction.RETURN
            time = found.passed_time
            self._on_passage(passage(trip.shipment_id, found.checkpoint, way, time))
            waited = (time - found.entered_time).total_seconds() / 60
            self._waits[found.checkpoint].append((time, waited))


def _is_past(trip: Trip, newest: Sequence[Trip]) -> bool:
    if trip.until_time is None or not newest:
        return False
    return newest[-1].from_time - trip.until_time > KEPT
