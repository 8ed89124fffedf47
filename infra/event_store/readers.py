"""Reading events.db: one read-only connection per thread, plain tuples out."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Lock, local

Row = tuple[int, str, int, str, bytes]
"""Position, stream, version, topic, state."""

_FROM = (
    " FROM event JOIN stream ON stream.id = event.stream"
    " JOIN topic ON topic.id = event.topic"
)
_STREAM = (
    "SELECT version, topic.name, state FROM event JOIN topic ON topic.id = event.topic"
    " WHERE stream = (SELECT id FROM stream WHERE name = ?)"
    " AND version > ? AND version <= ? ORDER BY version"
)
_ROW = "SELECT position, stream.name, version, topic.name, state" + _FROM


class Reader:
    """Reads beside whoever writes; another process may open one too."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = local()
        self._all: list[sqlite3.Connection] = []
        self._lock = Lock()

    @property
    def db(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "db", None)
        if found is None:
            found = sqlite3.connect(
                f"{self._path.absolute().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
            )
            self._local.db = found
            with self._lock:
                self._all.append(found)
        return found

    def page(self, gt: int, limit: int) -> list[Row]:
        """Events beyond position `gt`, in order."""
        query = _ROW + " WHERE position > ? ORDER BY position LIMIT ?"
        return self.db.execute(query, (gt, limit)).fetchall()

    def read_at(self, positions: Sequence[int]) -> list[Row]:
        """The events at these positions, in order."""
        marks = ",".join("?" * len(positions))
        query = f"{_ROW} WHERE position IN ({marks}) ORDER BY position"
        return self.db.execute(query, positions).fetchall()

    def stream(
        self,
        name: str,
        gt: int | None,
        lte: int | None,
        limit: int | None,
        *,
        desc: bool,
    ) -> list[tuple[int, str, bytes]]:
        """Version, topic and state of a stream's events."""
        query = _STREAM + (" DESC LIMIT ?" if desc else " LIMIT ?")
        low = -(2**62) if gt is None else gt
        high = 2**62 if lte is None else lte
        bounds = (name, low, high, -1 if limit is None else limit)
        return self.db.execute(query, bounds).fetchall()

    def notifications(
        self, start: int, stop: int, limit: int, topics: Sequence[str]
    ) -> list[Row]:
        marks = ",".join("?" * len(topics))
        narrowed = f" AND topic.name IN ({marks})" if topics else ""
        query = f"{_ROW} WHERE position BETWEEN ? AND ?{narrowed} ORDER BY position"
        arguments = (start, stop, *topics, limit)
        return self.db.execute(query + " LIMIT ?", arguments).fetchall()

    def digest(self) -> tuple[int, bytes]:
        """The last checkpoint's position and digest."""
        query = "SELECT position, digest FROM checkpoint ORDER BY position DESC LIMIT 1"
        return self.db.execute(query).fetchone() or (0, bytes(16))

    def max_position(self) -> int | None:
        return self._one("SELECT max(position) FROM event")

    def tracked(self, name: str) -> int | None:
        return self._one("SELECT max(position) FROM tracking WHERE name = ?", name)

    def digest_at(self, position: int) -> bytes | None:
        """The digest of the log up to `position`, where a checkpoint ends there."""
        query = "SELECT digest FROM checkpoint WHERE position = ?"
        row = self.db.execute(query, (position,)).fetchone()
        return row[0] if row else None

    def identity(self) -> str:
        row = self.db.execute("SELECT identity FROM log").fetchone()
        return str(row[0])

    def close(self) -> None:
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()

    def _one(self, query: str, *arguments: str) -> int | None:
        found: int | None = self.db.execute(query, arguments).fetchone()[0]
        return found
