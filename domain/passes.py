"""A vehicle pass from first contact to its end; approval spans streams: approval.py."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, assert_never

import msgspec
from msgspec.structs import replace

from domain import clerk
from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, found, reported
from domain.errors import (
    NobodyToCopyError,
    NotFoundError,
    OwnOrganisationError,
    PassWindowError,
    PlateShapeError,
    WrongStateError,
)
from domain.named import naming
from domain.papers import Document
from domain.plates import normalise_plate
from domain.values import Flag, PlateKind

LONGEST = timedelta(days=366)
Load = Callable[[str], Any]
"""The state of a stream, as one decision reads it."""


class Status(StrEnum):
    DRAFTED = "drafted"
    REQUESTED = "requested"
    INFORMATION_REQUESTED = "information_requested"
    APPROVED = "approved"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    REVOKED = "revoked"
    REPLACED = "replaced"
    RENEWED = "renewed"


class Pass(msgspec.Struct, frozen=True):
    organisation: str = ""
    issuer: str = ""
    plate: str = ""
    plate_kind: PlateKind = PlateKind.UNKNOWN
    replaces: str = ""
    renews: str = ""
    status: Status = Status.DRAFTED
    request: e.PassRequested | None = None
    number: str = ""
    collections: frozenset[str] = frozenset()
    documents: tuple[Document, ...] = ()


def decide(a_pass: Pass | None, command: c.PassCommand, now: datetime) -> Decision:
    a_pass = known(a_pass, command)
    match command:
        case c.RequestPassInformation():
            check_reviewer(a_pass, command)
            _allow(a_pass, "ask for information", Status.REQUESTED)
            return [carried(e.PassInformationRequested, command)]
        case c.SupplyPassInformation():
            _allow(a_pass, "supply it", Status.INFORMATION_REQUESTED)
            clerk.check_documents(command.documents)
            return [carried(e.PassInformationSupplied, command)]
        case c.RefusePass():
            check_reviewer(a_pass, command)
            _allow(a_pass, "refuse it", Status.REQUESTED, Status.INFORMATION_REQUESTED)
            return [carried(e.PassRefused, command)]
        case c.CollectPass():
            return _collect(a_pass, command, now)
        case c.SuspendPass():
            check_reviewer(a_pass, command)
            _allow(a_pass, "suspend it", Status.APPROVED)
            return [carried(e.PassSuspended, command)]
        case c.ReinstatePass():
            check_reviewer(a_pass, command)
            _allow(a_pass, "reinstate it", Status.SUSPENDED)
            return [carried(e.PassReinstated, command)]
        case _:
            assert_never(command)


def decide_request(load: Load, command: c.RequestPass, now: datetime) -> Decision:
    """Submit the application; the issuer's longest validity bounds its window."""
    _ = now
    a_pass = known(load(command.stream), command)
    _allow(a_pass, "submit it", Status.DRAFTED)
    issuer = load(f"issuer:{a_pass.issuer}")
    longest = timedelta(days=issuer.validity_days) if issuer else LONGEST
    if not timedelta(0) < command.valid_until - command.valid_from <= longest:
        msg = f"The window of a pass lasts up to {longest.days} days"
        raise PassWindowError(msg, days=longest.days)
    for plate in filter(None, (command.plate, command.trailer)):
        check_plate(plate)
    if command.same_persons and not (a_pass.renews or a_pass.replaces):
        msg = "It renews or replaces no application: name the persons"
        raise NobodyToCopyError(msg)
    clerk.check(command)
    requested = carried(e.PassRequested, command)
    return [requested, *naming(requested, command.pass_id)]


def _collect(a_pass: Pass, command: c.CollectPass, now: datetime) -> Decision:
    if command.fact_id in a_pass.collections:
        return []
    flags = [Flag.REPEATED] if a_pass.collections else []
    if not a_pass.number:
        flags.append(Flag.PASS_NOT_VALID)
    return [reported(e.PassCollected, command, now, *flags)]


def evolve(a_pass: Pass | None, event: e.PassEvent) -> Pass:
    a_pass = a_pass or Pass()
    match event:
        case e.PassDrafted():
            return Pass(
                event.organisation,
                event.issuer,
                event.plate,
                event.plate_kind,
                event.replaces,
                event.renews,
            )
        case e.PassRequested():
            return replace(
                a_pass,
                status=Status.REQUESTED,
                request=event,
                plate=event.plate,
                plate_kind=event.plate_kind,
                documents=event.documents,
            )
        case e.PassInformationSupplied():
            documents = (*a_pass.documents, *event.documents)
            return replace(a_pass, status=Status.REQUESTED, documents=documents)
        case e.PassCollected():
            return replace(a_pass, collections=a_pass.collections | {event.fact_id})
        case e.PassApproved():
            return replace(a_pass, status=Status.APPROVED, number=event.number)
        case _:
            return replace(a_pass, status=_status_after(event))


def _status_after(
    event: e.PassInformationRequested
    | e.PassRefused
    | e.PassSuspended
    | e.PassReinstated
    | e.PassRevoked
    | e.PassReplaced
    | e.PassRenewed,
) -> Status:
    match event:
        case e.PassInformationRequested():
            return Status.INFORMATION_REQUESTED
        case e.PassRefused():
            return Status.REFUSED
        case e.PassSuspended():
            return Status.SUSPENDED
        case e.PassReinstated():
            return Status.APPROVED
        case e.PassRevoked():
            return Status.REVOKED
        case e.PassReplaced():
            return Status.REPLACED
        case e.PassRenewed():
            return Status.RENEWED
        case _:
            assert_never(event)


def known(
    a_pass: Pass | None,
    command: c.PassCommand
    | c.RequestPass
    | c.ApprovePass
    | c.RevokePass
    | c.RevealPersons
    | c.RevealDocument
    | c.ErasePassPersons,
) -> Pass:
    """The pass, or NotFoundError where there is none or it is another firm's."""
    a_pass = found(a_pass, "pass", command.pass_id)
    if not command.by.may_speak_for(a_pass.organisation):
        raise NotFoundError("pass", command.pass_id)
    return a_pass


def check_reviewer(a_pass: Pass, command: c.Command) -> None:
    """Raises NotFoundError for another issuer's, OwnOrganisationError: four eyes."""
    if not command.by.reviews_for(a_pass.issuer):
        raise NotFoundError("pass", command.stream.partition(":")[2])
    if command.by.organisation and command.by.organisation == a_pass.organisation:
        msg = "Nobody decides an application of their own organisation"
        raise OwnOrganisationError(msg)


def check_plate(text: str) -> None:
    if not normalise_plate(text).is_known_shape:
        msg = "The plate has no known shape; is it spelt right?"
        raise PlateShapeError(msg, plate=text)


def _allow(a_pass: Pass, wanted: str, *states: Status) -> None:
    if a_pass.status not in states:
        raise WrongStateError("pass", a_pass.status, wanted)


AGGREGATE = Aggregate(evolve, decide)
