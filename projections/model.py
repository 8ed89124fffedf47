"""What a read model is: versions of rows per key, folded in event-time order.

A question has two times: `at` (what had happened by then) and `known` (what we knew
by that log position); both absent is the present. One query serves all.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from domain.events import DomainEvent

R = TypeVar("R")
Amounts = Mapping[str, tuple[int, int, int]]
"""By dimension (a community): cases, grams, fen; whole numbers add up exactly."""


class Moment(NamedTuple):
    """`at`: events that happened by then; `known`: events up to that position."""

    at: datetime | None = None
    known: int | None = None


class Fold(Generic[R]):
    """A read model: one row per key. Most stay open and add nothing up.

    Where `kind` is set, each stream of that kind is a row, and no other event matters.
    `keys` looks at the event alone, so that folds commute across keys. Rows of a model
    that `mends` say `is_corrected` once an event mends another, and stay so; such a row
    is asked of `whole`, so that all others need not hold what can be mended.
    """

    name: str
    row: type[R]
    kind: str = ""
    mends: bool = False

    def keys(self, event: DomainEvent) -> Iterable[str]:
        """The rows that this event changes."""
        kind, _, key = event.originator_id.partition(":")
        return (key,) if kind == self.kind else ()

    def fold(self, row: R | None, event: DomainEvent) -> R:
        """The row after the event; events come in order of when they happened."""
        raise NotImplementedError

    def whole(self, events: Sequence[DomainEvent]) -> R:
        """The row after all of them, in order, as they stand corrected."""
        raise NotImplementedError

    def is_closed(self, row: R) -> bool:
        """Whether the row belongs to the past: boards of what is open skip it."""
        _ = row
        return False

    def amounts(self, row: R) -> Amounts:
        """What the row contributes to sums."""
        _ = row
        return {}


class Version(NamedTuple):
    """One version of a row: when it holds from, and the event that made it."""

    event_time: datetime
    source: int
    row: Any


class View(Protocol):
    """A read model's rows as kept by `infra.views`."""

    position: int

    def rows(
        self,
        moment: Moment,
        *,
        open_only: bool = False,
        prefix: str = "",
        since: str = "",
    ) -> Iterable[tuple[str, Any]]: ...

    def row(self, key: str, moment: Moment) -> Any: ...

    def versions(self, key: str, moment: Moment) -> Iterable[Version]: ...

    def sums(self, moment: Moment) -> dict[str, tuple[int, int, int]]: ...

    def known_at(self, time: datetime) -> int: ...

    def recorded_at(self, position: int) -> datetime | None: ...


Views = Mapping[str, View]
