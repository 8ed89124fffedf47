import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from api.routes.table import ROUTES
from domain.commands import COMMANDS
from tests.integration.conftest import ROLES, pickup

SHIPMENT = "/v1/shipments/firm.{}"


def test_every_command_has_a_route():
    elsewhere = {
        "IssueKey": "POST /v1/keys makes the secret",
        "Invite": "POST /v1/invitations makes the secret",
        "AcceptInvitation": "POST /v1/invitations/{id}/acceptances sets the cookie",
        "RevealPersons": "GET /v1/passes/{id}/persons reveals what it records",
        "ErasePassPersons": "POST /v1/passes/{id}/erasures erases the keys too",
        "ErasePerson": "POST /v1/persons/{subject}/erasures erases the key too",
        "RevealDocument": "GET /v1/documents/{hash} shows what it records",
        "MarkDocumentErased": "the node says it once key and file are gone",
        "MarkPersonErased": "the node says it once the key is gone",
    }

    routed = {route.command.__name__ for route in ROUTES}

    assert {command.__name__ for command in COMMANDS} - routed == set(elsewhere)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.command.__name__)
def test_a_route_admits_its_roles_and_no_others(served, route):
    path = route.path.format(**dict.fromkeys(_names(route.path), "none"))
    assert served.client().post(path, json={}).json()["code"] == "unauthenticated"
    for role in ROLES:
        answer = served.as_(role).post(path, content=b"{")
        code = answer.json()["code"]
        assert code == ("malformed-json" if role in route.roles else "role-missing")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.command.__name__)
def test_the_example_in_the_documentation_is_understood(served, route):
    path = route.path.format(**dict.fromkeys(_names(route.path), "example-1"))
    answer = served.client("operator").post(path, json=dict(route.example))

    assert answer.status_code in {200, 201, 404, 409}, answer.text


def test_one_call_books_and_picks_up(served):
    answer = served.as_("firm").post("/v1/pickups", json=pickup("one"))

    told = answer.json()
    assert answer.status_code == 201
    assert told["id"] == "firm.one"
    assert told["events"] == ["ShipmentBooked", "GoodsPickedUp"]
    assert told["flags"] == ["pass_missing"]


def test_the_document_number_makes_a_second_call_a_replay(served):
    firm = served.as_("firm")
    firm.post("/v1/pickups", json=pickup("twice"))

    again = firm.post("/v1/pickups", json=pickup("twice"))
    other = firm.post("/v1/pickups", json=pickup("twice", crew_count=3))

    assert (again.status_code, again.json()["replayed"]) == (200, True)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_the_same_fact_told_twice_is_known(served):
    firm = served.as_("firm")
    firm.post("/v1/pickups", json=pickup("known"))
    body = {"stop": "C01", "goods": {"80#": 10}}

    first = firm.post(SHIPMENT.format("known") + "/deliveries", json=body)
    second = firm.post(SHIPMENT.format("known") + "/deliveries", json=body)

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["known"]


def test_twenty_racing_requests_with_one_key_are_executed_once(served):
    body = {"need_id": "race", "enterprise": "e1", "category": "transport"}
    body["summary"] = "车"
    liaison = served.as_("liaison", "")

    def ask(_):
        headers = {"Idempotency-Key": "race-1"}
        return liaison.post("/v1/needs", json=body, headers=headers)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))

    assert {answer.status_code for answer in answers} == {200, 201}
    assert sum(answer.status_code == 201 for answer in answers) == 1
    wait = {"min_position": max(int(a.json()["position"]) for a in answers)}
    history = liaison.get("/v1/history/need/race", params=wait).json()["events"]
    assert len(history) == 1


def test_a_batch_answers_for_every_item(served):
    items = [pickup(f"batch-{n}", fact_id=f"fact-batch-{n}") for n in range(1000)]
    items[500] = {"document_no": "?", "plate": 7}

    answer = served.as_("firm").post("/v1/pickups", json=items)

    told = answer.json()["items"]
    assert answer.status_code == 200
    assert told[500]["problem"]["code"] == "invalid-body"
    assert sum("problem" in item for item in told) == 1
    assert told[999]["id"] == "firm.batch-999"


def test_facts_of_one_shipment_in_one_batch_do_not_fight(served):
    firm = served.as_("firm")
    firm.post("/v1/pickups", json=pickup("many"))
    items = [{"goods": {"80#": 1}, "fact_id": f"fact-many-{n}"} for n in range(100)]

    answer = firm.post(SHIPMENT.format("many") + "/goods-returns", json=items)

    assert all("problem" not in item for item in answer.json()["items"])


def test_more_than_a_thousand_items_are_too_many(served):
    answer = served.as_("firm").post("/v1/pickups", json=[{}] * 1001)

    assert answer.json()["code"] == "too-many-items"


def test_a_fact_without_an_offset_is_read_in_the_keys_zone(served):
    body = pickup("zone", event_time="2020-02-16T11:50:00")

    told = served.as_("firm").post("/v1/pickups", json=body).json()

    assert "zone_assumed" in told["flags"]
    wait = {"min_position": told["position"]}
    path = "/v1/history/shipment/firm.zone"
    history = served.as_("firm").get(path, params=wait).json()
    times = {line["event_time"] for line in history["events"]}
    assert "2020-02-16T03:50:00Z" in times


def test_a_request_without_an_offset_is_refused(served):
    body = {"lead_unit": "局", "due_time": "2020-02-18T18:00:00"}

    answer = served.as_("liaison").post("/v1/needs/n/assignments", json=body)

    assert answer.json()["code"] == "time-without-offset"


