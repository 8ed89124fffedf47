"""What reached whom: cases, kg and yuan per community; stops; the mass balance."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.values import Line, Stop
from projections.calendar import end_of, start_of
from projections.model import Amounts, Fold, Moment, Views

MovedGoods = (
    e.GoodsPickedUp
    | e.GoodsDelivered
    | e.DeliveryRefused
    | e.GoodsWrittenOff
    | e.GoodsReturned
)


class Goods(msgspec.Struct, frozen=True):
    """One movement of goods as it stands now; `stop` is empty off the stops."""

    kind: str
    time: datetime
    stop: str
    goods: dict[str, int]
    mass_kg: float | None = None
    fen: int | None = None
    did_not_occur: bool = False

    @property
    def cases(self) -> int:
        return sum(self.goods.values())


class ShipmentRow(msgspec.Struct, frozen=True):
    organisation: str = ""
    document_no: str = ""
    lines: tuple[Line, ...] = ()
    stops: tuple[Stop, ...] = ()
    goods: dict[str, Goods] = {}
    is_cancelled: bool = False
    is_completed: bool = False

    def moved(self, kind: str) -> list[Goods]:
        return [
            found
            for found in self.goods.values()
            if found.kind == kind and not found.did_not_occur
        ]

    def cases(self, kind: str) -> int:
        return sum(found.cases for found in self.moved(kind))


class Deliveries(Fold[ShipmentRow]):
    name = "deliveries"
    row = ShipmentRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        kind, _, shipment_id = event.originator_id.partition(":")
        return (shipment_id,) if kind == "shipment" else ()

    def fold(self, row: ShipmentRow | None, event: e.DomainEvent) -> ShipmentRow:
        row = row or ShipmentRow()
        match event:
            case e.ShipmentBooked():
                return replace(
                    row,
                    organisation=event.organisation,
                    document_no=event.document_no,
                    lines=event.lines,
                    stops=event.stops,
                )
            case (
                e.GoodsPickedUp()
                | e.GoodsDelivered()
                | e.DeliveryRefused()
                | e.GoodsWrittenOff()
                | e.GoodsReturned()
            ):
                return _with(row, event.fact_id, event)
            case e.FactCorrected():
                return _corrected(row, event)
            case e.ShipmentCancelled():
                return replace(row, is_cancelled=True)
            case e.ShipmentCompleted():
                return replace(row, is_completed=True)
            case _:
                return row

    def is_closed(self, row: ShipmentRow) -> bool:
        return row.is_completed or row.is_cancelled

    def amounts(self, row: ShipmentRow) -> Amounts:
        """Delivered, per community: cases, grams, fen."""
        sums: dict[str, tuple[int, int, int]] = {}
        for found in row.moved("delivered"):
            cases, grams, fen = sums.get(found.stop, (0, 0, 0))
            grams += _grams(found, row.lines)
            fen += _fen(found, row.lines)
            sums[found.stop] = (cases + found.cases, grams, fen)
        return sums


def _grams(moved: Goods, lines: tuple[Line, ...]) -> int:
    """As weighed, else cases times the case mass of the booking."""
    if moved.mass_kg is not None:
        return round(moved.mass_kg * 1000)
    return sum(
        moved.goods.get(line.code, 0) * round(line.case_mass_kg * 1000)
        for line in lines
    )


def _fen(moved: Goods, lines: tuple[Line, ...]) -> int:
    """As the firm says, else cases times the price of the booking."""
    if moved.fen is not None:
        return moved.fen
    return sum(
        moved.goods.get(line.code, 0) * round(line.unit_price_cny * 100)
        for line in lines
    )


_KINDS: Mapping[type[e.DomainEvent], str] = {
    e.GoodsPickedUp: "picked_up",
    e.GoodsDelivered: "delivered",
    e.DeliveryRefused: "refused",
    e.GoodsWrittenOff: "written_off",
    e.GoodsReturned: "returned",
}


def _with(row: ShipmentRow, fact_id: str, event: MovedGoods) -> ShipmentRow:
    amount = event.amount_cny if isinstance(event, e.GoodsDelivered) else None
    moved = Goods(
        kind=_KINDS[type(event)],
        time=event.event_time,
        stop=getattr(event, "stop", ""),
        goods=event.goods,
        mass_kg=event.mass_kg,
        fen=None if amount is None else round(amount * 100),
    )
    return replace(row, goods={**row.goods, fact_id: moved})


def _corrected(row: ShipmentRow, event: e.FactCorrected) -> ShipmentRow:
    """What came before its correction is mended; a correction of nothing waits."""
    moved = row.goods.get(event.corrects)
    if moved is None:
        return row
    given = {
        "time": event.corrected_time,
        "goods": event.goods,
        "mass_kg": event.mass_kg,
        "fen": None if event.amount_cny is None else round(event.amount_cny * 100),
        "did_not_occur": event.did_not_occur or None,
    }
    mended = {name: value for name, value in given.items() if value is not None}
    goods = {**row.goods, event.corrects: replace(moved, **mended)}
    return replace(row, goods=goods)


class StopLine(msgspec.Struct, frozen=True):
    """A planned stop; `outcome`: delivered, late, short, refused or not_visited."""

    shipment_id: str
    stop: str
    planned: int
    delivered: int
    refused: int
    written_off: int
    outcome: str
    late_minutes: float = 0


class Community(msgspec.Struct, frozen=True):
    community: str
    cases: int
    mass_kg: float
    amount_cny: float


class Balance(msgspec.Struct, frozen=True):
    """Loaded = delivered + written off + returned + on board, in cases."""

    picked_up: int = 0
    delivered: int = 0
    written_off: int = 0
    returned: int = 0
    on_board: int = 0
    refused: int = 0


class DeliveryBoard(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    balance: Balance
    cases: int
    mass_kg: float
    amount_cny: float
    communities: tuple[Community, ...]
    stops: tuple[StopLine, ...]


def board(
    views: Views,
    moment: Moment,
    now: datetime,
    day: str = "",
    organisation: str = "",
    **_: Any,
) -> DeliveryBoard:
    """Sums to date, or of one `day`: then stops and balance are of that day's trips."""
    view = views["deliveries"]
    only = date.fromisoformat(day) if day else None
    until = end_of(only) if only and moment.at is None else moment.at
    sums = view.sums(Moment(until, moment.known))
    if only:
        sums = _less(sums, view.sums(Moment(start_of(only), moment.known)))
    trips = [
        (key, row)
        for key, row in view.rows(Moment(until, moment.known))
        if organisation in {"", row.organisation} and _is_of(row, only)
    ]
    if organisation:
        sums = _own(trips)
    communities = tuple(
        Community(place, cases, grams / 1000, fen / 100)
        for place, (cases, grams, fen) in sorted(sums.items())
        if cases
    )
    return DeliveryBoard(
        now=now,
        position=str(view.position),
        balance=_balance(row for _, row in trips),
        cases=sum(found.cases for found in communities),
        mass_kg=sum(found.mass_kg for found in communities),
        amount_cny=round(sum(found.amount_cny for found in communities), 2),
        communities=communities,
        stops=tuple(line for key, row in trips for line in _stops(key, row)),
    )


