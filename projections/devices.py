"""Which device rides on which vehicle, from when on, and what it calls a longitude."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from domain import events as e
from domain.geo.datum import Datum
from projections.model import Fold, Moment, Views


class Assignment(msgspec.Struct, frozen=True):
    from_time: datetime
    plate: str
    datum: Datum


class DeviceRow(msgspec.Struct, frozen=True):
    """Assignments in the order of `from_time`."""

    assignments: tuple[Assignment, ...] = ()


class Devices(Fold[DeviceRow]):
    name = "devices"
    row = DeviceRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        return (event.device,) if isinstance(event, e.DeviceAssigned) else ()

    def fold(self, row: DeviceRow | None, event: e.DomainEvent) -> DeviceRow:
        row = row or DeviceRow()
        assert isinstance(event, e.DeviceAssigned)
        plate = event.originator_id.split(":")[1]
        new = Assignment(event.from_time, plate, event.datum)
        found = sorted((*row.assignments, new), key=lambda one: one.from_time)
        return DeviceRow(tuple(found))


class Device(msgspec.Struct, frozen=True):
    device: str
    plate: str
    from_time: datetime
    datum: Datum


class DeviceBoard(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    devices: tuple[Device, ...]


def board(views: Views, moment: Moment, now: datetime, **_: Any) -> DeviceBoard:
    """Where each device rides now, or rode at the moment."""
    view = views["devices"]
    found = (
        Device(device, one.plate, one.from_time, one.datum)
        for device, row in sorted(view.rows(moment))
        for one in [a for a in row.assignments if a.from_time <= now][-1:]
    )
    return DeviceBoard(now, str(view.position), tuple(found))
