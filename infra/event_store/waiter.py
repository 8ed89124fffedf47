"""A batch on its way, and who is told what became of it."""

from concurrent.futures import Future
from threading import Lock
from time import monotonic

from eventsourcing.persistence import IntegrityError

from infra.event_store.frame import Batch
from infra.event_store.work import Verdict

Answer = Verdict | Exception


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

    @property
    def is_answered(self) -> bool:
        return self._future.done()

    @property
    def future(self) -> "Future[list[int]]":
        return self._future


class Caller(Waiter):
    """A thread that waits for its answer: one lock is all it takes."""

    __slots__ = ("_answer", "_gate")

    def __init__(self, batch: Batch) -> None:
        self.batch, self.since, self.size = batch, monotonic(), 0
        self._answer: Answer | None = None
        self._gate = Lock()
        self._gate.acquire()

    def answer(self, answer: Answer) -> None:
        if self._answer is None:
            self._answer = answer
            self._gate.release()

    @property
    def is_answered(self) -> bool:
        return self._answer is not None

    def result(self) -> list[int]:
        """Waits; raises what a future would raise."""
        with self._gate:
            answer = self._answer
        if isinstance(answer, list):
            return answer
        assert answer is not None
        raise _error(answer)


def _error(answer: str | Exception) -> Exception:
    return IntegrityError(answer) if isinstance(answer, str) else answer