def _own(trips: Iterable[tuple[str, ShipmentRow]]) -> dict[str, tuple[int, int, int]]:
    own: dict[str, tuple[int, int, int]] = {}
    for _, row in trips:
        for place, amount in Deliveries().amounts(row).items():
            before = own.get(place, (0, 0, 0))
            own[place] = tuple(map(sum, zip(before, amount, strict=True)))  # type: ignore[assignment]
    return own


def _less(
    sums: dict[str, tuple[int, int, int]], before: dict[str, tuple[int, int, int]]
) -> dict[str, tuple[int, int, int]]:
    left = {}
    for place, (cases, grams, fen) in sums.items():
        b_cases, b_grams, b_fen = before.get(place, (0, 0, 0))
        left[place] = (cases - b_cases, grams - b_grams, fen - b_fen)
    return left


def _is_of(row: ShipmentRow, day: date | None) -> bool:
    """Whether the trip began on that day, by its first pickup."""
    if day is None:
        return True
    picked = [found.time for found in row.moved("picked_up")]
    return bool(picked) and start_of(day) <= min(picked) <= end_of(day)


def _balance(rows: Iterable[ShipmentRow]) -> Balance:
    sums = dict.fromkeys(_KINDS.values(), 0)
    for row in rows:
        for kind in sums:
            sums[kind] += row.cases(kind)
    gone = sums["delivered"] + sums["written_off"] + sums["returned"]
    return Balance(**sums, on_board=sums["picked_up"] - gone)


def _stops(shipment_id: str, row: ShipmentRow) -> Iterable[StopLine]:
    for stop in row.stops:
        here = [g for g in row.goods.values() if g.stop == stop.place]
        here = [found for found in here if not found.did_not_occur]
        counts = dict.fromkeys(_KINDS.values(), 0)
        for found in here:
            counts[found.kind] += found.cases
        times = [found.time for found in here if found.kind == "delivered"]
        late = _late_minutes(stop, times)
        planned = sum(stop.planned.values())
        yield StopLine(
            shipment_id=shipment_id,
            stop=stop.place,
            planned=planned,
            delivered=counts["delivered"],
            refused=counts["refused"],
            written_off=counts["written_off"],
            outcome=_outcome(planned, counts, late, is_visited=bool(here)),
            late_minutes=late,
        )


def _outcome(
    planned: int, counts: Mapping[str, int], late: float, *, is_visited: bool
) -> str:
    if not is_visited:
        return "not_visited"
    if counts["refused"]:
        return "refused"
    if counts["delivered"] < planned:
        return "short"
    return "late" if late else "delivered"


def _late_minutes(stop: Stop, times: Iterable[datetime]) -> float:
    last = max(times, default=None)
    if last is None or stop.window_until is None or last <= stop.window_until:
        return 0
    return round((last - stop.window_until).total_seconds() / 60, 1)
