"""The writing side: what waits, what is under way, and how it is settled."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock, Timer
from time import monotonic

from eventsourcing.persistence import DataError

from infra.event_store.errors import OutcomeUnknown, QueueFull
from infra.event_store.frame import Batch, Frame, size
from infra.event_store.index import Head
from infra.event_store.log import Log
from infra.event_store.waiter import Answer, Turns, Waiter
from infra.event_store.work import Verdict

QUEUE = 20_000
GROUP = 512
RESEND_SECONDS = 0.05
TIMEOUT_SECONDS = 30.0


class Writer:
    """Batches that wait while a frame is under way travel in the next: group commit.

    A frame is settled when the tail reports it, or a later one of this writer: what
    was sent before and is not applied by then never will be, and is sent again; but not
    where the caller was told that the outcome is open. Then a barrier has settled it.
    """

    def __init__(self, log: Log, head: Callable[[], Head]) -> None:
        self._log, self._head = log, head
        self.id = os.urandom(8) if log.keeps else b""
        self._seq = 0
        self._lock = Lock()
        self._queue: deque[Waiter] = deque()
        self._sent: dict[int, list[Waiter]] = {}
        self._under_way: set[int] = set()
        """The frame without a verdict; with a later one, where its answer was lost."""
        self._sealing = Lock()
        self._closed: Exception | None = None
        self._look_again = 0.0
        self._turns: Turns | None = None

    def enqueue(self, waiter: Waiter) -> None:
        """Raises QueueFull, DataError, or why the node stopped: nothing was written.

        Takes no lock: many threads come here at once. One that was closed between two
        looks has either seen the batch or is seen here.
        """
        if self._log.largest_bytes:
            waiter.size = _size_within(self._log.largest_bytes, waiter.batch)
        if self._closed:
            raise self._closed
        if len(self._queue) >= QUEUE:
            msg = f"{QUEUE} batches wait already"
            raise QueueFull(msg)
        self._queue.append(waiter)
        if self._closed:
            waiter.answer(self._closed)

    def seal(self, *, even_empty: bool = False) -> bool:
        """Send what waits, unless a frame is under way; whether one was sent.

        One thread seals, and looks again before it leaves: whoever finds it at work
        goes away rather than queue for it, and nothing that waits is overlooked.
        """
        is_sent = False
        while self._is_due(even_empty=even_empty):
            if not self._sealing.acquire(blocking=even_empty):
                break
            try:
                if self._closed or not self._is_due(even_empty=even_empty):
                    break
                self._send_frame()
            finally:
                self._sealing.release()
            is_sent, even_empty = True, False
        return is_sent

    def refute(self, writer: bytes) -> None:
        """Tell the writer that its history is not the log's, whatever is under way."""
        with self._sealing:
            if not self._closed:
                self._send_frame(refutes=writer)

    def settle(self, frame: Frame, verdicts: Sequence[Verdict]) -> None:
        """Tell the callers, if the frame is of this writer."""
        if frame.writer != self.id:
            return
        with self._lock:
            waiters = self._sent.pop(frame.seq, [])
            for lost in sorted(self._sent, reverse=True):
                if lost < frame.seq:
                    self._queue.extendleft(reversed(self._sent.pop(lost)))
                    self._under_way.discard(lost)
            self._under_way.discard(frame.seq)
        if self._log.keeps:
            self._answer_in_turn(waiters, verdicts)
            return
        for waiter, verdict in zip(waiters, verdicts, strict=True):
            waiter.answer(verdict)

    def answer_sent(self, error: Exception, *, is_lost: bool) -> None:
        """Tell all whose frames are under way; a lost frame will never take effect."""
        with self._lock:
            waiters = [waiter for sent in self._sent.values() for waiter in sent]
            if is_lost:
                self._sent.clear()
                self._under_way.clear()
        _answer_all(waiters, error)

    def expire(self) -> None:
        """Who waited for too long learns that the outcome is open."""
        now = monotonic()
        if now < self._look_again:
            return
        self._look_again, limit = now + 1, now - TIMEOUT_SECONDS
        self._end_turns()
        with self._lock:
            known = [waiter for sent in self._sent.values() for waiter in sent]
        known += self._queue.copy()
        late = [waiter for waiter in known if waiter.since < limit]
        msg = f"No verdict within {TIMEOUT_SECONDS:g} s"
        _answer_all(late, OutcomeUnknown(msg))

    def close(self, error: Exception) -> None:
        """No batch is taken any more, and none is left without an answer."""
        with self._sealing, self._lock:
            self._closed = error
            waiters = [waiter for sent in self._sent.values() for waiter in sent]
            waiters += self._queue
            self._sent.clear()
            self._queue.clear()
        _answer_all(waiters, error)
        self._end_turns()

    def _answer_in_turn(
        self, waiters: Sequence[Waiter], verdicts: Sequence[Verdict]
    ) -> None:
        if self._turns:
            self._turns.wake_all()
        self._turns = Turns(waiters, verdicts, self.seal)
        self._turns.wake_next()

    def _end_turns(self) -> None:
        if self._turns:
            self._turns.wake_all()
            self.seal()

    def _is_due(self, *, even_empty: bool) -> bool:
        """Who was just answered often has more: each frame has its price."""
        if self._under_way:
            return False
        if even_empty:
            return True
        is_waking = self._turns is not None and self._turns.is_under_way
        return bool(self._queue) and not is_waking

    def _send_frame(self, refutes: bytes = b"") -> None:
        """The caller is the one that seals: frames leave in their order."""
        with self._lock:
            taken = self._take()
            self._seq += 1
            seq = self._seq
            self._sent[seq] = taken
            self._under_way.add(seq)
        _, position, digest = self._head()
        batches = [waiter.batch for waiter in taken]
        frame = Frame(self.id, seq, position, digest, batches, refutes)
        sent = self._log.append(frame)
        if self._log.keeps:
            sent.add_done_callback(lambda done: self._look_after(seq, done))

    def _take(self) -> list[Waiter]:
        """As many as one frame holds; the caller holds the lock."""
        taken: list[Waiter] = []
        room = self._log.largest_bytes
        while self._queue and len(taken) < GROUP and self._queue[0].size <= room:
            waiter = self._queue.popleft()
            if not waiter.is_answered:
                taken.append(waiter)
                room -= waiter.size
        return taken

    def _look_after(self, seq: int, sent: "Future[int]") -> None:
        """Without an acknowledgement send a later frame: it settles this one."""
        if sent.exception() is None:
            return
        with self._lock:
            self._under_way.discard(seq)
        Timer(RESEND_SECONDS, self.seal, kwargs={"even_empty": True}).start()


def _size_within(largest: int, batch: Batch) -> int:
    found = size(batch)
    if found > largest:
        msg = f"A batch of {found} bytes: the log takes {largest}"
        raise DataError(msg)
    return found


def _answer_all(waiters: Sequence[Waiter], answer: Answer) -> None:
    for waiter in waiters:
        waiter.answer(answer)
