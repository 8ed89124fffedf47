"""Many threads, one file: what the store promises whoever writes and reads."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from threading import Barrier, Event, Thread

import pytest
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    StoredEvent,
    Tracking,
)

from infra.event_store import Factory, QueueFull, Reader, backup, verify, writer

EARLIER = 1200
"""More than a reader takes at once."""


def stored(stream, version=1, state=b"{}"):
    return StoredEvent(stream, version, "topic", state)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "events.db"


@pytest.fixture
def factory(path):
    made = Factory({"EVENTS_DB": str(path), "ORIGINATOR_ID_TYPE": "text"})
    yield made
    made.close()


@pytest.fixture
def recorder(factory):
    return factory.process_recorder()


def insert_many(recorder, prefix, count):
    return {
        recorder.insert_events([stored(f"{prefix}-{number}")])[0]: f"{prefix}-{number}"
        for number in range(count)
    }


def test_every_answer_is_the_position_where_the_event_stands(recorder):
    with ThreadPoolExecutor(16) as pool:
        jobs = [pool.submit(insert_many, recorder, name, 50) for name in range(16)]
    answered = {k: v for job in jobs for k, v in job.result().items()}

    found = recorder.read_page(0, 1000)

    assert {row[0]: row[1] for row in found} == answered
    assert [row[0] for row in found] == list(range(1, 801))


def test_of_racing_writers_of_one_version_one_wins(recorder):
    def attempt(number):
        try:
            return recorder.insert_events([stored("truck", 1, b"%d" % number)])
        except IntegrityError:
            return None

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(attempt, range(16)))

    assert [o for o in outcomes if o] == [[1]]
    assert len(recorder.select_events("truck")) == 1


def test_submitted_batches_are_awaited_from_one_event_loop(recorder):
    async def insert(number):
        future = recorder.submit([stored(f"s-{number}")])
        return await asyncio.wrap_future(future)

    async def insert_all():
        return await asyncio.gather(*(insert(n) for n in range(200)))

    with ThreadPoolExecutor(1) as apart:  # a browser's tests leave a loop in this one
        positions = apart.submit(asyncio.run, insert_all()).result()

    assert sorted(p for (p,) in positions) == list(range(1, 201))


def test_a_conflict_fails_the_future_and_costs_no_position(recorder):
    recorder.insert_events([stored("truck")])

    future = recorder.submit([stored("truck")])

    assert isinstance(future.exception(1), IntegrityError)
    assert recorder.digest()[0] == recorder.max_notification_id() == 1


def test_tracking_and_events_go_together_or_not_at_all(recorder):
    recorder.insert_events([stored("a")], tracking=Tracking("up", 1))

    with pytest.raises(IntegrityError):
        recorder.insert_events([stored("b")], tracking=Tracking("up", 1))

    assert recorder.select_events("b") == []
    assert recorder.max_tracking_id("up") == 1


def test_what_cannot_be_stored_is_refused_and_writing_goes_on(recorder):
    with pytest.raises(DataError):
        recorder.submit([stored("\ud800")])

    assert recorder.insert_events([stored("b")]) == [1]
    assert recorder.stopped is None


def test_a_full_queue_refuses_at_once(recorder, monkeypatch):
    monkeypatch.setattr(writer, "QUEUE", 3)
    tail = recorder._store.tail
    with tail._turn:
        waiting = [recorder.submit([stored(f"s-{n}")]) for n in range(4)]

        refusal = recorder.submit([stored("one-too-many")]).exception(1)

    assert isinstance(refusal, QueueFull)
    assert refusal.retry_after_seconds > 0
    assert [f.result(5) for f in waiting] == [[1], [2], [3], [4]]
    assert recorder.select_events("one-too-many") == []


def test_a_barrier_comes_after_all_that_was_submitted(recorder):
    futures = [recorder.submit([stored(f"s-{n}")]) for n in range(100)]

    recorder.barrier()

    assert all(f.done() for f in futures)
    assert recorder.max_notification_id() == 100


def test_who_waits_for_a_position_is_woken_by_it(recorder):
    waited = []
    waiting = Thread(target=lambda: waited.append(recorder.wait_for(0, 10)))
    waiting.start()

    recorder.insert_events([stored("a")])
    waiting.join(5)

    assert waited == [1]
    assert recorder.wait_for(1, 0.01) == 1


def test_64_slow_readers_hold_nobody_up(recorder, path):
    """Each in the midst of reading all, until everything else is written."""
    reading, done = Barrier(65, timeout=30), Event()
    recorder.insert_events([stored(f"first-{n}") for n in range(EARLIER)])

    def read_slowly():
        with closing(Reader(path)) as reader:
            rows = reader.iterate("SELECT position FROM event ORDER BY position")
            next(rows)
            reading.wait()
            assert done.wait(30)
            return 1 + sum(1 for _ in rows)

    with ThreadPoolExecutor(64) as pool:
        readers = [pool.submit(read_slowly) for _ in range(64)]
        reading.wait()
        insert_many(recorder, "w", 200)
        written = recorder.max_notification_id()
        done.set()

    assert written == EARLIER + 200
    assert {reader.result() for reader in readers} == {EARLIER}


def test_a_second_run_goes_on_where_the_first_ended(path):
    env = {"EVENTS_DB": str(path), "ORIGINATOR_ID_TYPE": "text"}
    first = Factory(env)
    first.application_recorder().insert_events([stored("a"), stored("b")])
    before = first.application_recorder().digest()
    first.close()

    second = Factory(env)
    recorder = second.application_recorder()

    assert recorder.digest() == before
    assert recorder.insert_events([stored("a", 2)]) == [3]
    second.close()


def test_recorders_of_one_file_share_one_tail(factory):
    first, second = factory.application_recorder(), factory.application_recorder()

    first.insert_events([stored("a")])

    assert second.digest() == first.digest()
    assert second.wait_for(0, 0) == 1


def test_another_process_may_read_beside(recorder, path):
    recorder.insert_events([stored("a")])

    reader = Reader(path)

    assert [row[1] for row in reader.page(0, 10)] == ["a"]
    reader.close()


def test_a_backup_is_whole_and_never_writes_over_anything(recorder, path, tmp_path):
    recorder.insert_events([stored("a"), stored("b")])
    target = tmp_path / "copy.db"

    backup(path, target)

    assert verify(target).digest == recorder.digest()[1].hex()
    with pytest.raises(FileExistsError):
        backup(path, target)
