"""Passes as the barrier must know them, found by when they end.

An approved pass has two rows: `pass:{id}` with all of it, and `until:{when}:{id}`, so
that what is over is never looked at again.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.passes import Status
from domain.values import PlateKind
from projections.model import Fold, Moment, Views


class BookRow(msgspec.Struct, frozen=True, gc=False):
    """`successor` is the number of the pass that took its place."""

    pass_id: str = ""
    number: str = ""
    short_code: str = ""
    issuer: str = ""
    plate: str = ""
    plate_kind: PlateKind = PlateKind.UNKNOWN
    trailer: str = ""
    lane: str = ""
    goods: str = ""
    crew_count: int = 1
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    status: Status = Status.DRAFTED
    replaces: str = ""
    renews: str = ""
    successor: str = ""


class PassBook(Fold[BookRow]):
    name = "pass_book"
    row = BookRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        kind, _, pass_id = event.originator_id.partition(":")
        if kind != "pass":
            return ()
        whole = f"pass:{pass_id}"
        if isinstance(event, e.PassApproved):
            return (whole, f"{_until(event.valid_until)}:{pass_id}")
        return (whole,)

    def fold(self, row: BookRow | None, event: e.DomainEvent) -> BookRow:
        row = row or BookRow(pass_id=event.originator_id.partition(":")[2])
        match event:
            case e.PassDrafted():
                return replace(row, replaces=event.replaces, renews=event.renews)
            case e.PassRequested():
                crew, goods = event.crew_count, event.goods
                trailer = event.trailer
                return replace(row, trailer=trailer, crew_count=crew, goods=goods)
            case e.PassApproved():
                return replace(
                    row,
                    status=Status.APPROVED,
                    number=event.number,
                    short_code=event.short_code,
                    issuer=event.issuer,
                    plate=event.plate,
                    plate_kind=event.plate_kind,
                    lane=event.lane,
                    valid_from=event.valid_from,
                    valid_until=event.valid_until,
                )
            case e.PassReplaced() | e.PassRenewed():
                is_new = isinstance(event, e.PassReplaced)
                status = Status.REPLACED if is_new else Status.RENEWED
                return replace(row, status=status, successor=event.number)
            case _:
                return replace(row, status=_AFTER.get(type(event), row.status))


_AFTER: dict[type[e.DomainEvent], Status] = {
    e.PassSuspended: Status.SUSPENDED,
    e.PassReinstated: Status.APPROVED,
    e.PassRevoked: Status.REVOKED,
}


def ending_after(views: Views, time: datetime) -> Iterator[BookRow]:
    """Every pass ever approved that ends after `time`, whatever became of it."""
    view, present = views["pass_book"], Moment()
    for _, mark in view.rows(present, prefix="until:", since=_until(time)):
        yield view.row(f"pass:{mark.pass_id}", present)


def by_id(views: Views, pass_id: str) -> BookRow:
    """A pass that is not known has no number."""
    found: BookRow | None = views["pass_book"].row(f"pass:{pass_id}", Moment())
    return found or BookRow(pass_id)


def _until(time: datetime) -> str:
    """Sorts as time does."""
    return f"until:{time.astimezone(UTC):%Y-%m-%dT%H:%M}"
