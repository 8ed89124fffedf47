"""Approving and revoking a pass: decided on the pass, the vehicle and the number."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from domain import commands as c
from domain import events as e
from domain.decider import Decision, carried
from domain.errors import (
    IssuerBlockFullError,
    NotFoundError,
    PassWindowError,
    VehicleHasPassError,
    WrongStateError,
)
from domain.issuer import Issuer
from domain.passes import Load, Pass, Status, check_reviewer, known
from domain.short_code import short_code
from domain.values import PlateKind

ATTEMPTS = 50
LIVE = frozenset({Status.APPROVED, Status.SUSPENDED})


def approve(load: Load, command: c.ApprovePass, now: datetime) -> Decision:
    """PassApproved, what it takes for itself, and PassAssigned in one batch.

    Two approvals for one truck collide on its stream, two of one number on the
    number's. What the pass replaces or renews ends in the same batch.
    """
    _ = now
    a_pass = known(load(command.stream), command)
    check_reviewer(a_pass, command)
    if a_pass.status != Status.REQUESTED or a_pass.request is None:
        raise WrongStateError("pass", a_pass.status, "approve it")
    issuer = load(f"issuer:{a_pass.issuer}")
    if issuer is None:
        raise NotFoundError("issuer", a_pass.issuer)
    _check_window(a_pass.request, issuer)
    _check_free(load, a_pass)
    number = _free_number(load, issuer, command.pass_id)
    code = _free_code(load, f"{command.pass_id}:{command.salt}")
    taken: dict[str, Any] = {"pass_id": command.pass_id}
    granted = _granted(a_pass.request, number)
    return [
        e.PassApproved(
            issuer=a_pass.issuer,
            plate=a_pass.plate,
            plate_kind=a_pass.plate_kind,
            short_code=code,
            **granted,
        ),
        e.PassNumberTaken(originator_id=f"pass-number:{number}", **taken),
        e.ShortCodeTaken(originator_id=f"short-code:{code}", **taken),
        *_end_of_old(load, a_pass, command.pass_id, number),
        e.PassAssigned(
            originator_id=_vehicle(a_pass.plate, a_pass.plate_kind), **taken, **granted
        ),
    ]


def _granted(request: e.PassRequested, number: str) -> dict[str, Any]:
    return {
        "number": number,
        "lane": request.lane,
        "valid_from": request.valid_from,
        "valid_until": request.valid_until,
    }


def revoke(load: Load, command: c.RevokePass, now: datetime) -> Decision:
    _ = now
    a_pass = known(load(command.stream), command)
    check_reviewer(a_pass, command)
    if a_pass.status not in LIVE:
        raise WrongStateError("pass", a_pass.status, "revoke it")
    return [
        carried(e.PassRevoked, command),
        _released(a_pass, command.pass_id, "revoked"),
    ]


def release(load: Load, command: c.ReleasePass, now: datetime) -> Decision:
    """Free the vehicle of the pass it holds now, which ends: a revocation by plate.

    It still says valid on the phone and on paper; the issuer's own reviewers may.
    """
    vehicle = load(command.stream)
    live = vehicle and vehicle.pass_at(now)
    if live is None:
        raise WrongStateError("vehicle", "without a pass", "release it")
    stream = f"pass:{live.pass_id}"
    released = carried(e.PassReleased, command, pass_id=live.pass_id)
    a_pass = load(stream)
    if a_pass is None:
        return [released]
    check_reviewer(a_pass, command)
    if a_pass.status not in LIVE:
        return [released]
    return [e.PassRevoked(originator_id=stream, reason=command.reason), released]


def pass_number(issuer: Issuer, pass_id: str, attempt: int) -> str:
    """Six digits of division code, six of the issuer's block, spread by a hash.

    A hash needs no counter that all approvals would queue for, and a number tells
    nobody how many passes were issued.
    """
    size = issuer.serial_until - issuer.serial_from + 1
    digest = blake2b(f"{pass_id}:{attempt}".encode(), digest_size=8).digest()
    serial = issuer.serial_from + int.from_bytes(digest, "big") % size
    return f"{issuer.division_code}{serial:06d}"


def _free_number(load: Load, issuer: Issuer, pass_id: str) -> str:
    for attempt in range(ATTEMPTS):
        number = pass_number(issuer, pass_id, attempt)
        if load(f"pass-number:{number}") is None:
            return number
    msg = "The issuer's block of serials is full"
    raise IssuerBlockFullError(msg)


def _free_code(load: Load, seed: str) -> str:
    codes = (short_code(seed, attempt) for attempt in range(ATTEMPTS))
    return next(code for code in codes if load(f"short-code:{code}") is None)


def _check_window(request: e.PassRequested, issuer: Issuer) -> None:
    if request.valid_until - request.valid_from > timedelta(days=issuer.validity_days):
        msg = f"This issuer's passes last up to {issuer.validity_days} days"
        raise PassWindowError(msg, days=issuer.validity_days)


def _check_free(load: Load, a_pass: Pass) -> None:
    """One vehicle, one pass, one route: no other live pass in the same window."""
    vehicle = load(_vehicle(a_pass.plate, a_pass.plate_kind))
    if vehicle is None or a_pass.request is None:
        return
    ending = {a_pass.replaces, a_pass.renews}
    start, end = a_pass.request.valid_from, a_pass.request.valid_until
    for other in vehicle.passes:
        overlaps = other.valid_from < end and start < other.valid_until
        if overlaps and other.pass_id not in ending:
            msg = "The vehicle has a pass in this window"
            raise VehicleHasPassError(msg, number=other.number, pass_id=other.pass_id)


def _end_of_old(
    load: Load, a_pass: Pass, pass_id: str, number: str
) -> Sequence[e.DomainEvent]:
    ended: list[e.DomainEvent] = []
    for old_id, kind in (
        (a_pass.replaces, e.PassReplaced),
        (a_pass.renews, e.PassRenewed),
    ):
        old = load(f"pass:{old_id}") if old_id else None
        if old is None or old.organisation != a_pass.organisation:
            if old_id:
                raise NotFoundError("pass", old_id)
            continue
        if old.status not in LIVE:
            raise WrongStateError("pass", old.status, "put another in its place")
        ended.append(kind(originator_id=f"pass:{old_id}", by=pass_id, number=number))
        ended.append(_released(old, old_id, "replaced or renewed"))
    return ended


def _released(a_pass: Pass, pass_id: str, reason: str) -> e.PassReleased:
    stream = _vehicle(a_pass.plate, a_pass.plate_kind)
    return e.PassReleased(originator_id=stream, pass_id=pass_id, reason=reason)


def _vehicle(plate: str, kind: PlateKind) -> str:
    return f"vehicle:{plate}:{kind}"
