"""The checkpoints: waiting, throughput, refusals, last sign of life, findings."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.values import Direction, GeoPoint, ScanDecision, ScanSource
from projections.findings import Finding, judge
from projections.model import Fold, Moment, Views

RECENT = 60
INSTRUCTIONS = 20
SILENT_AFTER = timedelta(minutes=20)


class Scan(msgspec.Struct, frozen=True):
    fact_id: str
    time: datetime
    plate: str
    pass_number: str
    direction: Direction
    device: str
    sequence: int | None
    source: ScanSource
    decision: ScanDecision


class Instruction(msgspec.Struct, frozen=True):
    """For plates of these provinces and these goods; empty means any."""

    text: str
    plate_provinces: tuple[str, ...]
    cargo: tuple[str, ...]
    from_time: datetime
    until_time: datetime | None


class CheckpointRow(msgspec.Struct, frozen=True):
    """`counts` per decision; `devices`: lowest, highest sequence and how many."""

    name: str = ""
    lane: str = ""
    phone: str = ""
    point: GeoPoint | None = None
    is_verified: bool = False
    is_open: bool = True
    instruction: str = ""
    instructions: tuple[Instruction, ...] = ()
    wait_minutes: dict[str, int] = {}
    wait_time: datetime | None = None
    counts: dict[str, int] = {}
    directions: dict[str, int] = {}
    devices: dict[str, tuple[int, int, int]] = {}
    recent: tuple[Scan, ...] = ()
    last_time: datetime | None = None
    handover: e.ShiftHandedOver | None = None


class CheckpointBoard(Fold[CheckpointRow]):
    name = "checkpoint_board"
    row = CheckpointRow

    def keys(self, event: e.DomainEvent) -> Iterable[str]:
        if isinstance(event, e.PassScanned | e.WaitReported):
            return (event.checkpoint,)
        kind, _, code = event.originator_id.partition(":")
        return (code,) if kind == "checkpoint" else ()

    def fold(self, row: CheckpointRow | None, event: e.DomainEvent) -> CheckpointRow:
        row = row or CheckpointRow()
        match event:
            case e.CheckpointOpened():
                return replace(
                    row,
                    name=event.name,
                    lane=event.lane,
                    phone=event.phone,
                    point=event.point,
                    is_verified=event.is_verified,
                    is_open=True,
                )
            case e.CheckpointMoved():
                return replace(row, point=event.point, is_verified=event.is_verified)
            case e.CheckpointClosed():
                return replace(row, is_open=False)
            case e.InstructionPosted():
                return _instructed(row, event)
            case e.ShiftHandedOver():
                return replace(row, handover=event, last_time=event.event_time)
            case e.WaitReported():
                waits = {**row.wait_minutes, event.direction: event.wait_minutes}
                time = event.event_time
                return replace(row, wait_minutes=waits, wait_time=time, last_time=time)
            case e.PassScanned():
                return _scanned(row, event)
            case _:
                return row


def _instructed(row: CheckpointRow, event: e.InstructionPosted) -> CheckpointRow:
    """A new one takes the place of the old for the same provinces and goods."""
    new = Instruction(
        event.text,
        event.plate_provinces,
        event.cargo,
        event.from_time,
        event.until_time,
    )
    kept = (
        old
        for old in row.instructions
        if (old.plate_provinces, old.cargo) != (new.plate_provinces, new.cargo)
    )
    told = (*kept, new)[-INSTRUCTIONS:]
    return replace(row, instruction=event.text, instructions=told)


def _scanned(row: CheckpointRow, event: e.PassScanned) -> CheckpointRow:
    scan = Scan(
        event.fact_id,
        event.event_time,
        event.plate,
        event.pass_number,
        event.direction,
        event.device,
        event.sequence,
        event.source,
        event.decision,
    )
    return replace(
        row,
        counts=_plus_one(row.counts, event.decision),
        directions=_plus_one(row.directions, event.direction),
        devices=_counted(row.devices, event.device, event.sequence),
        recent=(*row.recent, scan)[-RECENT:],
        last_time=event.event_time,
    )


def _plus_one(counts: Mapping[str, int], name: str) -> dict[str, int]:
    return {**counts, name: counts.get(name, 0) + 1}


def _counted(
    devices: dict[str, tuple[int, int, int]], device: str, sequence: int | None
) -> dict[str, tuple[int, int, int]]:
    if not device or sequence is None:
        return devices
    low, high, count = devices.get(device, (sequence, sequence, 0))
    return {**devices, device: (min(low, sequence), max(high, sequence), count + 1)}


class Checkpoint(msgspec.Struct, frozen=True):
    checkpoint: str
    name: str
    lane: str
    phone: str
    point: GeoPoint | None
    is_verified: bool
    is_open: bool
    is_silent: bool
    instruction: str
    wait_minutes: dict[str, int]
    wait_time: datetime | None
    admitted: int
    held: int
    turned_back: int
    directions: dict[str, int]
    last_time: datetime | None
    silent_minutes: float
    handover: e.ShiftHandedOver | None
    findings: tuple[Finding, ...]


class Checkpoints(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    checkpoints: tuple[Checkpoint, ...]


def board(views: Views, moment: Moment, now: datetime, **_: Any) -> Checkpoints:
    view = views["checkpoint_board"]
    found = [_checkpoint(key, row, now) for key, row in sorted(view.rows(moment))]
    return Checkpoints(now, str(view.position), tuple(found))


def _checkpoint(code: str, row: CheckpointRow, now: datetime) -> Checkpoint:
    silent = now - row.last_time if row.last_time else timedelta(0)
    return Checkpoint(
        checkpoint=code,
        name=row.name,
        lane=row.lane,
        phone=row.phone,
        point=row.point,
        is_verified=row.is_verified,
        is_open=row.is_open,
        is_silent=row.is_open and silent >= SILENT_AFTER,
        instruction=row.instruction,
        wait_minutes=row.wait_minutes,
        wait_time=row.wait_time,
        admitted=row.counts.get(ScanDecision.ADMITTED, 0),
        held=row.counts.get(ScanDecision.HELD, 0),
        turned_back=row.counts.get(ScanDecision.TURNED_BACK, 0),
        directions=row.directions,
        last_time=row.last_time,
        silent_minutes=round(silent.total_seconds() / 60, 1),
        handover=row.handover,
        findings=judge(row),
    )
