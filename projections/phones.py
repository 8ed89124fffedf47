"""The phones of checkpoints: enrolled by whom for where, last heard of, or revoked."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.findings.sighting import true_time
from projections.model import Fold, Moment, Views


class PhoneRow(msgspec.Struct, frozen=True):
    """`scans` also counts those of a device that nobody enrolled."""

    name: str = ""
    checkpoint: str = ""
    enrolled_time: datetime | None = None
    revoked_time: datetime | None = None
    reason: str = ""
    scans: int = 0
    last_time: datetime | None = None


class Phones(Fold[PhoneRow]):
    name = "phones"
    row = PhoneRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        match event:
            case e.DeviceEnrolled() | e.DeviceRevoked():
                return (event.originator_id.partition(":")[2],)
            case e.PassScanned():
                return (event.device,) if event.device else ()
            case _:
                return ()

    def fold(self, row: PhoneRow | None, event: e.DomainEvent) -> PhoneRow:
        row = row or PhoneRow()
        match event:
            case e.DeviceEnrolled():
                return PhoneRow(event.name, event.checkpoint, event.event_time)
            case e.DeviceRevoked():
                return replace(row, revoked_time=event.event_time, reason=event.reason)
            case e.PassScanned():
                true, _ = true_time(event)
                last = max(true, row.last_time or true)
                return replace(row, scans=row.scans + 1, last_time=last)
            case _:
                return row


class Phone(msgspec.Struct, frozen=True):
    device: str
    name: str
    checkpoint: str
    status: str
    reason: str
    enrolled_time: datetime | None
    scans: int
    last_time: datetime | None


class PhoneBoard(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    phones: tuple[Phone, ...]


def board(views: Views, moment: Moment, now: datetime, **_: Any) -> PhoneBoard:
    view = views["phones"]
    rows = sorted(view.rows(moment), key=lambda item: (item[1].checkpoint, item[0]))
    found = tuple(_phone(device, row) for device, row in rows)
    return PhoneBoard(now, str(view.position), found)


def _phone(device: str, row: PhoneRow) -> Phone:
    status = "enrolled" if row.enrolled_time else "unknown"
    return Phone(
        device=device,
        name=row.name,
        checkpoint=row.checkpoint,
        status="revoked" if row.revoked_time else status,
        reason=row.reason,
        enrolled_time=row.enrolled_time,
        scans=row.scans,
        last_time=row.last_time,
    )
