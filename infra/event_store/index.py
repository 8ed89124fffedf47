"""events.db as the tail sees it: the one writing connection and its caches."""

import contextlib
import fcntl
import secrets
import sqlite3
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

from infra.event_store.checkpointer import Checkpointer
from infra.event_store.errors import FileInUse
from infra.event_store.frame import Event, Frame
from infra.event_store.names import Names
from infra.event_store.rule import GENESIS, RULE_VERSION, digest_after
from infra.event_store.schema import ROWS_AT_ONCE, open_for_writing
from infra.event_store.work import Applied, Known, Work

CACHED = 50_000
REMEMBERED = 4096
_HEAD = "SELECT next_offset, position, digest FROM checkpoint ORDER BY position DESC"
_EVENTS = (
    "SELECT position, stream.name, version, topic.name, state FROM event"
    " JOIN stream ON stream.id = event.stream JOIN topic ON topic.id = event.topic"
    " WHERE position > ? ORDER BY position"
)
_STREAMS = (
    "SELECT name, id, (SELECT max(version) FROM event WHERE stream = stream.id)"
    " FROM stream WHERE name IN "
)
Check = Callable[[int, Applied, bytes], None]


class Head(NamedTuple):
    """Where the index stands: next offset of the log, last position, digest."""

    next_offset: int
    position: int
    digest: bytes


