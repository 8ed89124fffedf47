from decimal import Decimal

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import commands as c
from domain import errors
from domain import events as e
from domain.decider import LATE_AFTER
from domain.values import Flag, Line, PlateKind, WriteOffReason
from tests.unit.domain.examples import (
    APPROVED,
    BOOK,
    LINES,
    LOADED,
    PICK_UP,
    STOPS,
    fact,
)
from tests.unit.domain.given import FIRM, NOW, RIVAL, given, minutes, state_of

S = {"shipment_id": "firm.1"}
TOLD = {"event_time": NOW}
PICKED = replace(PICK_UP, event_time=NOW)


def deliver(name="d", **fields):
    told = {"stop": "C01", "goods": {"80#": 10}} | TOLD | fields
    return c.DeliverGoods(**S, **fact(name), **told)


def balance_of(history):
    return state_of(history.events)["shipment:firm.1"].balance()


def cases_of(history):
    return sum(balance_of(history).cases.values())


def test_the_first_pickup_books_and_the_second_does_not():
    given(*APPROVED.events).when(PICKED, FIRM).then(
        e.ShipmentBooked, e.GoodsPickedUp, flags=[]
    )
    again = replace(PICKED, fact_id="fact-again")
    given(*LOADED.events).when(again).then(e.GoodsPickedUp, flags=[Flag.REPEATED])


def test_a_pickup_that_says_something_else_than_its_booking_is_flagged():
    other = replace(PICKED, fact_id="fact-other", lines=LINES[:1])

    given(*LOADED.events).when(other).then(
        e.GoodsPickedUp, flags=[Flag.REPEATED, Flag.BOOKING_DIFFERS]
    )


def test_a_pickup_on_a_suspended_pass_is_flagged_until_it_holds_again():
    suspended = APPROVED.and_then(c.SuspendPass(pass_id="p1", reason="x"))
    holds = suspended.and_then(c.ReinstatePass(pass_id="p1", reason="x"))

    suspended.when(PICKED).then(
        e.ShipmentBooked, e.GoodsPickedUp, flags=[Flag.PASS_NOT_VALID]
    )
    holds.when(PICKED).then(e.ShipmentBooked, e.GoodsPickedUp, flags=[])


def test_a_pickup_without_a_pass_is_accepted_and_flagged():
    given().when(PICKED, FIRM).then(
        e.ShipmentBooked, e.GoodsPickedUp, flags=[Flag.PASS_MISSING]
    )
    late = replace(PICKED, event_time=NOW + minutes(9))
    early = (
        given(*APPROVED.events)
        .at(NOW)
        .when(replace(PICKED, event_time=NOW - minutes(5)))
    )
    early.then(e.ShipmentBooked, e.GoodsPickedUp, flags=[Flag.PASS_NOT_VALID])
    given(*APPROVED.events).when(late).then(
        e.ShipmentBooked, e.GoodsPickedUp, flags=[Flag.CLOCK_AHEAD]
    )


def test_a_pickup_an_hour_ahead_is_not_believed():
    ahead = replace(PICKED, event_time=NOW + minutes(60))

    given(*APPROVED.events).when(ahead).refused(
        errors.TimeAheadError, "event-time-ahead"
    )


def test_without_a_time_it_happened_now_and_says_so():
    (*_, told) = given(*APPROVED.events).when(PICK_UP).decided()

    assert told.event_time == NOW
    assert told.flags == (Flag.TIME_ASSUMED,)


def test_an_hour_late_is_accepted_and_flagged():
    late = replace(PICKED, event_time=NOW - minutes(60), plate_kind=PlateKind.YELLOW)

    given(*APPROVED.events).when(late).then(
        e.ShipmentBooked, e.GoodsPickedUp, flags=[Flag.LATE, Flag.PASS_MISSING]
    )


def test_a_delivery_before_its_pickup_is_accepted():
    given().when(deliver(), FIRM).then(e.GoodsDelivered, flags=[Flag.NOT_BOOKED])


def test_another_firms_shipment_looks_as_if_it_were_not_there():
    for command in (deliver(), PICKED, c.CancelShipment(**S, reason="x")):
        given(*LOADED.events).when(command, RIVAL).refused(
            errors.NotFoundError, "shipment-not-found"
        )
    given().when(deliver(), RIVAL).refused(errors.NotFoundError)


