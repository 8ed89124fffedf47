"""positions.db: a ring of seven days, one row per device and time of fix."""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from infra.connections import Connections
from infra.event_store.schema import insert
from projections.tracking.eta import Drive
from projections.tracking.fix import KEPT, Fix
from projections.tracking.fleet import Kept

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
AT_ONCE = 400
CACHE_KIB, WAL_PAGES = 64_000, 8_000
"""Each truck has pages of its own: ten thousand of them need room, and fewer copies."""
DRIVES = 100
STRANGERS = 2000
"""Fixes kept of devices that ride nowhere; they come from anybody."""
_TABLES = """
CREATE TABLE IF NOT EXISTS fix (
    device TEXT NOT NULL, time INTEGER NOT NULL, received INTEGER NOT NULL,
    lon REAL NOT NULL, lat REAL NOT NULL, speed_kmh REAL NOT NULL,
    heading REAL NOT NULL, accuracy_m REAL NOT NULL, plate TEXT NOT NULL,
    shipment TEXT NOT NULL, progress_m REAL, leads INTEGER NOT NULL,
    doubt TEXT NOT NULL,
    PRIMARY KEY (device, time)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS fix_by_shipment ON fix (shipment, time)
    WHERE shipment <> '';
CREATE INDEX IF NOT EXISTS fix_by_time ON fix (time);
CREATE INDEX IF NOT EXISTS fix_of_strangers ON fix (time) WHERE doubt = 'unassigned';
CREATE TABLE IF NOT EXISTS drive (
    lane TEXT NOT NULL, is_outward INTEGER NOT NULL, shipment TEXT NOT NULL,
    marks TEXT NOT NULL, PRIMARY KEY (lane, is_outward, shipment)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heard (partition INTEGER PRIMARY KEY, next INTEGER);
CREATE TABLE IF NOT EXISTS count (reason TEXT PRIMARY KEY, fixes INTEGER NOT NULL)
    WITHOUT ROWID;
"""
_KNOWN = (
    "SELECT fix.device, fix.time FROM asked CROSS JOIN fix"
    " ON fix.device = asked.device AND fix.time = asked.time"
)
"""From the asked to the kept: the other way round it would read them all."""
_FIX = "device, time, lon, lat, speed_kmh, heading, accuracy_m"
_PLACE = "UPDATE fix SET progress_m = ?, leads = ? WHERE device = ? AND time = ?"
_COUNT = (
    "INSERT INTO count VALUES (?, ?)"
    " ON CONFLICT (reason) DO UPDATE SET fixes = fixes + excluded.fixes"
)
_OF_SHIPMENT = " FROM fix WHERE shipment = ? AND shipment <> ''"
"""Said twice, for SQLite takes the partial index only where the query has its words."""
_LAST = (
    f"SELECT {_FIX}, received, progress_m{_OF_SHIPMENT} AND time <= ?"
    " AND received <= ? AND leads ORDER BY time DESC LIMIT 1"
)
_TRACK = f"SELECT {_FIX}{_OF_SHIPMENT} AND plate = ? AND doubt = '' ORDER BY time"
_PROGRESS = (
    f"SELECT time, progress_m{_OF_SHIPMENT} AND leads AND progress_m IS NOT NULL"
    " ORDER BY time"
)


class Sighting(NamedTuple):
    """The newest believed fix of a shipment at a moment."""

    fix: Fix
    received_time: datetime
    progress_m: float | None


