"""The firm's one call: books the shipment if it is new, records the pickup."""

from datetime import datetime

from domain import commands as c
from domain import events as e
from domain.decider import Decision, carried, reported
from domain.passes import Load, Status
from domain.plates import normalise_plate
from domain.road import crew_flags
from domain.shipment import (
    check_lines,
    check_speaker,
    line_flags,
    standing_flags,
)
from domain.trip import Shipment, evolve
from domain.values import Flag


def pick_up(load: Load, command: c.PickUpGoods, now: datetime) -> Decision:
    """ShipmentBooked where it is new, and GoodsPickedUp, in one batch."""
    trip: Shipment | None = load(command.stream)
    check_speaker(trip, command)
    trip = trip or Shipment()
    if trip.knows(command.fact_id):
        return []
    check_lines(command.lines)
    booked = [] if trip.booking else [carried(e.ShipmentBooked, command)]
    for booking in booked:
        trip = evolve(trip, booking)
    goods = command.goods
    if goods is None:
        goods = {line.code: line.cases for line in trip.lines.values()}
    fact = reported(
        e.GoodsPickedUp,
        command,
        now,
        *standing_flags(trip, command),
        *([] if booked else _booking_flags(trip, command)),
        *line_flags(trip, goods),
        *_vehicle_flags(load, command, trip, now),
        goods=goods,
    )
    return [*booked, fact]


def _booking_flags(trip: Shipment, command: c.PickUpGoods) -> list[Flag]:
    """A second pickup, or one whose booking part says something else."""
    flags = [Flag.REPEATED] if trip.has(e.GoodsPickedUp) else []
    booking = trip.booking
    told = (command.lines, command.stops)
    if booking and any(told) and told != (booking.lines, booking.stops):
        flags.append(Flag.BOOKING_DIFFERS)
    return flags


def _vehicle_flags(
    load: Load, command: c.PickUpGoods, trip: Shipment, now: datetime
) -> list[Flag]:
    time, kind = command.event_time or now, command.plate_kind
    plates = [normalise_plate(p) for p in (command.plate, command.trailer) if p]
    flags = [Flag.PLATE_UNKNOWN_SHAPE for plate in plates if not plate.is_known_shape]
    if trip.vehicle_at(time) not in {None, (command.plate, kind)}:
        flags.append(Flag.VEHICLE_UNEXPECTED)
    vehicle = load(f"vehicle:{command.plate}:{kind}")
    if vehicle is None or not vehicle.passes:
        return [*flags, Flag.PASS_MISSING]
    live = vehicle.pass_at(time)
    if live is None:
        return [*flags, Flag.PASS_NOT_VALID]
    held = load(f"pass:{live.pass_id}")
    if held and held.status == Status.SUSPENDED:
        flags.append(Flag.PASS_NOT_VALID)
    return [*flags, *crew_flags(load, live.pass_id, command.crew_count)]
