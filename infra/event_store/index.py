"""events.db: the one writing connection, and what it commits at a time."""

import contextlib
import secrets
import sqlite3
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from infra.event_store.frame import Batch, Event, Frame
from infra.event_store.rule import GENESIS, RULE_VERSION, Heads, accept, digest_after

CACHED = 50_000
SCHEMA = """
CREATE TABLE IF NOT EXISTS stream (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS topic (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS event (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, version INTEGER NOT NULL,
    topic INTEGER NOT NULL, state BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS event_by_stream ON event (stream, version);
CREATE TABLE IF NOT EXISTS tracking (name TEXT PRIMARY KEY, position INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint (position INTEGER PRIMARY KEY, digest BLOB);
CREATE TABLE IF NOT EXISTS writer (id BLOB PRIMARY KEY, seq INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
    one INTEGER PRIMARY KEY, identity TEXT NOT NULL, rule INTEGER NOT NULL,
    next_offset INTEGER NOT NULL);
"""

Verdict = list[int] | str
"""The positions of an accepted batch, or why it had no effect."""


class Head(NamedTuple):
    """Where the index stands: next offset of the log, last position, digest."""

    next_offset: int
    position: int
    digest: bytes


class Index:
    """Owned by the tail and shared with nobody; readers open their own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(SCHEMA)
        self._db.execute(
            "INSERT OR IGNORE INTO log VALUES (1, ?, ?, 0)",
            (secrets.token_hex(16), RULE_VERSION),
        )
        self._streams: OrderedDict[str, tuple[int, int | None]] = OrderedDict()
        self._topics = dict(self._db.execute("SELECT name, id FROM topic"))
        self._writers = dict(self._db.execute("SELECT id, seq FROM writer"))
        self._stream_id = self._one("SELECT max(id) FROM stream") or 0
        self.identity: str = self._one("SELECT identity FROM log")
        self.rule: int = self._one("SELECT rule FROM log")
        self.head = self._load_head()

    def known_version(self, stream: str) -> int | None:
        """The last version if it is at hand; asked by any thread, without a lock."""
        found = self._streams.get(stream)
        return found[1] if found else None

    def apply(self, frames: Sequence[tuple[int, Frame]]) -> list[list[Verdict] | None]:
        """Commit frames in one transaction; None for a frame seen before.

        Raises sqlite3.Error with nothing changed.
        """
        work = _Work(self)
        with self._transaction():
            judged = [work.judge(frame) for _, frame in frames]
            work.write(self._db)
            self._db.execute("UPDATE log SET next_offset = ?", (frames[-1][0] + 1,))
        self._stream_id += len(work.new_streams)
        self._topics.update(work.new_topics)
        self._writers.update(work.writers)
        for name, version in work.heads.versions.items():
            self._remember(name, work.stream_ids[name], version)
        self.head = Head(frames[-1][0] + 1, work.position, work.digest)
        return judged

    def close(self) -> None:
        self._db.close()

    def find_stream(self, name: str) -> tuple[int, int | None] | None:
        """Surrogate and last version of a stream."""
        found = self._streams.get(name)
        if found is None:
            row = self._db.execute(
                "SELECT id, (SELECT max(version) FROM event WHERE stream = id)"
                " FROM stream WHERE name = ?",
                (name,),
            ).fetchone()
            found = row and self._remember(name, *row)
        return found

    def last_version(self, name: str) -> int | None:
        found = self.find_stream(name)
        return found[1] if found else None

    def last_tracking(self, name: str) -> int | None:
        row = self._db.execute("SELECT position FROM tracking WHERE name = ?", (name,))
        position: int | None = next(row, (None,))[0]
        return position

    def last_seq(self, writer: bytes) -> int:
        seq: int = self._writers.get(writer, 0)
        return seq

    def topic_id(self, name: str) -> int | None:
        return self._topics.get(name)

    def counts(self) -> tuple[int, int]:
        return self._stream_id, len(self._topics)

    def _remember(
        self, name: str, sid: int, last: int | None
    ) -> tuple[int, int | None]:
        self._streams[name] = (sid, last)
        self._streams.move_to_end(name)
        if len(self._streams) > CACHED:
            self._streams.popitem(last=False)
        return sid, last

    def _load_head(self) -> Head:
        row = self._db.execute(
            "SELECT position, digest FROM checkpoint ORDER BY position DESC LIMIT 1"
        ).fetchone()
        return Head(self._one("SELECT next_offset FROM log"), *(row or (0, GENESIS)))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise

    def _one(self, query: str) -> Any:
        return self._db.execute(query).fetchone()[0]


class _Work:
    """One transaction: what its frames add, judged in their order."""

    def __init__(self, index: Index) -> None:
        self._index = index
        _, self.position, self.digest = index.head
        self.heads = Heads(index.last_version, index.last_tracking)
        self.rows: list[tuple[int, int, int, int, bytes]] = []
        self.stream_ids: dict[str, int] = {}
        self.new_streams: list[tuple[int, str]] = []
        self.new_topics: dict[str, int] = {}
        self.writers: dict[bytes, int] = {}

    def judge(self, frame: Frame) -> list[Verdict] | None:
        last = self.writers.get(frame.writer) or self._index.last_seq(frame.writer)
        if frame.seq <= last:
            return None
        self.writers[frame.writer] = frame.seq
        return [self._judge(batch) for batch in frame.batches]

    def _judge(self, batch: Batch) -> Verdict:
        refusal = accept(batch, self.heads)
        return refusal or [self._take(event) for event in batch.events]

    def _take(self, event: Event) -> int:
        self.position += 1
        self.digest = digest_after(self.digest, self.position, event)
        row = (
            self.position,
            self._stream_id(event.stream),
            event.version,
            self._topic_id(event.topic),
            event.state,
        )
        self.rows.append(row)
        return self.position

    def _stream_id(self, name: str) -> int:
        if name not in self.stream_ids:
            found = self._index.find_stream(name)
            if found is None:
                made = self._index.counts()[0] + len(self.new_streams) + 1
                self.new_streams.append((made, name))
                found = (made, None)
            self.stream_ids[name] = found[0]
        return self.stream_ids[name]

    def _topic_id(self, name: str) -> int:
        found = self._index.topic_id(name) or self.new_topics.get(name)
        if found is None:
            found = self._index.counts()[1] + len(self.new_topics) + 1
            self.new_topics[name] = found
        return found

    def write(self, db: sqlite3.Connection) -> None:
        topics = [(number, name) for name, number in self.new_topics.items()]
        db.executemany("INSERT INTO stream VALUES (?, ?)", self.new_streams)
        db.executemany("INSERT INTO topic VALUES (?, ?)", topics)
        db.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?)", self.rows)
        db.executemany(
            "INSERT OR REPLACE INTO tracking VALUES (?, ?)", self.heads.tracking.items()
        )
        db.executemany(
            "INSERT OR REPLACE INTO writer VALUES (?, ?)", self.writers.items()
        )
        if self.rows:
            db.execute(
                "INSERT INTO checkpoint VALUES (?, ?)", (self.position, self.digest)
            )


def is_full(error: BaseException) -> bool:
    """Whether the disk, not the data, is at fault."""
    full = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY}
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return isinstance(error, sqlite3.OperationalError) and code in full
