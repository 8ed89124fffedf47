import pytest

from infra.passes.driver import id_check
from infra.passes.keys import PublicKey, from_point
from infra.passes.opener import open_pass
from infra.passes.refused import Refused
from infra.passes.sheet import EFFECTS, STATUSES, open_sheet
from infra.passes.status import Status, open_status_list
from infra.passes.trust import open_trust_list
from tests.passes import DRIVER, from_base64url, grant, stage

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


def packed_of(served, path):
    """As it is now: a list may rest a moment where nobody asks for a position."""
    last = served.newest
    found = served.as_("checkpoint").get(path, params={"min_position": str(last)})
    return found.raise_for_status().content


def sheet_of(served):
    return packed_of(served, "/v1/lane-sheets/CP1")


def test_a_freed_vehicles_pass_is_invalid_on_list_and_sheet(served):
    grant(served, "freed-1", "鲁X01901")
    number = served.as_("firm").get("/v1/passes/freed-1/signed").json()["number"]

    told = {"plate": "鲁X01901", "plate_kind": "blue", "reason": "线路变更"}
    path = "/v1/vehicles/pass-releases"
    served.as_("reviewer", "").post(path, json=told).raise_for_status()

    packed = packed_of(served, "/v1/status-lists/370323")
    found = open_status_list(packed, trust_of(served))
    assert found.status(int(number) % 10**6) == Status.INVALID
    rows = open_sheet(sheet_of(served), trust_of(served)).sheet.rows
    (row,) = (row for row in rows if row.number == number)
    assert STATUSES[row.status] == "revoked"


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


def test_a_pass_names_its_driver_by_surname_and_a_trace_of_the_id(served):
    grant(served, "driver-1", "鲁X01011", driver=DRIVER)

    told = served.as_("firm").get("/v1/passes/driver-1/signed")
    body = open_pass(told.json()["text"], trust_of(served), now(served)).a_pass.body

    assert (body.driver, len(body.id_check)) == ("欧阳*", 2)
    assert body.id_check == id_check(told.json()["number"], DRIVER["id_number"])
    assert body.id_check != id_check(told.json()["number"], "440524188001010022")
    for secret in (DRIVER["name"], DRIVER["id_number"], "0014"):
        assert secret not in told.text


def test_an_erased_driver_is_named_no_more(served):
    grant(served, "driver-2", "鲁X01012", driver=DRIVER)
    served.as_("admin", "").post("/v1/passes/driver-2/erasures", json={"reason": ""})

    told = served.as_("firm").get("/v1/passes/driver-2/signed").json()
    body = open_pass(told["text"], trust_of(served), now(served)).a_pass.body

    assert (body.driver, body.id_check) == ("", b"")


def test_no_list_says_anything_of_people(served):
    grant(served, "driver-3", "鲁X01013", driver=DRIVER)
    code = served.as_("firm").get("/v1/passes/driver-3/signed").json()["short_code"]
    sheet = sheet_of(served)
    opened = repr(open_sheet(sheet, trust_of(served)).sheet)
    page = served.client().get(f"/v/{code}").text

    assert "鲁X01013" in opened
    assert "鲁X01013" in page
    for secret in (DRIVER["name"], DRIVER["id_number"], "0014", "欧阳", "firm"):
        assert secret not in opened
        assert secret not in page


def test_what_replaced_a_pass_stands_on_its_page_and_on_the_sheet(served):
    grant(served, "old-1", "鲁X01021")
    old = served.as_("firm").get("/v1/passes/old-1/signed").json()
    grant(served, "new-1", "鲁X01022", replaces="old-1")
    new = served.as_("firm").get("/v1/passes/new-1/signed").json()

    page = served.client().get(f"/v/{old['short_code']}")
    sheet = sheet_of(served)
    rows = {row.number: row for row in open_sheet(sheet, trust_of(served)).sheet.rows}

    assert new["number"] in page.text
    assert "已被替换" in page.text
    assert (rows[old["number"]].status, rows[old["number"]].replaced_by) == (
        3,
        new["number"],
    )
    assert rows[new["number"]].replaces == old["number"]
    assert new["replaces"] == old["number"]


