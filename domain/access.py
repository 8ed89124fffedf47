"""Keys of machines, invitations of people, keys that sign, and what ends them."""

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import assert_never

import msgspec
from msgspec.structs import replace

from domain import commands as c
from domain import events as e
from domain.decider import Aggregate, Decision, carried, found
from domain.errors import (
    AlreadyExistsError,
    DatesError,
    ForbiddenError,
    InvitationSpentError,
    PublicKeyError,
    RefusedError,
    SecretMismatchError,
)
from domain.public_key import is_p256
from domain.values import Reporter, Role
from domain.zones import zone_named


class Access(msgspec.Struct, frozen=True):
    """A key or an invitation; only the SHA-256 of its secret is known here.

    Expiry is system time: whoever lets in compares it with the system's clock.
    """

    expires_time: datetime
    secret_hash: str = ""
    name: str = ""
    organisation: str = ""
    roles: tuple[Role, ...] = ()
    zone: str = "Asia/Shanghai"
    checkpoint: str = ""
    issuer: str = ""
    pin_hash: str = ""
    signs_for: str = ""
    is_invitation: bool = False
    is_accepted: bool = False
    is_revoked: bool = False


GRANTS: Mapping[Role, frozenset[Role]] = {
    Role.ADMIN: frozenset(Role),
    Role.COORDINATOR: frozenset(
        {Role.FIRM, Role.DRIVER, Role.CHECKPOINT, Role.LIAISON, Role.COORDINATOR}
    ),
}
"""Into which roles a role lets others, and whose access it ends; no other role does.

Who coordinates makes nobody who decides passes: two pairs of eyes stay two.
"""
NOTHING = Access(expires_time=e.UNSTAMPED)


def decide(access: Access | None, command: c.AccessCommand, now: datetime) -> Decision:
    _ = now
    match command:
        case c.IssueKey() | c.Invite():
            if access is not None:
                raise AlreadyExistsError("access", command.access_id)
            _check_roles(command)
            _check_grant(command.by, command.roles)
            if isinstance(command, c.IssueKey):
                zone_named(command.zone)
            made = e.KeyIssued if isinstance(command, c.IssueKey) else e.InvitationMade
            return [carried(made, command)]
        case c.RevokeKey():
            known = found(access, "access", command.access_id)
            _check_grant(command.by, (Role.ADMIN,) if known.signs_for else known.roles)
            return [] if known.is_revoked else [carried(e.KeyRevoked, command)]
        case c.AcceptInvitation():
            return _accept(found(access, "access", command.access_id), command)
        case c.PublishSigningKey():
            return _publish(access, command)
        case _:
            assert_never(command)


def _publish(access: Access | None, command: c.PublishSigningKey) -> Decision:
    if access is not None:
        raise AlreadyExistsError("access", command.access_id)
    if command.until_time <= command.from_time:
        msg = "A signing key ends after it begins"
        raise DatesError(msg)
    if not is_p256(command.public_key):
        msg = "public_key is the Base64 of a P-256 SubjectPublicKeyInfo"
        raise PublicKeyError(msg)
    return [carried(e.SigningKeyPublished, command)]


def _accept(access: Access, command: c.AcceptInvitation) -> Decision:
    if not hmac.compare_digest(access.secret_hash, command.secret_hash):
        msg = "This is not the invitation's secret"
        raise SecretMismatchError(msg)
    if not access.is_invitation or access.is_accepted or access.is_revoked:
        msg = "This invitation was used or withdrawn; ask for another"
        raise InvitationSpentError(msg)
    accepted = carried(e.InvitationAccepted, command)
    if not (access.checkpoint and Role.CHECKPOINT in access.roles):
        return [accepted]
    return [accepted, _device(access, command.access_id)]


def _device(access: Access, access_id: str) -> e.DeviceEnrolled:
    """Who accepts for a post brings the phone that scans there: a link, a device."""
    return e.DeviceEnrolled(
        originator_id=f"device:{access_id}",
        name=access.name,
        organisation=access.organisation,
        checkpoint=access.checkpoint,
    )


def evolve(access: Access | None, event: e.AccessEvent) -> Access:
    access = access or NOTHING
    match event:
        case e.KeyIssued():
            return Access(
                event.expires_time,
                event.secret_hash,
                event.name,
                event.organisation,
                event.roles,
                event.zone,
                issuer=event.issuer,
            )
        case e.InvitationMade():
            return Access(
                event.expires_time,
                event.secret_hash,
                event.name,
                event.organisation,
                event.roles,
                checkpoint=event.checkpoint,
                issuer=event.issuer,
                is_invitation=True,
            )
        case e.InvitationAccepted():
            return replace(access, is_accepted=True, pin_hash=event.pin_hash)
        case e.KeyRevoked():
            return replace(access, is_revoked=True)
        case e.SigningKeyPublished():
            return Access(event.until_time, name=event.issuer, signs_for=event.issuer)
        case _:
            assert_never(event)


def _check_roles(command: c.IssueKey | c.Invite) -> None:
    """Without an organisation a firm, without an issuer a reviewer could do nothing."""
    if not command.roles:
        msg = "A key without a role opens nothing"
        raise RefusedError(msg)
    if {Role.FIRM, Role.DRIVER} & set(command.roles) and not command.organisation:
        msg = "A firm's or a driver's key names its organisation"
        raise RefusedError(msg)
    narrow = Role.REVIEWER in command.roles and Role.ADMIN not in command.roles
    if narrow and not command.issuer:
        msg = "A reviewer's key names its issuer"
        raise RefusedError(msg)


def _check_grant(by: Reporter, roles: Iterable[Role]) -> None:
    """Raises ForbiddenError unless each of the roles is theirs to give and to end."""
    given = {role for own in by.roles for role in GRANTS.get(own, ())}
    if beyond := sorted(set(roles) - given):
        msg = f"An administrator gives and ends this role: {', '.join(beyond)}"
        raise ForbiddenError(msg)


AGGREGATE = Aggregate(evolve, decide)
