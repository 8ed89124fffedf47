"""The newest of something costly: made once per stamp, by one thread at a time."""

from collections.abc import Callable
from threading import Lock
from time import monotonic
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")
REST = 10
"""It rests ten times as long as it worked: what is costly takes a tenth of a core."""


class Stamp(NamedTuple):
    """How far the log has come, and which part of an hour it is."""

    position: int
    slot: int


class Freshest(Generic[T]):
    """`make(old)` gives the new value, from what the log holds at the stamp."""

    def __init__(
        self, stamp: Callable[[], Stamp], make: Callable[[T | None], T]
    ) -> None:
        self._stamp, self._make = stamp, make
        self._lock = Lock()
        self._made: tuple[Stamp, T] | None = None
        self._rests_until = 0.0

    def get(self, at_least: int = 0) -> T:
        """Not older than position `at_least`; nor than a rest, where it costs much."""
        made = self._made
        if made and not self._is_due(made[0], at_least):
            return made[1]
        with self._lock:
            made = self._made
            if made and not self._is_due(made[0], at_least):
                return made[1]
            return self._renew(made)

    def _is_due(self, stamp: Stamp, at_least: int) -> bool:
        if stamp.position < at_least:
            return True
        return stamp != self._stamp() and monotonic() >= self._rests_until

    def _renew(self, made: tuple[Stamp, T] | None) -> T:
        begun, stamp = monotonic(), self._stamp()
        value = self._make(made[1] if made else None)
        self._made = (stamp, value)
        self._rests_until = monotonic() + REST * (monotonic() - begun)
        return value
