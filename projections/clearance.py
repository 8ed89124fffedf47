"""Is this vehicle cleared: its disinfection, its passes, its last posts."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.findings.sighting import true_time
from domain.values import Direction, ScanDecision, Verdict
from projections.model import Fold, Moment, Views

POSTS_KEPT = 8


class Post(msgspec.Struct, frozen=True):
    """One scan of this plate, at its true time, whatever the phone's clock said."""

    checkpoint: str
    time: datetime
    direction: Direction
    verdict: Verdict
    decision: ScanDecision
    reason: str
    pass_number: str


class HeldPass(msgspec.Struct, frozen=True):
    pass_id: str
    number: str
    lane: str
    valid_from: datetime
    valid_until: datetime


class VehicleRow(msgspec.Struct, frozen=True):
    disinfected_time: datetime | None = None
    disinfected_until: datetime | None = None
    station: str = ""
    passes: tuple[HeldPass, ...] = ()
    posts: tuple[Post, ...] = ()


class Clearance(Fold[VehicleRow]):
    name = "clearance"
    row = VehicleRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        match event:
            case e.VehicleDisinfected() | e.PassScanned():
                return (event.plate,) if event.plate else ()
            case e.PassAssigned() | e.PassReleased():
                return (event.originator_id.split(":")[1],)
            case _:
                return ()

    def fold(self, row: VehicleRow | None, event: e.DomainEvent) -> VehicleRow:
        row = row or VehicleRow()
        match event:
            case e.VehicleDisinfected():
                return replace(
                    row,
                    disinfected_time=event.event_time,
                    disinfected_until=event.valid_until,
                    station=event.station,
                )
            case e.PassScanned():
                posts = sorted((*row.posts, _post(event)), key=attrgetter("time"))
                return replace(row, posts=tuple(posts[-POSTS_KEPT:]))
            case e.PassAssigned():
                held = HeldPass(
                    event.pass_id,
                    event.number,
                    event.lane,
                    event.valid_from,
                    event.valid_until,
                )
                return replace(row, passes=(*row.passes, held))
            case e.PassReleased():
                left = tuple(p for p in row.passes if p.pass_id != event.pass_id)
                return replace(row, passes=left)
            case _:
                return row


def _post(scan: e.PassScanned) -> Post:
    time, _ = true_time(scan)
    return Post(
        scan.checkpoint,
        time,
        scan.direction,
        scan.verdict,
        scan.decision,
        scan.reason,
        scan.pass_number,
    )


class Vehicle(msgspec.Struct, frozen=True):
    plate: str
    is_disinfected: bool
    disinfected_until: datetime | None
    minutes_left: float
    station: str
    passes: tuple[HeldPass, ...]
    is_pass_valid: bool
    posts: tuple[Post, ...]


class ClearanceBoard(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    vehicles: tuple[Vehicle, ...]


def board(
    views: Views, moment: Moment, now: datetime, plate: str = "", **_: Any
) -> ClearanceBoard:
    """Every vehicle, or the one asked for: an unknown plate has nothing valid."""
    view = views["clearance"]
    if plate:
        rows = [(plate, view.row(plate, moment) or VehicleRow())]
    else:
        rows = sorted(view.rows(moment))
    vehicles = tuple(_vehicle(key, row, now) for key, row in rows)
    return ClearanceBoard(now, str(view.position), vehicles)


def _vehicle(plate: str, row: VehicleRow, now: datetime) -> Vehicle:
    until = row.disinfected_until
    left = (until - now).total_seconds() / 60 if until else 0
    return Vehicle(
        plate=plate,
        is_disinfected=left > 0,
        disinfected_until=until,
        minutes_left=round(max(0, left), 1),
        station=row.station,
        passes=row.passes,
        is_pass_valid=any(p.valid_from <= now < p.valid_until for p in row.passes),
        posts=row.posts[::-1],
    )
