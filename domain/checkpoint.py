"""A checkpoint (卡口) of a lane: opened, moved, closed; its instruction and shifts."""

from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, found, reported
from domain.errors import AlreadyExistsError, DatesError, WrongStateError
from domain.values import Flag


class Checkpoint(msgspec.Struct, frozen=True):
    lane: str = ""
    is_open: bool = False
    handovers: frozenset[str] = frozenset()


def decide(
    checkpoint: Checkpoint | None, command: c.CheckpointCommand, now: datetime
) -> Decision:
    if isinstance(command, c.HandOverShift):
        return _hand_over(checkpoint, command, now)
    if isinstance(command, c.OpenCheckpoint):
        if checkpoint and checkpoint.is_open:
            raise AlreadyExistsError("checkpoint", command.checkpoint)
        return [carried(e.CheckpointOpened, command)]
    is_open = found(checkpoint, "checkpoint", command.checkpoint).is_open
    match command:
        case c.MoveCheckpoint():
            if not is_open:
                raise WrongStateError("checkpoint", "closed", "move it")
            return [carried(e.CheckpointMoved, command)]
        case c.CloseCheckpoint():
            return [carried(e.CheckpointClosed, command)] if is_open else []
        case c.PostInstruction():
            start = command.from_time or now
            if command.until_time and command.until_time <= start:
                msg = "An instruction ends after it begins"
                raise DatesError(msg)
            return [carried(e.InstructionPosted, command, from_time=start)]
        case _:
            assert_never(command)


def _hand_over(
    checkpoint: Checkpoint | None, command: c.HandOverShift, now: datetime
) -> Decision:
    if checkpoint and command.fact_id in checkpoint.handovers:
        return []
    flags = [] if checkpoint else [Flag.UNREGISTERED]
    if checkpoint and not checkpoint.is_open:
        flags.append(Flag.CHECKPOINT_CLOSED)
    return [reported(e.ShiftHandedOver, command, now, *flags)]


def evolve(checkpoint: Checkpoint | None, event: e.CheckpointEvent) -> Checkpoint:
    checkpoint = checkpoint or Checkpoint()
    match event:
        case e.CheckpointOpened():
            return replace(checkpoint, is_open=True, lane=event.lane)
        case e.CheckpointClosed():
            return replace(checkpoint, is_open=False)
        case e.ShiftHandedOver():
            return replace(checkpoint, handovers=checkpoint.handovers | {event.fact_id})
        case e.CheckpointMoved() | e.InstructionPosted():
            return checkpoint
        case _:
            assert_never(event)


AGGREGATE = Aggregate(evolve, decide)
