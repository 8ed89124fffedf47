"""The store on a real broker, beside what else there is, in one run.

Brokers, clients and peers share this machine's cores: ratios are what counts.
"""

import secrets
import tempfile
import threading
import time
import tracemalloc
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from statistics import quantiles
from typing import NamedTuple
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.popo import POPOFactory
from eventsourcing.postgres import PostgresFactory
from eventsourcing.sqlite import SQLiteFactory

from infra.event_store import Factory
from infra.event_store.frame import Batch, Event, Frame
from infra.event_store.kafka_clients import Clients
from infra.event_store.wire import encode
from infra.kafka_broker import Cluster, find_classpath
from tests.benchmarks.harness import compared
from tests.benchmarks.postgres import PostgresMissingError, postgres

STATE = b"x" * 180
LOADS = (1, 16, 64)
SECONDS = 3.0
COLD_EVENTS, PER_FRAME, PER_STREAM = 300_000, 100, 6
"""A pickup is booked, picked up, departs, reaches posts, is delivered."""
WARM_UP = 300
SEEN = 300


class Measured(NamedTuple):
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float


def run():
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        peers = measure_peers(folder)
        with brokers(folder / "one", 1) as bootstrap:
            ours = measure_log(bootstrap, folder, "one")
            yield from against_peers(ours, peers)
            yield from cold_start(bootstrap, folder)
            yield seen_elsewhere(bootstrap, folder)
        with brokers(folder / "three", 3) as bootstrap:
            three = measure_log(bootstrap, folder, "three")
        yield against_bare("1 broker", ours, aim=0.0)
        yield against_bare("3 brokers, 2 in step", three, aim=0.8)


@contextmanager
def brokers(folder, count):
    cluster = Cluster(find_classpath(), folder, count)
    cluster.start()
    yield cluster.bootstrap
    cluster.stop()


def measure_peers(folder):
    found = {}
    found["SQLite"] = measure(SQLiteFactory({"SQLITE_DBNAME": f"{folder}/stock.db"}))
    found["memory"] = measure(POPOFactory({}))
    try:
        with postgres() as env:
            found["PostgreSQL"] = measure(PostgresFactory(env))
    except PostgresMissingError as missing:
        print(missing)
    return found


def measure(factory):
    recorder = factory.application_recorder()
    if hasattr(recorder, "create_table"):
        recorder.create_table()
    for _ in range(WARM_UP):
        recorder.insert_events([event()])
    found = {n: timed(lambda: recorder.insert_events([event()]), n) for n in LOADS}
    factory.close()
    return found


def measure_log(bootstrap, folder, name):
    """The store, and the bare producer that is its limit."""
    ours = {}
    for where in (f"{folder}/{name}.db", ":memory:"):
        factory = node(bootstrap, where, f"{name}-{secrets.token_hex(4)}")
        ours["file" if where != ":memory:" else "memory"] = measure(factory)
    topic = f"bare-{secrets.token_hex(4)}"
    made = node(bootstrap, ":memory:", topic)
    made.application_recorder()
    made.close()
    producer = Clients({"KAFKA_BOOTSTRAP_SERVERS": bootstrap}.get).producer(topic)
    record = encode(
        Frame(bytes(8), 1, 0, bytes(16), [Batch([logged(str(uuid4()), 1)])])
    )
    ours["bare"] = {
        n: timed(lambda: producer.send(topic, value=record).get(10), n) for n in LOADS
    }
    producer.close()
    return ours


def timed(work, threads):
    spent = []

    def run():
        until = time.perf_counter() + SECONDS
        mine = []
        while (begun := time.perf_counter()) < until:
            work()
            mine.append(time.perf_counter() - begun)
        spent.extend(mine)

    workers = [threading.Thread(target=run) for _ in range(threads)]
    cpu, begun = time.process_time(), time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    lasted, used = time.perf_counter() - begun, time.process_time() - cpu
    marks = [1000 * mark for mark in quantiles(spent, n=100)]
    return Measured(
        len(spent) / lasted, marks[49], marks[98], used / len(spent) * 1_000_000
    )


