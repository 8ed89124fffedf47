"""What reached whom: cases, kg and yuan per community; stops; the mass balance."""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.values import Line, Stop
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
    did_not_occur: bool = False

    @property
    def cases(self) -> int:
        return sum(self.goods.values())


class ShipmentRow(msgspec.Struct, frozen=True):
    """`waiting` are corrections by what they correct, until that is told."""

    organisation: str = ""
    document_no: str = ""
    lines: tuple[Line, ...] = ()
    stops: tuple[Stop, ...] = ()
    goods: dict[str, Goods] = {}
    waiting: dict[str, tuple[e.FactCorrected, ...]] = {}
    completions: frozenset[str] = frozenset()
    is_cancelled: bool = False

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
    kind = "shipment"

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
                return _corrected(row, event)
            case e.ShipmentCancelled():
                return replace(row, is_cancelled=True)
            case e.Fact() if event.fact_id not in row.goods:
                return _told(row, event)
            case _:
                return row

    def is_closed(self, row: ShipmentRow) -> bool:
        return bool(row.completions) or row.is_cancelled

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
    """The fact, with the corrections that came before it."""
    if isinstance(event, e.ShipmentCompleted):
        row = replace(row, completions=row.completions | {event.fact_id})
    elif isinstance(event, MovedGoods):
        goods = {**row.goods, event.fact_id: _moved(event)}
        row = replace(row, goods=goods)
    else:
        return row
    early = row.waiting.get(event.fact_id, ())
    return reduce(_corrected, early, row)


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


def _corrected(row: ShipmentRow, event: e.FactCorrected) -> ShipmentRow:
    """What is known is mended; a correction of what is not told yet waits for it."""
    if event.corrects in row.completions:
        gone = {event.corrects} if event.did_not_occur else set()
        return replace(row, completions=row.completions - gone)
    moved = row.goods.get(event.corrects)
    if moved is None:
        waiting = (*row.waiting.get(event.corrects, ()), event)
        return replace(row, waiting={**row.waiting, event.corrects: waiting})
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
