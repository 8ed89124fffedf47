"""Persons of applications over HTTP: sealed, revealed with a record, erased."""

import json
from base64 import b64encode

import pytest

from api.command_reader import CommandReader
from infra.vault import Keyring, SqliteKeyStore
from tests.readable import found_in

NAME, PHONE, ID_NUMBER = "欧阳大锤🚚", "13805331234", "440524188001010014"
ESCORT, OWNER = "夏侯押运", "公冶长明"
TEXTS = (NAME, PHONE, ID_NUMBER, ESCORT, OWNER)
PLATE = {"plate": "鲁X00001", "plate_kind": "blue"}
WEEK = {
    "valid_from": "2020-02-16T00:00:00+08:00",
    "valid_until": "2020-02-23T00:00:00+08:00",
}
DRIVER = {
    "name": NAME,
    "phone": PHONE,
    "id_number": ID_NUMBER,
    "licence_class": "C1",
}
WHOLE = PLATE | WEEK
WHOLE |= {
    "driver": DRIVER,
    "crew": [{"name": ESCORT}],
    "crew_count": 2,
    "owner": OWNER,
    "owner_kind": "person",
    "declaration": True,
}


@pytest.fixture(scope="module", autouse=True)
def issuer(served):
    body = {"issuer": "county", "name": "县", "division_code": "370323"}
    body |= {"serial_from": 0, "serial_until": 99, "validity_days": 14}
    served.as_("admin").post("/v1/issuers", json=body).raise_for_status()


def drafted(served, pass_id, organisation="firm"):
    body = {"pass_id": pass_id, "issuer": "county", **PLATE}
    firm = served.as_("firm", organisation)
    firm.post("/v1/passes", json=body).raise_for_status()
    return firm


def requested(served, pass_id, **more):
    firm = drafted(served, pass_id)
    path = f"/v1/passes/{pass_id}/requests"
    return firm.post(path, json=WHOLE | more)


def persons(client, pass_id, **params):
    return client.get(f"/v1/passes/{pass_id}/persons", params=params)


def living(served):
    return served.node._keys.counts().living


def test_an_application_names_persons_whom_its_reviewer_can_read(served):
    told = requested(served, "read").json()

    answer = persons(served.as_("reviewer", ""), "read", purpose="print")

    assert told["events"] == ["PassRequested", *["PersonNamed"] * 3]
    found = answer.json()["persons"]
    assert [one["part"] for one in found] == ["driver", "crew", "owner"]
    assert [one["name"] for one in found] == [NAME, ESCORT, OWNER]
    assert (found[0]["phone"], found[0]["id_number"]) == (PHONE, ID_NUMBER)
    assert {one["state"] for one in found} == {"readable"}


def test_reading_is_in_the_log_with_reader_and_purpose(served):
    requested(served, "audit")
    seen = persons(served.as_("reviewer", ""), "audit", purpose="print").json()

    subject = seen["persons"][0]["subject"]
    (*_, last) = served.node.application.events.get(f"person:{subject}")
    reader = served.keys["reviewer--county"].split("_")[1]

    assert type(last).__name__ == "PersonRevealed"
    assert (last.purpose, last.pass_id, last.recorded_by) == ("print", "audit", reader)


@pytest.mark.parametrize(
    ("who", "code"),
    [
        (("checkpoint", ""), "role-missing"),
        (("driver", "firm"), "role-missing"),
        (("liaison", ""), "role-missing"),
        (("coordinator", ""), "role-missing"),
        (("reviewer", "", "town"), "pass-not-found"),
        (("firm", "rival"), "pass-not-found"),
    ],
)
def test_who_has_no_business_with_the_persons_does_not_read_them(served, who, code):
    pass_id = "closed-" + "-".join(who)
    requested(served, pass_id)

    answer = persons(served.as_(*who), pass_id)

    assert answer.json()["code"] == code
    assert answer.status_code == (404 if "not-found" in code else 403)
    assert NAME not in answer.text


def test_the_firm_reads_its_own_application(served):
    requested(served, "own")

    assert persons(served.as_("firm"), "own").json()["persons"][0]["name"] == NAME


def test_nothing_of_a_person_can_be_read_on_the_disk(served):
    requested(served, "disk")
    persons(served.as_("reviewer", ""), "disk")
    served.as_("reviewer").get("/v1/history/pass/disk").raise_for_status()

    assert found_in(served.node.settings.data, TEXTS) == []


