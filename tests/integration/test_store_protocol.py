"""A log that doubles, loses and stays silent: nodes agree, answers are true."""

import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from eventsourcing.persistence import IntegrityError

from infra.event_store import writer
from infra.event_store.errors import LogDiverged, OutcomeUnknown
from infra.event_store.frame import Batch, Event, Frame
from infra.event_store.index import Index
from infra.event_store.tail import Tail


class FaultyLog:
    """Kept in memory; every append may be doubled, lost, or lose its answer."""

    keeps = True
    largest_bytes = 10_000

    def __init__(self, seed=0, faults=0.0, kinds=("doubled", "lost", "silent")):
        self.kinds = kinds
        self.frames, self.changed = [], threading.Condition()
        self.random, self.faults = random.Random(seed), faults

    def append(self, frame):
        done = Future()
        with self.changed:
            fault = self.random.random() < self.faults
            kind = self.random.choice(self.kinds) if fault else ""
            if kind != "lost":
                self.frames += [frame] * (2 if kind == "doubled" else 1)
            self.changed.notify_all()
        if kind in {"lost", "silent"}:
            done.set_exception(TimeoutError("no acknowledgement"))
        else:
            done.set_result(len(self.frames) - 1)
        return done

    def read(self, offset, timeout):
        with self.changed:
            self.changed.wait_for(lambda: len(self.frames) > offset, timeout)
            return list(enumerate(self.frames))[offset:]

    def nudge(self):
        pass

    def bounds(self):
        return 0, len(self.frames)

    def identity(self):
        return "one log"

    def close(self):
        pass


def node(log, folder, name):
    index = Index(folder / f"{name}.db", log.identity())
    try:
        return Tail(log, index)
    except LogDiverged:
        index.close()
        raise


def event(stream, version, state=b"{}"):
    return Event(stream, version, "topic", state)


def try_versions(tail, name, seed, outcomes):
    choose, known = random.Random(seed), {}
    for number in range(40):
        stream = choose.choice("abcd")
        version = known.get(stream, 0) + 1
        batch = Batch([event(stream, version, f"{name}:{number}".encode())])
        try:
            positions = tail.submit(batch).result(20)
        except IntegrityError:
            positions = None
            known[stream] = version
        else:
            known[stream] = version
        outcomes.append((batch.events[0], positions))


@pytest.mark.parametrize("seed", range(4))
def test_answers_are_true_and_nodes_agree_whatever_the_log_does(seed, tmp_path):
    log, outcomes = FaultyLog(seed, faults=0.3), []
    nodes = [node(log, tmp_path, name) for name in "xy"]

    with ThreadPoolExecutor(8) as pool:
        jobs = [
            pool.submit(try_versions, nodes[n % 2], n, seed * 10 + n, outcomes)
            for n in range(8)
        ]
    for job in jobs:
        job.result()
    for tail in nodes:
        tail.submit(Batch(())).result(20)
    fresh = Index(tmp_path / "fresh.db", log.identity())
    applied = fresh.apply(list(enumerate(log.frames)))
    history = {}
    for frame, verdicts, _ in applied:
        for batch, verdict in zip(frame.batches, verdicts or (), strict=False):
            if isinstance(verdict, list):
                history.update(zip(verdict, batch.events, strict=True))

    accepted = {positions[0]: made for made, positions in outcomes if positions}
    refused = {made.state for made, positions in outcomes if not positions}
    heads = {tail.index.head.digest for tail in nodes}
    for tail in nodes:
        tail.close()
    assert list(history) == list(range(1, len(history) + 1))
    assert accepted == history
    assert not refused & {made.state for made in history.values()}
    assert heads == {fresh.head.digest}
    fresh.close()


def test_after_a_barrier_nothing_that_was_left_open_takes_effect(tmp_path, monkeypatch):
    monkeypatch.setattr(writer, "TIMEOUT_SECONDS", 0.1)
    log = FaultyLog(faults=1, kinds=("lost",))
    tail = node(log, tmp_path, "x")
    with pytest.raises(OutcomeUnknown):
        tail.submit(Batch([event("a", 1)])).result(20)
    monkeypatch.setattr(writer, "TIMEOUT_SECONDS", 30)
    log.faults = 0

    tail.submit(Batch(())).result(20)
    there_after_the_barrier = tail.position
    tail.submit(Batch([event("b", 1)])).result(20)

    assert there_after_the_barrier == 0
    assert tail.index.known_version("a") is None
    tail.close()


def test_a_frame_of_another_history_has_no_effect(tmp_path):
    log = FaultyLog()
    tail = node(log, tmp_path, "x")
    tail.submit(Batch([event("a", 1)])).result(5)

    log.append(Frame(b"foreign", 1, 1, b"another history.", [Batch([event("b", 1)])]))
    positions = tail.submit(Batch([event("c", 1)])).result(5)

    assert positions == [2]
    assert tail.stopped is None
    assert b"foreign" in {frame.refutes for frame in log.frames}
    tail.close()


def test_a_node_that_the_log_refutes_stops_and_its_file_is_not_used_again(tmp_path):
    log = FaultyLog()
    tail = node(log, tmp_path, "x")
    tail.submit(Batch([event("a", 1)])).result(5)
    right = tail.index.head.digest
    tail.index.head = tail.index.head._replace(digest=bytes(16))
    tail.index._digests[1] = bytes(16)

    log.append(Frame(b"other", 1, 1, right, [Batch([event("b", 1)])]))
    tail._thread.join(5)
    refusal = tail.submit(Batch([event("c", 1)])).exception(1)
    tail.close()

    assert isinstance(tail.stopped, LogDiverged)
    assert isinstance(refusal, OutcomeUnknown)
    with pytest.raises(LogDiverged, match="diverged from one log"):
        node(log, tmp_path, "x")


def test_a_log_that_is_shorter_than_the_file_is_refused_at_the_start(tmp_path):
    log = FaultyLog()
    tail = node(log, tmp_path, "x")
    tail.submit(Batch([event("a", 1)])).result(5)
    tail.close()

    index = Index(tmp_path / "x.db", "one log")
    with pytest.raises(LogDiverged):
        Tail(FaultyLog(), index)
    index.close()


def test_a_log_of_another_identity_is_refused_at_the_start(tmp_path):
    index = Index(tmp_path / "x.db", "another log")

    with pytest.raises(LogDiverged):
        Tail(FaultyLog(), index)
    index.close()
