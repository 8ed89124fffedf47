"""A list says what had happened at the position that it is signed as of."""

from time import monotonic

import pytest

from infra.passes.sheet import STATUSES, open_sheet
from infra.passes.status import Status, open_status_list
from tests.integration.test_passes_signed import trust_of
from tests.passes import grant, stage


@pytest.fixture(scope="module", autouse=True)
def staged(served):
    stage(served)


def packed_of(served, path, position):
    asked = {"min_position": str(position)}
    found = served.as_("checkpoint").get(path, params=asked)
    return found.raise_for_status().content


def list_of(served, position=0):
    packed = packed_of(served, "/v1/status-lists/370323", position)
    return open_status_list(packed, trust_of(served))


def sheet_of(served, position=0):
    packed = packed_of(served, "/v1/lane-sheets/CP1", position)
    return open_sheet(packed, trust_of(served))


def given(served, pass_id, plate):
    """A pass, its serial, and lists that were asked for before."""
    grant(served, pass_id, plate)
    told = served.as_("firm").get(f"/v1/passes/{pass_id}/signed").json()
    list_of(served, served.newest)
    sheet_of(served, served.newest)
    return told["number"]


def revoked(served, pass_id):
    path = f"/v1/passes/{pass_id}/revocations"
    answer = served.as_("reviewer", "").post(path, json={"reason": "转借"})
    return int(answer.raise_for_status().json()["position"])


def status_on(sheet, number):
    (row,) = (row for row in sheet.sheet.rows if row.number == number)
    return STATUSES[row.status]


def book_rests(served):
    """What a book of ten thousand passes does by itself, for seconds."""
    served.node.passes.lists._book._rests_until = monotonic() + 3600


def wakes(served):
    lists = served.node.passes.lists
    for one in (lists._book, *lists._made.values()):
        one._rests_until = 0.0


def test_a_list_that_is_asked_for_as_of_a_revocation_has_it(served):
    number = given(served, "fresh-1", "鲁X02001")
    book_rests(served)
    position = revoked(served, "fresh-1")

    found, sheet = list_of(served, position), sheet_of(served, position)

    assert found.version >= position
    assert found.status(int(number) % 10**6) == Status.INVALID
    assert sheet.version >= position
    assert status_on(sheet, number) == "revoked"


def test_a_list_without_a_revocation_is_not_signed_as_of_it(served):
    number = given(served, "fresh-2", "鲁X02002")
    lists = served.node.passes.lists
    position = revoked(served, "fresh-2")
    book_rests(served)
    for one in lists._made.values():
        one._rests_until = 0.0

    found, sheet = list_of(served), sheet_of(served)

    assert found.status(int(number) % 10**6) == Status.VALID
    assert (found.version < position, sheet.version < position) == (True, True)
    wakes(served)
    assert list_of(served).status(int(number) % 10**6) == Status.INVALID
    assert status_on(sheet_of(served), number) == "revoked"
