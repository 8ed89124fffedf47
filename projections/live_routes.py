"""Where every truck is, as far as events say: state, last place, what is left."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
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


class Carrier(msgspec.Struct, frozen=True):
    """A vehicle that took the goods over; until the next one did, or the end."""

    plate: str
    from_time: datetime


class RouteRow(msgspec.Struct, frozen=True):
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


class LiveRoutes(Fold[RouteRow]):
    name = "live_routes"
    row = RouteRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        kind, _, shipment_id = event.originator_id.partition(":")
        return (shipment_id,) if kind == "shipment" else ()

    def fold(self, row: RouteRow | None, event: e.DomainEvent) -> RouteRow:
        row = row or RouteRow()
        if isinstance(event, e.Fact):
            row = replace(row, last_time=event.event_time)
        match event:
            case e.ShipmentBooked():
                return replace(
                    row,
                    organisation=event.organisation,
                    document_no=event.document_no,
                    lane=event.lane,
                    courier=event.courier,
                    stops=tuple(stop.place for stop in event.stops),
                )
            case e.ShipmentCancelled():
                return replace(row, state="cancelled", ended_time=event.event_time)
            case e.GoodsPickedUp() | e.VehicleReplaced():
                return _taken_over(row, event)
            case e.CrewChanged():
                return replace(row, crew_count=event.crew_count)
            case e.ShipmentRerouted():
                return replace(row, lane=event.lane)
            case _:
                return _moved(row, event)

    def is_closed(self, row: RouteRow) -> bool:
        return row.state in {"completed", "cancelled"}


def _taken_over(row: RouteRow, event: e.GoodsPickedUp | e.VehicleReplaced) -> RouteRow:
    row = replace(
        row,
        state="moving",
        plate=event.plate,
        trailer=event.trailer,
        carriers=(*row.carriers, Carrier(event.plate, event.event_time)),
    )
    if isinstance(event, e.VehicleReplaced):
        return row
    return replace(
        row,
        state="loaded",
        crew_count=event.crew_count,
        last_place=event.place or row.last_place,
        picked_up=row.picked_up + sum(event.goods.values()),
    )


def _moved(row: RouteRow, event: e.DomainEvent) -> RouteRow:
    match event:
        case e.ShipmentDeparted():
            return replace(row, state="moving", last_place=event.place)
        case e.CheckpointReached():
            state = row.state if row.state == "returning" else "moving"
            passed = (*row.passed, event.checkpoint)
            return replace(row, state=state, last_place=event.checkpoint, passed=passed)
        case e.StopArrived():
            return replace(row, state="delivering", last_place=event.stop)
        case e.GoodsDelivered() | e.DeliveryRefused():
            is_delivered = isinstance(event, e.GoodsDelivered)
            gone = sum(event.goods.values()) if is_delivered else 0
            served = tuple(dict.fromkeys((*row.served, event.stop)))
            return replace(
                row,
                state="delivering",
                last_place=event.stop,
                served=served,
                gone=row.gone + gone,
            )
        case e.GoodsWrittenOff() | e.GoodsReturned():
            return replace(row, gone=row.gone + sum(event.goods.values()))
        case e.VehicleBrokeDown():
            return replace(row, state="broken_down")
        case e.ReturnStarted():
            return replace(row, state="returning", return_time=event.event_time)
        case e.ShipmentCompleted():
            return replace(row, state="completed", ended_time=event.event_time)
        case _:
            return row


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
