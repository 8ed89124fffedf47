"""One device's fixes, one after the other: which of them are believed."""

from datetime import timedelta

from domain.geo.datum import Datum
from projections.devices import Assignment
from projections.tracking.fix import Fix
from projections.tracking.fleet import Fleet, Trip
from tests.unit.domain.given import NOW

HERE, ELSEWHERE = 118.0, 119.5
MORNING = NOW - timedelta(hours=6)


def fleet():
    made = Fleet()
    made.devices = {"phone": [Assignment(MORNING, "鲁X00001", Datum.WGS84)]}
    made.trips = {"鲁X00001": [Trip("s1", "鲁X00001", MORNING, None, None, "")]}
    return made


def fixes(*places, begun=0):
    return [
        Fix("phone", NOW + timedelta(seconds=begun + 20 * number), lon, 36.0)
        for number, lon in enumerate(places)
    ]


def judged(made, found):
    return ["".join(each.doubt) for each in made.take(found, NOW)]


def test_one_glitch_is_doubted_and_the_next_fix_believed():
    found = judged(fleet(), fixes(HERE, ELSEWHERE, HERE, HERE))

    assert found == ["", "jump", "", ""]


def test_a_first_fix_that_was_wrong_costs_one_more():
    found = judged(fleet(), fixes(ELSEWHERE, HERE, HERE, HERE, HERE))

    assert found == ["", "jump", "", "", ""]


def test_a_newer_fix_elsewhere_does_not_cost_every_second_of_a_late_drive():
    made = fleet()
    judged(made, fixes(ELSEWHERE, begun=240))

    found = judged(made, fixes(*[HERE] * 10, begun=-600))

    assert found == ["jump"] + [""] * 9


def test_glitches_that_disagree_with_each_other_move_nothing():
    found = judged(fleet(), fixes(HERE, ELSEWHERE, 120.9, HERE))

    assert found == ["", "jump", "jump", ""]