def test_no_board_and_no_history_shows_a_person_to_anybody(served):
    requested(served, "boards")
    told = []
    for role in ("checkpoint", "coordinator", "reviewer"):
        client = served.as_(role)
        reads = ["/v1/clearance", "/v1/checkpoint-board", "/v1/alerts", "/v1/register"]
        reads += ["/v1/pass-desk", "/v1/county-board", "/v1/live-map", "/health"]
        reads += ["/v1/history/pass/boards"] if role != "checkpoint" else []
        told += [client.get(path).text for path in reads]

    everything = "".join(told)
    assert "boards" in everything
    assert not [text for text in TEXTS if text in everything]


def test_erasing_an_application_forgets_everybody_in_it(served):
    requested(served, "erased")
    reviewer = served.as_("reviewer", "")
    before = persons(reviewer, "erased").json()["persons"]
    keys = [served.node._keys.find(one["subject"]).sealed for one in before]
    path = "/v1/passes/erased/erasures"

    done = served.as_("admin").post(path, json={"reason": "本人申请"})
    again = served.as_("admin").post(path, json={"reason": "本人申请"})

    after = persons(reviewer, "erased").json()["persons"]
    assert (done.json()["erased"], again.json()["erased"]) == (3, 0)
    assert {(one["state"], one["name"]) for one in after} == {("erased", "")}
    assert found_in(served.node.settings.data, TEXTS, *keys) == []


def test_one_person_is_erased_and_the_others_stay(served):
    requested(served, "single")
    reviewer = served.as_("reviewer", "")
    driver = persons(reviewer, "single").json()["persons"][0]["subject"]

    served.as_("admin").post(f"/v1/persons/{driver}/erasures", json={})

    after = persons(reviewer, "single").json()["persons"]
    assert [one["state"] for one in after] == ["erased", "readable", "readable"]


@pytest.mark.parametrize("role", ["firm", "reviewer", "liaison", "coordinator"])
def test_only_an_administrator_erases(served, role):
    answer = served.as_(role).post("/v1/passes/own/erasures", json={})

    assert answer.json()["code"] == "role-missing"


def test_an_erasure_cut_short_is_finished_when_it_is_asked_for_again(served):
    requested(served, "cut")
    eraser = served.node.eraser
    path = "/v1/passes/cut/erasures"
    eraser.erase, kept = lambda *_: 0, eraser.erase
    served.as_("admin").post(path, json={})
    eraser.erase = kept

    assert served.as_("admin").post(path, json={}).json()["erased"] == 3


def test_an_erasure_cut_short_is_finished_by_the_node_itself(served):
    requested(served, "left")
    eraser = served.node.eraser
    eraser.erase, kept = lambda *_: 0, eraser.erase
    served.as_("admin").post("/v1/passes/left/erasures", json={})
    eraser.erase = kept

    served.node.keeper.run()

    after = persons(served.as_("reviewer", ""), "left").json()["persons"]
    assert {one["state"] for one in after} == {"erased"}


def test_nobody_is_called_erased_whose_key_is_kept_elsewhere(served):
    """In a cluster each node may hold keys: who lacks one cannot say it is gone."""
    requested(served, "elsewhere")
    eraser, mine = served.node.eraser, served.node.keyring
    eraser._keyring = Keyring(SqliteKeyStore(served.node.settings.data / "o.db"), None)

    done = served.as_("admin").post("/v1/passes/elsewhere/erasures", json={}).json()
    eraser._keyring._store.close()
    eraser._keyring = mine

    assert done["erased"] == 0
    assert done["events"] == ["ErasureRequested"] * 3
    after = persons(served.as_("reviewer", ""), "elsewhere").json()["persons"]
    assert {one["state"] for one in after} == {"readable"}
    served.node.keeper.run()
    after = persons(served.as_("reviewer", ""), "elsewhere").json()["persons"]
    assert {one["state"] for one in after} == {"erased"}


def test_the_history_of_an_application_tells_who_read_and_what_was_erased(served):
    requested(served, "told")
    reviewer = served.as_("reviewer", "")
    persons(reviewer, "told", purpose="print")
    done = served.as_("admin").post("/v1/passes/told/erasures", json={"reason": "x"})

    after = {"min_position": done.json()["position"]}
    lines = reviewer.get("/v1/history/pass/told", params=after).json()["events"]

    whats = [line["what"] for line in lines]
    assert whats.count("PersonRevealed") == whats.count("ErasureRequested") == 3
    (asked,) = [line for line in lines if line["what"] == "PassRequested"]
    assert list(asked["details"]["driver"]) == ["subject"]
    assert [list(one) for one in asked["details"]["crew"]] == [["subject"]]


