"""Places, lanes and issuers by name: what other boards' codes stand for."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.values import GeoPoint, Waypoint
from projections.model import Fold, Moment, Views

_KINDS = frozenset({"place", "lane", "issuer"})


class Registered(msgspec.Struct, frozen=True):
    """A place, a lane or an issuer; what does not apply is empty."""

    name: str = ""
    kind: str = ""
    point: GeoPoint | None = None
    is_verified: bool = False
    status: str = ""
    reason: str = ""
    waypoints: tuple[Waypoint, ...] = ()
    checkpoints: tuple[str, ...] = ()
    from_time: datetime | None = None
    until_time: datetime | None = None
    phone: str = ""
    division_code: str = ""
    validity_days: int = 0
    via: tuple[str, ...] = ()
    substitutes: tuple[str, ...] = ()
    status_until: datetime | None = None


class Register(Fold[Registered]):
    name = "register"
    row = Registered

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        kind = event.originator_id.partition(":")[0]
        return (event.originator_id,) if kind in _KINDS else ()

    def fold(self, row: Registered | None, event: e.DomainEvent) -> Registered:
        row = row or Registered()
        match event:
            case e.PlaceRegistered():
                return Registered(
                    event.name, event.kind, event.point, event.is_verified
                )
            case e.PlaceVerified():
                return replace(row, point=event.point, is_verified=True)
            case e.IssuerOpened():
                return Registered(
                    event.name,
                    "issuer",
                    phone=event.phone,
                    division_code=event.division_code,
                    validity_days=event.validity_days,
                )
            case e.LaneOpened():
                return Registered(
                    name=event.name,
                    kind="lane",
                    status="open",
                    waypoints=event.waypoints,
                    checkpoints=event.checkpoints,
                    from_time=event.from_time,
                    until_time=event.until_time,
                )
            case _:
                return _moved(row, event)


def _moved(row: Registered, event: e.DomainEvent) -> Registered:
    match event:
        case e.LaneDiverted():
            return replace(
                row,
                status="diverted",
                reason=event.reason,
                via=tuple(point.name for point in event.via),
                substitutes=event.substitutes,
                status_until=event.until_time,
            )
        case e.LaneClosed():
            return replace(_straight(row), status="closed", reason=event.reason)
        case e.LaneReopened():
            return replace(_straight(row), status="open", reason="")
        case _:
            return row


def _straight(row: Registered) -> Registered:
    return replace(row, via=(), substitutes=(), status_until=None)


class Entry(msgspec.Struct, frozen=True):
    code: str
    name: str
    kind: str
    point: GeoPoint | None
    is_verified: bool
    status: str
    reason: str
    checkpoints: tuple[str, ...]
    from_time: datetime | None
    until_time: datetime | None
    phone: str
    validity_days: int


class RegisterBoard(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    entries: tuple[Entry, ...]


def board(
    views: Views, moment: Moment, now: datetime, kind: str = "", **_: Any
) -> RegisterBoard:
    """All entries, or those of a kind: a community, a lane, an issuer."""
    view = views["register"]
    entries = (
        Entry(
            code=key.partition(":")[2],
            name=row.name,
            kind=row.kind,
            point=row.point,
            is_verified=row.is_verified,
            status=row.status,
            reason=row.reason,
            checkpoints=row.checkpoints,
            from_time=row.from_time,
            until_time=row.until_time,
            phone=row.phone,
            validity_days=row.validity_days,
        )
        for key, row in sorted(view.rows(moment))
        if kind in {"", row.kind}
    )
    return RegisterBoard(now, str(view.position), tuple(entries))
