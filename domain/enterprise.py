"""An enterprise: registered with its credit code, visited, resumed, staffed."""

from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, found, reported
from domain.errors import (
    AlreadyExistsError,
    CreditCodeError,
    NotFoundError,
    OwnOrganisationError,
    WrongStateError,
)
from domain.values import Flag

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_LENGTH = 18


class Enterprise(msgspec.Struct, frozen=True):
    """`resumption` is "", "requested" or "approved"; facts are known by their id."""

    organisation: str = ""
    is_registered: bool = False
    resumption: str = ""
    has_resumed: bool = False
    facts: frozenset[str] = frozenset()


def decide(
    enterprise: Enterprise | None, command: c.EnterpriseCommand, now: datetime
) -> Decision:
    if isinstance(command, c.RegisterEnterprise):
        return _register(enterprise, command)
    if not command.by.may_speak_for(command.enterprise_id):
        raise NotFoundError("enterprise", command.enterprise_id)
    if isinstance(command, c.Report):
        return _report(enterprise or Enterprise(), command, now)
    registered = enterprise if enterprise and enterprise.is_registered else None
    enterprise = found(registered, "enterprise", command.enterprise_id)
    return [_decision(enterprise, command)]


def _register(enterprise: Enterprise | None, command: c.RegisterEnterprise) -> Decision:
    if not command.by.may_speak_for(command.enterprise_id):
        raise NotFoundError("enterprise", command.enterprise_id)
    if enterprise is not None and enterprise.is_registered:
        raise AlreadyExistsError("enterprise", command.enterprise_id)
    if not is_credit_code(command.credit_code):
        msg = "The check character of the unified social credit code is wrong"
        raise CreditCodeError(msg)
    return [carried(e.EnterpriseRegistered, command)]


def _decision(
    enterprise: Enterprise,
    command: c.AssignLiaison
    | c.RequestResumption
    | c.ApproveResumption
    | c.RefuseResumption
    | c.GrantMeasure,
) -> e.DomainEvent:
    match command:
        case c.AssignLiaison():
            return carried(e.LiaisonAssigned, command)
        case c.RequestResumption():
            if enterprise.resumption:
                raise WrongStateError("resumption", enterprise.resumption, "request it")
            return carried(e.ResumptionRequested, command)
        case c.ApproveResumption():
            _check_reviewer(enterprise, command)
            return carried(e.ResumptionApproved, command)
        case c.RefuseResumption():
            _check_reviewer(enterprise, command)
            return carried(e.ResumptionRefused, command)
        case c.GrantMeasure():
            return carried(e.MeasureGranted, command)
        case _:
            assert_never(command)


def _report(
    enterprise: Enterprise,
    command: c.ReportLiaisonVisit | c.ReportResumption | c.ReportStaff,
    now: datetime,
) -> Decision:
    if command.fact_id in enterprise.facts:
        return []
    flags = [] if enterprise.is_registered else [Flag.UNREGISTERED]
    match command:
        case c.ReportLiaisonVisit():
            return [reported(e.LiaisonVisited, command, now, *flags)]
        case c.ReportResumption():
            flags += [Flag.REPEATED] if enterprise.has_resumed else []
            return [reported(e.EnterpriseResumed, command, now, *flags)]
        case c.ReportStaff():
            odd = command.on_site > command.total
            flags += [Flag.STAFF_EXCEEDS_TOTAL] if odd else []
            return [reported(e.StaffReported, command, now, *flags)]
        case _:
            assert_never(command)


def evolve(enterprise: Enterprise | None, event: e.EnterpriseEvent) -> Enterprise:
    enterprise = enterprise or Enterprise()
    if isinstance(event, e.Fact):
        enterprise = replace(enterprise, facts=enterprise.facts | {event.fact_id})
    match event:
        case e.EnterpriseRegistered():
            owner = event.originator_id.partition(":")[2]
            return replace(enterprise, is_registered=True, organisation=owner)
        case e.ResumptionRequested():
            return replace(enterprise, resumption="requested")
        case e.ResumptionApproved():
            return replace(enterprise, resumption="approved")
        case e.ResumptionRefused():
            return replace(enterprise, resumption="")
        case e.EnterpriseResumed():
            return replace(enterprise, has_resumed=True)
        case (
            e.LiaisonAssigned()
            | e.LiaisonVisited()
            | e.StaffReported()
            | e.MeasureGranted()
        ):
            return enterprise
        case _:
            assert_never(event)


def is_credit_code(text: str) -> bool:
    """The check character of GB 32100-2015: weights 3^i modulo 31."""
    if len(text) != CREDIT_CODE_LENGTH or set(text) - set(_ALPHABET):
        return False
    return text[-1] == check_character(text[:-1])


def check_character(body: str) -> str:
    total = sum(_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return _ALPHABET[-total % 31]


def _check_reviewer(
    enterprise: Enterprise, command: c.ApproveResumption | c.RefuseResumption
) -> None:
    if command.by.organisation == command.enterprise_id:
        msg = "Nobody decides an application of their own organisation"
        raise OwnOrganisationError(msg)
    if enterprise.resumption != "requested":
        state = enterprise.resumption or "not requested"
        raise WrongStateError("resumption", state, "decide it")


AGGREGATE = Aggregate(evolve, decide)
