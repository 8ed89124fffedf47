"""The SQL of a view: versions by key, event time, source and position."""

from infra.views import blocks

DURABLE = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL"
DISPOSABLE = "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536"
"""Of a file that nobody reads before it is whole, and that is begun again if not."""
SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS row (
    key TEXT NOT NULL, event_time INTEGER NOT NULL, source INTEGER NOT NULL,
    position INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (key, event_time, source, position)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS life (
    key TEXT PRIMARY KEY, first INTEGER NOT NULL,
    closed_time INTEGER, closed_position INTEGER, lead INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS amount (
    position INTEGER NOT NULL, event_time INTEGER NOT NULL, dimension TEXT NOT NULL,
    first INTEGER NOT NULL, second INTEGER NOT NULL, third INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS mark (
    one INTEGER PRIMARY KEY, identity TEXT NOT NULL, position INTEGER NOT NULL,
    last_event BLOB NOT NULL);
"""
    + blocks.SCHEMA
)
_NEWEST_FIRST = " ORDER BY event_time DESC, source DESC, position DESC LIMIT 1"
BEFORE = "SELECT data FROM row WHERE key = ? AND event_time <= ?" + _NEWEST_FIRST
SOURCES = (
    "SELECT DISTINCT event_time, source FROM row WHERE key = ? AND event_time <= ?"
    " ORDER BY event_time, source"
)
_UNTIL = "min(:at, :recorded + life.lead)"
"""`lead`: how far a key's facts were ahead of their record; none can be known before.

Else who asks of now as it was known long ago reads all that has happened since.
"""
_EACH = (
    "SELECT key, (SELECT data FROM row WHERE row.key = life.key AND event_time <= "
    + _UNTIL
    + " AND position <= :known"
    + _NEWEST_FIRST
    + ") AS found FROM life WHERE key BETWEEN :low AND :high AND first <= "
    + _UNTIL
)
_IS_OPEN = (
    " AND NOT (closed_time NOT NULL AND closed_time <= :at"
    " AND closed_position <= :known)"
)
_ONCE = "SELECT key, found FROM ({} LIMIT -1) WHERE found NOT NULL"
"""The limit keeps SQLite from looking each row up twice, to find it and to say it."""
ROWS, OPEN_ROWS = _ONCE.format(_EACH), _ONCE.format(_EACH + _IS_OPEN)
VERSIONS = (
    "SELECT event_time, source, data FROM row AS one WHERE key = ?1"
    " AND event_time <= ?2 AND position = (SELECT max(position) FROM row"
    " WHERE key = one.key AND event_time = one.event_time AND source = one.source"
    " AND position <= ?3) ORDER BY event_time, source"
)
VERSIONS_AFTER = (
    "SELECT event_time, source, data FROM row AS one WHERE key = ?1"
    " AND event_time > ?2 AND position = (SELECT max(position) FROM row"
    " WHERE key = one.key AND event_time = one.event_time AND source = one.source)"
    " ORDER BY event_time, source"
)
NEWEST = "SELECT event_time, source, data FROM row WHERE key = ?" + _NEWEST_FIRST
UPSERT_LIFE = (
    "INSERT INTO life VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET"
    " first = min(first, excluded.first), closed_time = excluded.closed_time,"
    " closed_position = excluded.closed_position, lead = max(lead, excluded.lead)"
)
MERGED = ("row", "amount", "life")
"""Tables of which parts of one read model, without a key in common, hold a share."""
