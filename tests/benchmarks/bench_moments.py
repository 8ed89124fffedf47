"""The live map at any moment of a history of a million events."""

import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median
from types import SimpleNamespace

from api.live_map import answer
from api.writes import json_response
from domain import events as e
from domain.values import (
    Direction,
    GeoPoint,
    PlaceKind,
    PlateKind,
    ScanDecision,
    Stop,
    Verdict,
    Waypoint,
)
from infra import mapper
from infra.event_store import Factory, Reader
from infra.positions import Positions
from infra.views.folder import open_views, rebuild_apart
from infra.views.history import History
from projections import READ_MODELS
from projections.tracking.fix import KEPT, Fix
from projections.tracking.fleet import Kept
from tests.benchmarks.harness import compared, stored_of
from tests.unit.domain.given import NOW

EVENTS, TRUCKS, STEPS = 1_000_000, 200, 12
PER_PAGE = 5000
LATE_EVERY, LATE = 50, timedelta(minutes=30)
FIX_EVERY = timedelta(minutes=5)
ASKED_MS, TRIES = 100, 3
POSTS = ("CP1", "CP2", "CP3")
COMMUNITIES = [f"C{n:02d}" for n in range(26)]
NEEDED = ("live_routes", "register", "checkpoint_board", "devices")
END = NOW + timedelta(seconds=EVENTS)


def run():
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        services = prepared(Path(folder))
        spent = {name: asked(services, query) for name, query in moments().items()}
        for each in (*services.views.values(), services.positions):
            each.close()
    worst = max(spent, key=spent.get)
    print({name: round(ms, 1) for name, ms in spent.items()})
    work = f"ms allowed for the live map at any moment, {TRUCKS} trucks, 10^6 events"
    yield compared(work, ASKED_MS, "ms", f"ms taken, {worst}", spent[worst], 1.0)


def moments():
    """What had happened by then, and what was known: all through, and crosswise."""
    for_all = {"now": {}}
    for tenth in range(1, 11):
        at = (NOW + (END - NOW) * tenth / 10).isoformat()
        for_all[f"at {tenth}/10"] = {"at": at}
        for_all[f"known then, {tenth}/10"] = {"at": at, "known_at": at}
        for_all[f"now, known at {tenth}/10"] = {"known_at": at}
    return for_all


def asked(services, query):
    spent = []
    for _ in range(TRIES):
        begun = time.perf_counter()
        found = answer(services, query, "")
        json_response(found)
        spent.append((time.perf_counter() - begun) * 1000)
    assert len(found.trucks) > TRUCKS / 2, query
    return median(spent)


def prepared(folder):
    """A data folder as a node keeps it, with those read models that a map needs."""
    path, views = folder / "events.db", folder / "views"
    factory = Factory({"EVENTS_DB": str(path), "ORIGINATOR_ID_TYPE": "text"})
    recorder = factory.application_recorder()
    recorder.insert_events([stored_of(event) for event in setting()])
    for start in range(0, EVENTS, PER_PAGE):
        page = [told(number) for number in range(start, start + PER_PAGE)]
        recorder.insert_events([stored_of(event) for event in page])
    factory.close()
    for name in NEEDED:
        rebuild_apart(path, views, name)
    models = [model for model in READ_MODELS if model.name in NEEDED]
    reader = Reader(path)
    found = dict(open_views(views, models, History(reader, mapper.decode)))
    positions = Positions(folder / "positions.db", found)
    drive(positions.ring)
    found["history"] = found["live_routes"]
    return SimpleNamespace(
        views=found,
        positions=positions,
        runner=SimpleNamespace(wait=lambda *_: True),
        clock=lambda: END,
    )


def setting():
    stamps = {"event_time": NOW - KEPT, "record_time": NOW - KEPT, "recorded_by": "key"}
    points = [point(step / 20) for step in range(21)]
    lane = {"from_time": NOW - KEPT, "checkpoints": POSTS, "name": "Lane"}
    waypoints = tuple(Waypoint(f"W{n}", at) for n, at in enumerate(points))
    yield e.LaneOpened(originator_id="lane:G1", waypoints=waypoints, **lane, **stamps)
    for code, at in zip(POSTS, points[4::5], strict=False):
        post = {"name": code, "lane": "G1", "point": at, "is_verified": True}
        yield e.CheckpointOpened(originator_id=f"checkpoint:{code}", **post, **stamps)
    for code in COMMUNITIES:
        place = {"name": code, "kind": PlaceKind.COMMUNITY, "point": point(1)}
        yield e.PlaceRegistered(originator_id=f"place:{code}", **place, **stamps)


def point(share):
    return GeoPoint(118.1 - share * 0.05, 36.2 + share * 0.6)


def trip_of(number):
    """Whose turn it is: the truck, its trip, and the trip's step."""
    slot, step = number % TRUCKS, number // TRUCKS
    trip, fact = divmod(step + slot, STEPS)
    return slot, f"firm.{slot}-{trip}", fact


def told(number):
    slot, trip, fact = trip_of(number)
    record_time = NOW + timedelta(seconds=number)
    stamps = {
        "originator_id": f"shipment:{trip}",
        "originator_version": fact + 1 - (fact > 3) - (fact > 5),
        "event_time": record_time - (LATE if number % LATE_EVERY == 1 else LATE * 0),
        "record_time": record_time,
        "recorded_by": "key",
    }
    vehicle = {"plate": f"鲁X{slot:05d}", "plate_kind": PlateKind.BLUE}
    out = {"direction": Direction.OUTWARD}
    match fact:
        case 0:
            stops = tuple(Stop(code, {"80#": 12}) for code in COMMUNITIES[:4])
            booking = {"organisation": "firm", "document_no": trip, "lane": "G1"}
            return e.ShipmentBooked(**stamps, **booking, stops=stops)
        case 1:
            return e.GoodsPickedUp(**stamps, **vehicle, goods={"80#": 48})
        case 2:
            return e.ShipmentDeparted(**stamps)
        case 3 | 5:
            stamps |= {"originator_id": f"scan:{trip}-{fact}", "originator_version": 1}
            looked = {"verdict": Verdict.GREEN, "decision": ScanDecision.ADMITTED}
            return e.PassScanned(
                **stamps, **vehicle, **out, **looked, checkpoint=POSTS[fact // 2 - 1]
            )
        case 4 | 6 | 7:
            return e.CheckpointReached(
                **stamps, **out, checkpoint=POSTS[min(fact // 2 - 2, 2)]
            )
        case 8 | 9:
            stop = COMMUNITIES[fact - 8]
            return e.GoodsDelivered(**stamps, stop=stop, goods={"80#": 12})
        case 10:
            return e.ReturnStarted(**stamps, empty=True)
    return e.ShipmentCompleted(**stamps)


def drive(ring):
    """The newest seven days of positions, as the ring keeps them."""
    time_ = max(END - KEPT, NOW)
    while time_ < END:
        number = int((time_ - NOW).total_seconds()) // TRUCKS * TRUCKS
        ring.write([kept(number + slot, time_) for slot in range(TRUCKS)], {}, time_)
        time_ += FIX_EVERY


def kept(number, time_):
    slot, trip, fact = trip_of(number)
    at = point(fact / STEPS)
    fix = Fix(f"phone-{slot}", time_, at.lon, at.lat, 50.0, 0.0)
    return Kept(fix, f"鲁X{slot:05d}", trip, fact * 5000.0, leads=True)
