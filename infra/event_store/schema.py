"""The tables of events.db, and how many rows go in at a step."""

import sqlite3
from collections.abc import Sequence
from itertools import chain

ROWS_AT_ONCE = 64
WAL_PAGES, LAGGING_PAGES = 8000, 64_000
CACHE_KIB = 64_000
TABLES = """
CREATE TABLE IF NOT EXISTS stream (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS topic (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS event (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, version INTEGER NOT NULL,
    topic INTEGER NOT NULL, state BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS event_by_stream ON event (stream, version);
CREATE TABLE IF NOT EXISTS tracking (name TEXT PRIMARY KEY, position INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checkpoint (
    position INTEGER PRIMARY KEY, digest BLOB NOT NULL, next_offset INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS writer (id BLOB PRIMARY KEY, seq INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS log (
    one INTEGER PRIMARY KEY, identity TEXT NOT NULL, rule INTEGER NOT NULL);
"""


def open_for_writing(path: str, *, is_durable: bool = True) -> sqlite3.Connection:
    """Durable at every commit: WAL, and synchronous=FULL.

    Without `is_durable` a power cut may take the last commits back, each whole: enough
    where the log keeps what the file holds. Another thread then checkpoints, and a
    commit does only where that lags far behind.
    """
    db = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, cached_statements=64
    )
    db.execute("PRAGMA journal_mode=WAL")
    db.execute(f"PRAGMA synchronous={'FULL' if is_durable else 'NORMAL'}")
    db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
    pages = WAL_PAGES if is_durable else LAGGING_PAGES
    db.execute(f"PRAGMA wal_autocheckpoint={pages}")
    db.executescript(TABLES)
    return db


def insert(
    db: sqlite3.Connection,
    table: str,
    rows: Sequence[tuple[object, ...]],
    verb: str = "INSERT",
) -> None:
    if rows:
        values = list(chain.from_iterable(rows))
        insert_values(db, table, len(rows[0]), values, verb)


def insert_values(
    db: sqlite3.Connection,
    table: str,
    columns: int,
    values: Sequence[object],
    verb: str = "INSERT",
) -> None:
    """One row's values after the other's, powers of two of rows at a step.

    Each step gives the interpreter away once: with many threads waiting for it, that
    costs more than the insertion itself.
    """
    start, row = 0, "(" + ",".join("?" * columns) + ")"
    while start < len(values):
        left = (len(values) - start) // columns
        size = min(ROWS_AT_ONCE, 1 << (left.bit_length() - 1))
        query = f"{verb} INTO {table} VALUES " + ",".join([row] * size)
        db.execute(query, values[start : start + size * columns])
        start += size * columns
