"""What boards and policies say of a shipment is what the shipment itself says."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from msgspec.structs import replace

from domain import events as e
from domain.passages import Passages
from domain.values import PlateKind
from infra.views.view import SqliteView
from projections.deliveries import Deliveries
from projections.live_routes import LiveRoutes
from projections.model import Moment
from tests.unit.domain.given import NOW, minutes, state_of
from tests.unit.projections.corrected import corrected_trips
from tests.unit.projections.test_moments import MemoryLog, fresh

ALWAYS = Moment(NOW + minutes(10_000), 10_000)
TRUCK = {"plate": "鲁X00001", "plate_kind": PlateKind.BLUE}


def told(kind, at, **fields):
    stamps = {"event_time": NOW + minutes(at), "record_time": NOW + minutes(at)}
    return kind(
        originator_id="shipment:firm.1", originator_version=at + 1, **stamps, **fields
    )


def view_of(model, events, page=1):
    with tempfile.TemporaryDirectory() as folder:
        log = MemoryLog(events)
        view = SqliteView(Path(folder) / "v.db", model, log, is_durable=False)
        view.start("log")
        numbered = list(log.events.items())
        for start in range(0, len(numbered), page):
            view.apply(numbered[start : start + page])
        rows, alive = dict(view.rows(ALWAYS)), dict(view.rows(ALWAYS, open_only=True))
        view.close()
    return rows["firm.1"], "firm.1" in alive


def test_a_corrected_delivery_and_a_wrong_tap_reach_the_map():
    events = [
        told(e.GoodsPickedUp, 0, fact_id="p", goods={"80#": 100}, **TRUCK),
        told(e.GoodsDelivered, 10, fact_id="d", stop="C1", goods={"80#": 90}),
        told(
            e.FactCorrected,
            12,
            fact_id="c",
            corrects="d",
            reason="typo",
            goods={"80#": 9},
        ),
        told(e.ShipmentCompleted, 20, fact_id="z"),
        told(
            e.FactCorrected,
            21,
            fact_id="c2",
            corrects="z",
            reason="wrong tap",
            did_not_occur=True,
        ),
    ]

    for page in (1, 2, 5):
        row, is_open = view_of(LiveRoutes(), events, page)
        assert (row.picked_up - row.gone, row.state, is_open) == (91, "delivering", 1)

    row, is_open = view_of(LiveRoutes(), events[:4])
    assert (row.state, is_open) == ("completed", False)


def test_what_is_told_after_a_wrong_tap_does_not_bring_the_trip_back():
    done = told(e.ShipmentCompleted, 5, fact_id="z")
    after = told(e.GoodsDelivered, 10, fact_id="d", stop="C1", goods={"80#": 1})

    assert view_of(LiveRoutes(), [done, after])[1] is False


@settings(deadline=None, max_examples=200)
@given(corrected_trips())
def test_the_map_says_of_a_shipment_what_the_shipment_says(events):
    trip = state_of(events)["shipment:firm.1"]
    row, is_open = view_of(LiveRoutes(), events, page=2)

    assert row == fresh(LiveRoutes(), events, ALWAYS)["firm.1"]
    assert row.picked_up - row.gone == sum(trip.balance().cases.values())
    assert is_open != trip.is_closed
    assert (row.ended_time is not None) == trip.is_closed
    for at in range(-70, 240, 5):
        time = NOW + minutes(at)
        before = [one.plate for one in row.carriers if one.from_time <= time]
        carrier = trip.vehicle_at(time)
        assert before[-1:] == ([carrier[0]] if carrier else [])


@settings(deadline=None, max_examples=200)
@given(corrected_trips())
def test_a_vehicle_that_policies_know_is_the_one_that_the_shipment_knows(events):
    trip = state_of(events)["shipment:firm.1"]
    passages = Passages({})
    for event in events:
        passages.follow(event)
    ends = [fact.event_time for fact in trip.told(e.ShipmentCompleted)]

    for at in range(-70, 240, 5):
        time = NOW + minutes(at)
        carrier = trip.vehicle_at(time)
        is_over = trip.is_closed and time > max(ends)
        carried = {
            plate
            for plate in ("鲁X00001", "鲁X00002", "鲁X00003")
            if passages._carried(plate, time)
        }
        assert carried == ({carrier[0]} if carrier and not is_over else set())


def test_a_late_fact_of_a_corrected_trip_counts_in_all_that_follows():
    events = [
        told(e.GoodsPickedUp, 0, fact_id="p", goods={"80#": 9}, **TRUCK),
        told(e.CrewChanged, 20, fact_id="crew", crew_count=3),
        told(
            e.FactCorrected,
            30,
            fact_id="c",
            corrects="crew",
            reason="x",
            did_not_occur=True,
        ),
        replace(told(e.CrewChanged, 10, fact_id="one", crew_count=2), record_time=NOW),
    ]

    assert view_of(LiveRoutes(), events)[0].crew_count == 2


@settings(deadline=None, max_examples=200)
@given(corrected_trips())
def test_deliveries_say_of_a_shipment_what_the_shipment_says(events):
    trip = state_of(events)["shipment:firm.1"]
    row, is_open = view_of(Deliveries(), events, page=2)
    said = {
        fact.fact_id: (fact.event_time, sum(fact.goods.values()))
        for kind in (e.GoodsPickedUp, e.GoodsDelivered, e.GoodsReturned)
        for fact in trip.told(kind)
    }

    assert {i: (x.time, x.cases) for i, x in row.goods.items()} == said
    assert is_open != trip.is_closed


def test_of_two_corrections_the_later_recorded_has_the_last_word():
    fix = {"corrects": "p", "reason": "x"}
    events = [
        told(e.GoodsPickedUp, 0, fact_id="p", goods={"80#": 9}, **TRUCK),
        told(e.FactCorrected, 30, fact_id="a", goods={"80#": 1}, **fix),
        told(e.FactCorrected, 20, fact_id="b", goods={"80#": 2}, **fix),
    ]
    events = [
        replace(event, originator_version=version)
        for version, event in enumerate(events, start=1)
    ]
    trip = state_of(events)["shipment:firm.1"]

    assert sum(trip.balance().cases.values()) == 2
    assert view_of(LiveRoutes(), events)[0].picked_up == 2
    assert view_of(Deliveries(), events)[0].cases("picked_up") == 2


def test_of_two_pickups_in_the_same_minute_the_later_told_has_the_goods():
    other = {"plate": "鲁X00002", "plate_kind": PlateKind.BLUE}
    events = [
        told(e.GoodsPickedUp, 9, fact_id="p", goods={}, **other),
        told(e.GoodsPickedUp, 5, fact_id="q", goods={}, **TRUCK),
        told(
            e.FactCorrected,
            30,
            fact_id="c",
            corrects="q",
            reason="x",
            corrected_time=NOW + minutes(9),
        ),
    ]
    events = [
        replace(event, originator_version=version)
        for version, event in enumerate(events, start=1)
    ]
    trip = state_of(events)["shipment:firm.1"]

    assert trip.vehicle_at(NOW + minutes(20))[0] == "鲁X00001"
    assert view_of(LiveRoutes(), events)[0].carriers[-1].plate == "鲁X00001"
