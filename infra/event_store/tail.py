"""The tail: applies the log's frames in order, and learns the verdicts from that."""

import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Condition, Event, Lock, Thread
from time import monotonic, sleep

from eventsourcing.persistence import (
    IntegrityError,
    OperationalError,
    PersistenceError,
)

from infra.event_store.disputes import Disputes
from infra.event_store.errors import LogDiverged, OutcomeUnknown, StorageFull
from infra.event_store.frame import Batch, Frame
from infra.event_store.index import Index
from infra.event_store.log import Log
from infra.event_store.rule import RULE_VERSION
from infra.event_store.waiter import Caller, Waiter
from infra.event_store.writer import Writer

POLL_SECONDS = 0.2
RETRY_SECONDS = 0.5
STALLED_SECONDS = 60.0
CLOSE_SECONDS = 10.0
CLOSED = "The node was closed"
TRANSIENT = {
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
}


class Tail:
    """One per log and file in a process.

    Whoever holds the turn applies. A thread that finds it free applies its own frame,
    which saves two hand-overs; under load the tail's thread does it for all.
    """

    def __init__(self, log: Log, index: Index) -> None:
        self.log, self.index = log, index
        _check_start(log, index)
        self._writer = Writer(log, lambda: index.head)
        self._disputes = Disputes(log, index, self._writer, self._wait_on)
        self._turn = Lock()
        self._applied = Condition()
        self._listeners: set[Event] = set()
        self._next_offset = index.head.next_offset
        self._is_closed = False
        self.stopped: BaseException | None = None
        self._thread = Thread(target=self._follow, name="log-tail", daemon=True)
        self._thread.start()

    @property
    def _is_over(self) -> bool:
        return self._is_closed or self.stopped is not None

    @property
    def position(self) -> int:
        return self.index.head.position

    def submit(self, batch: Batch) -> "Future[list[int]]":
        """The batch's positions; every trouble is the future's exception."""
        return self.submit_all([batch])[0]

    def submit_all(self, batches: Sequence[Batch]) -> "list[Future[list[int]]]":
        """As `submit`, of many: all of them wait before the first is sent."""
        waiters = [Waiter(batch) for batch in batches]
        for waiter in waiters:
            self._enqueue(waiter)
        self._send()
        return [waiter.future for waiter in waiters]

    def _enqueue(self, waiter: Waiter) -> None:
        conflict = self._conflict(waiter.batch)
        if conflict:
            waiter.answer(conflict)
            return
        try:
            self._writer.enqueue(waiter)
        except PersistenceError as refusal:
            waiter.answer(refusal)

    def insert(self, batch: Batch) -> list[int]:
        """`submit().result()` for a thread that may work while it waits."""
        conflict = self._conflict(batch)
        if conflict:
            raise IntegrityError(conflict)
        caller = Caller(batch)
        self._writer.enqueue(caller)
        if self.log.keeps or not self._turn.acquire(blocking=False):
            self._send()
            return caller.result()
        try:
            self._writer.seal()
            self._advance(self.log.read(self._next_offset, 0))
        finally:
            self._turn.release()
        return caller.result()

    def wait_for(self, position_gt: int, timeout: float) -> int:
        """The last position, as soon as it is beyond `position_gt`."""
        with self._applied:
            self._applied.wait_for(
                lambda: self.position > position_gt or self._is_over, timeout
            )
            return self.position

    def wait_for_offset(self, end: int, progress: Callable[[int, int], None]) -> None:
        """Until everything before `end` is applied; raises why it never will be."""
        reached, since = self._next_offset, monotonic()
        while self._next_offset < end and not self._is_over:
            progress(self._next_offset, end)
            with self._applied:
                self._applied.wait_for(
                    lambda: self._next_offset >= end or self._is_over, POLL_SECONDS
                )
            if self._next_offset > reached:
                reached, since = self._next_offset, monotonic()
            elif monotonic() - since > STALLED_SECONDS:
                msg = f"The log ends at {end}; nothing beyond {reached} can be read"
                raise OperationalError(msg)
        if self.stopped:
            raise self.stopped
        progress(end, end)

    def listen(self, event: Event) -> None:
        self._listeners.add(event)

    def unlisten(self, event: Event) -> None:
        self._listeners.discard(event)

    def close(self) -> None:
        """What waits is answered: the outcome of what is under way stays open."""
        self._is_closed = True
        self.log.nudge()
        self._thread.join(CLOSE_SECONDS)
        with self._turn:
            self._writer.close(OutcomeUnknown(CLOSED))
            self.log.close()
            self.index.close()
        with self._applied:
            self._applied.notify_all()

    def _conflict(self, batch: Batch) -> str | None:
        """A version that is taken stays taken: no need to ask the log."""
        for stream, version, _, _ in batch.events:
            last = self.index.known_version(stream)
            if last is not None and version <= last:
                return f"{stream} is at version {last} already, not {version - 1}"
        return None

    def _send(self) -> None:
        if self._writer.seal():
            self.log.nudge()

    def _follow(self) -> None:
        while not self._is_over:
            try:
                frames = self.log.read(self._next_offset, POLL_SECONDS)
            except Exception as error:  # noqa: BLE001 -- whatever it is, stop loudly
                with self._turn:
                    self._stop(error)
                return
            with self._turn:
                self._advance(frames)
                self._writer.expire()

    def _advance(self, frames: Sequence[tuple[int, Frame]]) -> None:
        """Apply what was not applied meanwhile; the caller holds the turn."""
        due = [found for found in frames if found[0] >= self._next_offset]
        if not due or self._is_over:
            return
        try:
            applied = self._disputes.apply(due)
        except Exception as error:  # noqa: BLE001 -- whatever it is, stop loudly
            self._endure(error, due[-1][0] + 1)
            return
        self._next_offset = self.index.head.next_offset
        for frame, verdicts, _ in applied:
            if verdicts is not None:
                self._writer.settle(frame, verdicts)
        self._send()
        self._announce()

    def _wait_on(self) -> None:
        """While the log is read anew: who waits too long is told, closing ends it."""
        self._writer.expire()
        if self._is_over:
            raise OutcomeUnknown(CLOSED)

    def _announce(self) -> None:
        with self._applied:
            self._applied.notify_all()
        for listener in tuple(self._listeners):
            listener.set()

    def _endure(self, error: Exception, next_offset: int) -> None:
        """A full disk, a lock, a failed read pass; anything else stops the node."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in TRANSIENT:
            self._stop(error)
        elif self.log.keeps:
            unknown = OutcomeUnknown(f"The log has it, the file not yet: {error}")
            self._writer.answer_sent(unknown, is_lost=False)
            sleep(RETRY_SECONDS)
        else:
            is_full = code == sqlite3.SQLITE_FULL
            kind = StorageFull if is_full else OutcomeUnknown
            self._next_offset = next_offset
            self._writer.answer_sent(kind(str(error)), is_lost=True)
            self._send()

    def _stop(self, error: Exception) -> None:
        self.stopped = error
        self._writer.close(OutcomeUnknown(f"The node stopped itself: {error!r}"))
        self._announce()


def _check_start(log: Log, index: Index) -> None:
    """Raises LogDiverged where the file is of another log, or ahead of it."""
    if index.rule != RULE_VERSION:
        msg = f"The file was written by rule {index.rule}, this is {RULE_VERSION}"
        raise LogDiverged(msg)
    if not index.is_sound():
        msg = "The file is damaged: its last events do not match their digest"
        raise LogDiverged(msg)
    if index.identity != log.identity():
        msg = f"The log is {log.identity()}, the file's was {index.identity}"
        raise LogDiverged(msg)
    first, end = log.bounds()
    if not first <= index.head.next_offset <= end:
        msg = f"The file goes on at {index.head.next_offset}, the log has {first}-{end}"
        raise LogDiverged(msg)
