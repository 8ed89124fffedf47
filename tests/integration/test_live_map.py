"""The map where no position helps: hollow trucks, and posts that nobody verified."""

import time
from datetime import datetime, timedelta

import pytest

from tests.integration.conftest import pickup

pytestmark = pytest.mark.integration
NOON = datetime.fromisoformat("2020-02-16T11:50:00+08:00")
POSTS = {"CP1": (118.03, False), "CP2": (118.06, True)}


@pytest.fixture(scope="module", autouse=True)
def coordinator(served):
    """A straight lane with a post that nobody verified, and one that is."""
    made = served.as_("coordinator", "")
    for code, (lon, is_verified) in POSTS.items():
        body = {"checkpoint": code, "name": code, "lane": "L"}
        body |= {"point": {"lon": lon, "lat": 36.0}, "is_verified": is_verified}
        made.post("/v1/checkpoints", json=body).raise_for_status()
    ends = [{"name": f"{x}", "point": {"lon": x, "lat": 36.0}} for x in (118.0, 118.12)]
    lane = {"lane": "L", "name": "L", "waypoints": ends, "checkpoints": list(POSTS)}
    made.post("/v1/lanes", json=lane).raise_for_status()
    return made


def load(served, number):
    """A truck under way since noon, with its tracker."""
    plate = f"鲁X{number:05d}"
    body = pickup(f"h{number}", plate=plate, lane="L", stops=[])
    firm = served.as_("firm")
    firm.post("/v1/pickups", json=body | at(0)).raise_for_status()
    body = {"plate": plate, "plate_kind": "blue", "device": f"tracker-{number}"}
    body |= {"from_time": NOON.isoformat()}
    told = served.as_("admin").post("/v1/vehicles/devices", json=body)
    position = int(told.raise_for_status().json()["position"])
    assert served.node.runner.wait(["positions"], position, 10)
    return plate


def at(seconds):
    return {"event_time": (NOON + timedelta(seconds=seconds)).isoformat()}


def drive(served, number, *places):
    items = [
        {"device": f"tracker-{number}", "lon": lon, "lat": 36.0}
        | {"time": (NOON + timedelta(seconds=60 + 20 * i)).isoformat()}
        for i, lon in enumerate(places)
    ]
    told = served.as_("firm").post("/v1/positions", json=items)
    assert told.raise_for_status().json()["counts"] == {"believed": len(places)}


def truck(coordinator, plate, **asked):
    told = coordinator.get("/v1/live-map", params=asked).raise_for_status().json()
    return next(one for one in told["trucks"] if one["plate"] == plate)


def test_without_positions_a_truck_is_hollow_between_the_posts(served, coordinator):
    plate = load(served, 1)
    path = "/v1/shipments/firm.h1/checkpoint-passages"
    passed = {"checkpoint": "CP1", "direction": "outward"} | at(120)
    told = served.as_("firm").post(path, json=passed).raise_for_status().json()

    seen = truck(coordinator, plate, min_position=told["position"])

    assert (seen["source"], seen["next_checkpoint"]) == ("events", "CP2")
    assert seen["lon"] == pytest.approx(118.045, abs=0.0005)


def test_a_post_that_nobody_verified_arms_no_fence_and_says_so(served, coordinator):
    load(served, 2)

    drive(served, 2, *[118.025 + 0.003 * step for step in range(14)])

    path, deadline = "/v1/history/shipment/firm.h2", time.monotonic() + 20
    passed = []
    while not passed:
        assert time.monotonic() < deadline
        told = coordinator.get(path).json()["events"]
        passed = [one for one in told if one["what"] == "CheckpointReached"]
        time.sleep(0.1)
    assert [one["details"]["checkpoint"] for one in passed] == ["CP2"]
    (lane,) = coordinator.get("/v1/live-map").json()["lanes"]
    assert {p["code"]: p["is_armed"] for p in lane["posts"]} == {
        "CP1": False,
        "CP2": True,
    }


def test_beyond_the_ring_the_same_moment_is_drawn_hollow(served, coordinator):
    plate = load(served, 3)
    drive(served, 3, 118.01, 118.013)
    then = served.node.clock().isoformat()
    assert truck(coordinator, plate, at=then)["source"] == "gps"

    served.node.positions.ring.forget(NOON + timedelta(days=8))

    beyond = truck(coordinator, plate, at=then)
    assert beyond["source"] == "events"
    assert beyond["lon"] is not None
