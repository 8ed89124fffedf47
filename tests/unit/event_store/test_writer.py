"""When a frame leaves, and that nothing is left behind by threads that seal at once."""

from collections import deque
from concurrent.futures import Future
from threading import Event, Thread

import pytest

from infra.event_store.errors import OutcomeUnknown
from infra.event_store.frame import Batch, Frame
from infra.event_store.index import Head
from infra.event_store.waiter import Caller, Waiter
from infra.event_store.writer import Writer


class Paper:
    """A log that notes what it was given, and may be slow to take it."""

    keeps = True
    largest_bytes = 0

    def __init__(self):
        self.frames = []
        self.may_take = Event()
        self.may_take.set()

    def append(self, frame):
        self.may_take.wait(10)
        self.frames.append(frame)
        return Future()


@pytest.fixture
def log():
    return Paper()


@pytest.fixture
def writer(log):
    return Writer(log, lambda: Head(0, 0, bytes(16)))


def enqueue(writer, count):
    waiters = [Waiter(Batch(())) for _ in range(count)]
    for waiter in waiters:
        writer.enqueue(waiter)
    return waiters


def sizes(log):
    return [len(frame.batches) for frame in log.frames]


def test_a_lone_batch_leaves_at_once(writer, log):
    enqueue(writer, 1)

    assert writer.seal()
    assert sizes(log) == [1]


def settle(writer, frame):
    writer.settle(frame, [[number] for number, _ in enumerate(frame.batches)])


def callers(writer, count):
    waiting = [Caller(Batch(())) for _ in range(count)]
    for caller in waiting:
        writer.enqueue(caller)
    return waiting


def test_of_the_callers_of_a_frame_each_wakes_the_next(writer, log):
    first, second, third = callers(writer, 3)
    writer.seal()

    settle(writer, log.frames[0])
    asleep = [caller._gate.locked() for caller in (second, third)]
    answers = [caller.result() for caller in (first, second, third)]

    assert asleep == [True, True]
    assert answers == [[0], [1], [2]]


def test_a_frame_waits_for_those_who_were_just_answered(writer, log):
    first, second = callers(writer, 2)
    writer.seal()
    enqueue(writer, 1)

    settle(writer, log.frames[0])
    early = writer.seal()
    first.result()
    enqueue(writer, 1)
    second.result()

    assert not early
    assert sizes(log) == [2, 2]


def test_a_caller_that_wakes_nobody_delays_frames_and_others_a_moment(writer, log):
    _interrupted, second = callers(writer, 2)
    writer.seal()
    settle(writer, log.frames[0])
    enqueue(writer, 1)

    writer.expire()

    assert sizes(log) == [2, 1]
    assert second.result() == [1]


def test_who_is_asleep_when_the_node_closes_has_the_answer(writer, log):
    _interrupted, second = callers(writer, 2)
    writer.seal()
    settle(writer, log.frames[0])

    writer.close(OutcomeUnknown("over"))

    assert second.result() == [1]


def test_no_second_frame_leaves_before_a_verdict(writer, log):
    for _ in range(3):
        enqueue(writer, 1)
        writer.seal()

    assert not writer.seal(even_empty=True)
    assert sizes(log) == [1]


def test_what_comes_while_another_thread_seals_is_sent_by_that_one(writer, log):
    """The verdict may be there before the log has said that it took the frame."""
    log.may_take.clear()
    enqueue(writer, 1)
    sealing = Thread(target=writer.seal)
    sealing.start()
    while not writer._under_way:
        pass

    settle(writer, Frame(writer.id, 1, 0, bytes(16), [Batch(())]))
    enqueue(writer, 1)
    sealed_here = writer.seal()
    log.may_take.set()
    sealing.join()

    assert not sealed_here
    assert [frame.seq for frame in log.frames] == [1, 2]


def test_who_comes_after_the_end_is_told_so(writer):
    (before,) = enqueue(writer, 1)
    writer.close(OutcomeUnknown("over"))

    with pytest.raises(OutcomeUnknown):
        enqueue(writer, 1)
    assert isinstance(before.future.exception(0), OutcomeUnknown)


def test_who_came_while_the_end_came_is_told_so_too(writer):
    class Queue(deque):
        """Between the caller's two looks the node is closed."""

        def append(self, waiter):
            writer.close(OutcomeUnknown("over"))
            super().append(waiter)

    writer._queue = Queue()
    late = Waiter(Batch(()))

    writer.enqueue(late)

    assert isinstance(late.future.exception(0), OutcomeUnknown)
