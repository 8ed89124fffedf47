"""The checkpoints: waiting, throughput, refusals, last sign of life, findings."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from domain import events as e
from domain.findings import Kind
from domain.findings.sighting import true_time
from domain.values import GeoPoint, InstructionEffect, ScanDecision
from projections.model import Fold, Moment, Views
from projections.throughput import Counts, by_checkpoint

INSTRUCTIONS = 20
_KINDS = frozenset(Kind)
SILENT_AFTER = timedelta(minutes=20)


class Instruction(msgspec.Struct, frozen=True):
    """For plates of these provinces and these goods; empty means any."""

    text: str
    plate_provinces: tuple[str, ...]
    cargo: tuple[str, ...]
    from_time: datetime
    until_time: datetime | None
    effect: InstructionEffect = InstructionEffect.INFORM

    def is_over(self, now: datetime) -> bool:
        return self.until_time is not None and self.until_time <= now


class CheckpointRow(msgspec.Struct, frozen=True):
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
        event.effect,
    )
    kept = (
        old
        for old in row.instructions
        if (old.plate_provinces, old.cargo) != (new.plate_provinces, new.cargo)
    )
    told = (*kept, new)[-INSTRUCTIONS:]
    return replace(row, instruction=event.text, instructions=told)


def _scanned(row: CheckpointRow, event: e.PassScanned) -> CheckpointRow:
    """A phone's clock that is wrong is no sign of life in the year it shows."""
    time, _ = true_time(event)
    return replace(row, last_time=max(time, row.last_time or time))


class Checkpoint(msgspec.Struct, frozen=True):
    """`findings` are the open alerts that scans of this post gave rise to."""

    checkpoint: str
    name: str
    lane: str
    phone: str
    point: GeoPoint | None
    is_verified: bool
    is_open: bool
    is_silent: bool
    instruction: str
    instructions: tuple[Instruction, ...]
    wait_minutes: dict[str, int]
    wait_time: datetime | None
    admitted: int
    held: int
    turned_back: int
    directions: dict[str, int]
    last_time: datetime | None
    silent_minutes: float
    handover: e.ShiftHandedOver | None
    findings: tuple[str, ...]


class Checkpoints(msgspec.Struct, frozen=True):
    now: datetime
    position: str
    checkpoints: tuple[Checkpoint, ...]


def board(views: Views, moment: Moment, now: datetime, **_: Any) -> Checkpoints:
    view = views["checkpoint_board"]
    odd, counts = _findings(views, moment), by_checkpoint(views, moment)
    found = [
        _checkpoint(key, row, counts[key], tuple(odd[key]), now)
        for key, row in sorted(view.rows(moment))
    ]
    return Checkpoints(now, str(view.position), tuple(found))


def _findings(views: Views, moment: Moment) -> Mapping[str, list[str]]:
    by_post: defaultdict[str, list[str]] = defaultdict(list)
    for alert_id, row in views["alerts"].rows(moment, open_only=True):
        if row.kind in _KINDS:
            by_post[row.details.get("checkpoint", "")].append(alert_id)
    return by_post


def _checkpoint(
    code: str,
    row: CheckpointRow,
    counts: Counts,
    findings: tuple[str, ...],
    now: datetime,
) -> Checkpoint:
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
        instructions=tuple(one for one in row.instructions if not one.is_over(now)),
        wait_minutes=row.wait_minutes,
        wait_time=row.wait_time,
        admitted=counts.decisions[ScanDecision.ADMITTED],
        held=counts.decisions[ScanDecision.HELD],
        turned_back=counts.decisions[ScanDecision.TURNED_BACK],
        directions=dict(counts.directions),
        last_time=row.last_time,
        silent_minutes=round(silent.total_seconds() / 60, 1),
        handover=row.handover,
        findings=findings,
    )
