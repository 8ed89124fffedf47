"""From scans over HTTP to findings on a board and alerts for a person."""

import time

import pytest

from tests.integration.test_scans import scan

POSTS = {"F1": (118.13, 36.24), "F2": (118.02, 36.77)}
LANE_ENDS = [
    {"name": "a", "point": {"lon": 118.2, "lat": 36.1}},
    {"name": "b", "point": {"lon": 118.05, "lat": 36.8}},
]


@pytest.fixture(scope="module")
def road(served):
    coordinator = served.as_("coordinator")
    lane = {"lane": "lf", "name": "道", "waypoints": LANE_ENDS}
    coordinator.post("/v1/lanes", json=lane | {"checkpoints": [*POSTS]})
    for code, (lon, lat) in POSTS.items():
        body = {"checkpoint": code, "name": code, "lane": "lf"}
        body |= {"point": {"lon": lon, "lat": lat}}
        coordinator.post("/v1/checkpoints", json=body).raise_for_status()
    return served


def clone(road, plate):
    body = [
        scan(f"{plate[2:]}-1", plate=plate, checkpoint="F1"),
        scan(
            f"{plate[2:]}-2",
            plate=plate,
            checkpoint="F2",
            event_time="2020-02-16T11:53:00+08:00",
        ),
    ]
    told = road.as_("checkpoint").post("/v1/scans", json=body).json()
    assert not any("problem" in item for item in told["items"]), told
    return told["position"]


def read(road, path, **asked):
    answer = road.as_("coordinator").get(path, params=asked)
    assert answer.is_success, answer.text
    return answer.json()


def test_one_plate_at_two_posts_at_once_is_found_at_any_moment(road):
    position = clone(road, "鲁X00021")

    asked = {"plate": "鲁X00021", "min_position": position}
    (found,) = read(road, "/v1/findings", **asked)["findings"]
    assert (found["kind"], found["severity"]) == ("impossible-speed", "critical")
    assert found["facts"] == ["scan-00021-1", "scan-00021-2"]
    before = {"at": "2020-02-16T11:52:00+08:00"}
    assert read(road, "/v1/findings", **asked, **before)["findings"] == []
    unknown = {"known_at": "2020-02-16T11:59:00+08:00"}
    assert read(road, "/v1/findings", **asked, **unknown)["findings"] == []
    other_day = {"day": "2020-02-17"}
    assert read(road, "/v1/findings", **asked, **other_day)["findings"] == []


def test_it_becomes_an_alert_and_stands_on_the_posts_board(road):
    position = clone(road, "鲁X00022")
    asked = {"plate": "鲁X00022", "min_position": position}
    (found,) = read(road, "/v1/findings", **asked)["findings"]

    (alert,) = waited(
        lambda: [
            alert
            for alert in read(road, "/v1/alerts")["alerts"]
            if alert["alert_id"] == found["alert_id"]
        ]
    )

    assert alert["details"]["checkpoint"] == "F2"
    posts = read(road, "/v1/checkpoint-board")["checkpoints"]
    (post,) = [post for post in posts if post["checkpoint"] == "F2"]
    assert alert["alert_id"] in post["findings"]
    done = road.as_("coordinator").post(
        f"/v1/alerts/{alert['alert_id']}/resolutions", json={"note": "同车两照，已核"}
    )
    assert done.status_code == 201


def test_a_scan_keeps_its_decision_whatever_is_found(road):
    position = clone(road, "鲁X00023")

    path = "/v1/history/plate/鲁X00023"
    history = read(road, path, min_position=position)["events"]

    assert [event["details"]["decision"] for event in history] == ["admitted"] * 2
    assert [event["details"]["verdict"] for event in history] == ["green"] * 2


@pytest.mark.parametrize(
    "asked",
    [
        {"day": "gestern"},
        {"day": "0001-01-01"},
        {"day": "9999-12-31"},
        {"at": "0001-01-01T00:00:00+14:00"},
    ],
    ids=str,
)
def test_a_day_that_is_none_is_said_to_be_none(road, asked):
    answer = road.as_("coordinator").get("/v1/findings", params=asked)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-parameter")


def waited(condition):
    deadline = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return found
