"""The port to the log: one ordered, append-only sequence of frames."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Protocol

from infra.event_store.frame import Frame


class Log(Protocol):
    """The truth and the arbiter; what it holds, every node applies in its order.

    `keeps` says whether a frame can be read again by anybody. A log that does not keep
    frames hands each one over once, neither loses nor doubles it, and the index is the
    only durable copy. `largest_bytes` is what one may hold; 0 where that is no matter.
    """

    keeps: bool
    largest_bytes: int

    def append(self, frame: Frame) -> "Future[int]":
        """The frame's offset; an exception means that its fate is unknown."""
        ...

    def read(self, offset: int, timeout: float) -> Sequence[tuple[int, Frame]]:
        """Frames at or after `offset`, waiting up to `timeout` seconds for one."""
        ...

    def nudge(self) -> None:
        """End a `read` that waits."""
        ...

    def bounds(self) -> tuple[int, int]:
        """The first offset that can be read, and the next one to be written."""
        ...

    def identity(self) -> str:
        """Another one where the log was deleted and made again."""
        ...

    def close(self) -> None: ...
