"""What each smaller aggregate refuses, and what it accepts with a flag."""

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import commands as c
from domain import errors
from domain import events as e
from domain.enterprise import check_character, is_credit_code
from domain.plates import PROVINCES, normalise_plate
from domain.values import Flag, Reporter, Role, ScanSource
from tests.unit.domain import examples as x
from tests.unit.domain.given import FIRM, NOW, RIVAL, given, minutes

OWN = Reporter("r", "firm", frozenset({Role.REVIEWER}))
ACCEPTED = {type(command): (history, command) for history, command in x.ACCEPTED}
SCAN = ACCEPTED[c.RecordScan][1]
DISINFECTION = ACCEPTED[c.RecordDisinfection][1]
ISSUE = ACCEPTED[c.IssueKey][1]
PUBLISH = ACCEPTED[c.PublishSigningKey][1]
CLAIM = ACCEPTED[c.ClaimNotice][1]
SENT = ACCEPTED[c.MarkNoticeSent][1]
WAIT = ACCEPTED[c.ReportWait][1]
HANDOVER = ACCEPTED[c.HandOverShift][1]
REVOKED_DEVICE = given().and_then(x.ENROL).and_then(c.RevokeDevice(device="d1"))
CLOSE_POST = c.CloseCheckpoint(checkpoint="CP1")
RESOLVED_ALERT = x.ALERT.and_then(c.ResolveAlert(alert_id=x.RAISE_ALERT.alert_id))
REGISTER_VEHICLE = ACCEPTED[c.RegisterVehicle][1]
APPROVE_RESUMPTION = c.ApproveResumption(enterprise_id="firm")
CLOSE_LANE = c.CloseLane(lane="l1", reason="雪")


@pytest.mark.parametrize(
    ("history", "command", "error"),
    [
        (x.ENTERPRISE, x.REGISTER, errors.AlreadyExistsError),
        (x.NOTHING, replace(x.REGISTER, credit_code="1" * 18), errors.CreditCodeError),
        (x.NOTHING, x.REQUEST_RESUMPTION, errors.NotFoundError),
        (x.ASKED, x.REQUEST_RESUMPTION, errors.WrongStateError),
        (
            x.ENTERPRISE,
            c.ApproveResumption(enterprise_id="firm"),
            errors.WrongStateError,
        ),
        (x.NEED, x.RAISE, errors.AlreadyExistsError),
        (x.NOTHING, x.RESOLVE, errors.NotFoundError),
        (x.NEED, c.ConfirmNeed(need_id="n1", satisfied=True), errors.WrongStateError),
        (x.NEED, c.ReopenNeed(need_id="n1", reason="x"), errors.WrongStateError),
        (x.RESOLVED, x.RESOLVE, errors.WrongStateError),
        (x.RESOLVED, ACCEPTED[c.AssignNeed][1], errors.WrongStateError),
        (x.RESOLVED, ACCEPTED[c.ReportNeedProgress][1], errors.WrongStateError),
        (x.RESOLVED, ACCEPTED[c.EscalateNeed][1], errors.WrongStateError),
        (x.NOTHING, replace(REGISTER_VEHICLE, plate="?"), errors.PlateShapeError),
        (x.NOTHING, ACCEPTED[c.ReleasePass][1], errors.WrongStateError),
        (x.LANE, x.OPEN_LANE, errors.AlreadyExistsError),
        (x.NOTHING, CLOSE_LANE, errors.NotFoundError),
        (x.NOTHING, replace(x.OPEN_LANE, until_time=NOW), errors.DatesError),
        (
            given(*x.LANE.events).and_then(CLOSE_LANE),
            c.DivertLane(lane="l1", reason="x"),
            errors.WrongStateError,
        ),
        (given().and_then(x.PLACE), x.PLACE, errors.AlreadyExistsError),
        (x.NOTHING, c.VerifyPlace(place="C01", point=x.HERE), errors.NotFoundError),
        (x.POST, x.OPEN_POST, errors.AlreadyExistsError),
        (
            given(*x.POST.events).and_then(CLOSE_POST),
            c.MoveCheckpoint(checkpoint="CP1", point=x.HERE),
            errors.WrongStateError,
        ),
        (
            x.POST,
            c.PostInstruction(checkpoint="CP1", text="x", until_time=NOW),
            errors.DatesError,
        ),
        (x.NOTHING, CLOSE_POST, errors.NotFoundError),
        (x.NOTHING, CLAIM, errors.NotFoundError),
        (RESOLVED_ALERT, ACCEPTED[c.AssignAlert][1], errors.WrongStateError),
        (RESOLVED_ALERT, ACCEPTED[c.MuteAlert][1], errors.WrongStateError),
        (
            given(*x.ALERT.events).and_then(CLAIM),
            replace(CLAIM, node="m"),
            errors.WrongStateError,
        ),
        (given(*x.ALERT.events).and_then(SENT), CLAIM, errors.WrongStateError),
        (given().and_then(ISSUE), ISSUE, errors.AlreadyExistsError),
        (x.NOTHING, replace(ISSUE, organisation=""), errors.RefusedError),
        (x.NOTHING, replace(ISSUE, roles=()), errors.RefusedError),
        (x.NOTHING, c.RevokeKey(access_id="k1"), errors.NotFoundError),
        (x.NOTHING, replace(PUBLISH, until_time=NOW), errors.DatesError),
        (given().and_then(x.ENROL), x.ENROL, errors.AlreadyExistsError),
        (x.NOTHING, c.RevokeDevice(device="d1"), errors.NotFoundError),
    ],
)
def test_it_is_refused_with_its_own_code(history, command, error):
    given(*history.events).when(command).refused(error)