def test_disinfection_and_the_last_post_stand_on_the_sheet(served):
    grant(served, "seen-9", "鲁X01031")
    post = served.as_("checkpoint")
    disinfected = {"plate": "鲁X01031", "station": "中庄", "agent": "84"}
    post.post("/v1/disinfections", json=disinfected | {"fact_id": "disinfected-9"})
    scan = {"fact_id": "scanned-9", "checkpoint": "CP1", "direction": "outward"}
    scan |= {"plate": "鲁X01031", "verdict": "green", "decision": "admitted"}
    post.post("/v1/scans", json=scan).raise_for_status()

    packed = sheet_of(served)
    rows = open_sheet(packed, trust_of(served)).sheet.rows
    (row,) = [row for row in rows if row.plate == "鲁X01031"]

    assert row.disinfected_until > now(served)
    assert (row.last_post, row.crew_count) == ("CP1", 2)
    assert now(served) - row.last_time < 600


def test_a_compromised_key_ends_all_its_passes_and_they_are_signed_anew(served):
    grant(served, "stolen-1", "鲁X01041")
    firm = served.as_("firm")
    before = firm.get("/v1/passes/stolen-1/signed").json()
    version = trust_of(served).version

    path = f"/v1/keys/sign-{before['kid']}/revocations"
    served.as_("admin", "").post(path, json={"reason": "失窃"}).raise_for_status()
    after = firm.get("/v1/passes/stolen-1/signed").json()
    trust = trust_of(served)

    assert trust.version > version
    with pytest.raises(Refused, match="kid"):
        open_pass(before["text"], trust, now(served))
    assert open_pass(after["text"], trust, now(served)).problem == ""
    assert after["kid"] != before["kid"]


def test_the_keys_are_told_as_jwk_too(served):
    told = served.client().get("/v1/trust-list.jwks").json()
    trust = trust_of(served)

    assert told["version"] == trust.version
    assert {key["kty"] for key in told["keys"]} == {"EC"}
    assert {from_base64url(key["kid"]) for key in told["keys"]} == set(trust.keys)


def test_a_public_key_that_is_none_is_refused(served):
    body = {"access_id": "s-bad", "issuer": "county", "public_key": "bm9uZQ=="}
    body |= {"from_time": WEEK[0], "until_time": WEEK[1]}

    answer = served.as_("admin", "").post("/v1/signing-keys", json=body)

    assert (answer.status_code, answer.json()["code"]) == (409, "public-key")


def test_a_signing_key_opens_no_door(served):
    kid = next(iter(trust_of(served).keys)).hex()
    headers = {"Authorization": f"Bearer gc_sign-{kid}_"}

    assert served.client().get("/v1/session", headers=headers).status_code == 401


def test_a_revoked_pass_is_on_the_status_list_and_the_sheet(served):
    grant(served, "ended-1", "鲁X01002")
    number = served.as_("firm").get("/v1/passes/ended-1/signed").json()["number"]
    reviewer = served.as_("reviewer", "")
    reviewer.post("/v1/passes/ended-1/revocations", json={"reason": "造假"})
    trust = trust_of(served)

    packed = packed_of(served, "/v1/status-lists/370323")
    status = open_status_list(packed, trust)
    sheet = sheet_of(served)
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
    body |= {"effect": "turn_back"}
    served.as_("coordinator", "").post("/v1/checkpoints/CP1/instructions", json=body)

    packed = sheet_of(served)
    sheet = open_sheet(packed, trust_of(served)).sheet

    told = [(i.text, i.provinces, i.cargo, i.effect) for i in sheet.instructions]
    assert told == [("鄂牌查验核酸", ("鄂",), ("水产",), EFFECTS.index("turn_back"))]
    assert sheet.phone == "0533-1"


def test_an_instruction_for_no_province_is_refused_for_it_would_never_match(served):
    body = {"text": "查", "plate_provinces": ["湖北"], "effect": "check"}

    answer = served.as_("coordinator", "").post(
        "/v1/checkpoints/CP1/instructions", json=body
    )

    assert answer.status_code == 422
    assert "plate_provinces" in answer.text


def test_a_list_of_an_older_version_is_refused(served):
    packed = served.client().get("/v1/trust-list").content

    with pytest.raises(Refused, match="rollback"):
        open_trust_list(packed, root_of(served), 10**6)


def test_who_guesses_short_codes_is_slowed_down(served):
    """The last one here: this address has to wait afterwards."""
    guesser = served.client()

    answers = [guesser.get(f"/v/AAAAAAA{n % 10}").status_code for n in range(40)]

    assert answers[0] == 404
    assert answers[-1] == 429
