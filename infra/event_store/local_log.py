"""The log of a node that runs alone: frames go straight to the tail."""

from collections.abc import Sequence
from concurrent.futures import Future
from threading import Event

from infra.event_store.frame import Frame


class LocalLog:
    """Durable when the index commits; nothing is written twice.

    `append` wakes nobody: whoever appends applies the frame itself, or nudges.
    """

    keeps = False
    largest_bytes = 0

    def __init__(self, identity: str, next_offset: int) -> None:
        self._identity, self._next = identity, next_offset
        self._frames: tuple[tuple[int, Frame], ...] = ()
        self._arrived = Event()

    def append(self, frame: Frame) -> "Future[int]":
        done: Future[int] = Future()
        done.set_result(self._next)
        self._frames = ((self._next, frame),)
        self._next += 1
        return done

    def read(self, offset: int, timeout: float) -> Sequence[tuple[int, Frame]]:
        if timeout:
            self._arrived.wait(timeout)
            self._arrived.clear()
        return [found for found in self._frames if found[0] >= offset]

    def nudge(self) -> None:
        self._arrived.set()

    def bounds(self) -> tuple[int, int]:
        return self._next - len(self._frames), self._next

    def identity(self) -> str:
        return self._identity

    def close(self) -> None:
        self._frames = ()
