"""What a board says of a moment, it said at that moment: its clocks stand there too."""

from datetime import datetime

import pytest

from tests.applications import apply, open_issuers
from tests.integration.conftest import pickup

ONE, TWO = (datetime.fromisoformat(f"2020-02-16T1{n}:00:00+08:00") for n in "34")
TOLD = {"event_time": "2020-02-16T11:10:00+08:00", "fact_id": "told-at-11-10"}
PLATE = "鲁X01001"


@pytest.fixture(scope="module")
def staff(served):
    """A node at two that was told at noon of 11:00 and 11:10."""
    open_issuers(served)
    apply(served, "waiting", "鲁C70001", contact="11:00")
    admin, post = served.as_("admin", ""), served.as_("checkpoint")
    body = {"checkpoint": "CP1", "name": "CP1", "lane": "zz-zd"}
    body |= {"point": {"lon": 118.05, "lat": 36.0}}
    admin.post("/v1/checkpoints", json=body).raise_for_status()
    body = {"plate": PLATE, "station": "中庄", "agent": "84"}
    body |= {"valid_until": "2020-02-16T13:25:00+08:00"}
    post.post("/v1/disinfections", json=body | TOLD).raise_for_status()
    body = {"checkpoint": "CP1", "direction": "outward", "plate": PLATE}
    body |= {"verdict": "green", "decision": "admitted"}
    post.post("/v1/scans", json=body | TOLD).raise_for_status()
    body = pickup("moment", event_time=TOLD["event_time"])
    served.as_("firm").post("/v1/pickups", json=body).raise_for_status()
    served.node.clock.advance_to(TWO)
    return served.as_("coordinator", "")


def read(staff, served, path, **asked):
    asked |= {"min_position": served.newest}
    return staff.get(path, params=asked).raise_for_status().json()


@pytest.mark.parametrize(
    ("path", "listed", "field", "minutes"),
    [
        ("/v1/pass-desk", "applications", "in_hand_minutes", 120),
        ("/v1/pass-desk", "applications", "left_minutes", 240),
        ("/v1/applications", "applications", "in_hand_minutes", 120),
        ("/v1/clearance", "vehicles", "minutes_left", 25),
        ("/v1/checkpoint-board", "checkpoints", "silent_minutes", 110),
        ("/v1/live-routes", "routes", "age_minutes", 110),
    ],
)
def test_a_clock_on_a_board_stands_at_the_moment_asked_for(
    staff, served, path, listed, field, minutes
):
    (then,) = read(staff, served, path, at=ONE.isoformat())[listed]
    (today,) = read(staff, served, path)[listed]

    assert then[field] == minutes
    assert today[field] != minutes


def test_what_was_known_by_a_time_is_seen_from_there(staff, served):
    """Even where it is asked with a later moment."""
    asked = {"known_at": ONE.isoformat(), "at": "2020-02-17T12:00:00+08:00"}

    (one,) = read(staff, served, "/v1/pass-desk", **asked)["applications"]

    assert one["in_hand_minutes"] == 120


def test_an_answer_tells_its_own_time_whatever_moment_it_shows(staff, served):
    now = read(staff, served, "/v1/pass-desk", at=ONE.isoformat())["now"]

    assert datetime.fromisoformat(now) >= TWO
