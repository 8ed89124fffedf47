"""The state of a shipment: its booking, what was told of it, what that comes to.

Facts arrive in any order and can be corrected later, so the state keeps them by
`fact_id` and derives the rest: corrected, in the order in which they happened.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import reduce
from typing import TypeVar, assert_never

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.balance import Balance, Moved, Movement, balance
from domain.values import Line, Stop

F = TypeVar("F", bound=e.Fact)
_MOVEMENTS: dict[type[e.Fact], Movement] = {
    e.GoodsPickedUp: Movement.PICKED_UP,
    e.GoodsDelivered: Movement.DELIVERED,
    e.GoodsReturned: Movement.RETURNED,
    e.GoodsWrittenOff: Movement.WRITTEN_OFF,
}


class Shipment(msgspec.Struct, frozen=True):
    """`facts` and `corrections` by fact_id, the latter by what they correct."""

    booking: e.ShipmentBooked | None = None
    facts: dict[str, e.ShipmentFact] = {}
    corrections: dict[str, tuple[e.FactCorrected, ...]] = {}
    is_cancelled: bool = False

    @property
    def organisation(self) -> str:
        return self.booking.organisation if self.booking else ""

    @property
    def lines(self) -> Mapping[str, Line]:
        return {x.code: x for x in self.booking.lines} if self.booking else {}

    @property
    def stops(self) -> Mapping[str, Stop]:
        return {x.place: x for x in self.booking.stops} if self.booking else {}

    def knows(self, fact_id: str) -> bool:
        return fact_id in self.facts

    def told(self, kind: type[F]) -> Iterator[F]:
        """Facts of a kind as corrected, those that did not occur left out."""
        for fact_id, fact in self.facts.items():
            if isinstance(fact, kind):
                mended = self._mended(fact, fact_id)
                if mended is not None:
                    yield mended

    def has(self, kind: type[e.Fact]) -> bool:
        return next(self.told(kind), None) is not None

    @property
    def is_closed(self) -> bool:
        return self.is_cancelled or self.has(e.ShipmentCompleted)

    def balance(self) -> Balance:
        return balance(self._moved(), self.lines)

    def vehicle_at(self, time: datetime) -> tuple[str, str] | None:
        """Plate and kind of the vehicle that has the goods then."""
        before = [fact for fact in self.take_overs() if fact.event_time <= time]
        return (before[-1].plate, before[-1].plate_kind) if before else None

    def take_overs(self) -> list[e.GoodsPickedUp | e.VehicleReplaced]:
        """Which vehicles had the goods, one after the other: each until the next."""
        taken: list[e.GoodsPickedUp | e.VehicleReplaced] = [
            *self.told(e.GoodsPickedUp),
            *self.told(e.VehicleReplaced),
        ]
        return sorted(taken, key=lambda x: (x.event_time, x.originator_version))

    def lane_at(self, time: datetime) -> str:
        """The lane that it was booked on, or was sent to since."""
        sent = [x for x in self.told(e.ShipmentRerouted) if x.event_time <= time]
        if sent:
            return max(sent, key=lambda fact: fact.event_time).lane
        return self.booking.lane if self.booking else ""

    def _moved(self) -> Iterator[Moved]:
        for kind, movement in _MOVEMENTS.items():
            for fact in self.told(kind):
                goods, mass = fact.goods, fact.mass_kg  # type: ignore[attr-defined]
                yield Moved(movement, goods, mass)

    def _mended(self, fact: F, fact_id: str) -> F | None:
        corrections = self.corrections.get(fact_id, ())
        if any(correction.did_not_occur for correction in corrections):
            return None
        return reduce(mend, corrections, fact)


def mend(fact: F, correction: e.FactCorrected) -> F:
    """The fact with what the correction gives; what it does not have is left out."""
    given = {
        "event_time": correction.corrected_time,
        "goods": correction.goods,
        "mass_kg": correction.mass_kg,
        "amount_cny": correction.amount_cny,
    }
    names = set(fact.__struct_fields__)
    return replace(
        fact, **{k: v for k, v in given.items() if v is not None and k in names}
    )


def evolve(trip: Shipment | None, event: e.ShipmentEvent) -> Shipment:
    trip = trip or Shipment()
    match event:
        case e.ShipmentBooked():
            return trip if trip.booking else replace(trip, booking=event)
        case e.ShipmentCancelled():
            return replace(trip, is_cancelled=True)
        case e.FactCorrected():
            earlier = trip.corrections.get(event.corrects, ())
            corrections = {**trip.corrections, event.corrects: (*earlier, event)}
            facts = {**trip.facts, event.fact_id: event}
            return replace(trip, corrections=corrections, facts=facts)
        case (
            e.GoodsPickedUp()
            | e.ShipmentDeparted()
            | e.CheckpointReached()
            | e.StopArrived()
            | e.GoodsDelivered()
            | e.DeliveryRefused()
            | e.GoodsWrittenOff()
            | e.GoodsReturned()
            | e.VehicleReplaced()
            | e.VehicleBrokeDown()
            | e.CrewChanged()
            | e.ShipmentRerouted()
            | e.ReturnStarted()
            | e.ShipmentCompleted()
        ):
            return replace(trip, facts={event.fact_id: event, **trip.facts})
        case _:
            assert_never(event)
