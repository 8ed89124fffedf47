"""Who lets others in, as what, and whose access they end: as a table, default deny."""

from datetime import timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from domain import commands as c
from domain import errors
from domain import events as e
from domain.values import Reporter, Role
from tests.unit.domain.examples import ACCEPTED, INVITE
from tests.unit.domain.given import NOW, given

ADMIN = Reporter("a", "", frozenset({Role.ADMIN}))
BY_COORDINATOR = {Role.FIRM, Role.DRIVER, Role.CHECKPOINT, Role.LIAISON}
BY_COORDINATOR |= {Role.COORDINATOR}
MAY = {(Role.ADMIN, role) for role in Role}
MAY |= {(Role.COORDINATOR, role) for role in BY_COORDINATOR}
(PUBLISH,) = (one for _, one in ACCEPTED if isinstance(one, c.PublishSigningKey))
PAIRS = list(product(Role, Role))


def by(role):
    return Reporter("k", "", frozenset({role}), issuer="county")


def invitation(*roles):
    return replace(INVITE, roles=roles, organisation="firm", issuer="county")


def key(*roles):
    return c.IssueKey(
        access_id="a1",
        secret_hash=INVITE.secret_hash,
        name="钥",
        roles=roles,
        organisation="firm",
        issuer="county",
        expires_time=NOW + timedelta(days=1),
    )


@pytest.mark.parametrize("make", [invitation, key])
@pytest.mark.parametrize(("role", "into"), PAIRS)
def test_nobody_lets_in_as_more_than_is_theirs_to_give(make, role, into):
    asked = given().when(make(into), by(role))

    if (role, into) in MAY:
        assert len(asked.decided()) == 1
    else:
        asked.refused(errors.ForbiddenError, "forbidden")


@pytest.mark.parametrize(("role", "held"), PAIRS)
def test_nobody_ends_an_access_that_is_not_theirs_to_give(role, held):
    history = given().and_then(invitation(held), ADMIN)

    asked = history.when(c.RevokeKey(access_id="a1"), by(role))

    if (role, held) in MAY:
        asked.then(e.KeyRevoked)
    else:
        asked.refused(errors.ForbiddenError, "forbidden")


def test_one_role_too_many_is_one_too_many():
    mixed = invitation(Role.CHECKPOINT, Role.REVIEWER)
    history = given().and_then(mixed, ADMIN)

    given().when(mixed, by(Role.COORDINATOR)).refused(errors.ForbiddenError)
    revoke = c.RevokeKey(access_id="a1")
    history.when(revoke, by(Role.COORDINATOR)).refused(errors.ForbiddenError)


@pytest.mark.parametrize("role", Role)
def test_a_key_that_signs_passes_is_ended_by_an_administrator_alone(role):
    history = given().and_then(PUBLISH, ADMIN)

    asked = history.when(c.RevokeKey(access_id="s1"), by(role))

    if role == Role.ADMIN:
        asked.then(e.KeyRevoked)
    else:
        asked.refused(errors.ForbiddenError)