@pytest.mark.parametrize("command", [x.REGISTER, x.REQUEST_RESUMPTION, x.RAISE])
def test_a_rival_speaks_for_nobody_else(command):
    given(*x.ENTERPRISE.events).when(command, RIVAL).refused(errors.NotFoundError)


def test_an_enterprise_does_not_approve_itself():
    for command in (
        c.ApproveResumption(enterprise_id="firm"),
        c.RefuseResumption(enterprise_id="firm", reason="x"),
    ):
        given(*x.ASKED.events).when(command, OWN).refused(errors.OwnOrganisationError)


def test_a_refused_resumption_may_be_asked_for_again():
    refused = given(*x.ASKED.events).and_then(
        c.RefuseResumption(enterprise_id="firm", reason="x")
    )

    refused.when(x.REQUEST_RESUMPTION).then(e.ResumptionRequested)


@pytest.mark.parametrize(
    ("history", "command", "flag"),
    [
        (
            given(*x.ENTERPRISE.events).and_then(ACCEPTED[c.ReportResumption][1]),
            replace(ACCEPTED[c.ReportResumption][1], fact_id="fact-2"),
            Flag.REPEATED,
        ),
        (
            x.ENTERPRISE,
            replace(ACCEPTED[c.ReportStaff][1], on_site=10, total=9),
            Flag.STAFF_EXCEEDS_TOTAL,
        ),
        (x.NOTHING, ACCEPTED[c.ReportResumption][1], Flag.UNREGISTERED),
        (x.NOTHING, ACCEPTED[c.ReportStaff][1], Flag.UNREGISTERED),
        (x.NOTHING, ACCEPTED[c.ReportLiaisonVisit][1], Flag.UNREGISTERED),
        (x.NOTHING, WAIT, Flag.UNREGISTERED),
        (given(*x.POST.events).and_then(CLOSE_POST), WAIT, Flag.CHECKPOINT_CLOSED),
        (x.NOTHING, HANDOVER, Flag.UNREGISTERED),
        (
            given(*x.POST.events).and_then(CLOSE_POST),
            HANDOVER,
            Flag.CHECKPOINT_CLOSED,
        ),
        (x.NOTHING, replace(SCAN, plate=""), Flag.PLATE_MISSING),
        (x.NOTHING, replace(SCAN, plate="?"), Flag.PLATE_UNKNOWN_SHAPE),
        (x.NOTHING, replace(SCAN, source=ScanSource.PAPER), Flag.PAPER),
        (x.NOTHING, replace(SCAN, assumed=True), Flag.ASSUMED),
        (x.NOTHING, SCAN, Flag.UNREGISTERED),
        (given(*x.POST.events).and_then(CLOSE_POST), SCAN, Flag.CHECKPOINT_CLOSED),
        (x.NOTHING, replace(SCAN, device="d1"), Flag.DEVICE_UNKNOWN),
        (REVOKED_DEVICE, replace(SCAN, device="d1"), Flag.DEVICE_REVOKED),
        (x.NOTHING, replace(SCAN, event_time=NOW + minutes(90)), Flag.CLOCK_AHEAD),
        (x.NOTHING, replace(SCAN, event_time=NOW - minutes(90)), Flag.LATE),
        (
            x.NOTHING,
            replace(DISINFECTION, event_time=NOW - minutes(12 * 60)),
            Flag.ALREADY_LAPSED,
        ),
    ],
)
def test_it_is_accepted_and_flagged(history, command, flag):
    (told,) = given(*history.events).when(command).decided()

    assert flag in told.flags


