"""Reading one SQLite file from many threads, and closing it under their hands."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Lock, Thread, current_thread, local
from typing import Any, NamedTuple

ROWS_AT_ONCE = 500
Arguments = Sequence[Any] | Mapping[str, Any]


class _Held(NamedTuple):
    """Closing a connection that another thread uses ends the process: hence a lock."""

    db: sqlite3.Connection
    lock: Lock


class Connections:
    """A connection for each thread that reads; one of a thread that ended is closed.

    After `close` every read raises sqlite3.ProgrammingError.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._local = local()
        self._all: dict[Thread, _Held] = {}
        self._lock = Lock()
        self._is_closed = False

    def fetch(self, query: str, arguments: Arguments = ()) -> list[Any]:
        held = self._mine()
        with held.lock:
            return held.db.execute(query, arguments).fetchall()

    def iterate(self, query: str, arguments: Arguments = ()) -> Iterator[Any]:
        """Row by row, for many; other queries of the thread may run meanwhile."""
        held = self._mine()
        with held.lock:
            cursor = held.db.execute(query, arguments)
        while True:
            with held.lock:
                rows = cursor.fetchmany(ROWS_AT_ONCE)
            if not rows:
                return
            yield from rows

    def close(self) -> None:
        """Waits for the reads that run."""
        with self._lock:
            self._is_closed = True
            for held in self._all.values():
                _close(held)
            self._all.clear()

    def _mine(self) -> _Held:
        found: _Held | None = getattr(self._local, "held", None)
        return found or self._open()

    def _open(self) -> _Held:
        with self._lock:
            if self._is_closed:
                msg = "Cannot operate on a closed database."
                raise sqlite3.ProgrammingError(msg)
            for ended in [each for each in self._all if not each.is_alive()]:
                _close(self._all.pop(ended))
            held = _Held(self._connect(), Lock())
            self._all[current_thread()] = self._local.held = held
        return held


def _close(held: _Held) -> None:
    with held.lock:
        held.db.close()
