"""Positions from the store's edge to the board, and over HTTP."""

import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec

from domain.geo.datum import Datum, LonLat, from_wgs84
from infra.positions.ring import Ring
from projections.devices import Assignment
from projections.tracking.fix import Fix
from projections.tracking.fleet import Fleet, Road, Trip
from projections.tracking.line import LaneLine
from tests.benchmarks.harness import compared
from tests.integration.conftest import Served
from tests.unit.domain.given import NOW

TRUCKS, FIXES, BATCH = 100, 400, 500
WANTED = 20_000
WIGGLES = 500
JSON = {"Content-Type": "application/json"}
EVERY_SECONDS, METRES = 10, 150


def run():
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        return [inside(Path(folder)), over_http(Path(folder))]


def lane():
    """89 km in 500 segments, as a road is."""
    points = [
        LonLat(118 + 0.0006 * n, 36 + 0.0014 * n + 0.0006 * (n % 3))
        for n in range(WIGGLES)
    ]
    return LaneLine(points)


def fixes(line):
    for number in range(FIXES):
        time_of = NOW + timedelta(seconds=EVERY_SECONDS * number)
        point = from_wgs84(line.point_at(METRES * number), Datum.GCJ02)
        for truck in range(TRUCKS):
            yield Fix(f"d{truck}", time_of, point.lon, point.lat, 54.0, 10.0, 5.0)


def inside(folder):
    """Judged, converted, located and kept: all that happens behind the route."""
    line = lane()
    ring, fleet = Ring(folder / "positions.db"), Fleet()
    fleet.roads = {"L": Road(line, ())}
    for truck in range(TRUCKS):
        plate = f"鲁X{truck:05d}"
        fleet.devices[f"d{truck}"] = (Assignment(NOW, plate, Datum.GCJ02),)
        fleet.trips[plate] = (Trip(f"s{truck}", plate, NOW, None, None, "L"),)
    told = list(fixes(line))
    now = NOW + timedelta(days=1)
    begun = time.process_time()
    for start in range(0, len(told), BATCH):
        fresh = ring.unknown(told[start : start + BATCH])
        ring.write(fleet.take(fresh, now), {}, now)
    spent = time.process_time() - begun
    assert len(fleet.motions) == TRUCKS
    ring.close()
    work = f"positions per core, batches of {BATCH}, GCJ-02, {WIGGLES} segments"
    return compared(work, len(told) / spent, "fixes/s", "wanted", WANTED, 1.0)


def over_http(folder):
    """Four connections post batches to a whole node: what HTTP and JSON add."""
    node = Served(folder / "node")
    headers = node.as_("firm").headers
    now = node.node.clock() - timedelta(hours=2)
    parts = [bodies(now, thread) for thread in range(4)]
    threads = [
        threading.Thread(target=post, args=(node.url, headers, part)) for part in parts
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spent = time.perf_counter() - begun
    sent = sum(len(part) for part in parts) * BATCH
    node.stop()
    return compared(
        "the same over HTTP, four connections, devices that ride nowhere",
        sent / spent,
        "fixes/s",
        "a tenth of that wanted inside",
        WANTED / 10,
        1.0,
    )


def bodies(now, thread):
    return [
        msgspec.json.encode(
            [
                {
                    "device": f"t{thread}-{number}",
                    "time": now + timedelta(seconds=part),
                    "lon": 118.0,
                    "lat": 36.0,
                }
                for number in range(BATCH)
            ]
        )
        for part in range(20)
    ]


def post(url, headers, parts):
    with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        for part in parts:
            client.post("/v1/positions", content=part, headers=JSON).raise_for_status()
