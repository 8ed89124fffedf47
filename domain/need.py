"""A need (诉求) of an enterprise, from the liaison officer's ear to a satisfied firm.

It is raised, assigned to a lead unit with a due date, worked, perhaps escalated,
and resolved; the enterprise then confirms, and one that is not satisfied reopens it.
"""

from datetime import datetime
from enum import StrEnum
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, found
from domain.errors import AlreadyExistsError, NotFoundError, WrongStateError
from domain.values import Reporter


class Status(StrEnum):
    OPEN = "open"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    CONFIRMED = "confirmed"


class Need(msgspec.Struct, frozen=True):
    """What the next decision needs; the ledger has the rest."""

    enterprise: str
    status: Status = Status.OPEN


def decide(need: Need | None, command: c.NeedCommand, now: datetime) -> Decision:
    _ = now
    if isinstance(command, c.RaiseNeed):
        if need is not None:
            raise AlreadyExistsError("need", command.need_id)
        _check_speaker(command.by, command.enterprise)
        return [carried(e.NeedRaised, command)]
    need = found(need, "need", command.need_id)
    _check_speaker(command.by, need.enterprise)
    return [_next(need, command)]


def _next(
    need: Need,
    command: c.AssignNeed
    | c.ReportNeedProgress
    | c.EscalateNeed
    | c.ResolveNeed
    | c.ConfirmNeed
    | c.ReopenNeed,
) -> e.DomainEvent:
    match command:
        case c.AssignNeed():
            _refuse_when(need, "assign it", Status.RESOLVED, Status.CONFIRMED)
            return carried(e.NeedAssigned, command)
        case c.ReportNeedProgress():
            _refuse_when(need, "progress", Status.RESOLVED, Status.CONFIRMED)
            return carried(e.NeedProgressed, command)
        case c.EscalateNeed():
            _refuse_when(need, "escalate it", Status.RESOLVED, Status.CONFIRMED)
            return carried(e.NeedEscalated, command)
        case c.ResolveNeed():
            _refuse_when(need, "resolve it", Status.RESOLVED, Status.CONFIRMED)
            return carried(e.NeedResolved, command)
        case c.ConfirmNeed():
            _refuse_when(need, "confirm it", Status.OPEN, Status.ASSIGNED)
            return carried(e.NeedConfirmed, command)
        case c.ReopenNeed():
            _refuse_when(need, "reopen it", Status.OPEN, Status.ASSIGNED)
            return carried(e.NeedReopened, command)
        case _:
            assert_never(command)


def evolve(need: Need | None, event: e.NeedEvent) -> Need:
    if isinstance(event, e.NeedRaised):
        return Need(event.enterprise)
    need = need or Need("")
    match event:
        case e.NeedAssigned():
            return replace(need, status=Status.ASSIGNED)
        case e.NeedResolved():
            return replace(need, status=Status.RESOLVED)
        case e.NeedConfirmed():
            return replace(need, status=Status.CONFIRMED)
        case e.NeedReopened():
            return replace(need, status=Status.OPEN)
        case e.NeedProgressed() | e.NeedEscalated():
            return need
        case _:
            assert_never(event)


def _check_speaker(by: Reporter, enterprise: str) -> None:
    if not by.may_speak_for(enterprise):
        raise NotFoundError("enterprise", enterprise)


def _refuse_when(need: Need, wanted: str, *states: Status) -> None:
    if need.status in states:
        raise WrongStateError("need", need.status, wanted)


AGGREGATE = Aggregate(evolve, decide)
