"""A shipment on the road: what happened is accepted, and flagged where it is odd."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never

from domain import commands as c
from domain import events as e
from domain.balance import mass_kg
from domain.decider import Aggregate, Decision, carried, reported
from domain.errors import (
    AlreadyExistsError,
    NotFoundError,
    RefusedError,
    ShipmentOnRoadError,
    WrongStateError,
)
from domain.plates import normalise_plate
from domain.trip import Shipment, evolve
from domain.values import Flag

_EVENTS: dict[type[c.Command], type[e.Fact]] = {
    c.ReportDeparture: e.ShipmentDeparted,
    c.ReportCheckpoint: e.CheckpointReached,
    c.ReportArrival: e.StopArrived,
    c.DeliverGoods: e.GoodsDelivered,
    c.ReportRefusal: e.DeliveryRefused,
    c.WriteOffGoods: e.GoodsWrittenOff,
    c.ReturnGoods: e.GoodsReturned,
    c.ReplaceVehicle: e.VehicleReplaced,
    c.ReportBreakdown: e.VehicleBrokeDown,
    c.ChangeCrew: e.CrewChanged,
    c.RerouteShipment: e.ShipmentRerouted,
    c.StartReturn: e.ReturnStarted,
    c.CompleteShipment: e.ShipmentCompleted,
    c.CorrectFact: e.FactCorrected,
}


def decide(
    trip: Shipment | None, command: c.ShipmentCommand, now: datetime
) -> Decision:
    check_speaker(trip, command)
    trip = trip or Shipment()
    if isinstance(command, c.BookShipment):
        if trip.booking:
            raise AlreadyExistsError("shipment", command.shipment_id)
        check_lines(command.lines)
        return [carried(e.ShipmentBooked, command)]
    if isinstance(command, c.CancelShipment):
        return _cancel(trip, command)
    if trip.knows(command.fact_id):
        return []
    return [_fact(trip, command, now)]


def check_speaker(
    trip: Shipment | None, command: c.ShipmentCommand | c.PickUpGoods
) -> None:
    """Another firm's shipment looks as if it were not there."""
    if command.by.is_staff:
        return
    owner = trip.organisation if trip else ""
    mine = command.by.organisation
    is_mine = owner == mine if owner else command.shipment_id.startswith(f"{mine}.")
    if not mine or not is_mine:
        raise NotFoundError("shipment", command.shipment_id)


def check_lines(lines: Iterable[object]) -> None:
    codes = [getattr(line, "code", "") for line in lines]
    if len(codes) != len(set(codes)):
        msg = "Two lines of a shipment have the same code"
        raise RefusedError(msg)


def _cancel(trip: Shipment, command: c.CancelShipment) -> Decision:
    if trip.booking is None:
        raise NotFoundError("shipment", command.shipment_id)
    if trip.is_cancelled:
        return []
    if trip.has(e.GoodsPickedUp):
        msg = "The goods were picked up; return or complete the shipment instead"
        raise ShipmentOnRoadError(msg)
    if trip.is_closed:
        raise WrongStateError("shipment", "completed", "cancel it")
    return [carried(e.ShipmentCancelled, command)]


def _fact(trip: Shipment, command: c.ShipmentReport, now: datetime) -> e.DomainEvent:
    event = _EVENTS[type(command)]
    odd = [*standing_flags(trip, command), *_flags(trip, command, now)]
    if isinstance(command, c.DeliverGoods | c.WriteOffGoods | c.ReturnGoods):
        odd += _too_much(trip, command)
    return reported(event, command, now, *odd)


