"""What is to be written of a read model: versions of rows, what they add to sums.

Made in memory: what is on the disk already, its view must look up.
"""

from bisect import bisect
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from domain.events import DomainEvent
from infra.views import sums
from infra.views.history import Numbered
from infra.views.rows import micros
from projections.model import Fold

Step = tuple[Any, Any]


class Newest(msgspec.Struct, gc=False):
    """A key's newest version, and when it began; kept up to date in place.

    There are tens of thousands, in no cycle: the collector need not stop all for them.
    """

    first: int
    event_time: int
    position: int
    row: Any
    lead: int = 0

    def heed(self, time: int, event: DomainEvent) -> None:
        """How far ahead of what was recorded it is said to have happened, at most."""
        self.lead = max(self.lead, time - micros(event.record_time))


class Told(NamedTuple):
    """A version: when its event happened, where that stands, and the row after it."""

    time: int
    position: int
    event: DomainEvent
    row: Any = None


class Past(NamedTuple):
    """What comes before a late fact: the row, and the events of which that is made."""

    row: Any
    events: Callable[[], list[DomainEvent]]
    is_corrected_later: bool = False


class Pending:
    """`rows` are the values of the table's columns, one row's after the other's."""

    def __init__(self, model: Fold[Any]) -> None:
        self.rows: list[Any] = []
        self.amounts: list[tuple[Any, ...]] = []
        self._model = model
        self.adds_up = type(model).amounts is not Fold.amounts
        encoder = msgspec.msgpack.Encoder()
        self._encode, self._encode_into = encoder.encode, encoder.encode_into

    def tell(self, newest: Newest, key: str, events: Sequence[Numbered]) -> int:
        """How many were told: all before one that is late for what was written.

        Or that belongs to a row that was corrected, which takes all of its history.

        Half of a rebuild's time goes by in this loop. Data are a bytearray, for
        sqlite3 offers bytes to its adapters first: that took as long as encoding them.
        """
        is_new, mends = newest.row is None, self._model.mends
        fold, encode, rows = self._model.fold, self._encode_into, self.rows
        for position, event in events:
            happened = event.event_time
            time = micros(happened)
            before = newest.row
            row = None if time < newest.event_time else fold(before, event)
            if row is None or (mends and row.is_corrected):
                if not is_new:
                    return [at for at, _ in events].index(position)
                self._tell_late(newest, key, events, position)
                break
            if happened > event.record_time:
                newest.heed(time, event)
            newest.row = row
            encode(row, data := bytearray())
            rows += (key, time, position, position, data)
            if self.adds_up:
                self._sum_up(time, position, (before, row))
            newest.event_time, newest.position = time, position
        return len(events)

    def refold(
        self, key: str, fact: Told, past: Past, later: Iterable[Told]
    ) -> list[Any]:
        """A late fact's row, then those after it until one comes out as it was.

        Then so do all that follow: a scan that is an hour late, or a clock that is a
        century ahead, costs what it changes and no more. Not where something later is
        corrected: what it was before may matter again.
        """
        before, events = past.row, [fact.event]
        row, old = self._row(before, past, events), before
        rows, position = [row], fact.position
        self.rows += (key, fact.time, position, position, self._encode(row))
        self._sum_up(fact.time, position, (before, row))
        for told in later:
            events.append(told.event)
            previous, row = row, self._row(row, past, events)
            rows.append(row)
            self._sum_up(told.time, position, (previous, row), (old, told.row))
            old = told.row
            if row == old and not past.is_corrected_later:
                break
            self.rows += (key, told.time, told.position, position, self._encode(row))
        return rows

    def _row(self, before: Any, past: Past, events: Sequence[DomainEvent]) -> Any:
        """The row after the last of the events, which come after the past."""
        row = self._model.fold(before, events[-1])
        if not (self._model.mends and row.is_corrected):
            return row
        return self._model.whole([*past.events(), *events])

    def clear(self) -> None:
        self.rows.clear()
        self.amounts.clear()

    def _tell_late(
        self, newest: Newest, key: str, events: Sequence[Numbered], since: int
    ) -> None:
        """A new key's events from position `since` on; those before came in order.

        All its versions are at hand: none need be written and read again.
        """
        told: list[Told] = []
        mends = self._model.mends
        for position, event in events:
            fact = Told(micros(event.event_time), position, event)
            index = bisect(told, fact.time, key=attrgetter("time"))
            before = told[index - 1].row if index else None
            is_corrected = bool(told) and mends and told[-1].row.is_corrected
            if position < since:
                rows = [self._model.fold(before, event)]
            else:
                past = Past(before, partial(_events, told, index), is_corrected)
                rows = self.refold(key, fact, past, told[index:])
            told.insert(index, fact)
            for at, row in enumerate(rows, start=index):
                told[at] = told[at]._replace(row=row)
            newest.heed(fact.time, event)
        newest.first, newest.position = told[0].time, events[-1][0]
        newest.event_time, newest.row = told[-1].time, told[-1].row

    def _sum_up(
        self, time: int, position: int, step: Step, was: Step | None = None
    ) -> None:
        """What a step between rows adds, less what it added before."""
        if not self.adds_up:
            return
        change = sums.change(self._model, *step)
        if was:
            change.subtract(sums.change(self._model, *was))
        self.amounts += sums.rows(time, position, change)


def _events(told: Sequence[Told], until: int) -> list[DomainEvent]:
    return [one.event for one in told[:until]]
