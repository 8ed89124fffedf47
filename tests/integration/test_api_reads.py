import pytest

from api.app import create_app
from api.reads import READS
from api.routes import Route
from api.routes.table import ROUTES
from api.security import check_rules
from tests.integration.conftest import ROLES, pickup


@pytest.mark.parametrize("read", READS, ids=lambda read: read.board)
def test_a_board_is_for_its_roles_and_answers_with_now(served, read):
    path = read.path.format(kind="shipment", id="firm.none")
    for role in ROLES:
        answer = served.as_(role).get(path)
        if role not in read.roles:
            assert answer.json()["code"] == "role-missing"
        elif answer.status_code != 404:
            assert {"now", "position"} <= set(answer.json())


def test_a_read_waits_for_the_write_it_names(served):
    firm = served.as_("firm")
    for number in range(20):
        told = firm.post("/v1/pickups", json=pickup(f"fresh-{number}")).json()
        board = firm.get("/v1/live-routes", params={"min_position": told["position"]})

        documents = {route["document_no"] for route in board.json()["routes"]}
        assert f"fresh-{number}" in documents


def test_a_position_beyond_the_log_is_said_to_be_behind(served):
    answer = served.as_("firm").get("/v1/live-routes", params={"min_position": 10**9})

    assert (answer.status_code, answer.json()["code"]) == (503, "behind")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"att": "x"}, "unknown-parameter"),
        ({"at": "yesterday"}, "invalid-parameter"),
        ({"at": "2020-02-16T05:20:00"}, "time-without-offset"),
        ({"min_position": "-1"}, "invalid-parameter"),
        ({"limit": "0"}, "invalid-parameter"),
        ({"cursor": "x.y"}, "invalid-parameter"),
        ({"day": "2020-02-30"}, "invalid-parameter"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_refused(served, query, code):
    answer = served.as_("coordinator").get("/v1/deliveries", params=query)

    assert answer.json()["code"] == code


def test_two_times_tell_what_happened_from_what_was_known(served):
    firm = served.as_("firm")
    firm.post("/v1/pickups", json=pickup("times"))
    before = served.node.clock()
    body = {"stop": "C01", "goods": {"80#": 10}}
    body["event_time"] = "2020-02-16T11:55:00+08:00"
    told = firm.post("/v1/shipments/firm.times/deliveries", json=body).json()
    path = "/v1/history/shipment/firm.times"
    wait = {"min_position": told["position"]}

    now = firm.get(path, params=wait).json()["events"]
    known = firm.get(path, params=wait | {"known_at": before.isoformat()})
    earlier = {"at": "2020-02-16T11:51:00+08:00"}
    happened = firm.get(path, params=wait | earlier).json()["events"]

    assert [line["what"] for line in now] == [
        "GoodsPickedUp",
        "GoodsDelivered",
        "ShipmentBooked",
    ]
    assert len(known.json()["events"]) == 2
    assert [line["what"] for line in happened] == ["GoodsPickedUp"]


def test_a_long_list_comes_in_pages_that_agree(served):
    pages = served.as_("firm", "pages")
    items = [pickup(f"page-{n}", fact_id=f"fact-page-{n}") for n in range(25)]
    told = pages.post("/v1/pickups", json=items).json()
    query = {"min_position": told["position"], "limit": 10}
    first = pages.get("/v1/live-routes", params=query).json()
    late = pages.post("/v1/pickups", json=pickup("page-late")).json()

    seen, cursor = list(first["routes"]), first["next_cursor"]
    while cursor:
        more = {"limit": 10, "cursor": cursor, "min_position": late["position"]}
        page = pages.get("/v1/live-routes", params=more).json()
        seen, cursor = seen + page["routes"], page["next_cursor"]

    assert sorted(route["document_no"] for route in seen) == sorted(
        item["document_no"] for item in items
    )


def test_a_firm_sees_its_own_trips_only(served):
    served.as_("firm").post("/v1/pickups", json=pickup("own"))
    told = served.as_("firm", "rival").post("/v1/pickups", json=pickup("theirs")).json()

    wait = {"min_position": told["position"]}
    rivals = served.as_("firm", "rival").get("/v1/live-routes", params=wait)

    assert {route["organisation"] for route in rivals.json()["routes"]} == {"rival"}


def test_health_names_every_read_model_and_needs_no_key(served):
    health = served.client().get("/health").json()

    assert health["status"] == "ok"
    assert set(health["views"]) == {*served.node.views, "positions"}
    assert "greenchannel_view_lag" in served.client().get("/metrics").text


def test_openapi_describes_every_read_and_write_with_body_and_example(served):
    described = served.client().get("/openapi.json").json()

    for route in ROUTES:
        body = described["paths"][route.path]["post"]["requestBody"]
        content = body["content"]["application/json"]
        one = content["schema"].get("anyOf", [content["schema"]])[0]
        name = one["$ref"].rpartition("/")[2]
        assert set(content["example"]) <= set(
            described["components"]["schemas"][name]["properties"]
        )
    for read in READS:
        names = {p["name"] for p in described["paths"][read.path]["get"]["parameters"]}
        assert {*read.filters, "at", "known_at", "min_position"} <= names


def test_pages_carry_a_strict_policy(served):
    page = served.client().get("/")

    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert page.headers["x-content-type-options"] == "nosniff"


def test_an_unknown_path_is_a_problem_too(served):
    answer = served.client().get("/v1/nothing")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_a_route_without_a_rule_does_not_start(served):
    app = create_app(served.node)
    app.add_api_route("/v1/forgotten", lambda: None, methods=["GET"])

    with pytest.raises(RuntimeError, match="/v1/forgotten has no rule"):
        check_rules(app)
    assert Route._fields[2] == "roles"
