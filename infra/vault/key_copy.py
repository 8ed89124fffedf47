"""A node's own copy of the topic of keys, in keys.db: what it heard, by the one rule.

A keys.db that was used alone becomes a copy when it first follows a topic: all that it
holds counts as unsettled, and is said in the topic as soon as the topic was read.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from infra.vault.key_record import (
    KEK,
    NODE,
    Current,
    Heard,
    Present,
    Record,
    Told,
    read,
    told,
)
from infra.vault.key_rule import Entry, again, judge
from infra.vault.key_store import Wrapped
from infra.vault.sqlite_store import SqliteKeyStore

SCHEMA = """
CREATE TABLE IF NOT EXISTS heard (
    subject TEXT PRIMARY KEY, epoch INTEGER, is_settled INTEGER
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS unsettled ON heard (subject) WHERE NOT is_settled;
CREATE TABLE IF NOT EXISTS node (name TEXT PRIMARY KEY, keks TEXT, time_ms INTEGER);
CREATE TABLE IF NOT EXISTS followed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    topic TEXT, next INTEGER, epoch INTEGER, is_kek_settled INTEGER
);
INSERT OR IGNORE INTO followed VALUES (1, '', 0, 0, 1);
PRAGMA user_version = 1;
"""


class KeyCopy(SqliteKeyStore):
    """Several processes may follow into one file: a record counts once."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        with self._lock:
            self._db.executescript(SCHEMA)
        self._is_tidy = True

    def follow(self, topic: str, first: int, end: int) -> int:
        """The next offset to take; from the first where the topic is another one."""
        with self._writing() as db:
            known, after = db.execute("SELECT topic, next FROM followed").fetchone()
            if known == topic and first <= after <= end:
                return int(after)
            db.execute("INSERT OR IGNORE INTO heard SELECT subject, 0, 0 FROM key")
            db.execute("UPDATE heard SET is_settled = 0")
            db.execute(
                "UPDATE followed SET topic = ?, next = ?, epoch = 0,"
                " is_kek_settled = (SELECT id = '' FROM kek)",
                (topic, first),
            )
        return first

    def take(self, records: Sequence[Heard], after: int) -> None:
        """Records in their order; `after` is the offset that comes next."""
        with self._writing() as db:
            (since,) = db.execute("SELECT next FROM followed").fetchone()
            for heard in records:
                if heard.offset >= since:
                    self._take(db, heard)
            db.execute("UPDATE followed SET next = max(next, ?)", (after,))
        self.tidy()

    def unsettled(self, limit: int) -> list[Told]:
        """What is to be said again, for the topic may say otherwise."""
        with self._lock:
            rows = self._db.execute(
                "SELECT subject, kek, wrapped, epoch, is_settled FROM heard"
                " JOIN key USING (subject) WHERE NOT is_settled LIMIT ?",
                (limit,),
            ).fetchall()
            current, is_settled = _current(self._db)
        epoch = self.next_epoch()
        found = [told(s, again(_entry(*known))) for s, *known in rows]
        if not is_settled:
            found.append(told(KEK, Current(epoch, current.kek)))
        return found

    def current(self) -> Current:
        with self._lock:
            return _current(self._db)[0]

    def next_epoch(self) -> int:
        """Above all that was heard, also of a topic before this one."""
        query = "SELECT max(epoch) FROM (SELECT epoch FROM heard UNION ALL"
        with self._lock:
            row = self._db.execute(f"{query} SELECT epoch FROM followed)").fetchone()
        return int(row[0]) + 1

    def nodes(self, since: datetime) -> Mapping[str, tuple[str, ...]]:
        query = "SELECT name, keks FROM node WHERE time_ms >= ?"
        with self._lock:
            rows = self._db.execute(query, (since.timestamp() * 1000,)).fetchall()
        return {name: tuple(msgspec.json.decode(keks)) for name, keks in rows}

    def tidy(self) -> None:
        """Raises VaultError while another process keeps what was replaced."""
        if not self._is_tidy:
            self._truncate()
            self._is_tidy = True

    def _take(self, db: sqlite3.Connection, heard: Heard) -> None:
        if heard.key == KEK:
            self._take_kek(db, read(heard.value, Current))
        elif heard.key.startswith(NODE):
            _take_node(db, heard)
        else:
            self._take_key(db, heard)

    def _take_kek(self, db: sqlite3.Connection, record: Any) -> None:
        """The first of its epoch counts; what does not count is answered."""
        current, _ = _current(db)
        if record is not None and record.epoch > current.epoch:
            db.execute("UPDATE kek SET id = ?", (record.kek,))
            db.execute(
                "UPDATE followed SET epoch = ?, is_kek_settled = 1", (record.epoch,)
            )
        elif record != current:
            db.execute("UPDATE followed SET is_kek_settled = 0")

    def _take_key(self, db: sqlite3.Connection, heard: Heard) -> None:
        subject = heard.key.decode("utf-8", "replace")
        row = db.execute(
            "SELECT kek, wrapped, epoch, is_settled"
            " FROM key JOIN heard USING (subject) WHERE subject = ?",
            (subject,),
        ).fetchone()
        before = _entry(*row) if row else None
        record: Any = read(heard.value, Record)
        after = judge(before, record, _current(db)[0].epoch)
        if after is None or after == before:
            return
        db.execute(
            "INSERT INTO key VALUES (?, ?, ?) ON CONFLICT (subject)"
            " DO UPDATE SET kek = excluded.kek, wrapped = excluded.wrapped",
            (subject, *(after.wrapped or (None, None))),
        )
        db.execute(
            "INSERT OR REPLACE INTO heard VALUES (?, ?, ?)",
            (subject, after.epoch, after.is_settled),
        )
        if before and before.wrapped != after.wrapped:
            self._is_tidy = False


def _entry(kek: str, sealed: bytes | None, epoch: int, is_settled: int) -> Entry:
    wrapped = None if sealed is None else Wrapped(kek, sealed)
    return Entry(wrapped, epoch, bool(is_settled))


def _current(db: sqlite3.Connection) -> tuple[Current, bool]:
    """The KEK, and whether it stands last in the topic."""
    query = "SELECT epoch, id, is_kek_settled FROM followed, kek"
    epoch, kek, is_settled = db.execute(query).fetchone()
    return Current(epoch, kek), bool(is_settled)


def _take_node(db: sqlite3.Connection, heard: Heard) -> None:
    present: Any = read(heard.value, Present)
    if present is None:
        return
    name = heard.key[len(NODE) :].decode("utf-8", "replace")
    keks = msgspec.json.encode(present.keks).decode()
    row = (name, keks, heard.time_ms)
    db.execute("INSERT OR REPLACE INTO node VALUES (?, ?, ?)", row)
