import pytest

from infra.passes.keys import PublicKey, from_point
from infra.passes.opener import open_pass
from infra.passes.refused import Refused
from infra.passes.sheet import open_sheet
from infra.passes.status import Status, open_status_list
from infra.passes.trust import open_trust_list
from tests.passes import from_base64url, grant, stage

WEEK = ("2020-02-16T00:00:00+08:00", "2020-02-23T00:00:00+08:00")


@pytest.fixture(scope="module", autouse=True)
def staged(served):
    stage(served)


def now(served):
    return int(served.node.clock().timestamp())


def root_of(served):
    told = served.client().get("/v1/trust-root").json()
    x, y = from_base64url(told["x"]), from_base64url(told["y"])
    return PublicKey(bytes.fromhex(told["kid"]), from_point(x, y))


def trust_of(served):
    packed = served.client().get("/v1/trust-list").content
    return open_trust_list(packed, root_of(served))


def test_a_granted_pass_opens_offline_with_what_was_approved(served):
    grant(served, "open-1", "鲁X01001")

    told = served.as_("firm").get("/v1/passes/open-1/signed").json()
    opened = open_pass(told["text"], trust_of(served), now(served))

    assert opened.problem == ""
    assert opened.a_pass.number == told["number"]
    assert opened.a_pass.body.plate == "鲁X01001"
    assert (opened.a_pass.body.origin, opened.a_pass.body.destination) == (
        370323,
        370303,
    )
    assert opened.a_pass.body.waypoints == (370304, 370302)
    assert opened.key.name == "县交通运输局"


def test_a_revoked_pass_is_on_the_status_list_and_the_sheet(served):
    grant(served, "ended-1", "鲁X01002")
    number = served.as_("firm").get("/v1/passes/ended-1/signed").json()["number"]
    reviewer = served.as_("reviewer", "")
    reviewer.post("/v1/passes/ended-1/revocations", json={"reason": "造假"})
    trust = trust_of(served)

    packed = served.client().get("/v1/status-lists/370323").content
    status = open_status_list(packed, trust)
    sheet = served.as_("checkpoint").get("/v1/lane-sheets/CP1").content
    rows = {row.number: row for row in open_sheet(sheet, trust).sheet.rows}

    assert status.status(int(number[6:])) == Status.INVALID
    assert rows[number].status == 2
    assert served.as_("firm").get("/v1/passes/ended-1/signed").json()["code"] == (
        "wrong-state"
    )


def test_another_firm_does_not_see_a_pass(served):
    grant(served, "own-1", "鲁X01003")

    answer = served.as_("firm", "rival").get("/v1/passes/own-1/signed")

    assert (answer.status_code, answer.json()["code"]) == (404, "pass-not-found")


def test_a_sheet_is_for_checkpoints_and_unchanged_is_not_sent_twice(served):
    post = served.as_("checkpoint")
    first = post.get("/v1/lane-sheets/CP1")

    again = post.get(
        "/v1/lane-sheets/CP1", headers={"If-None-Match": first.headers["etag"]}
    )

    assert first.headers["content-type"] == "application/cwt"
    assert (again.status_code, again.content) == (304, b"")
    assert served.as_("firm").get("/v1/lane-sheets/CP1").status_code == 403
    assert post.get("/v1/lane-sheets/CP9").json()["code"] == "checkpoint-not-found"


def test_what_was_written_just_before_stands_on_the_sheet(served):
    body = {"text": "鄂牌查验核酸", "plate_provinces": ["鄂"], "cargo": ["水产"]}
    served.as_("coordinator", "").post("/v1/checkpoints/CP1/instructions", json=body)

    packed = served.as_("checkpoint").get("/v1/lane-sheets/CP1").content
    sheet = open_sheet(packed, trust_of(served)).sheet

    assert [(one.text, one.provinces, one.cargo) for one in sheet.instructions] == [
        ("鄂牌查验核酸", ("鄂",), ("水产",))
    ]
    assert sheet.phone == "0533-1"


def test_a_list_of_an_older_version_is_refused(served):
    packed = served.client().get("/v1/trust-list").content

    with pytest.raises(Refused, match="rollback"):
        open_trust_list(packed, root_of(served), 10**6)
