"""Where every truck is, as far as events say: state, last place, what is left."""

from collections.abc import Sequence
from datetime import datetime
from functools import reduce
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from projections.mended import mended
from projections.model import Fold, Moment, Views

STATES = (
    "booked",
    "loaded",
    "moving",
    "broken_down",
    "delivering",
    "returning",
    "completed",
    "cancelled",
)


class Carrier(msgspec.Struct, frozen=True, array_like=True):
    """A vehicle that took the goods over; until the next one did, or the end."""

    plate: str
    from_time: datetime


class RouteRow(msgspec.Struct, frozen=True, array_like=True):
    """`state` is one of STATES; `last_time` is of the last fact, whatever it was."""

    organisation: str = ""
    document_no: str = ""
    lane: str = ""
    courier: bool = False
    stops: tuple[str, ...] = ()
    served: tuple[str, ...] = ()
    plate: str = ""
    trailer: str = ""
    crew_count: int = 0
    state: str = "booked"
    last_place: str = ""
    last_time: datetime | None = None
    passed: tuple[str, ...] = ()
    picked_up: int = 0
    gone: int = 0
    carriers: tuple[Carrier, ...] = ()
    return_time: datetime | None = None
    ended_time: datetime | None = None
    is_corrected: bool = False


EMPTY = RouteRow()


class LiveRoutes(Fold[RouteRow]):
    name = "live_routes"
    row = RouteRow
    kind = "shipment"
    mends = True

    def fold(self, row: RouteRow | None, event: e.DomainEvent) -> RouteRow:
        """The most frequent first: a match tries one case after the other."""
        row = row or EMPTY
        match event:
            case e.CheckpointReached():
                return _passed(row, event)
            case e.GoodsDelivered():
                return _delivered(row, event)
            case e.GoodsPickedUp():
                return _picked_up(row, event)
            case e.VehicleReplaced():
                return _taken_over(row, event, state="moving")
            case e.ShipmentBooked():
                return _booked(row, event)
            case e.FactCorrected():
                return replace(row, last_time=event.event_time, is_corrected=True)
            case e.Fact():
                return replace(row, last_time=event.event_time, **_reported(row, event))
            case e.ShipmentCancelled():
                return replace(row, state="cancelled", ended_time=event.event_time)
            case _:
                return row

    def whole(self, events: Sequence[e.DomainEvent]) -> RouteRow:
        return reduce(self.fold, mended(events), EMPTY)

    def is_closed(self, row: RouteRow) -> bool:
        """Also where a fact of after the end was told: it waits for a correction."""
        return row.ended_time is not None


def _passed(row: RouteRow, event: e.CheckpointReached) -> RouteRow:
    return replace(
        row,
        state=row.state if row.state == "returning" else "moving",
        last_place=event.checkpoint,
        last_time=event.event_time,
        passed=(*row.passed, event.checkpoint),
    )


def _delivered(row: RouteRow, event: e.GoodsDelivered) -> RouteRow:
    return replace(
        row,
        state="delivering",
        last_place=event.stop,
        last_time=event.event_time,
        served=_served(row, event.stop),
        gone=row.gone + sum(event.goods.values()),
    )


def _served(row: RouteRow, stop: str) -> tuple[str, ...]:
    return row.served if stop in row.served else (*row.served, stop)


def _picked_up(row: RouteRow, event: e.GoodsPickedUp) -> RouteRow:
    return _taken_over(
        row,
        event,
        state="loaded",
        crew_count=event.crew_count,
        last_place=event.place or row.last_place,
        picked_up=row.picked_up + sum(event.goods.values()),
    )


def _taken_over(
    row: RouteRow, event: e.GoodsPickedUp | e.VehicleReplaced, **more: Any
) -> RouteRow:
    return replace(
        row,
        plate=event.plate,
        trailer=event.trailer,
        carriers=(*row.carriers, Carrier(event.plate, event.event_time)),
        last_time=event.event_time,
        **more,
    )


def _booked(row: RouteRow, event: e.ShipmentBooked) -> RouteRow:
    return replace(
        row,
        organisation=event.organisation,
        document_no=event.document_no,
        lane=event.lane,
        courier=event.courier,
        stops=tuple(stop.place for stop in event.stops),
    )


def _reported(row: RouteRow, event: e.Fact) -> dict[str, Any]:
    """What a rarer fact changes beside the time of the last."""
    match event:
        case e.StopArrived():
            return {"state": "delivering", "last_place": event.stop}
        case e.DeliveryRefused():
            served = _served(row, event.stop)
            return {"state": "delivering", "last_place": event.stop, "served": served}
        case e.ShipmentDeparted():
            return {"state": "moving", "last_place": event.place}
        case e.ReturnStarted():
            return {"state": "returning", "return_time": event.event_time}
        case e.ShipmentCompleted():
            return {"state": "completed", "ended_time": event.event_time}
        case e.GoodsWrittenOff() | e.GoodsReturned():
            return {"gone": row.gone + sum(event.goods.values())}
        case e.VehicleBrokeDown():
            return {"state": "broken_down"}
        case e.CrewChanged():
            return {"crew_count": event.crew_count}
        case e.ShipmentRerouted():
            return {"lane": event.lane}
        case _:
            return {}


class Route(msgspec.Struct, frozen=True):
    shipment_id: str
    organisation: str
    document_no: str
    plate: str
    trailer: str
    lane: str
    state: str
    last_place: str
    last_time: datetime | None
    age_minutes: float
    next_checkpoint: str
    stops_done: int
    stops_left: int
    cases_on_board: int


class Routes(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    routes: tuple[Route, ...]


def board(
    views: Views, moment: Moment, now: datetime, organisation: str = "", **_: Any
) -> Routes:
    """Trips under way, the longest silent first."""
    view = views["live_routes"]
    lanes = {
        key.partition(":")[2]: row.checkpoints
        for key, row in views["register"].rows(moment, prefix="lane:")
    }
    found = [
        _route(key, row, now, lanes.get(row.lane, ()))
        for key, row in view.rows(moment, open_only=True)
        if organisation in {"", row.organisation}
    ]
    found.sort(key=lambda route: (-route.age_minutes, route.shipment_id))
    return Routes(now, str(view.position), tuple(found))


def _route(
    shipment_id: str, row: RouteRow, now: datetime, checkpoints: tuple[str, ...]
) -> Route:
    age = (now - row.last_time).total_seconds() / 60 if row.last_time else 0
    ahead = [code for code in checkpoints if code not in row.passed]
    is_outward = row.state not in {"returning", "delivering"}
    return Route(
        shipment_id=shipment_id,
        organisation=row.organisation,
        document_no=row.document_no,
        plate=row.plate,
        trailer=row.trailer,
        lane=row.lane,
        state=row.state,
        last_place=row.last_place,
        last_time=row.last_time,
        age_minutes=round(age, 1),
        next_checkpoint=ahead[0] if ahead and is_outward else "",
        stops_done=len(set(row.served) & set(row.stops)),
        stops_left=len(set(row.stops) - set(row.served)),
        cases_on_board=row.picked_up - row.gone,
    )
