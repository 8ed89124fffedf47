"""Amounts added up by the block, so that a sum of a million reads a few hundred rows.

They stand in the order in which they became known. A moment leaves most blocks whole
before it or after it; only those that it divides are read amount by amount.
"""

import sqlite3

SIZE = 4096
"""Amounts of a block; part of the schema, for files hold what was added up by it."""
SCHEMA = f"""
-- {SIZE} amounts each, by their rowid
CREATE TABLE IF NOT EXISTS block (
    number INTEGER PRIMARY KEY, low_time INTEGER NOT NULL, high_time INTEGER NOT NULL,
    low_position INTEGER NOT NULL, high_position INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS block_sum (
    number INTEGER NOT NULL, dimension TEXT NOT NULL, first INTEGER NOT NULL,
    second INTEGER NOT NULL, third INTEGER NOT NULL, PRIMARY KEY (number, dimension))
    WITHOUT ROWID;
"""
_OF_BLOCK = " FROM amount WHERE rowid > :low AND rowid <= :high"
_NEW_BLOCK = (
    "INSERT INTO block SELECT :number, min(event_time), max(event_time),"
    " min(position), max(position)" + _OF_BLOCK
)
_NEW_SUMS = (
    "INSERT INTO block_sum SELECT :number, dimension, sum(first), sum(second),"
    f" sum(third){_OF_BLOCK} GROUP BY dimension"
)
_IS_WHOLE = "high_time <= :at AND high_position <= :known"
_COUNTS = "event_time <= :at AND position <= :known"
_SUMMED = "SELECT dimension, first, second, third FROM "
SUMS = (
    "SELECT dimension, sum(first), sum(second), sum(third) FROM ("
    f"{_SUMMED} block JOIN block_sum USING (number) WHERE {_IS_WHOLE} UNION ALL"
    f" {_SUMMED} block CROSS JOIN amount ON amount.rowid > number * :size"
    f" AND amount.rowid <= (number + 1) * :size WHERE NOT ({_IS_WHOLE})"
    f" AND low_time <= :at AND low_position <= :known AND {_COUNTS} UNION ALL"
    f" {_SUMMED} amount WHERE rowid > (SELECT count(*) FROM block) * :size"
    f" AND {_COUNTS}) GROUP BY dimension"
)
_IN_ORDER = """
CREATE TEMP TABLE ordered AS SELECT * FROM amount ORDER BY position;
DELETE FROM amount; DELETE FROM block; DELETE FROM block_sum;
INSERT INTO amount SELECT * FROM ordered;
DROP TABLE ordered;
"""


def add_up(db: sqlite3.Connection) -> None:
    """The blocks that have become full."""
    ((last, done),) = db.execute(
        "SELECT (SELECT max(rowid) FROM amount), (SELECT count(*) FROM block)"
    )
    for number in range(done, (last or 0) // SIZE):
        bounds = {"number": number, "low": number * SIZE, "high": (number + 1) * SIZE}
        db.execute(_NEW_BLOCK, bounds)
        db.execute(_NEW_SUMS, bounds)


def put_in_order(db: sqlite3.Connection) -> None:
    """For a file that was filled stream after stream: all blocks anew."""
    db.executescript(_IN_ORDER)
    add_up(db)