@pytest.mark.parametrize(
    ("change", "flag"),
    [
        ({"goods": {"80#": 9}}, Flag.SHORT),
        ({"stop": "C99"}, Flag.STOP_UNKNOWN),
        ({"goods": {"80#": 10, "90#": 0}}, Flag.LINE_UNKNOWN),
        ({"goods": {"80#": 11}}, Flag.BALANCE_EXCEEDED),
        ({"mass_kg": 200.0}, Flag.WEIGHING_LOSS_EXCEEDED),
    ],
)
def test_what_is_odd_about_a_delivery_is_flagged(change, flag):
    (told,) = given(*LOADED.events).when(deliver(**change)).then(e.GoodsDelivered)

    assert flag in told.flags


@pytest.mark.parametrize(
    "command",
    [
        c.WriteOffGoods(**S, **fact("w"), goods={"90#": 0}, reason=WriteOffReason.LOST),
        c.ReturnGoods(**S, **fact("r"), goods={"90#": 0}),
    ],
)
def test_goods_that_were_never_booked_are_flagged_when_they_leave(command):
    (told,) = given(*LOADED.events).when(command).decided()

    assert Flag.LINE_UNKNOWN in told.flags


def test_a_delivery_outside_its_window_is_flagged():
    stop = replace(STOPS[0], window_until=NOW - minutes(1))
    loaded = given().and_then(replace(PICKED, stops=(stop,)))

    loaded.when(deliver()).then(e.GoodsDelivered, flags=[Flag.OUTSIDE_WINDOW])


def test_a_stop_served_in_two_halves_is_not_short():
    half = {"goods": {"80#": 5}}
    history = given(*LOADED.events).and_then(deliver("one", **half))

    history.when(deliver("two", **half)).then(e.GoodsDelivered, flags=[])


def test_after_completion_everything_is_flagged_and_kept():
    done = given(*LOADED.events).and_then(c.CompleteShipment(**S, **fact("z"), **TOLD))

    (told,) = done.when(deliver()).then(e.GoodsDelivered)

    assert Flag.SHIPMENT_CLOSED in told.flags


def test_completing_with_goods_on_board_is_flagged():
    complete = c.CompleteShipment(**S, **fact("z"), **TOLD)
    flags = [Flag.BALANCE_EXCEEDED, Flag.WEIGHING_LOSS_EXCEEDED]

    given(*LOADED.events).when(complete).then(e.ShipmentCompleted, flags=flags)

    rest = deliver("rest", stop="C02", goods={"75#": 10})
    empty = given(*LOADED.events).and_then(deliver()).and_then(rest)
    empty.when(complete).then(e.ShipmentCompleted, flags=[])
    again = replace(complete, fact_id="fact-zz")
    empty.and_then(complete).when(again).then(
        e.ShipmentCompleted, flags=[Flag.REPEATED, Flag.SHIPMENT_CLOSED]
    )


def test_a_second_departure_and_a_second_passage_are_flagged():
    gone = c.ReportDeparture(**S, **fact("gone"), **TOLD)
    passed = c.ReportCheckpoint(
        **S, **fact("cp1"), **TOLD, checkpoint="CP1", direction="outward"
    )
    history = given(*LOADED.events).and_then(gone).and_then(passed)

    history.when(replace(gone, fact_id="fact-gone2")).then(
        e.ShipmentDeparted, flags=[Flag.REPEATED]
    )
    history.when(replace(passed, fact_id="fact-cp2")).then(
        e.CheckpointReached, flags=[Flag.REPEATED]
    )
    history.when(replace(passed, fact_id="fact-cp3", lap=2)).then(
        e.CheckpointReached, flags=[]
    )


def test_an_arrival_at_an_unknown_stop_and_an_odd_plate_are_flagged():
    arrival = c.ReportArrival(**S, **fact("arr"), **TOLD, stop="C99")
    swap = c.ReplaceVehicle(
        **S, **fact("swap"), **TOLD, plate="?", plate_kind="blue", reason="other"
    )

    given(*LOADED.events).when(arrival).then(e.StopArrived, flags=[Flag.STOP_UNKNOWN])
    given(*LOADED.events).when(swap).then(
        e.VehicleReplaced, flags=[Flag.PLATE_UNKNOWN_SHAPE]
    )


