"""What reached whom: cases, kg and yuan per community; stops; the mass balance."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.values import Line, Stop
from projections.mended import mended
from projections.model import Amounts, Fold

MOST = 10**11
"""Grams or fen of a trip at one stop: a thousand million yuan, 100,000 tonnes.

A mistyped price was once taken that no column holds; what is more counts as so much.
"""
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

    @property
    def cases(self) -> int:
        return sum(self.goods.values())


class ShipmentRow(msgspec.Struct, frozen=True):
    organisation: str = ""
    document_no: str = ""
    lines: tuple[Line, ...] = ()
    stops: tuple[Stop, ...] = ()
    goods: dict[str, Goods] = {}
    is_completed: bool = False
    is_cancelled: bool = False
    is_corrected: bool = False

    def moved(self, kind: str) -> list[Goods]:
        return [found for found in self.goods.values() if found.kind == kind]

    def cases(self, kind: str) -> int:
        return sum(found.cases for found in self.moved(kind))


class Deliveries(Fold[ShipmentRow]):
    name = "deliveries"
    row = ShipmentRow
    kind = "shipment"
    mends = True

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
            case e.FactCorrected():
                return replace(row, is_corrected=True)
            case e.ShipmentCancelled():
                return replace(row, is_cancelled=True)
            case e.ShipmentCompleted():
                return replace(row, is_completed=True)
            case e.Fact() if event.fact_id not in row.goods:
                return _told(row, event)
            case _:
                return row

    def whole(self, events: Sequence[e.DomainEvent]) -> ShipmentRow:
        return reduce(self.fold, mended(events), ShipmentRow())

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
        return {
            stop: (cases, min(grams, MOST), min(fen, MOST))
            for stop, (cases, grams, fen) in sums.items()
        }


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


KINDS: Mapping[type[e.DomainEvent], str] = {
    e.GoodsPickedUp: "picked_up",
    e.GoodsDelivered: "delivered",
    e.DeliveryRefused: "refused",
    e.GoodsWrittenOff: "written_off",
    e.GoodsReturned: "returned",
}


def _told(row: ShipmentRow, event: e.Fact) -> ShipmentRow:
    if not isinstance(event, MovedGoods):
        return row
    return replace(row, goods={**row.goods, event.fact_id: _moved(event)})


def _moved(event: MovedGoods) -> Goods:
    amount = event.amount_cny if isinstance(event, e.GoodsDelivered) else None
    return Goods(
        kind=KINDS[type(event)],
        time=event.event_time,
        stop=getattr(event, "stop", ""),
        goods=event.goods,
        mass_kg=event.mass_kg,
        fen=None if amount is None else round(amount * 100),
    )
