from datetime import timedelta
from hashlib import sha256

import pytest
from msgspec.structs import replace

from domain import commands as c
from domain import errors
from domain import events as e
from domain.approval import pass_number
from domain.values import Flag, PlateKind, Reporter, Role
from tests.unit.domain.examples import (
    APPROVE,
    APPROVED,
    ASK,
    DRAFT,
    DRAFTED,
    ISSUER,
    OPENED,
    REFERRED,
    REQUEST,
    REQUESTED,
    SUSPEND,
    fact,
)
from tests.unit.domain.given import FIRM, NOW, RIVAL, given, minutes

VEHICLE = "vehicle:鲁X00001:blue"
RELEASE = c.ReleasePass(reason="换线", plate="鲁X00001", plate_kind=PlateKind.BLUE)
OTHER = {"plate": "鲁XD00003", "plate_kind": PlateKind.GREEN}


def test_an_approval_takes_number_and_vehicle_in_one_batch():
    granted = (
        given(*REQUESTED.events)
        .when(APPROVE)
        .then(e.PassApproved, e.PassNumberTaken, e.ShortCodeTaken, e.PassAssigned)
    )

    assert granted[0].number == granted[3].number
    assert granted[1].originator_id == f"pass-number:{granted[0].number}"
    assert granted[3].originator_id == "vehicle:鲁X00001:blue"


def test_a_number_that_is_taken_is_not_given_again():
    issuer = given().and_then(ISSUER).events[0]
    first = pass_number(issuer, "p1", 0)
    taken = e.PassNumberTaken(originator_id=f"pass-number:{first}", pass_id="p0")

    granted = given(*REQUESTED.events, taken).when(APPROVE).decided()

    assert granted[0].number == pass_number(issuer, "p1", 1)


def test_a_full_block_is_said_to_be_full():
    one = replace(ISSUER, serial_until=0)
    history = given().and_then(one).and_then(DRAFT).and_then(REQUEST)
    taken = e.PassNumberTaken(originator_id="pass-number:370323000000", pass_id="p0")

    given(*history.events, taken).when(APPROVE).refused(errors.IssuerBlockFullError)


def test_one_vehicle_has_one_pass_at_a_time():
    second = replace(DRAFT, pass_id="p2")
    asked = replace(REQUEST, pass_id="p2")

    history = given(*APPROVED.events).and_then(second).and_then(asked)

    refused = history.when(replace(APPROVE, pass_id="p2"))
    refused.refused(errors.VehicleHasPassError, "vehicle-has-pass")


def test_a_window_after_the_first_pass_is_free():
    later = {"valid_from": REQUEST.valid_until}
    later["valid_until"] = REQUEST.valid_until + timedelta(days=1)
    history = given(*APPROVED.events).and_then(replace(DRAFT, pass_id="p2"))
    history = history.and_then(replace(REQUEST, pass_id="p2", **later))

    history.when(replace(APPROVE, pass_id="p2")).then(
        e.PassApproved, e.PassNumberTaken, e.ShortCodeTaken, e.PassAssigned
    )


def test_a_replacement_ends_the_old_pass_in_the_same_batch():
    draft = replace(DRAFT, pass_id="p2", replaces="p1", **OTHER)
    history = given(*APPROVED.events).and_then(draft)
    history = history.and_then(replace(REQUEST, pass_id="p2", **OTHER))

    decided = history.when(replace(APPROVE, pass_id="p2")).then(
        e.PassApproved,
        e.PassNumberTaken,
        e.ShortCodeTaken,
        e.PassReplaced,
        e.PassReleased,
        e.PassAssigned,
    )

    assert decided[3].originator_id == "pass:p1"
    assert decided[4].originator_id == "vehicle:鲁X00001:blue"


def test_a_renewal_may_overlap_what_it_renews():
    history = given(*APPROVED.events).and_then(
        replace(DRAFT, pass_id="p2", renews="p1")
    )
    history = history.and_then(replace(REQUEST, pass_id="p2"))

    decided = history.when(replace(APPROVE, pass_id="p2")).decided()

    assert e.PassRenewed in {type(event) for event in decided}


def test_nobody_puts_their_pass_in_the_place_of_another_firms():
    draft = replace(DRAFT, pass_id="p2", organisation="rival", replaces="p1", **OTHER)

    given(*APPROVED.events).when(draft).refused(errors.NotFoundError, "pass-not-found")


def test_a_reviewer_of_another_issuer_sees_no_such_pass():
    town = Reporter("r", "", frozenset({Role.REVIEWER}), "town")

    for command in (APPROVE, ASK, c.RefusePass(pass_id="p1", reason="x")):
        given(*REQUESTED.events).when(command, town).refused(errors.NotFoundError)
    for command in (SUSPEND, c.RevokePass(pass_id="p1", reason="x"), RELEASE):
        given(*APPROVED.events).when(command, town).refused(errors.NotFoundError)


def test_an_administrator_decides_for_every_issuer():
    admin = Reporter("a", "", frozenset({Role.ADMIN}))

    assert given(*REQUESTED.events).when(APPROVE, admin).decided()


