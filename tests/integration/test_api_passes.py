"""Two issuers, the desk's queues, the status by reference, the weekly report."""

import json

import pytest

from tests.applications import decide, draft, one, open_issuers, standing, submit


@pytest.fixture(scope="module", autouse=True)
def issuers(served):
    open_issuers(served)


def desk(served, position, **reviewer):
    reviewer = {"organisation": ""} | reviewer
    read = served.as_("reviewer", **reviewer).get
    board = read("/v1/pass-desk", params={"min_position": position}).json()
    return [found["pass_id"] for found in board["applications"]]


def test_each_issuer_sees_and_decides_only_its_own(served):
    draft(served, "two-c", "鲁X10001")
    draft(served, "two-t", "鲁X10002", issuer="town")
    submit(served, "two-c", "鲁X10001")
    position = submit(served, "two-t", "鲁X10002")

    assert "two-c" in desk(served, position)
    assert "two-t" not in desk(served, position)
    assert "two-t" in desk(served, position, issuer="town")
    refused = decide(served, "two-t", "approvals")
    assert (refused.status_code, refused.json()["code"]) == (404, "pass-not-found")
    county = served.as_("reviewer", "")
    assert county.get("/v1/history/pass/two-t").status_code == 404
    asked = {"pass_id": "two-t", "issuer": "town", "min_position": position}
    board = county.get("/v1/applications", params=asked).json()
    assert (board["applications"], board["request"]) == ([], None)
    decide(served, "two-t", "approvals", issuer="town").raise_for_status()
    number = one(served, "two-t")["number"]
    assert 500_000 <= int(number[6:]) <= 599_999


def test_truck_swaps_stand_above_all_others(served):
    draft(served, "old", "鲁X20001", contact="06:00")
    submit(served, "old", "鲁X20001")
    decide(served, "old", "approvals").raise_for_status()
    draft(served, "late", "鲁X20002", contact="05:00")
    submit(served, "late", "鲁X20002")
    draft(served, "swap", "鲁X20003", contact="11:59", replaces="old")
    position = submit(served, "swap", "鲁X20003")

    found = desk(served, position)

    assert found[0] == "swap"
    assert found.index("swap") < found.index("late")
    swap = one(served, "swap")
    assert swap["promise_minutes"] == 30
    assert swap["left_minutes"] < 30


def test_a_reference_shows_the_status_and_is_kept_only_as_a_hash(served):
    told = draft(served, "seen-1", "鲁X30001")
    submit(served, "seen-1", "鲁X30001")
    missing = {"missing": ["押运员身份证"]}
    decide(served, "seen-1", "information-requests", missing).raise_for_status()

    found = standing(served, told["reference"]).json()

    assert found["status"] == "information_requested"
    assert found["missing"] == ["押运员身份证"]
    assert found["is_paused"]
    assert found["issuer_name"] == "沂源县交通运输局"
    assert found["in_hand_minutes"] > 0
    page = served.node.application.recorder.select_notifications(1, 10_000)
    assert told["reference"].encode() not in b"".join(n.state for n in page)
    assert not any(told["reference"] in n.originator_id for n in page)


def test_a_reference_may_be_made_by_the_sender(served):
    own = "0123456789abcdef" * 2

    told = draft(served, "seen-2", "鲁X30002", reference=own)

    assert told["reference"] == own
    assert standing(served, own).json()["pass_id"] == "seen-2"
    assert standing(served, own).json()["status"] == "drafted"


def by_reference(served, reference):
    body = {"reference": reference}
    return served.client().post("/v1/pass-status/signed", json=body)


def test_whoever_holds_the_reference_has_the_pass_in_hand_once(served):
    told = draft(served, "held-1", "鲁X30011")
    submit(served, "held-1", "鲁X30011")
    early = by_reference(served, told["reference"])
    decide(served, "held-1", "approvals", {}).raise_for_status()

    first, again = (by_reference(served, told["reference"]) for _ in range(2))

    assert (early.status_code, early.json()["state"]) == (409, "requested")
    assert (first.json()["pass_id"], again.json()["plate"]) == ("held-1", "鲁X30011")
    assert first.json()["text"].startswith("GC1:")
    events = list(served.node.application.events.get("pass:held-1"))
    collected = [e for e in events if type(e).__name__ == "PassCollected"]
    assert [(e.recorded_by, e.flags) for e in collected] == [("by-reference", ())]
    assert by_reference(served, "e" * 32).json()["code"] == "reference-not-found"


def test_an_unknown_reference_shows_nothing_and_guessing_is_slowed(served):
    assert standing(served, "f" * 32).json()["code"] == "reference-not-found"
    assert standing(served, "G" * 32).json()["code"] == "invalid-body"
    codes = {standing(served, f"{n:032x}").status_code for n in range(40)}

    assert codes == {404, 429}


def test_a_firm_lists_its_own_applications_in_every_state(served):
    draft(served, "own-1", "鲁X40001", organisation="lister")
    draft(served, "own-2", "鲁X40002", contact="11:30", organisation="lister")
    position = submit(served, "own-1", "鲁X40001", organisation="lister")

    firm = served.as_("firm", "lister")
    board = firm.get("/v1/applications", params={"min_position": position}).json()
    whole = firm.get("/v1/applications", params={"pass_id": "own-1"}).json()
    other = served.as_("firm").get("/v1/applications", params={"pass_id": "own-1"})

    states = [(a["pass_id"], a["status"]) for a in board["applications"]]
    assert states == [("own-2", "drafted"), ("own-1", "requested")]
    assert board["request"] is None
    assert whole["request"]["gross_mass_kg"] == 4490
    assert "recorded_by" not in whole["request"]
    assert other.json()["applications"] == []


def test_the_week_is_counted_by_issuer(served):
    draft(served, "wk-1", "鲁X50001", contact="10:00", organisation="weekly")
    submit(served, "wk-1", "鲁X50001", organisation="weekly")
    told = decide(served, "wk-1", "approvals").raise_for_status().json()
    read = served.as_("coordinator", "").get
    wait = {"min_position": told["position"]}

    week = read("/v1/pass-report", params=wait | {"week": "2020-W07"}).json()
    now = read("/v1/pass-report", params=wait).json()
    before = read("/v1/pass-report", params=wait | {"week": "2020-W06"}).json()

    assert (week["first_day"], week["last_day"]) == ("2020-02-10", "2020-02-16")
    assert week["issuers"] == now["issuers"]
    assert [found["issuer"] for found in week["issuers"]] == ["county", "town"]
    asked = [found["record"]["asked"] for found in week["issuers"]]
    assert sum(asked) == week["total"]["asked"] > 0
    assert before["total"]["asked"] == 0
    county = week["issuers"][0]["record"]
    assert county["same_day"] == county["decided"] > 0
    assert json.dumps(county)


@pytest.mark.parametrize("week", ["2020-W60", "last", "2020-07"])
def test_a_week_that_there_is_not_is_refused(served, week):
    read = served.as_("coordinator", "").get("/v1/pass-report", params={"week": week})

    assert read.json()["code"] == "invalid-parameter"


def test_a_reviewer_is_of_an_issuer(served):
    body = {"name": "x", "roles": ["reviewer"]}

    refused = served.as_("admin", "").post("/v1/keys", json=body)

    assert refused.json()["code"] == "refused"
