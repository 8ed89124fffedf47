"""The log of a node that runs alone: frames go straight to the tail.

Durable when the index commits; nothing is written twice.
"""

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from threading import Condition

from infra.event_store.frame import Frame


class LocalLog:
    keeps = False

    def __init__(self, identity: str, next_offset: int) -> None:
        self._identity, self._next = identity, next_offset
        self._frames: deque[tuple[int, Frame]] = deque()
        self._arrived = Condition()

    def append(self, frame: Frame) -> "Future[int]":
        done: Future[int] = Future()
        with self._arrived:
            self._frames.append((self._next, frame))
            done.set_result(self._next)
            self._next += 1
            self._arrived.notify()
        return done

    def read(self, offset: int, timeout: float) -> Sequence[tuple[int, Frame]]:
        with self._arrived:
            if not self._frames and timeout:
                self._arrived.wait(timeout)
            taken = [found for found in self._frames if found[0] >= offset]
            self._frames.clear()
            return taken

    def bounds(self) -> tuple[int, int]:
        return self._next - len(self._frames), self._next

    def identity(self) -> str:
        return self._identity

    def close(self) -> None:
        """Nothing is open."""