def test_what_was_told_of_an_unregistered_enterprise_does_not_register_it():
    told = given().and_then(ACCEPTED[c.ReportStaff][1])

    told.when(ACCEPTED[c.ReportStaff][1]).then()
    told.when(x.REQUEST_RESUMPTION).refused(errors.NotFoundError)
    told.and_then(x.REGISTER).when(x.REQUEST_RESUMPTION).then(e.ResumptionRequested)


@pytest.mark.parametrize(
    "kind", [c.ReportStaff, c.ReportResumption, c.ReportLiaisonVisit]
)
def test_of_another_enterprise_nobody_reports_registered_or_not(kind):
    for history in (x.NOTHING, x.ENTERPRISE):
        given(*history.events).when(ACCEPTED[kind][1], RIVAL).refused(
            errors.NotFoundError
        )


def test_a_pass_that_was_never_issued_is_not_collected():
    given().when(ACCEPTED[c.CollectPass][1]).refused(errors.NotFoundError)
    x.DRAFTED.when(ACCEPTED[c.CollectPass][1]).then(
        e.PassCollected, flags=[Flag.PASS_NOT_VALID, Flag.TIME_ASSUMED]
    )


def test_a_disinfection_lasts_twelve_hours_unless_it_says_otherwise():
    (told,) = given().when(replace(DISINFECTION, event_time=NOW)).decided()
    own = replace(DISINFECTION, event_time=NOW, valid_until=NOW + minutes(5))

    assert told.valid_until == NOW + minutes(720)
    assert given().when(own).decided()[0].valid_until == NOW + minutes(5)


@pytest.mark.parametrize(
    "command",
    [
        x.RAISE_ALERT,
        c.AcknowledgeAlert(alert_id=x.RAISE_ALERT.alert_id),
        c.ResolveAlert(alert_id=x.RAISE_ALERT.alert_id),
        SENT,
    ],
)
def test_an_alert_raised_or_ended_twice_is_known(command):
    given(*x.ALERT.events).and_then(command).when(command).then()


def test_what_was_resolved_may_occur_again_and_is_then_new():
    again = replace(x.RAISE_ALERT, occurrence=2)
    resolve = c.ResolveAlert(alert_id=x.RAISE_ALERT.alert_id, occurrence=1)
    claim = replace(CLAIM, node="other")

    given(*x.ALERT.events).when(again).then()
    given(*RESOLVED_ALERT.events).when(x.RAISE_ALERT).then()
    twice = given(*RESOLVED_ALERT.events).and_then(again)
    assert [type(event) for event in twice.events[-1:]] == [e.AlertRaised]
    given(*twice.events).when(resolve).then()
    given(*twice.events).when(claim).then(e.NoticeClaimed)
    given(*twice.events).when(replace(resolve, occurrence=2)).then(e.AlertResolved)


def test_an_expired_claim_may_be_taken_over():
    claimed = given(*x.ALERT.events).and_then(CLAIM)

    claimed.at(NOW + minutes(2)).when(replace(CLAIM, node="m")).then(e.NoticeClaimed)


def test_a_lane_or_post_that_is_closed_already_is_known():
    given(*x.LANE.events).and_then(CLOSE_LANE).when(CLOSE_LANE).then()
    given(*x.LANE.events).when(c.ReopenLane(lane="l1")).then()
    given(*x.POST.events).and_then(CLOSE_POST).when(CLOSE_POST).then()
    given().and_then(x.INVITE).and_then(c.RevokeKey(access_id="a1")).when(
        c.RevokeKey(access_id="a1")
    ).then()


