"""Rebuilding read models, and asking one at (T, K) over a million events."""

import sqlite3
import tempfile
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from statistics import median
from threading import Event

import msgspec
from eventsourcing.application import Application
from eventsourcing.projection import Projection, ProjectionRunner
from eventsourcing.sqlite import SQLiteTrackingRecorder

from domain import events as e
from domain.values import PlateKind
from infra.event_store import Factory
from infra.views import blocks, queries, rebuild_apart
from infra.views.history import History
from infra.views.rows import micros
from infra.views.view import SqliteView
from projections.deliveries import Deliveries
from projections.live_routes import LiveRoutes, board
from projections.model import Moment
from projections.register import Register
from tests.benchmarks.harness import compared, stored_of
from tests.unit.domain.given import NOW

REBUILT = 1_000_000
STOCK = 1500
ASKED = 1_000_000
PER_TRIP = 10
BOARD_MS = 100
MIDST = Moment(NOW + timedelta(seconds=ASKED // 2 - 1), ASKED // 2 + 100)


def run():
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder)
        return [rebuilding(path), asking(path), summing(path)]


def rebuilding(folder):
    """As `greenchannel rebuild` does it, beside the stock runner, both on our store."""
    path = folder / "events.db"
    factory = Factory({"EVENTS_DB": str(path), "ORIGINATOR_ID_TYPE": "text"})
    recorder = factory.application_recorder()
    for start in range(0, REBUILT, 5000):
        stored = [stored_of(event) for event in events(start, start + 5000)]
        recorder.insert_events(stored)
    factory.close()
    begun = time.perf_counter()
    rebuild_apart(path, folder / "views", LiveRoutes.name)
    ours = REBUILT / (time.perf_counter() - begun)
    peer = "stock ProjectionRunner, the same rows"
    return compared("rebuild live_routes", ours, "events/s", peer, stock(folder), 100)


class StockView(SQLiteTrackingRecorder):
    """The rows of ours in the library's manner: a transaction an event."""

    def construct_create_table_statements(self):
        tables = [table for table in queries.SCHEMA.split(";") if table.strip()]
        return [*super().construct_create_table_statements(), *tables]

    def newest(self, key):
        with self.datastore.transaction(commit=False) as c:
            c.execute(queries.NEWEST, (key,))
            return c.fetchone()

    def save(self, version, life, tracking):
        with self.datastore.transaction(commit=True) as c:
            c.execute("INSERT INTO row VALUES (?, ?, ?, ?, ?)", version)
            c.execute(queries.UPSERT_LIFE, life)
            self._insert_tracking(c, tracking)


class StockProjection(Projection[StockView]):
    name = "stock"
    done = Event()

    def __init__(self, view):
        super().__init__(view)
        self.model, self.count = LiveRoutes(), 0
        self.encode = msgspec.msgpack.Encoder().encode
        self.decode = msgspec.msgpack.Decoder(self.model.row).decode

    def process_event(self, domain_event, tracking):
        at, position = micros(domain_event.event_time), tracking.notification_id
        for key in self.model.keys(domain_event):
            found = self.view.newest(key)
            row = self.model.fold(found and self.decode(found["data"]), domain_event)
            closed = (at, position) if self.model.is_closed(row) else (None, None)
            version = (key, at, position, position, self.encode(row))
            self.view.save(version, (key, at, *closed, 0), tracking)
        self.count += 1
        if self.count == STOCK:
            self.done.set()


def stock(folder):
    env = {
        "PERSISTENCE_MODULE": "infra.event_store",
        "EVENTS_DB": str(folder / "stock.db"),
        "MAPPER_TOPIC": "infra.mapper:EventMapper",
        "ORIGINATOR_ID_TYPE": "text",
        "STOCK_PERSISTENCE_MODULE": "eventsourcing.sqlite",
        "STOCK_SQLITE_DBNAME": str(folder / "stock-view.db"),
    }
    with Application(env) as app:
        app.recorder.insert_events([stored_of(event) for event in events(0, STOCK)])
        begun = time.perf_counter()
        with ProjectionRunner(
            application_class=Application,
            projection_class=StockProjection,
            view_class=StockView,
            env=env,
        ):
            StockProjection.done.wait(120)
            return STOCK / (time.perf_counter() - begun)


def asking(folder):
    """The board of what is under way, as it was in the middle of the history."""
    view = SqliteView(folder / "asked.db", LiveRoutes(), Made(), is_durable=False)
    register = SqliteView(folder / "r.db", Register(), Made(), is_durable=False)
    view.start("log")
    register.start("log")
    for start in range(0, ASKED, 5000):
        numbered = enumerate(events(start, start + 5000), start=start + 1)
        view.apply(list(numbered))
    views = {"live_routes": view, "register": register}
    spent, found = timed(lambda: board(views, MIDST, NOW))
    assert found.routes
    view.close()
    register.close()
    work = f"ms allowed for a board of {len(found.routes)} rows at (T, K), 10^6 events"
    return compared(work, BOARD_MS, "ms", "ms taken", spent, 1.0)


def summing(folder):
    """What reached the communities, as it was known in the middle of the history."""
    view = SqliteView(folder / "summed.db", Deliveries(), Made(), is_durable=False)
    view.start("log")
    with closing(sqlite3.connect(view.path)) as db, db:
        db.executemany("INSERT INTO amount VALUES (?, ?, ?, ?, ?, ?)", delivered())
        blocks.add_up(db)
    spent, found = timed(lambda: view.sums(MIDST))
    assert sum(cases for cases, _, _ in found.values()) == 12 * ASKED // 2
    view.close()
    work = "ms allowed for what reached 26 communities at (T, K), 10^6 deliveries"
    return compared(work, BOARD_MS, "ms", "ms taken", spent, 1.0)


def delivered():
    for number in range(ASKED):
        time = micros(NOW + timedelta(seconds=number))
        yield number + 1, time, f"C{number % 26:02d}", 12, 60_000, 54_000


def timed(ask):
    """Milliseconds, as a rule: the middle one of seven; and what was answered."""
    spent = []
    for _ in range(7):
        begun = time.perf_counter()
        found = ask()
        spent.append((time.perf_counter() - begun) * 1000)
    return median(spent), found


class Made(History):
    """Makes the event at a position, as it was made before."""

    def __init__(self):
        """Without a log."""

    def at(self, positions):
        return [(p, next(events(p - 1, p))) for p in positions]


def events(start, stop):
    """Trips of PER_TRIP facts each, one a second; 40 are under way at a time."""
    for number in range(start, stop):
        lane, step = number % 40, number // 40
        trip, fact = divmod(step + lane, PER_TRIP)
        stamps = {
            "originator_id": f"shipment:firm.{lane}-{trip}",
            "originator_version": fact + 1,
            "event_time": NOW + timedelta(seconds=number),
            "record_time": NOW + timedelta(seconds=number),
            "recorded_by": "key",
        }
        if fact == 0:
            vehicle = {"plate": f"鲁X{lane:05d}", "plate_kind": PlateKind.BLUE}
            yield e.GoodsPickedUp(**stamps, goods={"80#": 120}, **vehicle)
        elif fact == PER_TRIP - 1:
            yield e.ShipmentCompleted(**stamps)
        else:
            yield e.GoodsDelivered(**stamps, stop=f"C{fact:02d}", goods={"80#": 12})
