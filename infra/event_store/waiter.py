"""A batch on its way, and who is told what became of it."""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock
from time import monotonic

from eventsourcing.persistence import IntegrityError

from infra.event_store.frame import Batch
from infra.event_store.work import Verdict

Answer = Verdict | Exception
TURNS_SECONDS = 0.05


class Turns:
    """Of the callers of one frame each wakes the next.

    Woken all at once they would queue for the interpreter, and the log's own threads
    behind them; a wake would cost twice as much. `ended` is called when all are awake.
    """

    def __init__(
        self,
        waiters: Sequence["Waiter"],
        verdicts: Sequence[Verdict],
        ended: Callable[[], object],
    ) -> None:
        self._asleep: deque[Lock] = deque()
        self._since, self._ended = monotonic(), ended
        for waiter, verdict in zip(waiters, verdicts, strict=True):
            waiter.answer_in_turn(verdict, self)

    def add(self, gate: Lock) -> None:
        self._asleep.append(gate)

    @property
    def is_under_way(self) -> bool:
        """Whether more of them are likely to write at once."""
        return bool(self._asleep) and monotonic() < self._since + TURNS_SECONDS

    def wake_next(self) -> None:
        try:
            self._asleep.popleft().release()
        except IndexError:
            self._ended()

    def wake_all(self) -> None:
        """For who was interrupted, and woke nobody."""
        with suppress(IndexError):
            while True:
                self._asleep.popleft().release()


class Waiter:
    """Answered once; a second answer changes nothing."""

    __slots__ = ("_future", "batch", "since", "size")

    def __init__(self, batch: Batch) -> None:
        self.batch, self.since, self.size = batch, monotonic(), 0
        self._future: Future[list[int]] = Future()

    def answer(self, answer: Answer) -> None:
        future = self._future
        if future.done() or not future.set_running_or_notify_cancel():
            return
        if isinstance(answer, list):
            future.set_result(answer)
        else:
            future.set_exception(_error(answer))

    def answer_in_turn(self, answer: Answer, _turns: Turns) -> None:
        self.answer(answer)

    @property
    def is_answered(self) -> bool:
        return self._future.done()

    @property
    def future(self) -> "Future[list[int]]":
        return self._future


class Caller(Waiter):
    """A thread that waits for its answer: one lock is all it takes."""

    __slots__ = ("_answer", "_gate", "_turns")

    def __init__(self, batch: Batch) -> None:
        self.batch, self.since, self.size = batch, monotonic(), 0
        self._answer: Answer | None = None
        self._turns: Turns | None = None
        self._gate = Lock()
        self._gate.acquire()

    def answer(self, answer: Answer) -> None:
        if self._answer is None:
            self._answer = answer
            self._gate.release()

    def answer_in_turn(self, answer: Answer, turns: Turns) -> None:
        if self._answer is None:
            self._answer, self._turns = answer, turns
            turns.add(self._gate)

    @property
    def is_answered(self) -> bool:
        return self._answer is not None

    def result(self) -> list[int]:
        """Waits, once; raises what a future would raise."""
        self._gate.acquire()
        if self._turns:
            self._turns.wake_next()
        answer = self._answer
        if isinstance(answer, list):
            return answer
        assert answer is not None
        raise _error(answer)


def _error(answer: str | Exception) -> Exception:
    return IntegrityError(answer) if isinstance(answer, str) else answer
