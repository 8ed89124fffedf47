"""Reading events.db: one read-only connection per thread, plain tuples out."""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from infra.connections import Connections

Row = tuple[int, str, int, str, bytes]
"""Position, stream, version, topic, state."""
RowInShare = tuple[int, str, int, bytes]
"""Position, stream, number of the topic, state."""

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


_IN_STREAMS = (
    "SELECT position, stream.name, topic, state FROM stream"
    " CROSS JOIN event ON event.stream = stream.id"
    " WHERE stream.name >= ? AND stream.name < ? AND position <= ?"
    " AND (stream.name > ? OR position > ?) ORDER BY stream.name, version LIMIT ?"
)
_OF_KIND = " FROM stream WHERE name >= ? AND name < ?"
MAPPED = 1 << 40


class Share(NamedTuple):
    """The streams from one name up to another, which is not among them."""

    low: str
    high: str


class Reader:
    """Reads beside whoever writes; another process may open one too."""

    def __init__(self, path: Path, *, is_mapped: bool = False) -> None:
        """`is_mapped`: read from memory, for who reads all; a bad disk ends it."""
        self._uri = f"{path.absolute().as_uri()}?mode=ro"
        self._mapped = MAPPED if is_mapped else 0
        connections = Connections(self._connect)
        self.fetch, self.iterate = connections.fetch, connections.iterate
        self.close = connections.close

    def page(self, gt: int, limit: int) -> list[Row]:
        """Events beyond position `gt`, in order."""
        query = _ROW + " WHERE position > ? ORDER BY position LIMIT ?"
        return self.fetch(query, (gt, limit))

    def shares(self, kind: str, parts: int) -> list[Share]:
        """The streams of a kind, in so many shares of about as many streams."""
        whole = Share(f"{kind}:", f"{kind};")
        ((streams,),) = self.fetch("SELECT count(*)" + _OF_KIND, whole)
        query = f"SELECT name{_OF_KIND} ORDER BY name LIMIT 1 OFFSET ?"
        cuts = [
            name
            for part in range(1, parts)
            for (name,) in self.fetch(query, (*whole, streams * part // parts))
        ]
        bounds = [whole.low, *cuts, whole.high]
        return [Share(low, high) for low, high in pairwise(bounds)]

    def topics(self) -> dict[int, str]:
        """What `streams` says by number."""
        return dict(self.fetch("SELECT id, name FROM topic"))

    def streams(self, share: Share, lte: int, limit: int) -> Iterator[list[RowInShare]]:
        """Pages of events up to a position, stream after stream, each in order."""
        name, gt = share.low, 0
        query = _IN_STREAMS
        while page := self.fetch(query, (name, share.high, lte, name, gt, limit)):
            gt, name, *_ = page[-1]
            yield page

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
        made = sqlite3.connect(
            self._uri, uri=True, isolation_level=None, check_same_thread=False
        )
        made.execute(f"PRAGMA mmap_size={self._mapped}")
        return made

    def _one(self, query: str, *arguments: str) -> int | None:
        ((found,),) = self.fetch(query, arguments)
        number: int | None = found
        return number