def test_another_firms_shipment_looks_as_if_it_were_not_there(served):
    served.as_("firm").post("/v1/pickups", json=pickup("mine"))
    rival = served.as_("firm", "rival")
    body = {"stop": "C01", "goods": {"80#": 1}}

    wrote = rival.post(SHIPMENT.format("mine") + "/deliveries", json=body)
    read = rival.get("/v1/history/shipment/firm.mine")

    assert (wrote.status_code, wrote.json()["code"]) == (404, "shipment-not-found")
    assert (read.status_code, read.json()["code"]) == (404, "shipment-not-found")


LINE = pickup("x")["lines"][0]
BAD = {
    "malformed": (b"{", "malformed-json"),
    "empty": (b"", "invalid-body"),
    "not an object": (b"7", "invalid-body"),
    "NaN": (b'{"document_no":"x","plate":"x","mass_kg":NaN}', "malformed-json"),
    "infinity": (b'{"document_no":"x","plate":"x","mass_kg":1e999}', None),
    "wrong type": (b'{"document_no":7,"plate":"x"}', "invalid-body"),
    "unknown field": (b'{"document_no":"x","plate":"x","by":{}}', "invalid-body"),
    "slash in id": (b'{"document_no":"a/b","plate":"x"}', "invalid-body"),
    "negative cases": (
        b'{"document_no":"x","plate":"x","goods":{"a":-1}}',
        "invalid-body",
    ),
    "long id": (
        json.dumps({"document_no": "x" * 65, "plate": "x"}).encode(),
        "invalid-body",
    ),
    "half a surrogate": (b'{"document_no":"x","plate":"\\ud800"}', "malformed-json"),
    "deep": (b'{"document_no":' + b"[" * 5000 + b"]" * 5000 + b"}", None),
    "a deep batch": (b"[" * 5000 + b"]" * 5000, "malformed-json"),
    "a deep item": (b"[{" + b'"a":{' * 5000 + b"}" * 5001 + b"]", "malformed-json"),
    "a batch without end": (b"[" * 5000, "malformed-json"),
    "nested unknown": (
        b'{"document_no":"x","plate":"x","stops":[{"place":"C01","planed":{}}]}',
        "invalid-body",
    ),
    "price": (
        json.dumps(
            pickup("x") | {"lines": [LINE | {"unit_price_cny": 1.005}]}
        ).encode(),
        "invalid-body",
    ),
}


@pytest.mark.parametrize(("body", "code"), BAD.values(), ids=BAD)
def test_bad_input_is_a_problem_with_a_code(served, body, code):
    answer = served.as_("firm").post("/v1/pickups", content=body)

    assert answer.status_code in {400, 422}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert code in {None, answer.json()["code"]}


@pytest.mark.parametrize(("body", "code"), BAD.values(), ids=BAD)
def test_bad_input_of_a_tracker_is_a_problem_too(served, body, code):
    answer = served.client().post("/v1/osmand", content=body)

    assert answer.status_code in {400, 422}, answer.text
    if code == "malformed-json":
        assert answer.json()["code"] == code


def test_coordinates_out_of_range_are_refused(served):
    body = {"place": "p", "name": "p", "kind": "town", "point": {"lon": 181, "lat": 0}}

    answer = served.as_("coordinator").post("/v1/places", json=body)

    assert answer.json()["code"] == "invalid-body"
    assert "$.point.lon" in answer.json()["detail"]


def test_a_huge_body_is_refused(served):
    answer = served.as_("firm").post("/v1/pickups", content=b" " * (1 << 20) + b"{}")

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_another_content_type_is_refused(served):
    headers = {"Content-Type": "text/csv"}

    answer = served.as_("firm").post("/v1/pickups", content=b"a", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (415, "not-json")


def test_an_odd_plate_is_flagged_in_a_fact_and_refused_in_a_request(served):
    fact = served.as_("firm").post("/v1/pickups", json=pickup("odd", plate="??"))
    body = {"plate": "??", "plate_kind": "blue"}
    request = served.as_("firm").post("/v1/vehicles", json=body)

    assert "plate_unknown_shape" in fact.json()["flags"]
    assert request.json()["code"] == "plate-shape"


def _names(path):
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def test_two_firms_may_use_one_document_number_also_where_staff_tell_it(served):
    coordinator = served.as_("coordinator", "")

    answers = [
        coordinator.post("/v1/pickups", json=pickup("20200216-1", organisation=owner))
        for owner in ("firma", "firmb")
    ]

    assert [answer.status_code for answer in answers] == [201, 201]
    again = pickup("20200216-1", organisation="firmb", plate="鲁X00009")
    reused = coordinator.post("/v1/pickups", json=again)
    assert reused.json()["code"] == "idempotency-key-reused"


def test_a_key_whose_first_use_changed_nothing_is_used_up_too(served):
    firm, path = served.as_("firm"), "/v1/vehicles"
    body = {"plate": "鲁X07001", "plate_kind": "blue", "organisation": "firm"}
    headers = {"Idempotency-Key": "nothing-1"}
    firm.post(path, json=body).raise_for_status()

    first = firm.post(path, json=body, headers=headers)
    again = firm.post(path, json=body, headers=headers)
    other = firm.post(path, json=body | {"plate": "鲁X07002"}, headers=headers)

    assert (first.status_code, first.json()["known"]) == (200, True)
    assert (again.json()["known"], again.json()["replayed"]) == (True, True)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_what_breaks_in_an_item_of_a_batch_is_logged(served, monkeypatch, caplog):
    def breaks(*_):
        raise ZeroDivisionError

    monkeypatch.setattr(served.node.application, "decide", breaks)
    item = {"stop": "C01", "goods": {"80#": 10}}

    told = served.as_("firm").post(SHIPMENT.format("one") + "/deliveries", json=[item])

    assert told.json()["items"][0]["problem"]["code"] == "internal"
    assert "ZeroDivisionError" in caplog.text
