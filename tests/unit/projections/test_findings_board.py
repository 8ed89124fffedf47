"""The board of findings over a real read model: any order, any moment."""

import tempfile
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from hypothesis import given as forall
from hypothesis import settings

from domain import events as e
from infra.views.view import SqliteView
from projections import findings
from projections.model import Moment
from tests.unit.domain import sightings
from tests.unit.domain.given import NOW, minutes
from tests.unit.domain.sightings import NUMBER, OTHER, PLATE, ROAD, at, scan
from tests.unit.domain.test_finding_alerts import arrivals
from tests.unit.projections.test_moments import MemoryLog

CLONE = [scan("1", 0, "CP1"), scan("2", 5, "CP4")]


class Log(MemoryLog):
    def at(self, positions):
        known = [position for position in positions if position in self.events]
        return super().at(known)


@contextmanager
def views_of(events, page=7):
    with tempfile.TemporaryDirectory() as folder:
        log = Log([*ROAD, *events])
        path = Path(folder) / "findings.db"
        view = SqliteView(path, findings.Findings(), log, is_durable=False)
        view.start("log")
        numbered = list(log.events.items())
        for start in range(0, len(numbered), page):
            view.apply(numbered[start : start + page])
        yield {"findings": view}
        view.close()


def identities(events, at=None, known=None, **filters):
    with views_of(events) as views:
        now = NOW + timedelta(hours=12)
        board = findings.board(views, Moment(at, known), now, **filters)
        return [found.alert_id for found in board.findings]


@settings(max_examples=40, deadline=None)
@forall(arrivals())
def test_any_order_of_arrival_gives_the_board_of_a_fresh_fold(orders):
    """The versions of lists are positions, so who made them when is told by the log."""
    one, other = orders
    today = {found.identity for found in sightings.findings(*one, made=recorded(one))}
    shuffled = sightings.findings(*other, made=recorded(other))

    assert set(identities(one)) == today
    assert set(identities(other)) == {found.identity for found in shuffled}


def recorded(events):
    return dict(enumerate((each.record_time for each in [*ROAD, *events]), 1)).get


def test_at_a_moment_only_what_had_happened_by_then_is_judged():
    assert identities(CLONE, at=NOW + minutes(4)) == []
    assert len(identities(CLONE, at=NOW + minutes(5))) == 1


def test_what_was_known_then_knows_nothing_of_what_came_later():
    late = [scan("2", 5, "CP4"), scan("1", 0, "CP1", record=300)]
    before = len(ROAD) + 1

    assert identities(late, known=before) == []
    assert len(identities(late, known=before + 1)) == 1


def test_a_clock_a_century_ahead_hides_nothing_from_the_day_it_came_in():
    year = 60 * 24 * 365
    borrowed = scan("1", 90 * year, plate=OTHER, pass_number=NUMBER, record=10)

    assert identities([borrowed]) == [f"two-plates:{NUMBER}:20200216T0210"]
    assert identities([borrowed], at=NOW + minutes(11)) != []


def test_a_day_is_judged_with_the_day_before_it():
    midnight = 14 * 60
    pair = [scan("1", midnight - 2, "CP1"), scan("2", midnight + 2, "CP4")]

    assert identities(pair, day="2020-02-16") == []
    assert identities(pair, day="2020-02-17") == [
        f"impossible-speed:{PLATE}:20200216T1602"
    ]


def test_the_filters_leave_what_they_name():
    borrowed = scan("3", 60, "CP2", plate=OTHER, pass_number=NUMBER)
    told = [*CLONE, borrowed]

    assert len(identities(told)) == 2
    assert len(identities(told, kind="two-plates")) == 1
    assert len(identities(told, plate=PLATE)) == 2
    assert len(identities(told, plate=OTHER)) == 1
    assert identities(told, plate="鲁X00077") == []


def test_lists_of_a_position_know_what_was_recorded_by_then():
    ended = at(NOW - timedelta(hours=36), e.PassRevoked, "pass:p2", reason="x")
    last = len(ROAD)

    def told(version):
        own = {"device": "phone", "lists": {"sheet": version}}
        return identities([ended, scan("1", 0, "CP1", **own)])

    assert told(last) == ["stale-lists:phone:20200216T0200"]
    assert told(last + 1) == []
    assert told(10**9) == []
