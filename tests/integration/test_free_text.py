"""ID numbers in people's own words: not sealed there, so not kept there."""

import pytest

from api.free_text import TAKEN_OUT
from tests.integration.conftest import pickup
from tests.integration.test_persons import ID_NUMBER
from tests.readable import found_in

WIDE = ID_NUMBER.translate({ord("0") + n: ord("０") + n for n in range(10)})
ALERT = {
    "alert_id": "ice:lane:1",
    "kind": "ice",
    "subject": "lane",
    "onset_time": "2020-02-16T11:50:00+08:00",
    "severity": "warning",
}
WAIT = {
    "checkpoint": "CP1",
    "direction": "outward",
    "wait_minutes": 5,
    "event_time": "2020-02-16T11:50:00+08:00",
}


@pytest.fixture(scope="module")
def coordinator(served):
    made = served.as_("coordinator")
    made.post("/v1/alerts", json=ALERT).raise_for_status()
    return made


@pytest.mark.parametrize("number", [ID_NUMBER, WIDE, "11010519491231002x"])
def test_a_request_with_an_id_number_in_its_words_is_sent_back(
    served, coordinator, number
):
    body = {"note": f"司机身份证{number}号"}

    answer = coordinator.post("/v1/alerts/ice:lane:1/resolutions", json=body)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "id-number-in-text")
    assert told["field"] == "note"
    assert number not in answer.text
    assert found_in(served.node.settings.data, [ID_NUMBER, number]) == []


def test_from_what_happened_it_is_taken_out_and_flagged(served):
    document = pickup("words")
    told = served.as_("firm").post("/v1/pickups", json=document).json()
    body = {"reason": f"换人，{ID_NUMBER}", "crew_count": 2}
    body |= {"event_time": "2020-02-16T11:55:00+08:00"}
    path = f"/v1/shipments/{told['id']}/crew-changes"

    answer = served.as_("firm").post(path, json=body)

    assert answer.status_code == 201, answer.text
    assert "id_number_taken_out" in answer.json()["flags"]
    events = list(served.node.application.events.get(f"shipment:{told['id']}"))
    assert events[-1].reason == f"换人,{TAKEN_OUT}"
    assert found_in(served.node.settings.data, [ID_NUMBER]) == []


@pytest.mark.parametrize(
    "words",
    ["冰雪，绕行", "运单 440524188001010015", "6222021234567890123", f"1{ID_NUMBER}"],
)
def test_other_words_and_numbers_stay_as_they_are(coordinator, words):
    done = coordinator.post("/v1/alerts/ice:lane:1/mutes", json={"reason": words})

    assert done.json().get("code") != "id-number-in-text"


def test_the_api_says_what_does_not_belong_into_words_of_ones_own(served):
    schemas = served.client().get("/openapi.json").json()["components"]["schemas"]

    told = schemas["RefusePass"]["properties"]["reason"]["description"]
    assert "nobody's name" in told
