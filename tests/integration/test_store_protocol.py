"""The writer's protocol on a log that doubles, loses and forgets to acknowledge."""

import random
from concurrent.futures import Future, wait
from threading import Condition

import pytest
from eventsourcing.persistence import IntegrityError

from infra.event_store import LogDiverged
from infra.event_store.frame import Batch, Event
from infra.event_store.index import Index
from infra.event_store.tail import Tail


class FaultyLog:
    """In memory, kept; `dice` decides what happens to each append."""

    keeps = True

    def __init__(self, seed, shares):
        self.frames, self.arrived = [], Condition()
        self.dice, self.shares = random.Random(seed), shares

    def append(self, frame):
        kinds = ["ok", "doubled", "unacknowledged", "lost"]
        kind = self.dice.choices(kinds, self.shares)[0]
        answer = Future()
        with self.arrived:
            copies = {"lost": 0, "doubled": 2}.get(kind, 1)
            self.frames += [frame] * copies
            self.arrived.notify_all()
        if kind in {"lost", "unacknowledged"}:
            answer.set_exception(TimeoutError("no acknowledgement"))
        else:
            answer.set_result(len(self.frames) - 1)
        return answer

    def read(self, offset, timeout):
        with self.arrived:
            self.arrived.wait_for(lambda: len(self.frames) > offset, timeout)
            return list(enumerate(self.frames[offset:], start=offset))

    def bounds(self):
        return 0, len(self.frames)

    def identity(self):
        return "shared"

    def close(self):
        """Nothing is open."""


def node(path, log):
    index = Index(path)
    index._db.execute("UPDATE log SET identity = 'shared'")
    index.identity = "shared"
    return Tail(log, index)


@pytest.mark.parametrize("seed", range(8))
def test_every_batch_gets_one_verdict_and_nodes_agree(tmp_path, seed):
    log = FaultyLog(seed, (6, 2, 2, 2))
    nodes = [node(tmp_path / f"{n}.db", log) for n in range(2)]
    dice = random.Random(seed)
    futures = []
    for number in range(120):
        tail = dice.choice(nodes)
        stream = f"s{dice.randint(0, 20)}"
        version = (tail.index.known_version(stream) or 0) + 1
        state = b"%d" % number
        event = Event(stream, version, "t", state)
        futures.append((event, tail.submit(Batch([event]))))
    wait([future for _, future in futures], timeout=30)
    settle(nodes, log)

    assert all(future.done() for _, future in futures)
    accepted = [event for event, future in futures if future.exception() is None]
    refused = [future.exception() for _, future in futures if future.exception()]
    assert all(isinstance(error, IntegrityError) for error in refused)
    for tail in nodes:
        rows = tail.index._db.execute("SELECT position, state FROM event").fetchall()
        assert [position for position, _ in rows] == list(range(1, len(rows) + 1))
        assert sorted(s for _, s in rows) == sorted(e.state for e in accepted)
    assert nodes[0].index.head == nodes[1].index.head
    for tail in nodes:
        tail.close()


def settle(nodes, log):
    """Until both have applied all that the log holds."""
    for tail in nodes:
        tail.submit(Batch([])).result(10)
    for tail in nodes:
        while tail.index.head.next_offset < len(log.frames):
            tail.wait_for(tail.position, 0.02)


def test_a_writer_with_another_history_stops_the_node(tmp_path):
    log = FaultyLog(1, (1, 0, 0, 0))
    tail = node(tmp_path / "a.db", log)
    tail.submit(Batch([Event("s", 1, "t", b"")])).result(5)
    (frame,) = log.frames

    log.append(frame._replace(writer=b"other", seen=1, digest=b"x" * 16))
    tail._thread.join(5)

    assert isinstance(tail.stopped, LogDiverged)
    tail.close()
