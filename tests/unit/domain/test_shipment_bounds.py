"""Where a rule begins and where it ends: the moment and the gram at its edge."""

import pytest
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.values import Flag, PlateKind, ReplacementReason
from tests.unit.domain.examples import LOADED, STOPS, fact
from tests.unit.domain.given import NOW, given, minutes, state_of
from tests.unit.domain.test_shipment import PICKED, TOLD, S, deliver

LATER = NOW + minutes(30)


def loaded_with(**window):
    stop = replace(STOPS[0], **window)
    return given().and_then(replace(PICKED, stops=(stop,)))


def trip_of(history):
    return state_of(history.events)["shipment:firm.1"]


@pytest.mark.parametrize("edge", ["window_from", "window_until"])
def test_on_the_minute_is_within_the_window(edge):
    loaded_with(**{edge: NOW}).when(deliver()).then(e.GoodsDelivered, flags=[])


def test_the_window_is_judged_by_when_it_happened_not_by_when_it_was_told():
    loaded = loaded_with(window_until=NOW + minutes(1)).at(LATER)

    (told,) = loaded.when(deliver(event_time=NOW)).decided()

    assert Flag.OUTSIDE_WINDOW not in told.flags


def test_the_vehicle_that_takes_over_has_the_goods_from_that_moment():
    swap = c.ReplaceVehicle(
        **S,
        **fact("swap"),
        event_time=LATER,
        plate="鲁X00009",
        plate_kind=PlateKind.GREEN,
        reason=ReplacementReason.BREAKDOWN,
    )
    trip = trip_of(given(*LOADED.events).and_then(PICKED).at(LATER).and_then(swap))

    assert trip.vehicle_at(LATER) == ("鲁X00009", PlateKind.GREEN)
    assert trip.vehicle_at(LATER - minutes(1)) == ("鲁X00001", PlateKind.BLUE)
    assert trip.vehicle_at(NOW - minutes(60)) is None


def test_a_correction_of_the_time_leaves_goods_and_mass_alone():
    fix = c.CorrectFact(
        **S,
        **fact("fix"),
        **TOLD,
        corrects="fact-d",
        reason="钟慢",
        corrected_time=NOW - minutes(5),
    )
    history = given(*LOADED.events).and_then(deliver(mass_kg=49.0)).and_then(fix)

    (mended,) = trip_of(history).told(e.GoodsDelivered)
    assert mended.event_time == NOW - minutes(5)
    assert (mended.goods, mended.mass_kg) == ({"80#": 10}, 49.0)


@pytest.mark.parametrize(
    ("over", "flags"), [(0.0, []), (0.5, [Flag.WEIGHING_LOSS_EXCEEDED])]
)
def test_the_scales_may_differ_by_the_tolerance_and_no_gram_more(over, flags):
    trip = trip_of(LOADED).balance()
    everything = {code: cases for code, cases in trip.cases.items() if cases}
    mass = trip.mass_kg + trip.tolerated_kg + over

    (told,) = LOADED.when(deliver(goods=everything, mass_kg=mass)).decided()

    assert [f for f in told.flags if f == Flag.WEIGHING_LOSS_EXCEEDED] == flags


def test_a_trip_whose_scales_agree_to_the_tolerance_is_within_it():
    found = trip_of(LOADED).balance()

    at_edge = found._replace(mass_kg=found.tolerated_kg)
    assert at_edge.is_within_weighing_loss
    assert not at_edge._replace(
        mass_kg=found.tolerated_kg + 0.01
    ).is_within_weighing_loss
