"""What other streams say of a fact on the road: its lane, its vehicle, its pass.

Flags say what was known when the fact was recorded; boards judge anew.
"""

from datetime import datetime

from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain import shipment
from domain.decider import Decision
from domain.passes import Load
from domain.trip import Shipment
from domain.values import Flag


def report(
    load: Load,
    command: c.ReportDeparture | c.RerouteShipment | c.ChangeCrew,
    now: datetime,
) -> Decision:
    """As the shipment decides; flagged for a closed lane, or a crew too large."""
    trip: Shipment | None = load(command.stream)
    return [
        replace(event, flags=(*event.flags, *_odd(load, trip or Shipment(), event)))
        for event in shipment.decide(trip, command, now)
    ]


def lane_flags(load: Load, code: str, time: datetime) -> list[Flag]:
    """Whether the lane was closed by then; one that nobody opened is not closed."""
    lane = load(f"lane:{code}") if code else None
    return [Flag.LANE_CLOSED] if lane and lane.is_closed_at(time) else []


def crew_flags(load: Load, pass_id: str, count: int) -> list[Flag]:
    """More people than the pass was asked for; the driver counts too."""
    a_pass = load(f"pass:{pass_id}")
    is_more = a_pass and a_pass.request and count > a_pass.request.crew_count
    return [Flag.CREW_MISMATCH] if is_more else []


def _odd(load: Load, trip: Shipment, event: e.DomainEvent) -> list[Flag]:
    time = event.event_time
    match event:
        case e.ShipmentDeparted():
            return lane_flags(load, trip.lane_at(time), time)
        case e.ShipmentRerouted():
            return lane_flags(load, event.lane, time)
        case e.CrewChanged():
            vehicle = load("vehicle:{}:{}".format(*(trip.vehicle_at(time) or "??")))
            held = vehicle and vehicle.pass_at(time)
            return crew_flags(load, held.pass_id, event.crew_count) if held else []
        case _:
            return []
