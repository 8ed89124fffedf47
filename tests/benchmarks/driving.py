"""Trucks that all send their position once a second, from a process of their own."""

import multiprocessing
import time
from contextlib import contextmanager
from datetime import timedelta

import httpx
import msgspec

from domain import events as e
from domain.values import PlateKind
from infra.clock import SystemClock
from tests.benchmarks.harness import stored_of

BATCH = 500
FACTS = 20
NOW = SystemClock()
JSON = {"Content-Type": "application/json"}


@contextmanager
def driven(node, size):
    drive = Drive(node, size)
    try:
        yield drive
    finally:
        drive.stop()


class Drive:
    """`facts` are the trucks whose every position is noted when it was accepted."""

    def __init__(self, node, size):
        self.facts = range(0, size, size // FACTS)
        context = multiprocessing.get_context("spawn")
        self._told, self._is_over = context.Queue(), context.Event()
        self._accepted = []
        key = node.as_("firm").headers["Authorization"]
        ahead = node.node.clock() - node.node.wall_clock()
        asked = (node.url, key, size, ahead, self.facts, self._told, self._is_over)
        self._process = context.Process(target=drive, args=asked, daemon=True)
        self._process.start()

    def accepted(self):
        """Each noted position so far: shipment, longitude, when it was answered."""
        while not self._told.empty():
            self._accepted += self._told.get()
        return self._accepted

    def ticks(self):
        """How often every truck has sent."""
        return sum(id_ == "firm.b0" for id_, _, _ in self.accepted())

    def stop(self):
        self._is_over.set()
        while self._process.is_alive():
            self.accepted()
            self._process.join(0.1)


def drive(url, key, size, ahead, facts, told, is_over):
    client = httpx.Client(base_url=url, headers={"Authorization": key} | JSON)
    tick = 0
    while not is_over.is_set():
        begun = time.perf_counter()
        tick += 1
        for start in range(0, size, BATCH):
            trucks = range(start, min(start + BATCH, size))
            items = [position(number, tick, ahead) for number in trucks]
            body = msgspec.json.encode(items)
            client.post("/v1/positions", content=body).raise_for_status()
            now = time.time()
            told.put([(f"firm.b{n}", lon(n, tick), now) for n in trucks if n in facts])
        is_over.wait(max(0, 1 - (time.perf_counter() - begun)))


def position(number, tick, ahead):
    return {
        "device": f"b{number}",
        "time": NOW() + ahead,
        "lon": lon(number, tick),
        "lat": 36 + number // 100 / 200,
        "heading": 90,
    }


def lon(number, tick):
    return round(118 + number % 100 / 200 + tick * 1e-5, 5)


def populate(node, size):
    """Trucks under way, each with its phone: as the log has it once all was told."""
    now = node.node.clock()
    recorder = node.node.application.recorder
    for start in range(0, size, BATCH):
        numbers = range(start, min(start + BATCH, size))
        told = [event for n in numbers for event in under_way(n, now)]
        recorder.insert_events([stored_of(event) for event in told])
    last = recorder.max_notification_id()
    assert node.node.runner.wait(["live_routes", "positions"], last, 120)


def under_way(number, now):
    plate = f"鲁B{number:05d}"
    stamps = {"record_time": now, "event_time": now, "recorded_by": "bench"}
    vehicle = {"plate": plate, "plate_kind": PlateKind.BLUE}
    yield e.GoodsPickedUp(
        originator_id=f"shipment:firm.b{number}",
        fact_id=f"fact-{number}",
        goods={"80#": 120},
        **vehicle,
        **stamps,
    )
    yield e.DeviceAssigned(
        originator_id=f"vehicle:{plate}:blue",
        device=f"b{number}",
        from_time=now - timedelta(hours=1),
        **stamps,
    )
