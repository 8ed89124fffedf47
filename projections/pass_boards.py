"""Applications as people look at them: the desk's queue, a firm's own, one whole."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from domain import clocks
from domain.papers import SealedPerson
from domain.passes import Status
from domain.values import PlateKind
from projections.model import Moment, Views
from projections.pass_desk import WAITING, PassRow
from projections.pass_index import indexed, some
from projections.pass_record import minutes

_STAMPS = frozenset(
    {"originator_id", "originator_version", "record_time", "recorded_by", "flags"}
)


class Application(msgspec.Struct, frozen=True):
    """One application; minutes of both clocks, and what is left of the promise.

    `is_paused`: the desk waits for the applicant; the in-hand clock never does.
    """

    pass_id: str
    organisation: str
    issuer: str
    plate: str
    plate_kind: PlateKind
    status: Status
    number: str
    on_behalf_of: str
    lane: str
    goods: str
    valid_from: datetime | None
    valid_until: datetime | None
    replaces: str
    renews: str
    missing: tuple[str, ...]
    note: str
    reason: str
    in_hand_minutes: float
    desk_minutes: float
    left_minutes: float
    promise_minutes: float
    is_paused: bool
    is_collected: bool
    first_contact_time: datetime | None
    requested_time: datetime | None
    deadline_time: datetime | None


class Desk(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    applications: tuple[Application, ...]
    drafted: int


class Applications(msgspec.Struct, frozen=True):
    """`request` is what was submitted, where one application is asked for."""

    now: datetime
    position: str
    applications: tuple[Application, ...]
    request: dict[str, Any] | None


def desk(
    views: Views,
    moment: Moment,
    now: datetime,
    organisation: str = "",
    issuer: str = "",
    pass_id: str = "",
    **_: Any,
) -> Desk:
    """Waiting applications, or the one asked for, decided or not.

    Truck swaps stand above all others; within each queue the least time left first.
    """
    rows = (
        some(views, moment, [pass_id])
        if pass_id
        else views["pass_desk"].rows(moment, open_only=True)
    )
    mine = [
        (key, row)
        for key, row in rows
        if organisation in {"", row.organisation} and issuer in {"", row.issuer}
    ]
    found = [
        application(key, row, now)
        for key, row in mine
        if pass_id or row.status in WAITING
    ]
    return Desk(
        now=now,
        position=str(views["pass_desk"].position),
        applications=tuple(sorted(found, key=_urgency)),
        drafted=sum(row.status == Status.DRAFTED for _, row in mine),
    )


def applications(
    views: Views,
    moment: Moment,
    now: datetime,
    organisation: str = "",
    issuer: str = "",
    drafted_by: str = "",
    plate: str = "",
    pass_id: str = "",
    **_: Any,
) -> Applications:
    """In every state, the newest contact first; all of them only for who may wait."""
    rows = [
        (key, row)
        for key, row in _asked(views, moment, organisation, drafted_by, pass_id)
        if organisation in {"", row.organisation}
        and issuer in {"", row.issuer}
        and drafted_by in {"", row.drafted_by}
        and plate in {"", row.plate}
    ]
    found = [application(key, row, now) for key, row in rows]
    found.sort(key=lambda one: (one.first_contact_time or now, one.pass_id))
    is_one = pass_id and rows
    return Applications(
        now=now,
        position=str(views["pass_desk"].position),
        applications=tuple(reversed(found)),
        request=_request(rows[0][1]) if is_one else None,
    )


def _asked(
    views: Views, moment: Moment, organisation: str, drafted_by: str, pass_id: str
) -> Iterable[tuple[str, PassRow]]:
    """By the narrowest of what was asked for."""
    if pass_id:
        return some(views, moment, [pass_id])
    if organisation:
        return indexed(views, moment, "organisation", organisation)
    if drafted_by:
        return indexed(views, moment, "drafter", drafted_by)
    return views["pass_desk"].rows(moment)


def application(key: str, row: PassRow, now: datetime) -> Application:
    in_hand = clocks.in_hand(row.times, now)
    promise = clocks.promise(row.times)
    return Application(
        pass_id=key,
        organisation=row.organisation,
        issuer=row.issuer,
        plate=row.plate,
        plate_kind=row.plate_kind,
        status=row.status,
        number=row.number,
        on_behalf_of=row.on_behalf_of,
        lane=row.lane,
        goods=row.goods,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        replaces=row.replaces,
        renews=row.renews,
        missing=row.missing,
        note=row.note,
        reason=row.reason,
        in_hand_minutes=minutes(in_hand),
        desk_minutes=minutes(clocks.desk(row.times, now)),
        left_minutes=minutes(promise - in_hand),
        promise_minutes=minutes(promise),
        is_paused=row.times.asked_time is not None,
        is_collected=row.times.collected_time is not None,
        first_contact_time=row.times.first_contact_time,
        requested_time=row.times.requested_time,
        deadline_time=clocks.deadline(row.times),
    )


def _urgency(one: Application) -> tuple[bool, float]:
    return not one.replaces, one.left_minutes


def _request(row: PassRow) -> dict[str, Any] | None:
    """What was submitted; of persons only the subjects, their texts are asked for."""
    if row.request is None:
        return None
    fields = msgspec.structs.asdict(row.request) | {"documents": row.documents}
    return {
        name: _veiled(value) for name, value in fields.items() if name not in _STAMPS
    }


def _veiled(value: Any) -> Any:
    match value:
        case SealedPerson():
            return {"subject": value.subject}
        case tuple():
            return [_veiled(item) for item in value]
    return value
