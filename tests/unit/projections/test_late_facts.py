"""A late fact is folded where it belongs; what comes later builds on the newest row."""

from datetime import timedelta

import msgspec
import pytest

from domain import events as e
from infra.views.view import SqliteView
from projections import checkpoint_board, clearance, phones, throughput
from projections.model import Fold, Moment
from tests.unit.domain.given import NOW, minutes
from tests.unit.domain.sightings import PLATE, scan
from tests.unit.projections.test_moments import MemoryLog


class Pair(msgspec.Struct, frozen=True):
    before: str = ""
    last: str = ""


class LastTwo(Fold[Pair]):
    """A late fact changes the row after it, and the one after that no more."""

    name = "last_two"
    row = Pair

    def keys(self, event):
        return (event.originator_id,)

    def fold(self, row, event):
        return Pair(row.last if row else "", event.fact_id)


class CountingLog(MemoryLog):
    read = 0

    def at(self, positions):
        self.read += len(positions)
        return super().at(positions)


def fact(name, offset):
    time = NOW + minutes(offset)
    return e.EnterpriseResumed(
        originator_id="all", fact_id=name, event_time=time, record_time=time
    )


def opened(tmp_path, *facts, model=None):
    log = CountingLog(facts)
    view = SqliteView(tmp_path / "a.db", model or LastTwo(), log, is_durable=False)
    view.start("log")
    for numbered in log.events.items():
        view.apply([numbered])
    return view, log


def test_what_follows_a_late_fact_builds_on_the_newest_row(tmp_path):
    facts = [fact("a", 0), fact("c", 20), fact("d", 30), fact("b", 10), fact("e", 40)]
    view, _ = opened(tmp_path, *facts)

    assert view.row("all", Moment()) == Pair("d", "e")
    assert view.row("all", Moment(NOW + minutes(25))) == Pair("b", "c")
    assert view.row("all", Moment(NOW + minutes(25), 3)) == Pair("a", "c")
    view.close()


def test_a_late_fact_reads_what_it_changes_and_no_more(tmp_path):
    many = [fact(f"f{n}", n) for n in range(500)]
    view, log = opened(tmp_path, *many)

    view.apply([(501, fact("late", 250.5))])

    assert log.read == 2
    view.close()


@pytest.mark.parametrize(
    "model", [checkpoint_board.CheckpointBoard(), throughput.Throughput()]
)
def test_a_phone_that_was_offline_for_a_day_rewrites_nothing(tmp_path, model):
    day = [scan(f"d{n}", 2 * n) for n in range(200)]
    queue = [scan(f"q{n}", 2 * n + 1, record=500) for n in range(50)]

    view, _ = opened(tmp_path, *day, *queue, model=model)

    ((versions,),) = view.connect().execute("SELECT count(*) FROM row")
    assert versions == len(day) + len(queue)
    view.close()


def test_a_wrong_clock_moves_neither_a_trucks_last_post_nor_a_phones_last_scan(
    tmp_path,
):
    in_2090 = msgspec.structs.replace(
        scan("a", 10, "CP1", device="p1"), event_time=NOW + timedelta(days=70 * 365)
    )
    in_1970 = msgspec.structs.replace(
        scan("c", 30, "CP3", device="p1"), event_time=NOW - timedelta(days=50 * 365)
    )
    facts = (in_2090, scan("b", 20, "CP2", device="p1"), in_1970)

    trucks, _ = opened(tmp_path, *facts, model=clearance.Clearance())
    (tmp_path / "phones").mkdir()
    devices, _ = opened(tmp_path / "phones", *facts, model=phones.Phones())

    posts = trucks.row(PLATE, Moment()).posts
    assert [(one.checkpoint, one.time) for one in posts] == [
        ("CP1", NOW + minutes(10)),
        ("CP2", NOW + minutes(20)),
        ("CP3", NOW + minutes(30)),
    ]
    phone = devices.row("p1", Moment())
    assert (phone.scans, phone.last_time) == (3, NOW + minutes(30))
    trucks.close()
    devices.close()
