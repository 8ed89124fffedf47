"""keys.db: wrapped keys in one SQLite file that forgets what it is told to forget.

`secure_delete` overwrites what is deleted; truncating the write-ahead log after each
erasure removes the copy in there.
"""

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock

from infra.vault.errors import (
    ErasedError,
    FollowsError,
    KeyUnknownError,
    StaleKekError,
    VaultError,
)
from infra.vault.key_store import Counts, Rewrapped, Wrapped

WAIT_SECONDS = 10
SCHEMA = """
CREATE TABLE IF NOT EXISTS key (
    subject TEXT PRIMARY KEY, kek TEXT, wrapped BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kek (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT);
INSERT OR IGNORE INTO kek VALUES (1, '');
"""
"""An erased subject keeps its row, without a key: no new one can be made for it."""


class SqliteKeyStore:
    """One connection behind a lock: a look-up takes microseconds."""

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._lock = Lock()
        self._db = sqlite3.connect(
            path, timeout=WAIT_SECONDS, check_same_thread=False, isolation_level=None
        )
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "secure_delete = ON",
            "temp_store = MEMORY",
        ):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(SCHEMA)

    @property
    def follows(self) -> bool:
        """Whether the file is a copy of a topic; then only the topic changes it."""
        with self._lock:
            (mark,) = self._db.execute("PRAGMA user_version").fetchone()
        return bool(mark)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def add(self, keys: Mapping[str, Wrapped]) -> None:
        rows = [(s, w.kek, w.sealed) for s, w in keys.items()]
        with self._changing() as db:
            (current,) = db.execute("SELECT id FROM kek").fetchone()
            if {w.kek for w in keys.values()} - {current}:
                raise StaleKekError(current)
            try:
                db.executemany("INSERT INTO key VALUES (?, ?, ?)", rows)
            except sqlite3.IntegrityError:
                msg = "A subject has one key in its life"
                raise ErasedError(msg) from None

    def find(self, subject: str) -> Wrapped:
        query = "SELECT kek, wrapped FROM key WHERE subject = ?"
        with self._lock:
            row = self._db.execute(query, (subject,)).fetchone()
        if row is None:
            raise KeyUnknownError(subject)
        if row[1] is None:
            raise ErasedError(subject)
        return Wrapped(*row)

    def erase(self, subjects: Collection[str]) -> None:
        with self._changing() as db:
            db.executemany(
                "INSERT INTO key VALUES (?, NULL, NULL)"
                " ON CONFLICT (subject) DO UPDATE SET kek = NULL, wrapped = NULL",
                [(subject,) for subject in subjects],
            )
        self._truncate()

    def current_kek(self) -> str:
        with self._lock:
            (found,) = self._db.execute("SELECT id FROM kek").fetchone()
        return str(found)

    def begin_kek(self, kek: str) -> None:
        with self._changing() as db:
            db.execute("UPDATE kek SET id = ?", (kek,))

    def not_under(self, kek: str, limit: int) -> Sequence[tuple[str, Wrapped]]:
        query = "SELECT subject, kek, wrapped FROM key WHERE kek <> ? LIMIT ?"
        with self._lock:
            rows = self._db.execute(query, (kek, limit)).fetchall()
        return [(subject, Wrapped(*wrapped)) for subject, *wrapped in rows]

    def rewrap(self, keys: Sequence[Rewrapped]) -> None:
        update = "UPDATE key SET kek = ?, wrapped = ? WHERE subject = ? AND wrapped = ?"
        with self._changing() as db:
            db.executemany(
                update, [(*k.after, k.subject, k.before.sealed) for k in keys]
            )

    def purge(self) -> None:
        with self._lock:
            self._db.execute("VACUUM")
        self._truncate()

    def counts(self) -> Counts:
        query = "SELECT kek, count(*) FROM key GROUP BY kek"
        with self._lock:
            found = dict(self._db.execute(query).fetchall())
        erased = found.pop(None, 0)
        return Counts(sum(found.values()), erased, found)

    def nodes(self, since: datetime) -> Mapping[str, tuple[str, ...]]:
        """None: it is alone."""
        _ = since
        return {}

    def backup(self, target: Path) -> None:
        """A compact copy; it opens as long as its KEK lives."""
        with self._lock:
            self._db.execute("VACUUM INTO ?", (str(target),))

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        if self.follows:
            msg = "keys.db is a copy of a topic; without KAFKA_… it is not changed"
            raise FollowsError(msg)
        with self._writing() as db:
            yield db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, sqlite3.Error):
                    raise VaultError(str(error)) from error
                raise

    def _truncate(self) -> None:
        """Empty the write-ahead log; it waits for whoever reads in it."""
        with self._lock:
            busy, *_ = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            msg = "Another process reads keys.db; what was erased is still in its log"
            raise VaultError(msg)
