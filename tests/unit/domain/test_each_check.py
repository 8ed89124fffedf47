"""Checks of decisions that no story needs: each is there for a reason all the same."""

import pytest
from msgspec.structs import replace

from domain import commands as c
from domain import errors
from domain import events as e
from domain.values import Flag, Reporter, Role
from tests.unit.domain import examples as x
from tests.unit.domain.given import NOW, RIVAL, given

EXAMPLES = {type(command): (history, command) for history, command in x.ACCEPTED}
PUBLISH = EXAMPLES[c.PublishSigningKey][1]
SECOND = {"pass_id": "p2"}


ORPHAN = replace(x.DRAFTED.events[-1], renews="never")
"""Renews an application that this log does not have."""
TOWN = Reporter("key-town", "", frozenset({Role.REVIEWER}), issuer="town")


def succeeding(history, **old):
    draft = replace(x.DRAFT, **SECOND, **old)
    return history.and_then(draft).and_then(replace(x.REQUEST, **SECOND))


@pytest.mark.parametrize(
    ("history", "command", "error"),
    [
        (given().and_then(PUBLISH), PUBLISH, errors.AlreadyExistsError),
        (x.NOTHING, replace(PUBLISH, public_key="AAAA"), errors.PublicKeyError),
        (
            x.NOTHING,
            replace(x.INVITE, roles=(Role.REVIEWER,), issuer=""),
            errors.RefusedError,
        ),
        (given(*x.REQUESTED.events[1:]), x.APPROVE, errors.NotFoundError),
        (
            given(
                replace(x.OPENED.events[0], validity_days=1), *x.REQUESTED.events[1:]
            ),
            x.APPROVE,
            errors.PassWindowError,
        ),
        (
            succeeding(x.APPROVED, renews="p1").and_then(
                c.RevokePass(pass_id="p1", reason="x")
            ),
            replace(x.APPROVE, **SECOND),
            errors.WrongStateError,
        ),
        (
            given(*x.OPENED.events, ORPHAN).and_then(x.REQUEST),
            x.APPROVE,
            errors.NotFoundError,
        ),
        (x.REQUESTED, x.REQUEST, errors.WrongStateError),
        (
            x.NOTHING,
            replace(x.PICK_UP, lines=(x.LINES[0], x.LINES[0])),
            errors.RefusedError,
        ),
        (
            x.DRAFTED,
            replace(x.REQUEST, same_persons=True),
            errors.NobodyToCopyError,
        ),
    ],
)
def test_it_is_refused(history, command, error):
    given(*history.events).when(command).refused(error)


@pytest.mark.parametrize(
    "kind",
    [
        c.RequestPassInformation,
        c.RefusePass,
        c.SuspendPass,
        c.ReinstatePass,
        c.ApprovePass,
        c.RevokePass,
        c.ReleasePass,
    ],
)
def test_another_issuers_reviewer_decides_nothing(kind):
    history, command = EXAMPLES[kind]

    given(*history.events).when(command, TOWN).refused(errors.NotFoundError)


@pytest.mark.parametrize(
    "kind",
    [
        c.AssignNeed,
        c.ReportNeedProgress,
        c.EscalateNeed,
        c.ResolveNeed,
        c.ConfirmNeed,
        c.ReopenNeed,
    ],
)
def test_a_rival_works_no_need_of_another(kind):
    history, command = EXAMPLES[kind]

    given(*history.events).when(command, RIVAL).refused(errors.NotFoundError)


def test_a_scan_without_a_time_happened_now_and_says_so():
    _, scan = EXAMPLES[c.RecordScan]

    (told,) = given().when(scan).then(e.PassScanned)

    assert told.event_time == NOW
    assert Flag.TIME_ASSUMED in told.flags


def test_a_correction_comes_when_it_comes_booked_or_closed():
    _, fix = EXAMPLES[c.CorrectFact]
    fix = replace(fix, event_time=NOW)
    done = x.LOADED.and_then(EXAMPLES[c.CompleteShipment][1])

    given().when(fix).then(e.FactCorrected, flags=[Flag.CORRECTS_UNKNOWN])
    done.when(fix).then(e.FactCorrected, flags=[])
