"""Reading events.db: one read-only connection per thread, plain tuples out."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from infra.connections import Connections

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


class Share(NamedTuple):
    """Streams of a kind, or of any; each falls to one of the parts."""

    kind: str
    part: int
    parts: int


class Reader:
    """Reads beside whoever writes; another process may open one too."""

    def __init__(self, path: Path) -> None:
        self._uri = f"{path.absolute().as_uri()}?mode=ro"
        connections = Connections(self._connect)
        self.fetch, self.iterate = connections.fetch, connections.iterate
        self.close = connections.close

    def page(self, gt: int, limit: int) -> list[Row]:
        """Events beyond position `gt`, in order."""
        query = _ROW + " WHERE position > ? ORDER BY position LIMIT ?"
        return self.fetch(query, (gt, limit))

    def share(self, gt: int, lte: int, limit: int, of: Share) -> list[Row]:
        """As `page`, of those streams alone that fall to one of several readers."""
        query = f"{_ROW} WHERE position > ? AND position <= ? AND stream.id % ? = ?"
        query += " AND +stream.name >= ? AND +stream.name < ? ORDER BY position LIMIT ?"
        names = (f"{of.kind}:", f"{of.kind};") if of.kind else ("", "\U0010ffff")
        return self.fetch(query, (gt, lte, of.parts, of.part, *names, limit))

    def read_at(self, positions: Sequence[int]) -> list[Row]:
        """The events at these positions, in order."""
        marks = ",".join("?" * len(positions))
        query = f"{_ROW} WHERE position IN ({marks}) ORDER BY position"
        return self.fetch(query, positions)

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
        return self.fetch(query, bounds)

    def notifications(
        self, start: int, stop: int, limit: int, topics: Sequence[str]
    ) -> list[Row]:
        marks = ",".join("?" * len(topics))
        narrowed = f" AND topic.name IN ({marks})" if topics else ""
        query = f"{_ROW} WHERE position BETWEEN ? AND ?{narrowed} ORDER BY position"
        arguments = (start, stop, *topics, limit)
        return self.fetch(query + " LIMIT ?", arguments)

    def digest(self) -> tuple[int, bytes]:
        """The last checkpoint's position and digest."""
        query = "SELECT position, digest FROM checkpoint ORDER BY position DESC LIMIT 1"
        return next(iter(self.fetch(query)), (0, bytes(16)))

    def max_position(self) -> int | None:
        return self._one("SELECT max(position) FROM event")

    def tracked(self, name: str) -> int | None:
        return self._one("SELECT max(position) FROM tracking WHERE name = ?", name)

    def digest_at(self, position: int) -> bytes | None:
        """The digest of the log up to `position`, where a checkpoint ends there."""
        query = "SELECT digest FROM checkpoint WHERE position = ?"
        return next((row[0] for row in self.fetch(query, (position,))), None)

    def identity(self) -> str:
        ((identity,),) = self.fetch("SELECT identity FROM log")
        return str(identity)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._uri, uri=True, isolation_level=None, check_same_thread=False
        )

    def _one(self, query: str, *arguments: str) -> int | None:
        ((found,),) = self.fetch(query, arguments)
        number: int | None = found
        return number