def test_only_the_hash_of_a_reference_is_kept():
    drafted, given_out = given(*OPENED.events).when(REFERRED).decided()

    assert given_out.originator_id == (
        f"pass-reference:{sha256(REFERRED.reference.encode()).hexdigest()}"
    )
    assert REFERRED.reference not in str(drafted) + str(given_out)


def test_a_reference_leads_to_one_application():
    again = replace(REFERRED, pass_id="p2")

    given(*OPENED.events).and_then(REFERRED).when(again).refused(
        errors.AlreadyExistsError, "reference-exists"
    )


def test_an_application_names_an_issuer_that_there_is():
    given().when(DRAFT).refused(errors.NotFoundError, "issuer-not-found")


def test_a_revocation_frees_the_vehicle():
    revoke = c.RevokePass(pass_id="p1", reason="造假")

    given(*APPROVED.events).when(revoke).then(e.PassRevoked, e.PassReleased)


def test_to_free_a_vehicle_revokes_the_pass_that_it_holds():
    for history in (given(*APPROVED.events), APPROVED.and_then(SUSPEND)):
        revoked, _ = history.when(RELEASE).then(e.PassRevoked, e.PassReleased)
        assert (revoked.originator_id, revoked.reason) == ("pass:p1", "换线")
        ended = history.and_then(RELEASE)
        ended.when(c.RevokePass(pass_id="p1", reason="x")).refused(
            errors.WrongStateError
        )


def test_a_vehicle_freed_before_its_pass_ended_with_it_still_replays():
    alone = APPROVED.when(RELEASE).decided()[1:]
    old = given(
        *APPROVED.events, *(replace(one, originator_id=VEHICLE) for one in alone)
    )

    old.when(c.RevokePass(pass_id="p1", reason="x")).then(e.PassRevoked, e.PassReleased)


def test_nobody_decides_for_their_own_organisation():
    own = Reporter("r", "firm", frozenset({Role.REVIEWER}), "county")

    for command in (APPROVE, ASK, c.RefusePass(pass_id="p1", reason="x")):
        given(*REQUESTED.events).when(command, own).refused(errors.OwnOrganisationError)


@pytest.mark.parametrize(
    "command",
    [
        APPROVE,
        ASK,
        SUSPEND,
        c.RefusePass(pass_id="p1", reason="x"),
        c.ReinstatePass(pass_id="p1", reason="x"),
        c.SupplyPassInformation(pass_id="p1"),
        c.RevokePass(pass_id="p1", reason="x"),
    ],
)
def test_a_draft_can_only_be_submitted(command):
    given(*DRAFTED.events).when(command).refused(errors.WrongStateError)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"valid_until": NOW}, "pass-window"),
        ({"valid_until": NOW + timedelta(days=15)}, "pass-window"),
        ({"plate": "X"}, "plate-shape"),
        ({"gross_mass_kg": 4501.0}, "permit-missing"),
        ({"crew_count": 0}, "refused"),
    ],
)
def test_an_application_that_cannot_be_granted_is_refused_at_once(change, code):
    command = replace(REQUEST, **change)

    given(*DRAFTED.events).when(command).refused(errors.RefusedError, code)


def test_a_heavy_vehicle_with_a_permit_may_ask():
    heavy = replace(REQUEST, gross_mass_kg=18000.0, road_transport_permit="3703")

    given(*DRAFTED.events).when(heavy).then(e.PassRequested)


def test_a_plate_of_no_known_shape_cannot_be_drafted():
    given().when(replace(DRAFT, plate="?")).refused(errors.PlateShapeError)


def test_a_first_contact_in_the_future_is_not_believed():
    ahead = replace(DRAFT, first_contact_time=NOW + minutes(11))

    given().when(ahead).refused(errors.TimeAheadError)


def test_another_firms_pass_looks_as_if_it_were_not_there():
    given(*DRAFTED.events).when(REQUEST, RIVAL).refused(
        errors.NotFoundError, "pass-not-found"
    )
    given().when(REQUEST, FIRM).refused(errors.NotFoundError, "pass-not-found")
    given(*OPENED.events).when(DRAFT, RIVAL).refused(errors.NotFoundError)


def test_a_pass_is_drafted_once():
    given(*DRAFTED.events).when(DRAFT).refused(errors.AlreadyExistsError, "pass-exists")


def test_collecting_twice_or_without_a_number_is_flagged():
    first = c.CollectPass(pass_id="p1", **fact("one"), event_time=NOW)
    again = replace(first, fact_id="fact-two")

    given(*APPROVED.events).when(first).then(e.PassCollected, flags=[])
    given(*APPROVED.events).and_then(first).when(again).then(
        e.PassCollected, flags=[Flag.REPEATED]
    )
    given(*DRAFTED.events).when(first).then(
        e.PassCollected, flags=[Flag.PASS_NOT_VALID]
    )


def test_an_issuer_states_a_block_and_a_division():
    for change in (
        {"division_code": "37"},
        {"serial_from": 5, "serial_until": 4},
        {"serial_until": 1_000_000},
        {"validity_days": 0},
    ):
        given().when(replace(ISSUER, **change)).refused(errors.RefusedError)
    given().and_then(ISSUER).when(ISSUER).refused(errors.AlreadyExistsError)
