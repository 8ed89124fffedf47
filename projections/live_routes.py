"""Where every truck is, as far as events say: state, last place, what is left."""

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


EMPTY = RouteRow()


class LiveRoutes(Fold[RouteRow]):
    name = "live_routes"
    row = RouteRow
    kind = "shipment"

    def fold(self, row: RouteRow | None, event: e.DomainEvent) -> RouteRow:
        row = row or EMPTY
        changes = _changes(row, event)
        if isinstance(event, e.Fact):
            changes["last_time"] = event.event_time
        return replace(row, **changes)

    def is_closed(self, row: RouteRow) -> bool:
        return row.state in {"completed", "cancelled"}


def _changes(row: RouteRow, event: e.DomainEvent) -> dict[str, Any]:
    """The fields that the event gives another value; the most frequent first."""
    match event:
        case e.CheckpointReached():
            return _passed(row, event)
        case e.GoodsDelivered() | e.DeliveryRefused():
            return _served(row, event)
        case e.StopArrived():
            return {"state": "delivering", "last_place": event.stop}
        case e.GoodsPickedUp() | e.VehicleReplaced():
            return _taken_over(row, event)
        case e.ShipmentBooked():
            return _booked(event)
        case e.ShipmentDeparted():
            return {"state": "moving", "last_place": event.place}
        case e.ReturnStarted():
            return {"state": "returning", "return_time": event.event_time}
        case e.ShipmentCompleted():
            return {"state": "completed", "ended_time": event.event_time}
        case e.ShipmentCancelled():
            return {"state": "cancelled", "ended_time": event.event_time}
        case _:
            return _rarely(row, event)


def _rarely(row: RouteRow, event: e.DomainEvent) -> dict[str, Any]:
    match event:
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


def _booked(event: e.ShipmentBooked) -> dict[str, Any]:
    return {
        "organisation": event.organisation,
        "document_no": event.document_no,
        "lane": event.lane,
        "courier": event.courier,
        "stops": tuple(stop.place for stop in event.stops),
    }


def _taken_over(
    row: RouteRow, event: e.GoodsPickedUp | e.VehicleReplaced
) -> dict[str, Any]:
    carrier = Carrier(event.plate, event.event_time)
    changes: dict[str, Any] = {
        "plate": event.plate,
        "trailer": event.trailer,
        "carriers": (*row.carriers, carrier),
    }
    if isinstance(event, e.VehicleReplaced):
        return changes | {"state": "moving"}
    return changes | {
        "state": "loaded",
        "crew_count": event.crew_count,
        "last_place": event.place or row.last_place,
        "picked_up": row.picked_up + sum(event.goods.values()),
    }


def _passed(row: RouteRow, event: e.CheckpointReached) -> dict[str, Any]:
    return {
        "state": row.state if row.state == "returning" else "moving",
        "last_place": event.checkpoint,
        "passed": (*row.passed, event.checkpoint),
    }


def _served(
    row: RouteRow, event: e.GoodsDelivered | e.DeliveryRefused
) -> dict[str, Any]:
    changes: dict[str, Any] = {"state": "delivering", "last_place": event.stop}
    if event.stop not in row.served:
        changes["served"] = (*row.served, event.stop)
    if isinstance(event, e.GoodsDelivered):
        changes["gone"] = row.gone + sum(event.goods.values())
    return changes


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
