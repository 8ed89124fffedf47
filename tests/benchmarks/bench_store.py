"""The embedded store beside the library's SQLite recorder, both durable, one disk."""

import asyncio
import tempfile
import time
import tracemalloc
from pathlib import Path
from statistics import median
from uuid import uuid4

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import Factory as StockFactory

from infra.event_store import Factory
from tests.benchmarks.harness import compared, rate

STATE = b"x" * 400
ROUNDS = 3
LOADS = ((1, 300, 0.5), (16, 100, 1.0), (64, 60, 2.5))


def run():
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        return [*threads(Path(folder)), tasks(Path(folder)), memory(Path(folder))]


def threads(folder):
    for writers, each, floor in LOADS:
        ours, stock = [], []
        for number in range(ROUNDS):
            name = f"{writers}-{number}"
            ours.append(measure(ours_of(folder / f"o{name}.db"), writers, each))
            stock.append(measure(stock_of(folder / f"s{name}.db"), writers, each))
        yield compared(
            f"insert_events, {writers} writers",
            median(ours),
            "inserts/s",
            "eventsourcing.sqlite",
            median(stock),
            floor,
        )


def tasks(folder):
    """64 tasks of one event loop, as the API writes; beside 64 stock threads."""
    factory = ours_of(folder / "tasks.db")
    recorder = factory.application_recorder()

    async def work():
        async def write():
            for _ in range(60):
                await asyncio.wrap_future(recorder.submit([event()]))

        begun = time.perf_counter()
        await asyncio.gather(*(write() for _ in range(64)))
        return 64 * 60 / (time.perf_counter() - begun)

    figure = asyncio.run(work())
    factory.close()
    stock = measure(stock_of(folder / "tasks-stock.db"), 64, 60)
    peer = "eventsourcing.sqlite, 64 threads"
    return compared("submit, 64 tasks", figure, "inserts/s", peer, stock, 2.5)


def memory(folder):
    """Python's memory that stays after 10^5 events; the peer is 64 MiB."""
    tracemalloc.start()
    factory = ours_of(folder / "memory.db")
    recorder = factory.application_recorder()
    for _ in range(1000):
        futures = [recorder.submit([event()]) for _ in range(100)]
        for future in futures:
            future.result()
    used = tracemalloc.get_traced_memory()[0] / 2**20
    tracemalloc.stop()
    factory.close()
    return compared("room left at 10^5 events", 64, "MiB", "MiB in use", used, 1.0)


def event():
    return StoredEvent(uuid4(), 1, "greenchannel.Topic", STATE)


def ours_of(path):
    return Factory({"EVENTS_DB": str(path)})


def stock_of(path):
    return StockFactory({"SQLITE_DBNAME": str(path)})


def measure(factory, writers, each):
    recorder = factory.application_recorder()
    found = rate(lambda _: recorder.insert_events([event()]), writers, each)
    factory.close()
    return found
