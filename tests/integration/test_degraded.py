"""What fails inside a node is told, tried again, and takes nothing else with it."""

import shutil
import time

from infra import bootstrap
from infra.bootstrap import Node
from infra.settings import Settings
from infra.views.folder import view_path
from projections.live_routes import LiveRoutes
from projections.runner import LONGEST_RETRY_SECONDS, backed_off
from tests.integration.conftest import pickup
from tests.integration.test_views_restored import (
    CLOCK,
    broken,
    documents,
    pick_up,
    start,
    wait_until,
)


def health(served):
    return served.client().get("/health").json()


def pick_up_at(served, number):
    return served.as_("firm").post("/v1/pickups", json=pickup(number)).status_code


def test_health_says_degraded_and_names_the_read_model(served, monkeypatch, caplog):
    view = served.node.views["live_routes"]
    with monkeypatch.context() as patched:
        patched.setattr(view.model, "fold", broken)
        assert pick_up_at(served, "view-1") == 201

        wait_until(lambda: health(served)["status"] == "degraded")
        assert health(served)["degraded"] == ["live_routes"]
        assert served.client().get("/health").status_code == 200
        assert pick_up_at(served, "view-2") == 201
        assert "live_routes stands still" in caplog.text

    wait_until(lambda: health(served)["status"] == "ok")
    assert health(served)["views"]["live_routes"]["lag"] == 0


def test_health_says_degraded_when_the_policies_break_and_they_go_on(
    served, monkeypatch, caplog
):
    policies = served.node.policies
    with monkeypatch.context() as patched:
        patched.setattr(policies._policies, "follow", broken)
        assert pick_up_at(served, "policy-1") == 201

        wait_until(lambda: health(served)["degraded"] == ["policies"])
        assert "on purpose" in health(served)["policies"]
        assert "on purpose" in caplog.text
        assert pick_up_at(served, "policy-2") == 201

    wait_until(lambda: health(served)["status"] == "ok")
    wait_until(lambda: policies.position == served.newest)


def test_what_fails_is_tried_ever_less_often():
    waits = [backed_off(tries) for tries in range(9)]

    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == LONGEST_RETRY_SECONDS == backed_off(10**6)


def test_a_node_starts_although_a_read_model_cannot_be_rebuilt(tmp_path, monkeypatch):
    monkeypatch.setattr(bootstrap, "BEHIND", 3)
    node = start(tmp_path)
    for number in range(5):
        pick_up(node, number)
    node.stop()
    shutil.rmtree(tmp_path / "views")
    target = view_path(tmp_path / "views", LiveRoutes())
    target.with_suffix(".new-in-the-way").mkdir(parents=True)

    again = Node(Settings(data=tmp_path, clock=CLOCK))

    behind = {name for name, view in again.views.items() if view.position < 10}
    assert behind == {"live_routes"}
    again.start()
    assert again.runner.wait(["live_routes"], 10, 10)
    assert documents(again) == ["0", "1", "2", "3", "4"]
    again.stop()


def test_a_damaged_read_model_is_made_anew(tmp_path):
    node = start(tmp_path)
    pick_up(node, 1)
    node.stop()
    for name in ("live_routes", "deliveries"):
        node.views[name].path.write_bytes(b"no database " * 1000)

    again = start(tmp_path)

    end = time.monotonic() + 10
    assert again.runner.wait(["live_routes", "deliveries"], 2, end - time.monotonic())
    assert documents(again) == ["1"]
    again.stop()
