"""A renewal takes over sealed persons; who files it for the firm reads nobody."""

import pytest

from tests.integration.test_persons import (
    DRIVER,
    ESCORT,
    ID_NUMBER,
    NAME,
    OWNER,
    PHONE,
    PLATE,
    TEXTS,
    WEEK,
    WHOLE,
    persons,
)

SAME = PLATE | WEEK | {"crew_count": 2, "owner_kind": "person", "declaration": True}
SAME |= {"same_persons": True}


@pytest.fixture(scope="module", autouse=True)
def issuer(served):
    body = {"issuer": "county", "name": "县", "division_code": "370323"}
    body |= {"serial_from": 0, "serial_until": 99, "validity_days": 14}
    served.as_("admin").post("/v1/issuers", json=body).raise_for_status()


def drafted(client, pass_id, **more):
    body = {"pass_id": pass_id, "issuer": "county", "organisation": "firm"}
    body |= PLATE | more
    return client.post("/v1/passes", json=body)


def requested(client, pass_id, body):
    return client.post(f"/v1/passes/{pass_id}/requests", json=body)


@pytest.fixture
def before(served, request):
    """An application of the firm with a driver, an escort and an owner."""
    pass_id = request.node.name[-40:].strip("_[]")
    drafted(served.as_("firm"), pass_id).raise_for_status()
    requested(served.as_("firm"), pass_id, WHOLE).raise_for_status()
    return pass_id


def renewed(served, before, who=("liaison", ""), **more):
    client, pass_id = served.as_(*who), f"{before}-new"
    drafted(client, pass_id, renews=before, on_behalf_of="firm").raise_for_status()
    return requested(client, pass_id, SAME | more), pass_id


def test_a_liaison_officer_renews_for_a_firm_and_never_sees_a_person(served, before):
    answer, pass_id = renewed(served, before)

    assert answer.status_code == 201, answer.text
    assert not [text for text in TEXTS if text in answer.text]
    assert persons(served.as_("liaison", ""), pass_id).json()["code"] == "role-missing"
    found = persons(served.as_("firm"), pass_id).json()["persons"]
    assert [one["name"] for one in found] == [NAME, ESCORT, OWNER]
    assert (found[0]["phone"], found[0]["id_number"]) == (PHONE, ID_NUMBER)
    request = served.node.application.state(f"pass:{pass_id}").request
    assert request.licence_class == DRIVER["licence_class"]


def test_each_application_has_subjects_of_its_own_and_is_erased_apart(served, before):
    _, pass_id = renewed(served, before)
    reviewer = served.as_("reviewer", "")
    old, new = (persons(reviewer, each).json()["persons"] for each in (before, pass_id))
    assert not {one["subject"] for one in old} & {one["subject"] for one in new}

    served.as_("admin").post(f"/v1/passes/{before}/erasures", json={})

    left = persons(reviewer, pass_id).json()["persons"]
    assert {one["state"] for one in left} == {"readable"}


def test_who_is_named_anew_is_taken_instead(served, before):
    anew = {"driver": {"name": "新人"}, "crew": [{"name": "新押运"}]}

    _, pass_id = renewed(served, before, **anew)

    found = persons(served.as_("firm"), pass_id).json()["persons"]
    assert [one["name"] for one in found] == ["新人", "新押运", OWNER]


def test_another_vehicle_has_another_owner(served, before):
    client, pass_id = served.as_("liaison", ""), f"{before}-swap"
    other = {"plate": "鲁X00009"}
    drafted(client, pass_id, replaces=before, on_behalf_of="firm", **other)
    body = SAME | other | {"owner_kind": "organisation", "owner": "示例果品"}

    requested(client, pass_id, body).raise_for_status()

    found = persons(served.as_("firm"), pass_id).json()["persons"]
    assert [one["part"] for one in found] == ["driver", "crew"]


def test_who_was_erased_is_not_brought_back(served, before):
    served.as_("admin").post(f"/v1/passes/{before}/erasures", json={})

    answer, _ = renewed(served, before)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "nobody-to-copy")
    assert (told["part"], told["state"]) == ("driver", "erased")


def test_an_application_that_follows_none_has_nobody_to_take_over(served):
    client = served.as_("liaison", "")
    drafted(client, "first", on_behalf_of="firm")

    answer = requested(client, "first", SAME)

    assert (answer.status_code, answer.json()["code"]) == (409, "nobody-to-copy")


def test_nobody_gets_at_another_firms_persons_by_renewing(served, before):
    rival = served.as_("firm", "rival")

    answer = drafted(rival, f"{before}-stolen", organisation="rival", renews=before)

    assert (answer.status_code, answer.json()["code"]) == (404, "pass-not-found")
