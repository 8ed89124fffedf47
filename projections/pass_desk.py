"""Where each application stands, and the times of both its clocks."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import clocks
from domain import events as e
from domain.clocks import Times
from domain.papers import Document
from domain.passes import Status
from domain.values import PlateKind
from projections.model import Fold

WAITING = frozenset({Status.REQUESTED, Status.INFORMATION_REQUESTED})


class PassRow(msgspec.Struct, frozen=True, gc=False):
    organisation: str = ""
    issuer: str = ""
    plate: str = ""
    plate_kind: PlateKind = PlateKind.UNKNOWN
    on_behalf_of: str = ""
    drafted_by: str = ""
    replaces: str = ""
    renews: str = ""
    lane: str = ""
    goods: str = ""
    status: Status = Status.DRAFTED
    number: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    missing: tuple[str, ...] = ()
    note: str = ""
    reason: str = ""
    request: e.PassRequested | None = None
    documents: tuple[Document, ...] = ()
    successor: str = ""
    times: Times = Times()


class PassDesk(Fold[PassRow]):
    name = "pass_desk"
    row = PassRow
    kind = "pass"

    def is_closed(self, row: PassRow) -> bool:
        return row.status not in WAITING | {Status.DRAFTED}

    def fold(self, row: PassRow | None, event: e.DomainEvent) -> PassRow:
        row = row or PassRow()
        row = replace(row, times=clocks.evolve(row.times, event))
        match event:
            case e.PassDrafted():
                return _taken(row, event, drafted_by=event.recorded_by)
            case e.PassRequested():
                return _taken(row, event, status=Status.REQUESTED, request=event)
            case e.PassInformationRequested():
                asked = Status.INFORMATION_REQUESTED
                missing, note = event.missing, event.note
                return replace(row, status=asked, missing=missing, note=note)
            case e.PassInformationSupplied():
                told = {"status": Status.REQUESTED, "missing": (), "note": event.note}
                more = (*row.documents, *event.documents)
                return replace(row, documents=more, **told)
            case e.PassRefused() | e.PassSuspended() | e.PassRevoked():
                return replace(row, status=_AFTER[type(event)], reason=event.reason)
            case e.PassApproved():
                return replace(row, status=Status.APPROVED, number=event.number)
            case e.PassReplaced() | e.PassRenewed():
                is_new = isinstance(event, e.PassReplaced)
                status = Status.REPLACED if is_new else Status.RENEWED
                return replace(row, status=status, successor=event.number)
            case _:
                return replace(row, status=_AFTER.get(type(event), row.status))


def _taken(row: PassRow, event: e.DomainEvent, **more: Any) -> PassRow:
    """The row with the event's fields of the same names, and `more`."""
    names = set(PassRow.__struct_fields__) & set(event.__struct_fields__)
    return replace(row, **{name: getattr(event, name) for name in names}, **more)


_AFTER: dict[type[e.DomainEvent], Status] = {
    e.PassRefused: Status.REFUSED,
    e.PassSuspended: Status.SUSPENDED,
    e.PassReinstated: Status.APPROVED,
    e.PassRevoked: Status.REVOKED,
}
