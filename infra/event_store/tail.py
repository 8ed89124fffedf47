"""The tail: applies the log's frames in order, and tells writers their verdicts."""

import os
import sqlite3
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Condition, Event, Lock, Thread, Timer
from typing import NamedTuple

from eventsourcing.persistence import IntegrityError

from infra.event_store.errors import (
    LogDiverged,
    OutcomeUnknown,
    QueueFull,
    StorageFull,
)
from infra.event_store.frame import Batch, Frame
from infra.event_store.index import Index, Verdict, is_full
from infra.event_store.log import Log
from infra.event_store.rule import RULE_VERSION

QUEUE = 20_000
GROUP = 512
IN_FLIGHT = 2
REMEMBERED = 4096
POLL_SECONDS = 0.2
RETRY_SECONDS = 0.5


class Waiter(NamedTuple):
    batch: Batch
    future: "Future[list[int]]"


class Tail:
    """One per log and file in a process; `submit` is the whole of writing.

    Batches that wait while earlier frames are under way travel in one frame: group
    commit. The verdict comes from applying the log, never from an acknowledgement.
    """

    def __init__(self, log: Log, index: Index) -> None:
        self.log, self.index = log, index
        self._check_start()
        self._writer, self._seq = os.urandom(8), 0
        self._mutex = Lock()
        self._applied = Condition()
        self._queue: deque[Waiter] = deque()
        self._sent: dict[int, list[Waiter]] = {}
        self._window: set[int] = set()
        self._digests: OrderedDict[int, bytes] = OrderedDict()
        self._listeners: set[Event] = set()
        self._is_closed = False
        self.stopped: BaseException | None = None
        self._thread = Thread(target=self._follow, name="log-tail", daemon=True)
        self._thread.start()

    @property
    def position(self) -> int:
        return self.index.head.position

    def submit(self, batch: Batch) -> "Future[list[int]]":
        """The batch's positions, or IntegrityError; raises QueueFull at once.

        A version that is taken already is answered without touching the log.
        """
        future: Future[list[int]] = Future()
        for event in batch.events:
            last = self.index.known_version(event.stream)
            if last is not None and event.version <= last:
                refusal = f"{event.stream} is at version {last}"
                future.set_exception(IntegrityError(refusal))
                return future
        with self._mutex:
            if self._is_closed or self.stopped:
                msg = f"The log is stopped: {self.stopped}"
                raise OutcomeUnknown(msg)
            if len(self._queue) >= QUEUE:
                msg = f"{QUEUE} batches wait already"
                raise QueueFull(msg)
            self._queue.append(Waiter(batch, future))
        self._seal()
        return future

    def wait_for(self, position_gt: int, timeout: float) -> int:
        """The last position, as soon as it is beyond `position_gt`."""
        with self._applied:
            self._applied.wait_for(
                lambda: self.position > position_gt or self._is_closed, timeout
            )
            return self.position

    def listen(self, event: Event) -> None:
        self._listeners.add(event)

    def unlisten(self, event: Event) -> None:
        self._listeners.discard(event)

    def close(self) -> None:
        self._is_closed = True
        self._thread.join()
        self._give_up(OutcomeUnknown("The node stopped"))
        self.log.close()
        self.index.close()
        with self._applied:
            self._applied.notify_all()

    def _check_start(self) -> None:
        """Raises LogDiverged where this file is of another log, or ahead of it."""
        if self.index.rule != RULE_VERSION:
            msg = f"The file was written by rule {self.index.rule}"
            raise LogDiverged(msg)
        if self.index.identity != self.log.identity():
            msg = f"The log is {self.log.identity()}, the file's {self.index.identity}"
            raise LogDiverged(msg)
        first, end = self.log.bounds()
        if not first <= self.index.head.next_offset <= end:
            msg = f"Offset {self.index.head.next_offset} is not in [{first}, {end}]"
            raise LogDiverged(msg)

    def _seal(self, *, even_empty: bool = False) -> None:
        """Send what waits as frames, as long as few are under way."""
        while True:
            with self._mutex:
                is_due = self._queue or even_empty
                if not is_due or len(self._window) >= IN_FLIGHT or self._is_closed:
                    return
                even_empty = False
                size = min(GROUP, len(self._queue))
                taken = [self._queue.popleft() for _ in range(size)]
                self._seq += 1
                seq = self._seq
                self._sent[seq] = taken
                self._window.add(seq)
                head = self.index.head
                batches = [waiter.batch for waiter in taken]
                frame = Frame(self._writer, seq, head.position, head.digest, batches)
                sent = self.log.append(frame)
            sent.add_done_callback(self._watch(seq))

    def _watch(self, seq: int) -> "Callable[[Future[int]], None]":
        """Without an acknowledgement send a later frame: it settles this one."""

        def look(sent: "Future[int]") -> None:
            if sent.exception() is None:
                return
            with self._mutex:
                self._window.discard(seq)
            Timer(0.05, self._seal, kwargs={"even_empty": True}).start()

        return look

    def _follow(self) -> None:
        pending: Sequence[tuple[int, Frame]] = ()
        try:
            while not self._is_closed:
                offset = self.index.head.next_offset
                pending = pending or self.log.read(offset, POLL_SECONDS)
                if pending and self._try_apply(pending):
                    pending = ()
        except BaseException as error:  # noqa: BLE001 -- reported, and writing ends
            self.stopped = error
            self._give_up(OutcomeUnknown(f"The log stopped: {error!r}"))

    def _try_apply(self, frames: Sequence[tuple[int, Frame]]) -> bool:
        """Whether the frames are done with; a full disk is tried again or answered."""
        for offset, frame in frames:
            self._check_digest(offset, frame)
        try:
            judged = self.index.apply(frames)
        except sqlite3.Error as error:
            if not is_full(error):
                raise
            self._refuse(frames, StorageFull(str(error)))
            if self.log.keeps:
                Event().wait(RETRY_SECONDS)
            return not self.log.keeps
        self._note(frames, judged)
        return True

    def _note(
        self,
        frames: Sequence[tuple[int, Frame]],
        judged: Sequence[list[Verdict] | None],
    ) -> None:
        head = self.index.head
        self._digests[head.position] = head.digest
        if len(self._digests) > REMEMBERED:
            self._digests.popitem(last=False)
        for (_, frame), verdicts in zip(frames, judged, strict=True):
            if frame.writer == self._writer and verdicts is not None:
                self._settle(frame.seq, verdicts)
        self._seal()
        with self._applied:
            self._applied.notify_all()
        for listener in tuple(self._listeners):
            listener.set()

    def _settle(self, seq: int, verdicts: Sequence[Verdict]) -> None:
        """Frame `seq` took effect; earlier ones not seen by now never will."""
        with self._mutex:
            waiters = self._sent.pop(seq, [])
            for lost in sorted((s for s in self._sent if s < seq), reverse=True):
                self._queue.extendleft(reversed(self._sent.pop(lost)))
                self._window.discard(lost)
            self._window.discard(seq)
        for waiter, verdict in zip(waiters, verdicts, strict=True):
            _answer(waiter, verdict)

    def _refuse(self, frames: Sequence[tuple[int, Frame]], error: Exception) -> None:
        for _, frame in frames:
            if frame.writer == self._writer:
                with self._mutex:
                    waiters = self._sent.pop(frame.seq, [])
                    self._sent[frame.seq] = [] if self.log.keeps else waiters
                    self._window.discard(frame.seq)
                    if not self.log.keeps:
                        del self._sent[frame.seq]
                for waiter in waiters:
                    _answer(waiter, error)
        self._seal()

    def _give_up(self, error: Exception) -> None:
        with self._mutex:
            waiters = [w for sent in self._sent.values() for w in sent]
            waiters += self._queue
            self._sent.clear()
            self._queue.clear()
        for waiter in waiters:
            _answer(waiter, error)

    def _check_digest(self, offset: int, frame: Frame) -> None:
        mine = self._digests.get(frame.seen)
        if mine is not None and mine != frame.digest:
            msg = f"Offset {offset}: its writer had another history at {frame.seen}"
            raise LogDiverged(msg)


def _answer(waiter: Waiter, verdict: Verdict | Exception) -> None:
    if not waiter.future.set_running_or_notify_cancel():
        return
    if isinstance(verdict, list):
        waiter.future.set_result(verdict)
    elif isinstance(verdict, str):
        waiter.future.set_exception(IntegrityError(verdict))
    else:
        waiter.future.set_exception(verdict)
