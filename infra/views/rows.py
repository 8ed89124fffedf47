"""Reading one read model's file: rows at a moment, versions, sums."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from infra.connections import Connections
from infra.views import blocks, queries
from infra.views.history import History
from projections.model import Fold, Moment, Version

FOREVER = 2**62
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SKEW = timedelta(minutes=10)
"""What earlier positions may have been recorded later, by the clocks of other nodes."""


class Rows:
    """Read by any thread, each on its own connection."""

    def __init__(self, path: Path, model: Fold[Any], history: History) -> None:
        self.path, self.model, self.history = path, model, history
        self.decode = msgspec.msgpack.Decoder(model.row).decode
        self._connections = Connections(self._connect_to_read)

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)

    def rows(
        self,
        moment: Moment,
        *,
        open_only: bool = False,
        prefix: str = "",
        since: str = "",
    ) -> Iterator[tuple[str, Any]]:
        """Each key's row at the moment; `open_only` leaves out what is closed.

        Keys begin with `prefix`, and are not smaller than `since`.
        """
        query = queries.OPEN_ROWS if open_only else queries.ROWS
        bounds = {"low": since or prefix, "high": prefix + "\U0010ffff"}
        arguments = bounds | self._asked(moment)
        for key, data in self._connections.iterate(query, arguments):
            row = self.decode(data)
            if not (open_only and self.model.is_closed(row)):
                yield key, row

    def row(self, key: str, moment: Moment) -> Any:
        arguments = {"low": key, "high": key} | self._asked(moment)
        found = self._connections.fetch(queries.ROWS, arguments)
        return self.decode(found[0][1]) if found else None

    def versions(self, key: str, moment: Moment) -> Iterator[Version]:
        """Every version of a row that holds at the moment, oldest first."""
        at, known = _bounds(moment)
        for time, source, data in self._connections.iterate(
            queries.VERSIONS, (key, at, known)
        ):
            yield Version(_time(time), source, self.decode(data))

    def sums(self, moment: Moment) -> dict[str, tuple[int, int, int]]:
        at, known = _bounds(moment)
        asked = {"at": at, "known": known, "size": blocks.SIZE}
        found = self._connections.fetch(blocks.SUMS, asked)
        return {dimension: (a, b, c) for dimension, a, b, c in found}

    def known_at(self, time: datetime) -> int:
        """The last position recorded by then."""
        return self.history.known_at(time)

    def recorded_at(self, position: int) -> datetime | None:
        """When the event at a position was recorded; None beyond the log."""
        found = self.history.at([position])
        return found[0][1].record_time if found else None

    def close(self) -> None:
        self._connections.close()

    def _asked(self, moment: Moment) -> dict[str, int]:
        """A moment as the queries of rows ask for it."""
        at, known = _bounds(moment)
        time = None if moment.known is None else self.recorded_at(moment.known)
        recorded = FOREVER if time is None else micros(time + SKEW)
        return {"at": at, "known": known, "recorded": recorded}

    def _connect_to_read(self) -> sqlite3.Connection:
        made = self.connect()
        made.execute("PRAGMA query_only=1")
        return made


def _bounds(moment: Moment) -> tuple[int, int]:
    at = FOREVER if moment.at is None else micros(moment.at)
    return at, FOREVER if moment.known is None else moment.known


def micros(time: datetime) -> int:
    return (time - EPOCH) // MICROSECOND


def _time(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