def test_a_lost_phone_holds_no_person_and_opens_nothing_once_it_is_revoked(served):
    """Whatever a checkpoint's session can fetch, none of it is a person."""
    requested(served, "phone").raise_for_status()
    served.as_("reviewer", "").post("/v1/passes/phone/approvals", json={})
    key = served.as_("admin").post(
        "/v1/keys", json={"name": "cp", "roles": ["checkpoint"]}
    )
    served.keys["lost"] = key.json()["key"]
    phone = served.client("lost")
    paths = served.client().get("/openapi.json").json()["paths"]
    reads = [path for path, ways in paths.items() if "get" in ways]
    names = {"pass_id": "phone", "kind": "pass", "id": "phone", "checkpoint": "CP1"}

    def fetched():
        for path in reads:
            if "stream" not in path:
                yield phone.get(path.format_map(Filled(names)))

    before = list(fetched())
    revoke = f"/v1/keys/{key.json()['id']}/revocations"
    served.as_("admin").post(revoke, json={"reason": "遗失"}).raise_for_status()
    after = list(fetched())

    assert len(reads) > 15
    assert any(answer.status_code == 200 for answer in before)
    told = "".join(answer.content.decode("utf-8", "replace") for answer in before)
    assert not [text for text in TEXTS if text in told]
    nobody = served.client()
    closed = [a for a in after if nobody.get(a.url).status_code == 401]
    assert len(closed) > 8
    assert {answer.status_code for answer in closed} == {401}


class Filled(dict):
    def __missing__(self, name):
        return "none"


def test_strangers_are_not_found_and_a_wrong_subject_is_said_to_be_one(served):
    admin = served.as_("admin")

    unknown = admin.post(f"/v1/persons/{'0' * 32}/erasures", json={})
    wrong = admin.post("/v1/persons/zhang-san/erasures", json={})
    nowhere = persons(admin, "no-such-pass")

    assert unknown.json()["code"] == "person-not-found"
    assert wrong.json()["code"] == "invalid-parameter"
    assert nowhere.json()["code"] == "pass-not-found"
    assert persons(admin, "own", purpose="fun").json()["code"] == "invalid-parameter"


@pytest.mark.parametrize("typed", ["440524188001010015", "44052418800101001", "身份证"])
def test_a_mistyped_id_number_is_named_by_its_place_and_never_repeated(served, typed):
    crew = [{"name": ESCORT}, {"name": NAME, "id_number": typed}]

    answer = requested(served, f"mistyped-{len(typed)}-{typed[-1:]}", crew=crew)

    assert (answer.status_code, answer.json()["code"]) == (409, "id-number")
    assert answer.json()["field"] == "crew[1].id_number"
    assert typed not in answer.text


@pytest.mark.parametrize("typed", ["11010519491231002x", " 110105 19491231 002Ｘ "])
def test_an_id_number_is_kept_as_the_card_prints_it(served, typed):
    pass_id = f"typed-{len(typed)}"
    requested(served, pass_id, driver=DRIVER | {"id_number": typed})

    found = persons(served.as_("firm"), pass_id).json()["persons"]
    assert found[0]["id_number"] == "11010519491231002X"


def test_a_refused_application_makes_no_keys(served):
    before = living(served)

    answer = requested(served, "refused", declaration=False)

    assert answer.json()["code"] == "declaration-missing"
    assert living(served) == before


def test_an_application_sent_twice_is_one_and_makes_keys_once(served):
    firm = drafted(served, "twice")
    headers = {"Idempotency-Key": "twice-1"}
    path = "/v1/passes/twice/requests"
    first = firm.post(path, json=WHOLE, headers=headers)
    before = living(served)

    again = firm.post(path, json=WHOLE, headers=headers)
    other = firm.post(path, json=WHOLE | {"crew_count": 3}, headers=headers)

    assert (first.status_code, again.json()["replayed"]) == (201, True)
    assert other.json()["code"] == "idempotency-key-reused"
    assert living(served) == before


def test_the_digest_of_a_body_that_names_persons_cannot_be_guessed(served):
    """An ID number has few unknown digits: a plain digest would give it away."""
    firm = drafted(served, "digest")
    body = json.dumps(WHOLE).encode()
    path = "/v1/passes/digest/requests"
    headers = {"Idempotency-Key": "d", "Content-Type": "application/json"}
    firm.post(path, content=body, headers=headers).raise_for_status()
    recorder = served.node.application.recorder
    stored = recorder.select_notifications(1, 100_000)
    (handled,) = [n for n in stored if n.topic.endswith("RequestHandled")][-1:]

    assert CommandReader._digest(path, body).encode() not in handled.state


def test_sealed_persons_cannot_be_sent_from_outside(served):
    drafted(served, "forged")
    forged = {"subject": "a" * 32, "sealed": b64encode(b"x").decode()}
    path = "/v1/passes/forged/requests"

    for field in ("driver", "owner_person"):
        answer = served.as_("firm").post(path, json=WHOLE | {field: forged})
        assert answer.json()["code"] == "invalid-body"