class Index:
    """Owned by the tail and shared with nobody; readers open their own."""

    def __init__(self, path: Path, identity: str | None = None) -> None:
        """A new file takes the log's `identity`, or one of its own.

        A log that has an identity keeps its frames: the file may lag behind it. Raises
        FileInUse where another process, or another index of this one, has the file.
        """
        self.path, self._lock = path, take(path)
        self._db = open_for_writing(str(path), is_durable=identity is None)
        self._checkpointer = Checkpointer(path) if identity else None
        self._db.execute(
            "INSERT OR IGNORE INTO log VALUES (1, ?, ?)",
            (identity or secrets.token_hex(16), RULE_VERSION),
        )
        self.identity: str = self._one("SELECT identity FROM log")
        self.rule: int = self._one("SELECT rule FROM log")
        heads = self._db.execute(f"{_HEAD} LIMIT {REMEMBERED}").fetchall()
        self.head = Head(*(heads[0] if heads else (0, 0, GENESIS)))
        self._digests: dict[int, bytes] = {h[1]: h[2] for h in reversed(heads)}
        self._has_forgotten = False
        self._streams: dict[str, Known] = {}
        self._topics = dict(self._db.execute("SELECT name, id FROM topic"))
        self._tracking = dict(self._db.execute("SELECT name, position FROM tracking"))
        self._writers = dict(self._db.execute("SELECT id, seq FROM writer"))
        self._streams_made: int = self._one("SELECT ifnull(max(id), 0) FROM stream")
        self._names = Names(self._streams_made)
        self._names.add(name for (name,) in self._db.execute("SELECT name FROM stream"))

    def is_sound(self) -> bool:
        """Whether the last events are what the last digest says.

        Frames carry it: a node with a wrong one would speak for another history.
        """
        before = self._db.execute(f"{_HEAD} LIMIT 1 OFFSET 1").fetchone()
        _, position, digest = before or (0, 0, GENESIS)
        for at, *event in self._db.execute(_EVENTS, (position,)):
            digest = digest_after(digest, at, Event(*event))
        return bool(digest == self.head.digest)

    def known_version(self, stream: str) -> int | None:
        """The last version if it is at hand; asked by any thread, without a lock."""
        found = self._streams.get(stream)
        return found[1] if found else None

    def is_new(self, stream: str) -> bool:
        """Whether the stream has no event, without reading; False where unsure."""
        return stream not in self._names

    def is_current(self, stream: str, version: int) -> bool:
        """Whether nothing was added since `version` was read; 0 for an empty stream.

        What was written since the start is at hand, unless something was forgotten:
        then a version that is not at hand may be any.
        """
        found = self._streams.get(stream)
        if found is None:
            return not self._has_forgotten
        return found[1] == version

    def apply(
        self,
        frames: Sequence[tuple[int, Frame]],
        check: Check = lambda *_: None,
    ) -> list[Applied]:
        """Commit frames in one transaction.

        `check` is told what comes of each, and the digest then. Raises sqlite3.Error,
        and what `check` raises, with nothing changed.
        """
        work = Work(
            self.head.position,
            self.head.digest,
            digests=self._find_digests(frames),
            streams=self._find_streams(frames),
            streams_made=self._streams_made,
            topics=self._topics,
            tracking=self._tracking,
            writers=self._writers,
        )
        applied = []
        for offset, frame in frames:
            applied.append(work.judge(offset, frame))
            check(offset, applied[-1], work.digest)
        with self._transaction():
            work.write(self._db)
        if self._checkpointer:
            self._checkpointer.written()
        self._take_over(work)
        self.head = Head(frames[-1][0] + 1, work.position, work.digest)
        return applied

    def disown(self) -> None:
        """The log says otherwise: no node starts with this file, or a copy of it."""
        self._db.execute("UPDATE log SET identity = 'diverged from ' || identity")

    def close(self) -> None:
        if self._checkpointer:
            self._checkpointer.close()
        self._db.close()
        self._lock.close()

    def _find_digests(self, frames: Iterable[tuple[int, Frame]]) -> Mapping[int, bytes]:
        """Those at hand, and what frames claim of long ago: every node must know."""
        claimed = {frame.seen for _, frame in frames if frame.seen > 0}
        if len(self._digests) < REMEMBERED:
            return self._digests
        old = [at for at in claimed if at not in self._digests]
        query = "SELECT position, digest FROM checkpoint WHERE position = ?"
        found = [self._db.execute(query, (at,)).fetchone() for at in old]
        return ChainMap(dict(row for row in found if row), self._digests)

    def _find_streams(self, frames: Iterable[tuple[int, Frame]]) -> dict[str, Known]:
        """What is known of the streams that the frames name; few queries for all."""
        names = {
            event.stream
            for _, frame in frames
            for batch in frame.batches
            for event in batch.events
        }
        found = {name: self._streams[name] for name in names if name in self._streams}
        missing = [n for n in names if n not in found and n in self._names]
        for start in range(0, len(missing), ROWS_AT_ONCE):
            asked = missing[start : start + ROWS_AT_ONCE]
            padded = asked + asked[:1] * (_next_power(len(asked)) - len(asked))
            marks = "(" + ",".join("?" * len(padded)) + ")"
            for name, number, last in self._db.execute(_STREAMS + marks, padded):
                found[name] = number, last
        return found

    def _take_over(self, work: Work) -> None:
        """What the transaction added is now what is known."""
        self._streams_made += len(work.new_streams)
        self._names.add(name for _, name in work.new_streams)
        self._topics.update(work.new_topics)
        self._tracking.update(work.tracked)
        self._writers.update(work.sequences)
        for name, last in work.versions.items():
            self._streams.pop(name, None)
            self._streams[name] = work.stream_ids[name], last
        for position, digest, _ in work.checkpoints.values():
            self._digests[position] = digest
        self._has_forgotten |= len(self._streams) > CACHED
        _forget_oldest(self._streams, CACHED)
        _forget_oldest(self._digests, REMEMBERED)

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


def take(path: Path) -> IO[str]:
    """Held by the process, so that it ends with it: nothing is left to clean up."""
    lock = path.with_name(f"{path.name}-lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        msg = f"{path} is in use by another node"
        raise FileInUse(msg) from None
    return lock


def _next_power(number: int) -> int:
    """Few different statements, so that SQLite keeps them prepared."""
    return 1 << (number - 1).bit_length()


def _forget_oldest(cache: dict[Any, Any], size: int) -> None:
    """All that are too many at once: the first key of a dict is found by searching."""
    for key in list(islice(cache, max(0, len(cache) - size))):
        del cache[key]
