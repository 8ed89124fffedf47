"""Long reads leave others their turn."""

import pytest

from projections import gently as gently_
from projections.gently import gentle, gently
from projections.model import Moment

PRESENT = Moment()


class Clock:
    """Every look takes a third of a burst; a pause is counted."""

    def __init__(self):
        self.now, self.pauses = 0.0, 0

    def look(self):
        self.now += gently_.BURST_SECONDS / 3
        return self.now

    def sleep(self, seconds):
        self.now += seconds
        self.pauses += 1


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(gently_, "perf_counter", made.look)
    monkeypatch.setattr(gently_, "sleep", made.sleep)
    return made


class ThreeHundred:
    position = 300

    def rows(self, _moment, *, prefix=""):
        return ((f"{prefix}{n}", n) for n in range(300))

    def row(self, key, _moment):
        return key


def test_long_work_pauses_after_each_burst(clock):
    assert list(gently(range(300))) == list(range(300))

    assert 50 <= clock.pauses <= 150


def test_views_of_one_work_share_their_bursts_whatever_is_read(clock):
    views = gentle({"one": ThreeHundred(), "other": ThreeHundred()})

    rows = list(views["one"].rows(PRESENT, prefix="x"))
    found = [views["other"].row(key, PRESENT) for key, _ in rows]

    assert (len(rows), found[-1]) == (300, "x299")
    assert views["one"].position == 300
    assert clock.pauses >= 100


def test_short_work_never_pauses(clock):
    assert list(gently([1])) == [1]

    assert clock.pauses == 0
