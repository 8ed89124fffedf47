"""Reading one read model's file: rows at a moment, versions, sums."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock, local
from typing import Any

import msgspec

from infra.views import queries
from infra.views.history import History
from projections.model import Fold, Moment, Version

FOREVER = 2**62
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Rows:
    """Read by any thread, each on its own connection."""

    def __init__(self, path: Path, model: Fold[Any], history: History) -> None:
        self.path, self.model, self.history = path, model, history
        self.decode = msgspec.msgpack.Decoder(model.row).decode
        self._local, self._lock = local(), Lock()
        self._all: list[sqlite3.Connection] = []

    def connect(self) -> sqlite3.Connection:
        """A connection that `close` closes too."""
        made = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        with self._lock:
            self._all.append(made)
        return made

    def rows(
        self, moment: Moment, *, open_only: bool = False, prefix: str = ""
    ) -> Iterator[tuple[str, Any]]:
        """Each key's row at the moment; `open_only` leaves out what is closed."""
        at, known = _bounds(moment)
        query = queries.OPEN_ROWS if open_only else queries.ROWS
        arguments = {
            "at": at,
            "known": known,
            "low": prefix,
            "high": prefix + "\U0010ffff",
        }
        for key, data in self._reader.execute(query, arguments):
            row = self.decode(data)
            if not (open_only and self.model.is_closed(row)):
                yield key, row

    def row(self, key: str, moment: Moment) -> Any:
        at, known = _bounds(moment)
        found = self._reader.execute(queries.ROW, (key, at, known)).fetchone()
        return self.decode(found[0]) if found else None

    def versions(self, key: str, moment: Moment) -> Iterator[Version]:
        """Every version of a row that holds at the moment, oldest first."""
        at, known = _bounds(moment)
        for time, source, data in self._reader.execute(
            queries.VERSIONS, (key, at, known)
        ):
            yield Version(_time(time), source, self.decode(data))

    def sums(self, moment: Moment) -> dict[str, tuple[int, int, int]]:
        found = self._reader.execute(queries.SUMS, _bounds(moment))
        return {dimension: (a, b, c) for dimension, a, b, c in found}

    def known_at(self, time: datetime) -> int:
        """The last position recorded by then."""
        return self.history.known_at(time)

    def close(self) -> None:
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()

    @property
    def _reader(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "db", None)
        if found is None:
            found = self.connect()
            found.execute("PRAGMA query_only=1")
            self._local.db = found
        return found


def _bounds(moment: Moment) -> tuple[int, int]:
    at = FOREVER if moment.at is None else micros(moment.at)
    return at, FOREVER if moment.known is None else moment.known


def micros(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1)


def _time(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=micros)
