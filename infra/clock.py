"""The one edge where time comes in: the system's clock, or a simulated one.

A simulated clock serves demo, replay and tests. It starts at a moment, runs at a
speed, and can be driven forward; it never goes back.
"""

from datetime import UTC, datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Protocol


class Clock(Protocol):
    is_simulated: bool

    def __call__(self) -> datetime: ...


class SystemClock:
    is_simulated = False

    def __call__(self) -> datetime:
        return datetime.now(UTC)


class SimulatedClock:
    """`speed` simulated seconds pass in a second; 0 stands until it is driven."""

    is_simulated = True

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        self._lock = Lock()
        self._moment, self._since = start.astimezone(UTC), monotonic()
        self.speed = speed

    def __call__(self) -> datetime:
        with self._lock:
            return self._now()

    def advance_to(self, moment: datetime) -> datetime:
        """Jump ahead to `moment`, or stay where it is already later."""
        with self._lock:
            now = max(self._now(), moment.astimezone(UTC))
            self._moment, self._since = now, monotonic()
        return now

    def _now(self) -> datetime:
        passed = timedelta(seconds=(monotonic() - self._since) * self.speed)
        return self._moment + passed


def parse_clock(text: str) -> SimulatedClock:
    """`2020-02-16T05:30+08:00@60`: a moment with its offset, and a speed.

    Raises ValueError where the moment or its offset is missing.
    """
    moment, _, speed = text.partition("@")
    start = datetime.fromisoformat(moment)
    if start.tzinfo is None:
        msg = "a clock starts at a moment with an offset, as 2020-02-16T05:30+08:00"
        raise ValueError(msg)
    return SimulatedClock(start, float(speed or 1))