def test_a_booking_is_cancelled_until_the_goods_are_on_the_road():
    cancel = c.CancelShipment(**S, reason="x")

    given().and_then(BOOK).when(cancel).then(e.ShipmentCancelled)
    given().and_then(BOOK).and_then(cancel).when(cancel).then()
    given(*LOADED.events).when(cancel).refused(errors.ShipmentOnRoadError)
    given().when(cancel).refused(errors.NotFoundError)
    done = given().and_then(BOOK).and_then(c.CompleteShipment(**S, **fact("z")))
    done.when(cancel).refused(errors.WrongStateError)


def test_a_shipment_is_booked_once_and_its_lines_differ():
    given().and_then(BOOK).when(BOOK).refused(errors.AlreadyExistsError)
    twice = replace(BOOK, lines=(LINES[0], LINES[0]))
    given().when(twice).refused(errors.RefusedError)


def test_a_correction_refolds_what_it_mends():
    wrong = deliver(goods={"80#": 3})
    fix = c.CorrectFact(
        **S, **fact("fix"), **TOLD, corrects="fact-d", reason="x", goods={"80#": 10}
    )
    undo = c.CorrectFact(
        **S, **fact("undo"), **TOLD, corrects="fact-d", reason="x", did_not_occur=True
    )
    history = given(*LOADED.events).and_then(wrong)

    assert cases_of(history) == 17
    assert cases_of(given(*history.events).and_then(fix)) == 10
    assert cases_of(given(*history.events).and_then(undo)) == 20


def test_a_correction_may_come_before_what_it_corrects():
    undo = c.CorrectFact(
        **S, **fact("undo"), **TOLD, corrects="fact-d", reason="x", did_not_occur=True
    )
    history = given(*LOADED.events)
    history.when(undo).then(e.FactCorrected, flags=[Flag.CORRECTS_UNKNOWN])

    assert cases_of(history.and_then(undo).and_then(deliver())) == 20


AT = st.integers(-180, 9).map(lambda offset: NOW + minutes(offset))
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["deliver", "return", "write_off", "refuse"]),
        st.integers(0, 6),
        AT | st.none(),
    ),
    max_size=8,
)


def moves_of(drawn):
    for number, (kind, cases, time) in enumerate(drawn):
        told = S | fact(f"m{number}") | {"goods": {"80#": cases}, "event_time": time}
        match kind:
            case "deliver":
                yield c.DeliverGoods(**told, stop="C01")
            case "return":
                yield c.ReturnGoods(**told)
            case "write_off":
                yield c.WriteOffGoods(**told, reason=WriteOffReason.LOST)
            case "refuse":
                yield c.ReportRefusal(**told, stop="C01", reason="x")


@forall(MOVES, AT, st.randoms())
def test_the_mass_balance_holds_in_any_order_late_and_with_doubles(drawn, at, dice):
    """A double is the same fact told again: also with another time, or later."""
    commands = [replace(PICKED, event_time=at), *moves_of(drawn)]
    doubles = dice.sample(commands, len(commands) // 2)
    doubled = commands + [
        replace(x, event_time=dice.choice([at, None])) for x in doubles
    ]
    dice.shuffle(doubled)
    history = given()
    for number, command in enumerate(doubled):
        history = history.at(NOW + minutes(number)).and_then(command, FIRM)

    left = balance_of(history)

    gone = sum(cases for kind, cases, _ in drawn if kind != "refuse")
    assert sum(left.cases.values()) == 20 - gone
    assert left.mass_kg == pytest.approx(100 - 5 * gone)
    assert any(cases < 0 for cases in left.cases.values()) == (gone > 10)
    told = [event for event in history.events if isinstance(event, e.Fact)]
    assert len(told) == len(commands)
    late = [
        event for event in told if event.record_time - event.event_time > LATE_AFTER
    ]
    assert all(Flag.LATE in event.flags for event in late)


def test_prices_have_two_decimals():
    with pytest.raises(ValueError, match="two decimals"):
        Line("80#", 1, 5.0, Decimal("1.005"))
    with pytest.raises(ValueError, match="between"):
        Line("80#", 1, 5.0, Decimal("NaN"))
