"""The board of deliveries: sums per community, stops and how they went, balance."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from domain.values import Stop
from projections.calendar import end_of, start_of
from projections.deliveries import KINDS, Deliveries, ShipmentRow
from projections.model import Moment, Views


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
    sums = dict.fromkeys(KINDS.values(), 0)
    for row in rows:
        for kind in sums:
            sums[kind] += row.cases(kind)
    gone = sums["delivered"] + sums["written_off"] + sums["returned"]
    return Balance(**sums, on_board=sums["picked_up"] - gone)


def _stops(shipment_id: str, row: ShipmentRow) -> Iterable[StopLine]:
    for stop in row.stops:
        here = [g for g in row.goods.values() if g.stop == stop.place]
        counts = dict.fromkeys(KINDS.values(), 0)
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