def against_peers(ours, peers):
    floors = {("SQLite", 64): 1.5, ("PostgreSQL", 64): 5.0}
    show("bare producer, 1 broker", ours["bare"])
    show("this store, file, 1 broker", ours["file"])
    show("this store, memory, 1 broker", ours["memory"])
    for name, found in peers.items():
        show(name, found)
        for writers in LOADS:
            yield compared(
                f"{writers} writers, 1 broker",
                ours["file"][writers].per_second,
                "inserts/s",
                f"stock {name}",
                found[writers].per_second,
                floors.get((name, writers), 0.0),
            )
    cpu = ours["file"][64].cpu_us
    stock = peers["SQLite"][64].cpu_us
    yield compared("CPU at 64 writers", stock, "µs of SQLite", "µs of ours", cpu, 1.0)


def against_bare(name, ours, aim):
    return compared(
        f"64 writers, {name}",
        ours["file"][64].per_second,
        "inserts/s",
        "bare send().get()",
        ours["bare"][64].per_second,
        aim,
    )


def show(name, found):
    for writers, one in found.items():
        print(
            f"{name}, {writers} writers: {one.per_second:,.0f}/s,"
            f" p50 {one.p50_ms:.2f} ms, p99 {one.p99_ms:.2f} ms, {one.cpu_us:.0f} µs"
        )


def cold_start(bootstrap, folder):
    """An empty node reads all that was written, a hundred events to a frame."""
    topic = f"cold-{secrets.token_hex(4)}"
    writer = node(bootstrap, ":memory:", topic)
    writer.application_recorder()
    writer.close()
    fill(bootstrap, topic)
    begun = time.perf_counter()
    reader = node(bootstrap, f"{folder}/cold.db", topic)
    recorder = reader.application_recorder()
    lasted = time.perf_counter() - begun
    assert recorder.max_notification_id() == COLD_EVENTS
    reader.close()
    rate = COLD_EVENTS / lasted
    yield compared("cold start into a file", rate, "events/s", "wanted", 70_000, 1.0)
    tracemalloc.start()
    reader = node(bootstrap, f"{folder}/memory.db", topic)
    reader.application_recorder()
    used = tracemalloc.get_traced_memory()[0] / 2**20 * 1_000_000 / COLD_EVENTS
    tracemalloc.stop()
    reader.close()
    yield compared("memory of 10^6 events", 256, "MiB", "MiB in use", used, 1.0)


def fill(bootstrap, topic):
    producer = Clients({"KAFKA_BOOTSTRAP_SERVERS": bootstrap}.get).producer(topic)
    frames, events = COLD_EVENTS // PER_FRAME, interleaved()
    for number in range(frames):
        batches = list(islice(events, PER_FRAME))
        frame = Frame(b"filler00", number + 1, -1, b"", batches)
        sent = producer.send(topic, value=encode(frame), partition=0)
        if number % 100 == 0:
            sent.get(30)
    sent.get(30)
    producer.close()


def seen_elsewhere(bootstrap, folder):
    """From the insert on one node until a reader of the other is woken."""
    topic = f"seen-{secrets.token_hex(4)}"
    factories = [node(bootstrap, folder / f"{n}.db", topic) for n in ("a", "b")]
    here, there = (factory.application_recorder() for factory in factories)
    spent = []
    for _ in range(SEEN):
        last = there.digest()[0]
        begun = time.perf_counter()
        here.submit([event()])
        there.wait_for(last, 10)
        spent.append(1000 * (time.perf_counter() - begun))
        here.barrier()
        there.barrier()
    for each in factories:
        each.close()
    marks = quantiles(spent, n=100)
    print(f"seen on the other node: p50 {marks[49]:.1f} ms, p99 {marks[98]:.1f} ms")
    return compared("ms allowed, 99 % seen", 100, "ms", "ms taken", marks[98], 1.0)


def node(bootstrap, path, topic):
    env = {"EVENTS_DB": str(path), "KAFKA_TOPIC": topic}
    return Factory({**env, "KAFKA_BOOTSTRAP_SERVERS": bootstrap})


def event():
    return StoredEvent(uuid4(), 1, "greenchannel.Topic", STATE)


def logged(stream, version):
    return Event(stream, version, "greenchannel.Topic", STATE)


def interleaved():
    """Streams of PER_STREAM events, a thousand of them growing at a time."""
    while True:
        names = [str(uuid4()) for _ in range(1000)]
        for version in range(1, PER_STREAM + 1):
            yield from (Batch([logged(name, version)]) for name in names)
