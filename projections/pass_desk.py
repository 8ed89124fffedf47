"""Which applications wait, by both clocks; how fast the desk is."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import mean, median
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import clocks
from domain import events as e
from domain.clocks import PROMISE, Times
from domain.passes import Status
from domain.values import PlateKind
from projections.calendar import local_day
from projections.model import Fold, Moment, Views

WAITING = frozenset({Status.REQUESTED, Status.INFORMATION_REQUESTED})


class PassRow(msgspec.Struct, frozen=True):
    organisation: str = ""
    issuer: str = ""
    plate: str = ""
    plate_kind: PlateKind = PlateKind.UNKNOWN
    on_behalf_of: str = ""
    lane: str = ""
    goods: str = ""
    status: Status = Status.DRAFTED
    number: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    missing: tuple[str, ...] = ()
    successor: str = ""
    times: Times = Times()


class PassDesk(Fold[PassRow]):
    name = "pass_desk"
    row = PassRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        kind, _, pass_id = event.originator_id.partition(":")
        return (pass_id,) if kind == "pass" else ()

    def fold(self, row: PassRow | None, event: e.DomainEvent) -> PassRow:
        row = row or PassRow()
        row = replace(row, times=clocks.evolve(row.times, event))
        match event:
            case e.PassDrafted():
                return replace(
                    row,
                    organisation=event.organisation,
                    issuer=event.issuer,
                    plate=event.plate,
                    plate_kind=event.plate_kind,
                    on_behalf_of=event.on_behalf_of,
                )
            case e.PassRequested():
                return replace(
                    row,
                    status=Status.REQUESTED,
                    plate=event.plate,
                    plate_kind=event.plate_kind,
                    lane=event.lane,
                    goods=event.goods,
                    valid_from=event.valid_from,
                    valid_until=event.valid_until,
                )
            case e.PassInformationRequested():
                asked = Status.INFORMATION_REQUESTED
                return replace(row, status=asked, missing=event.missing)
            case e.PassInformationSupplied():
                return replace(row, status=Status.REQUESTED, missing=())
            case e.PassApproved():
                return replace(row, status=Status.APPROVED, number=event.number)
            case e.PassReplaced() | e.PassRenewed():
                is_new = isinstance(event, e.PassReplaced)
                status = Status.REPLACED if is_new else Status.RENEWED
                return replace(row, status=status, successor=event.number)
            case _:
                return replace(row, status=_AFTER.get(type(event), row.status))


_AFTER: dict[type[e.DomainEvent], Status] = {
    e.PassRefused: Status.REFUSED,
    e.PassSuspended: Status.SUSPENDED,
    e.PassReinstated: Status.APPROVED,
    e.PassRevoked: Status.REVOKED,
}


class Application(msgspec.Struct, frozen=True):
    """One application; minutes of both clocks, and what is left of the six hours."""

    pass_id: str
    organisation: str
    plate: str
    plate_kind: PlateKind
    status: Status
    number: str
    on_behalf_of: str
    missing: tuple[str, ...]
    in_hand_minutes: float
    desk_minutes: float
    left_minutes: float
    deadline_time: datetime | None


class Record(msgspec.Struct, frozen=True):
    """The six-hour record of applications requested in a period.

    Median, average: in-hand time of those decided; longest: of all, open ones too.
    """

    asked: int
    decided: int
    breached: int
    same_day: int
    median_minutes: float
    average_minutes: float
    longest_minutes: float


class Desk(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    applications: tuple[Application, ...]
    drafted: int
    record: Record


def board(
    views: Views,
    moment: Moment,
    now: datetime,
    organisation: str = "",
    pass_id: str = "",
    **_: Any,
) -> Desk:
    """Waiting applications by time left, or the one asked for, decided or not.

    `organisation` narrows to one firm's.
    """
    view = views["pass_desk"]
    rows = [
        (key, row)
        for key, row in view.rows(moment)
        if organisation in {"", row.organisation} and pass_id in {"", key}
    ]
    found = [
        _application(key, row, now)
        for key, row in rows
        if pass_id or row.status in WAITING
    ]
    return Desk(
        now=now,
        position=str(view.position),
        applications=tuple(sorted(found, key=lambda one: one.left_minutes)),
        drafted=sum(row.status == Status.DRAFTED for _, row in rows),
        record=record([row for _, row in rows], now),
    )


def record(rows: Iterable[PassRow], now: datetime) -> Record:
    asked = [row.times for row in rows if row.times.requested_time]
    decided = [t for t in asked if t.decided_time]
    spent = [_minutes(clocks.in_hand(t, now)) for t in decided]
    longest = [_minutes(clocks.in_hand(t, now)) for t in asked]
    return Record(
        asked=len(asked),
        decided=len(decided),
        breached=sum(clocks.in_hand(t, now) > PROMISE for t in asked),
        same_day=sum(_is_same_day(t) for t in decided),
        median_minutes=median(spent) if spent else 0,
        average_minutes=round(mean(spent), 1) if spent else 0,
        longest_minutes=max(longest, default=0),
    )


def _application(key: str, row: PassRow, now: datetime) -> Application:
    in_hand = clocks.in_hand(row.times, now)
    return Application(
        pass_id=key,
        organisation=row.organisation,
        plate=row.plate,
        plate_kind=row.plate_kind,
        status=row.status,
        number=row.number,
        on_behalf_of=row.on_behalf_of,
        missing=row.missing,
        in_hand_minutes=_minutes(in_hand),
        desk_minutes=_minutes(clocks.desk(row.times, now)),
        left_minutes=_minutes(PROMISE - in_hand),
        deadline_time=clocks.deadline(row.times),
    )


def _is_same_day(times: Times) -> bool:
    """Decided on the day it was asked, by the county's calendar."""
    asked, decided = times.requested_time, times.decided_time
    return bool(asked and decided and local_day(asked) == local_day(decided))


def _minutes(span: timedelta) -> float:
    return round(span.total_seconds() / 60, 1)