def test_a_need_that_was_reopened_can_be_solved_again():
    reopened = x.RESOLVED.and_then(c.ReopenNeed(need_id="n1", reason="x"))
    confirmed = x.RESOLVED.and_then(c.ConfirmNeed(need_id="n1", satisfied=False))

    reopened.when(x.RESOLVE).then(e.NeedResolved)
    confirmed.when(x.RESOLVE).refused(errors.WrongStateError)
    confirmed.when(c.ReopenNeed(need_id="n1", reason="x")).then(e.NeedReopened)


def test_a_lane_that_was_diverted_can_be_reopened():
    diverted = x.LANE.and_then(c.DivertLane(lane="l1", reason="冰"))

    diverted.when(c.ReopenLane(lane="l1")).then(e.LaneReopened)


def test_a_released_vehicle_may_have_another_pass():
    freed = x.APPROVED.and_then(ACCEPTED[c.ReleasePass][1])
    second = freed.and_then(replace(x.DRAFT, pass_id="p2"))
    second = second.and_then(replace(x.REQUEST, pass_id="p2"))

    assert second.when(replace(x.APPROVE, pass_id="p2")).decided()


def test_a_vehicle_is_one_firms():
    taken = given().and_then(REGISTER_VEHICLE, FIRM)
    rivals = replace(REGISTER_VEHICLE, organisation="rival")

    taken.when(REGISTER_VEHICLE, FIRM).then()
    taken.when(rivals).refused(errors.AlreadyExistsError)
    taken.when(rivals, FIRM).refused(errors.NotFoundError)
    taken.when(ACCEPTED[c.AssignDevice][1], RIVAL).refused(errors.NotFoundError)


def test_an_invitation_opens_once_with_its_secret():
    accept = ACCEPTED[c.AcceptInvitation][1]
    invited = given().and_then(x.INVITE)

    invited.when(replace(accept, secret_hash="b" * 64)).refused(
        errors.SecretMismatchError
    )
    spent = given(*invited.events).and_then(accept)
    spent.when(accept).refused(errors.InvitationSpentError)
    revoked = given(*invited.events).and_then(c.RevokeKey(access_id="a1"))
    revoked.when(accept).refused(errors.InvitationSpentError)


def test_a_lost_device_may_be_enrolled_again():
    lost = given().and_then(x.ENROL).and_then(c.RevokeDevice(device="d1"))

    lost.when(c.RevokeDevice(device="d1")).then()
    lost.when(x.ENROL).then(e.DeviceEnrolled)


@pytest.mark.parametrize(
    ("written", "plain", "is_known"),
    [
        ("鲁X·00001", "鲁X00001", True),
        (" 鲁 x 00001 ", "鲁X00001", True),
        ("鲁ＸＤ００００３", "鲁XD00003", True),
        ("鲁X0006挂", "鲁X0006挂", True),
        ("粤Z1234港", "粤Z1234港", True),
        ("鲁X0000I", "鲁X0000I", False),
        ("X00001", "X00001", False),
        ("鲁X000011", "鲁X000011", False),
    ],
)
def test_plates_are_normalised_and_judged(written, plain, is_known):
    assert normalise_plate(written) == (plain, is_known)


@forall(st.text(max_size=24))
def test_normalising_a_plate_again_changes_nothing(text):
    once = normalise_plate(text).text

    assert normalise_plate(once).text == once


@forall(st.sampled_from(PROVINCES), st.text("0123456789", min_size=5, max_size=5))
def test_every_province_has_plates(province, serial):
    assert normalise_plate(f"{province}A{serial}").is_known_shape


@forall(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_one_wrong_check_character_is_found(body):
    right = check_character(body)

    assert is_credit_code(body + right)
    assert not any(
        is_credit_code(body + wrong) for wrong in "0123456789" if wrong != right
    )


def test_a_scan_by_an_enrolled_phone_at_an_open_post_has_no_flags():
    known = given(*x.POST.events).and_then(x.ENROL)

    told = replace(SCAN, device="d1", event_time=NOW)
    known.when(told).then(e.PassScanned, flags=())
