"""The log as views see it: decoded events by position, and what was known when."""

from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple, Protocol

import msgspec

from domain.events import DomainEvent

Row = tuple[int, str, int, str, bytes]
Numbered = tuple[int, DomainEvent]
"""An event and its position in the log."""


class Mark(NamedTuple):
    """Which log the view follows, how far, and the content of its last event."""

    identity: str
    position: int
    last_event: bytes


class Log(Protocol):
    def read_at(self, positions: Sequence[int]) -> Sequence[Row]: ...

    def digest(self) -> tuple[int, bytes]: ...

    def identity(self) -> str: ...


class History:
    def __init__(self, log: Log, decode: Callable[[str, bytes], DomainEvent]) -> None:
        self._log, self._decode = log, decode

    def identity(self) -> str:
        return self._log.identity()

    def at(self, positions: Sequence[int]) -> list[Numbered]:
        rows = self._log.read_at(positions)
        return [(row[0], self._decode(row[3], row[4])) for row in rows]

    def known_at(self, time: datetime) -> int:
        """The last position recorded by then: a bisection, for clocks go forward."""
        low, high = 0, self._log.digest()[0]
        while low < high:
            middle = (low + high + 1) // 2
            (_, event), *_ = self.at([middle])
            if event.record_time <= time:
                low = middle
            else:
                high = middle - 1
        return low


def fingerprint(event: DomainEvent) -> bytes:
    """Tells an event from any other that could stand at its position."""
    return blake2b(msgspec.json.encode(event), digest_size=16).digest()
