"""Sums by the block say what reading every amount says."""

import sqlite3
from collections import Counter
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.views import blocks
from infra.views.queries import SCHEMA

SIZE = 4
MOMENTS = st.integers(-1, 12)
AMOUNTS = st.lists(
    st.tuples(MOMENTS, MOMENTS, st.sampled_from("AB"), st.integers(-3, 3)), max_size=30
)
"""When each became known and happened, of what, and how much."""


@pytest.fixture(autouse=True, scope="module")
def _small_blocks():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(blocks, "SIZE", SIZE)
        yield


@given(AMOUNTS, st.integers(0, 30), MOMENTS, MOMENTS)
def test_any_moment_of_any_amounts_is_summed_up_right(told, first, at, known):
    """Written in two turns, and once more as who fills stream by stream ends it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.executescript(SCHEMA)
        for turn in (told[:first], told[first:]):
            rows = [(*amount, 1, 1) for amount in turn]
            db.executemany("INSERT INTO amount VALUES (?, ?, ?, ?, ?, ?)", rows)
            blocks.add_up(db)
        written = summed(db, at, known)
        blocks.put_in_order(db)
        ordered = summed(db, at, known)
        whole = db.execute("SELECT count(*) FROM block").fetchone()[0]

    wanted = [each for each in told if each[0] <= known and each[1] <= at]
    sums = Counter()
    for _, _, dimension, amount in wanted:
        sums[dimension] += amount
    counts = Counter(dimension for _, _, dimension, _ in wanted)
    assert written == ordered == {d: (sums[d], n, n) for d, n in counts.items()}
    assert whole == len(told) // SIZE


def summed(db, at, known):
    asked = {"at": at, "known": known, "size": SIZE}
    return {d: tuple(sums) for d, *sums in db.execute(blocks.SUMS, asked)}
