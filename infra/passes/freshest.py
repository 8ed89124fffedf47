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


class Made(NamedTuple, Generic[T]):
    """A value that knows at least what the log holds at its stamp."""

    stamp: Stamp
    value: T


class Freshest(Generic[T]):
    """`make(old, at_least)` gives the new value, which knows at least that position."""

    def __init__(
        self,
        stamp: Callable[[], Stamp],
        make: Callable[[T | None, int], Made[T]],
    ) -> None:
        self._stamp, self._make = stamp, make
        self._lock = Lock()
        self._made: Made[T] | None = None
        self._rests_until = 0.0

    def get(self, at_least: int = 0) -> Made[T]:
        """Not older than position `at_least`; nor than a rest, where it costs much."""
        made = self._made
        if made and not self._is_due(made.stamp, at_least):
            return made
        with self._lock:
            made = self._made
            if made and not self._is_due(made.stamp, at_least):
                return made
            return self._renew(made, at_least)

    def _is_due(self, stamp: Stamp, at_least: int) -> bool:
        if stamp.position < at_least:
            return True
        return stamp != self._stamp() and monotonic() >= self._rests_until

    def _renew(self, old: Made[T] | None, at_least: int) -> Made[T]:
        begun = monotonic()
        made = self._made = self._make(old.value if old else None, at_least)
        self._rests_until = monotonic() + REST * (monotonic() - begun)
        return made
