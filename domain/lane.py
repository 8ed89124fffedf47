"""A lane (绿色通道): opened with its checkpoints, diverted, closed, reopened."""

from datetime import datetime
from enum import StrEnum
from typing import assert_never

import msgspec

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, found
from domain.errors import AlreadyExistsError, DatesError, WrongStateError


class Status(StrEnum):
    OPEN = "open"
    DIVERTED = "diverted"
    CLOSED = "closed"


class Lane(msgspec.Struct, frozen=True):
    status: Status = Status.OPEN
    closed_time: datetime | None = None

    def is_closed_at(self, time: datetime) -> bool:
        return self.closed_time is not None and self.closed_time <= time


def decide(lane: Lane | None, command: c.LaneCommand, now: datetime) -> Decision:
    if isinstance(command, c.OpenLane):
        return _open(lane, command, now)
    lane = found(lane, "lane", command.lane)
    match command:
        case c.DivertLane():
            if lane.status == Status.CLOSED:
                raise WrongStateError("lane", lane.status, "divert it")
            return [carried(e.LaneDiverted, command)]
        case c.ReopenLane():
            return (
                [] if lane.status == Status.OPEN else [carried(e.LaneReopened, command)]
            )
        case c.CloseLane():
            return (
                [] if lane.status == Status.CLOSED else [carried(e.LaneClosed, command)]
            )
        case _:
            assert_never(command)


def _open(lane: Lane | None, command: c.OpenLane, now: datetime) -> Decision:
    if lane is not None:
        raise AlreadyExistsError("lane", command.lane)
    start = command.from_time or now
    if command.until_time and command.until_time <= start:
        msg = "A lane ends after it begins"
        raise DatesError(msg)
    return [carried(e.LaneOpened, command, from_time=start)]


def evolve(lane: Lane | None, event: e.LaneEvent) -> Lane:
    _ = lane
    match event:
        case e.LaneOpened() | e.LaneReopened():
            return Lane()
        case e.LaneDiverted():
            return Lane(Status.DIVERTED)
        case e.LaneClosed():
            return Lane(Status.CLOSED, event.event_time)
        case _:
            assert_never(event)


AGGREGATE = Aggregate(evolve, decide)
