"""What the lane, the vehicle and the pass say of a fact on the road."""

import pytest
from msgspec.structs import replace

from domain import commands as c
from domain.values import Flag, PlateKind
from tests.unit.domain import examples as x
from tests.unit.domain.given import NOW, given, minutes
from tests.unit.test_project import ROOT

BY = {type(command): command for _, command in x.ACCEPTED}
TOLD = {"event_time": NOW}
S = {"shipment_id": "firm.1"}
PICKED = replace(x.PICK_UP, **TOLD, lane="l1")
DEPARTED = replace(BY[c.ReportDeparture], **TOLD)
REROUTED = replace(BY[c.RerouteShipment], **TOLD, lane="l1")
RELIEVED = replace(BY[c.ChangeCrew], **TOLD)
SCANNED = replace(BY[c.RecordScan], **TOLD)
CLOSE = c.CloseLane(lane="l1", reason="雪")
NUMBER = x.APPROVED.events[3].number
ANOTHER = {"plate": "鲁XD00003", "plate_kind": PlateKind.GREEN}


def on_a_lane(*closings):
    """Loaded at an open post's lane, on which `closings` then happen."""
    history = x.LANE.and_then(x.OPEN_POST).and_then(PICKED)
    for closing in closings:
        history = history.and_then(closing)
    return history


def flags_of(history, command):
    (*_, told) = given(*history.events).when(command).decided()
    return set(told.flags)


@pytest.mark.parametrize("command", [DEPARTED, REROUTED, SCANNED])
def test_on_a_lane_that_is_closed_a_fact_is_flagged(command):
    reopened = c.ReopenLane(lane="l1")
    before = replace(command, event_time=NOW - minutes(5))

    assert Flag.LANE_CLOSED in flags_of(on_a_lane(CLOSE), command)
    assert Flag.LANE_CLOSED not in flags_of(on_a_lane(), command)
    assert Flag.LANE_CLOSED not in flags_of(on_a_lane(CLOSE, reopened), command)
    assert Flag.LANE_CLOSED not in flags_of(on_a_lane(CLOSE), before)


def test_who_was_sent_another_way_is_not_on_the_closed_lane():
    sent = on_a_lane(CLOSE).and_then(replace(REROUTED, lane="l2"))

    assert flags_of(sent, DEPARTED) == set()


def test_a_lane_that_nobody_opened_is_not_closed():
    assert flags_of(given().and_then(PICKED), DEPARTED) == set()
    assert flags_of(given(), DEPARTED) == {Flag.NOT_BOOKED}


def test_a_departure_told_twice_is_known():
    on_a_lane().and_then(DEPARTED).when(DEPARTED).then()


def test_a_second_pickup_by_another_vehicle_is_unexpected():
    again = replace(PICKED, fact_id="fact-again")
    swap = replace(BY[c.ReplaceVehicle], **TOLD)

    assert Flag.VEHICLE_UNEXPECTED not in flags_of(on_a_lane(), again)
    assert Flag.VEHICLE_UNEXPECTED in flags_of(on_a_lane(), replace(again, **ANOTHER))
    replaced = (
        on_a_lane()
        .at(NOW + minutes(1))
        .and_then(replace(swap, event_time=NOW + minutes(1)))
    )
    later = replace(again, event_time=NOW + minutes(2), **ANOTHER)
    assert Flag.VEHICLE_UNEXPECTED not in flags_of(replaced, later)


def test_more_people_than_the_pass_allows_are_flagged():
    loaded = x.APPROVED.and_then(PICKED)

    assert flags_of(x.APPROVED, replace(PICKED, crew_count=2)) == {Flag.CREW_MISMATCH}
    assert flags_of(x.APPROVED, PICKED) == set()
    assert flags_of(loaded, replace(RELIEVED, crew_count=2)) == {Flag.CREW_MISMATCH}
    assert flags_of(loaded, replace(RELIEVED, crew_count=1)) == set()
    assert flags_of(on_a_lane(), replace(RELIEVED, crew_count=9)) == set()


def test_a_scan_of_a_pass_on_another_vehicle_or_crew_is_flagged():
    shown = replace(SCANNED, pass_number=NUMBER, crew_count=1)
    other = replace(shown, plate="鲁XD00003", crew_count=2)
    known = x.APPROVED.and_then(x.OPEN_POST)

    assert flags_of(known, shown) == set()
    assert flags_of(known, replace(shown, plate="", crew_count=None)) == {
        Flag.PLATE_MISSING
    }
    assert flags_of(known, other) == {Flag.VEHICLE_UNEXPECTED, Flag.CREW_MISMATCH}
    assert flags_of(known, replace(other, pass_number="370323999999")) == set()


def test_every_flag_is_set_somewhere():
    """A flag that nothing sets promises what nobody is told."""
    sources = [
        path.read_text("utf-8")
        for folder in ("domain", "api", "infra")
        for path in (ROOT / folder).rglob("*.py")
        if path.name != "values.py"
    ]
    unset = [
        flag for flag in Flag if not any(f"Flag.{flag.name}" in s for s in sources)
    ]

    assert unset == []
