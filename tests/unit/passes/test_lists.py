"""Trust lists, status lists and lane sheets: signed by the right key, never older."""

import pytest
from msgspec.structs import replace

from infra.passes.envelope import Kind
from infra.passes.opener import open_pass
from infra.passes.refused import Refused
from infra.passes.sheet import open_sheet, sign_sheet
from infra.passes.status import (
    Status,
    StatusList,
    entries_of,
    open_status_list,
    sign_status_list,
)
from infra.passes.trust import open_trust_list, sign_trust_list
from tests.forge import BEGIN, DAY, NOW, SHEET, Forge, the_pass

FORGE = Forge()
LISTS = FORGE.keys["lists"]


def refused(code, call):
    with pytest.raises(Refused) as caught:
        call()
    assert caught.value.code == code


def test_a_trust_list_opens_under_its_root_alone():
    root = FORGE.root.public

    assert open_trust_list(FORGE.trust_list, root, 7).version == 7
    by_attacker = sign_trust_list(FORGE.trusted, 7, NOW, FORGE.attacker)
    stolen = FORGE.attacker._replace(kid=root.kid)
    under_its_kid = sign_trust_list(FORGE.trusted, 7, NOW, stolen)
    refused("kid", lambda: open_trust_list(by_attacker, root))
    refused("signature", lambda: open_trust_list(under_its_kid, root))


def test_no_list_goes_back_to_an_older_version():
    status = sign_status_list(StatusList(370323, 41, NOW, b""), LISTS)
    sheet = sign_sheet(SHEET, 41, NOW, LISTS)

    for held, code in ((41, ""), (42, "rollback")):
        for call in (
            lambda: open_status_list(status, FORGE.trust, held),  # noqa: B023
            lambda: open_sheet(sheet, FORGE.trust, held),  # noqa: B023
            lambda: open_trust_list(FORGE.trust_list, FORGE.root.public, held - 34),  # noqa: B023
        ):
            if code:
                refused(code, call)
            else:
                call()


def test_every_altered_byte_of_a_list_is_found():
    status = sign_status_list(StatusList(370323, 41, NOW, b"\x01"), LISTS)

    for at in range(len(status)):
        changed = bytearray(status)
        changed[at] ^= 0x10
        with pytest.raises(Refused):
            open_status_list(bytes(changed), FORGE.trust)


def test_only_a_key_for_lists_signs_lists():
    county = FORGE.keys["county"]
    status = sign_status_list(StatusList(370323, 1, NOW, b""), county)
    sheet = sign_sheet(SHEET, 1, NOW, county)

    refused("issuer", lambda: open_status_list(status, FORGE.trust))
    refused("issuer", lambda: open_sheet(sheet, FORGE.trust))


def test_one_kind_of_list_is_not_another():
    sheet = sign_sheet(SHEET, 1, NOW, LISTS)

    refused("envelope", lambda: open_status_list(sheet, FORGE.trust))
    refused("envelope", lambda: open_trust_list(sheet, FORGE.root.public))


def test_a_status_list_tells_valid_invalid_and_suspended():
    told = {0: Status.INVALID, 417: Status.SUSPENDED, 999_999: Status.INVALID}
    found = StatusList(370323, 9, NOW, entries_of(told))

    opened = open_status_list(sign_status_list(found, LISTS), FORGE.trust)

    assert opened == found
    assert {i: opened.status(i) for i in told} == told
    assert opened.status(418) == Status.VALID
    assert StatusList(370323, 9, NOW, b"").status(5) == Status.VALID


def test_a_status_list_that_promises_more_than_a_division_has_is_refused():
    whole = StatusList(370323, 9, NOW, bytes(250_001))

    refused(
        "size", lambda: open_status_list(sign_status_list(whole, LISTS), FORGE.trust)
    )


def test_a_status_list_of_another_subject_is_refused():
    told = {
        2: "/v1/status-lists/3703",
        6: NOW,
        -65538: 1,
        65533: {"bits": 2, "lst": b""},
    }
    frame = FORGE.signed(told, "lists", Kind.STATUS_LIST)

    refused("claims", lambda: open_status_list(frame, FORGE.trust))


def test_a_lane_sheet_comes_back_as_it_was_signed():
    opened = open_sheet(sign_sheet(SHEET, 41, NOW, LISTS), FORGE.trust, 41)

    assert (opened.version, opened.issued, opened.sheet) == (41, NOW, SHEET)


def test_a_key_that_left_the_list_opens_nothing():
    kept = [key for key in FORGE.trusted if key.name != "county"]
    packed = sign_trust_list(kept, 8, NOW, FORGE.root)
    trust = open_trust_list(packed, FORGE.root.public, 7)

    refused("kid", lambda: open_pass(FORGE.text(), trust, NOW))


def test_a_key_that_is_published_ahead_is_trusted_from_its_day_on():
    ahead = [replace(key, valid_from=NOW + DAY) for key in FORGE.trusted]
    packed = sign_trust_list(ahead, 8, NOW, FORGE.root)
    trust = open_trust_list(packed, FORGE.root.public)
    tomorrow = the_pass(issued=NOW + DAY)

    refused("key-window", lambda: open_pass(FORGE.text(), trust, NOW))
    assert open_pass(FORGE.text(tomorrow), trust, NOW + DAY).problem == ""


def test_a_point_off_the_curve_is_no_key():
    x, y = bytes(31) + b"\x05", bytes(31) + b"\x07"
    told = ["x", 370323, BEGIN, BEGIN + DAY, "", ""]
    key = {1: 2, 2: bytes(8), 3: -7, -1: 1, -2: x, -3: y, -65537: told}
    forge = FORGE.__class__()
    forge.keys["root"] = forge.root
    frame = forge.signed({6: NOW, -65538: 1, -65537: [key]}, "root", Kind.TRUST_LIST)

    refused("claims", lambda: open_trust_list(frame, forge.root.public))