def _flags(trip: Shipment, command: c.ShipmentReport, now: datetime) -> list[Flag]:
    time = command.event_time or now
    match command:
        case c.ReportDeparture():
            return _repeated(trip, e.ShipmentDeparted)
        case c.ReportCheckpoint():
            return _passed(trip, command)
        case c.ReportArrival():
            return _stop_flags(trip, command.stop, time)
        case c.DeliverGoods() | c.ReportRefusal():
            odd = _stop_flags(trip, command.stop, time)
            odd += line_flags(trip, command.goods)
            return odd + _short(trip, command)
        case c.WriteOffGoods() | c.ReturnGoods():
            return line_flags(trip, command.goods)
        case c.ReplaceVehicle():
            known = normalise_plate(command.plate).is_known_shape
            return [] if known else [Flag.PLATE_UNKNOWN_SHAPE]
        case c.CompleteShipment():
            return _repeated(trip, e.ShipmentCompleted) + _left_over(trip)
        case c.CorrectFact():
            return [] if trip.knows(command.corrects) else [Flag.CORRECTS_UNKNOWN]
        case (
            c.ReportBreakdown() | c.ChangeCrew() | c.RerouteShipment() | c.StartReturn()
        ):
            return []
        case _:
            assert_never(command)


def standing_flags(trip: Shipment, command: c.Command) -> list[Flag]:
    if isinstance(command, c.CorrectFact):
        return []
    flags = [] if trip.booking else [Flag.NOT_BOOKED]
    return [*flags, Flag.SHIPMENT_CLOSED] if trip.is_closed else flags


def line_flags(trip: Shipment, goods: Mapping[str, int]) -> list[Flag]:
    unknown = trip.booking is not None and set(goods) - set(trip.lines)
    return [Flag.LINE_UNKNOWN] if unknown else []


def _stop_flags(trip: Shipment, place: str, time: datetime) -> list[Flag]:
    stop = trip.stops.get(place)
    if stop is None:
        return [Flag.STOP_UNKNOWN] if trip.booking else []
    too_early = stop.window_from is not None and time < stop.window_from
    too_late = stop.window_until is not None and time > stop.window_until
    return [Flag.OUTSIDE_WINDOW] if too_early or too_late else []


def _short(trip: Shipment, command: c.DeliverGoods | c.ReportRefusal) -> list[Flag]:
    """Fewer than planned, with all that was handed over at this stop so far."""
    stop = trip.stops.get(command.stop)
    if stop is None or isinstance(command, c.ReportRefusal):
        return []
    earlier = [d for d in trip.told(e.GoodsDelivered) if d.stop == command.stop]
    handed = sum(command.goods.values())
    handed += sum(sum(delivery.goods.values()) for delivery in earlier)
    return [Flag.SHORT] if handed < sum(stop.planned.values()) else []


def _too_much(
    trip: Shipment, command: c.DeliverGoods | c.WriteOffGoods | c.ReturnGoods
) -> list[Flag]:
    """More out than in: by cases, or by the scales beyond weighing loss."""
    if not trip.has(e.GoodsPickedUp):
        return []
    left, flags = trip.balance(), []
    weighed = command.mass_kg
    mass = mass_kg(command.goods, trip.lines) if weighed is None else weighed
    if any(left.cases.get(code, 0) < n for code, n in command.goods.items()):
        flags.append(Flag.BALANCE_EXCEEDED)
    if mass - left.mass_kg > left.tolerated_kg:
        flags.append(Flag.WEIGHING_LOSS_EXCEEDED)
    return flags


def _left_over(trip: Shipment) -> list[Flag]:
    left = trip.balance()
    flags = [Flag.BALANCE_EXCEEDED] if any(left.cases.values()) else []
    if not left.is_within_weighing_loss:
        flags.append(Flag.WEIGHING_LOSS_EXCEEDED)
    return flags


def _repeated(trip: Shipment, kind: type[e.Fact]) -> list[Flag]:
    return [Flag.REPEATED] if trip.has(kind) else []


def _passed(trip: Shipment, command: c.ReportCheckpoint) -> list[Flag]:
    told = (
        (fact.checkpoint, fact.direction, fact.lap)
        for fact in trip.told(e.CheckpointReached)
    )
    passage = (command.checkpoint, command.direction, command.lap)
    return [Flag.REPEATED] if passage in told else []


AGGREGATE = Aggregate(evolve, decide)