class Ring:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._db = self._connect()
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.execute(f"PRAGMA cache_size=-{CACHE_KIB}")
        self._db.execute(f"PRAGMA wal_autocheckpoint={WAL_PAGES}")
        self._db.executescript(_TABLES)
        self._lock = Lock()
        self._readers = Connections(self._connect)

    def unknown(self, fixes: Iterable[Fix]) -> list[Fix]:
        """Those that were not kept yet, each once."""
        by_key = {(fix.device, micros(fix.time)): fix for fix in fixes}
        keys = list(by_key)
        for start in range(0, len(keys), AT_ONCE):
            asked = keys[start : start + AT_ONCE]
            marks = ",".join(["(?, ?)"] * len(asked))
            query = f"WITH asked (device, time) AS (VALUES {marks}) {_KNOWN}"
            for known in self._readers.fetch(query, [x for key in asked for x in key]):
                del by_key[known]
        return list(by_key.values())

    def write(
        self, kept: Sequence[Kept], counts: Mapping[str, int], now: datetime
    ) -> None:
        """One transaction; a fix that is there already stays as it is."""
        received = micros(now)
        rows = [
            (
                *(fix.device, micros(fix.time), received, fix.lon, fix.lat),
                *(fix.speed_kmh, fix.heading, fix.accuracy_m),
                *(plate, shipment, progress_m, leads, doubt),
            )
            for fix, plate, shipment, progress_m, leads, doubt in kept
        ]
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            insert(self._db, "fix", rows, "INSERT OR IGNORE")
            self._db.executemany(_COUNT, counts.items())
            self._db.execute("COMMIT")

    def place(self, placed: Iterable[Kept]) -> None:
        """A trip that was folded again: where each of its fixes lies now."""
        rows = [
            (one.progress_m, one.leads, one.fix.device, micros(one.fix.time))
            for one in placed
        ]
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(_PLACE, rows)
            self._db.execute("COMMIT")

    def last(
        self, shipment_id: str, at: datetime, known_at: datetime
    ) -> Sighting | None:
        """Where the shipment was at a time, as far as it was known at another."""
        arguments = (shipment_id, micros(at), micros(known_at))
        for row in self._readers.fetch(_LAST, arguments):
            return Sighting(_fix(row[:7]), from_micros(row[7]), row[8])
        return None

    def track(self, shipment_id: str, plate: str) -> Iterator[Fix]:
        """The believed fixes of a trip, in the order of their times."""
        for row in self._readers.iterate(_TRACK, (shipment_id, plate)):
            yield _fix(row)

    def progress(self, shipment_id: str) -> list[tuple[datetime, float]]:
        """How far along its lane the shipment was, when."""
        found = self._readers.fetch(_PROGRESS, (shipment_id,))
        return [(from_micros(time), metres) for time, metres in found]

    def keep_drive(
        self, lane: str, shipment_id: str, marks: Drive, *, is_outward: bool
    ) -> None:
        row = (lane, is_outward, shipment_id, json.dumps([round(m) for m in marks]))
        with self._lock:
            self._db.execute("INSERT OR REPLACE INTO drive VALUES (?, ?, ?, ?)", row)

    def drives(self, lane: str, *, is_outward: bool) -> list[Drive]:
        """The newest of the lane's own trips, by the names of their shipments."""
        query = (
            "SELECT marks FROM drive WHERE lane = ? AND is_outward = ?"
            " ORDER BY shipment DESC LIMIT ?"
        )
        found = self._readers.fetch(query, (lane, is_outward, DRIVES))
        return [tuple(json.loads(marks)) for (marks,) in found]

    def strangers(self) -> list[tuple[str, int, datetime]]:
        """Devices that ride nowhere: how many fixes, and the newest's time."""
        query = (
            "SELECT device, count(*), max(time) FROM fix INDEXED BY fix_of_strangers"
            " WHERE doubt = 'unassigned'"
            " GROUP BY device ORDER BY max(time) DESC LIMIT 100"
        )
        return [(d, n, from_micros(t)) for d, n, t in self._readers.fetch(query)]

    def counts(self) -> dict[str, int]:
        return dict(self._readers.fetch("SELECT reason, fixes FROM count"))

    def heard(self) -> dict[int, int]:
        """How far other nodes' positions were taken in, by partition."""
        return dict(self._readers.fetch("SELECT partition, next FROM heard"))

    def note_heard(self, heard: Mapping[int, int]) -> None:
        query = "INSERT OR REPLACE INTO heard VALUES (?, ?)"
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(query, heard.items())
            self._db.execute("COMMIT")

    def forget(self, now: datetime) -> None:
        """Turn the ring on: what is older than KEPT goes, and too many strangers."""
        with self._lock:
            self._db.execute("DELETE FROM fix WHERE time < ?", (micros(now - KEPT),))
            self._db.execute(
                "DELETE FROM fix WHERE doubt = 'unassigned' AND time < (SELECT time"
                " FROM fix WHERE doubt = 'unassigned' ORDER BY time DESC"
                " LIMIT 1 OFFSET ?)",
                (STRANGERS,),
            )

    def close(self) -> None:
        self._readers.close()
        with self._lock:
            self._db.close()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False
        )


def _fix(row: Sequence[object]) -> Fix:
    device, time, *rest = row
    return Fix(str(device), from_micros(int(str(time))), *rest)  # type: ignore[arg-type]


def micros(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    return EPOCH + timedelta(microseconds=value)
