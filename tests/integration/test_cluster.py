"""Nodes on one topic: whoever is asked, the answer is the same."""

import secrets
import shutil
import time
from contextlib import contextmanager
from threading import Timer

import pytest

from cli.console import catching_up
from infra.bootstrap import Node
from infra.event_store import Reader, backup, verify
from infra.settings import Settings
from tests.applications import VAN, WEEK, decide, draft, open_issuers, submit
from tests.integration.conftest import CLOCK, Served, pickup
from tests.integration.test_documents import uploaded

pytestmark = pytest.mark.integration
PATIENCE_SECONDS = 30
PLATE = {"plate": "鲁C10001", "plate_kind": "blue"}


@pytest.fixture(scope="module")
def settings(kafka):
    return {
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "KAFKA_TOPIC": f"cluster-{(name := secrets.token_hex(6))}",
        "KAFKA_POSITIONS_TOPIC": f"positions-{name}",
        "KAFKA_KEYS_TOPIC": f"keys-{name}",
    }


@pytest.fixture(scope="module")
def nodes(settings, tmp_path_factory):
    folders = [tmp_path_factory.mktemp(name) for name in "xyz"]
    made = [Served(folders[0], kafka=settings)]
    for folder in folders[1:]:
        shutil.copytree(folders[0] / "secrets", folder / "secrets")
        made.append(Served(folder, kafka=settings))
    for role in ("firm", "coordinator", "checkpoint"):
        made[0].as_(role)
    for node in made[1:]:
        node.keys |= made[0].keys
        node.node.application.catch_up().result(PATIENCE_SECONDS)
        wait_for(node, made[0].node.runner.health()["history"].position)
    yield made
    for node in made:
        node.stop()


def wait_for(served, position):
    names = list(served.node.views)
    assert served.node.runner.wait(names, int(position), PATIENCE_SECONDS)


@contextmanager
def held_up(served, seconds=0.7):
    """The node sees nothing new for a moment, as under a heavy load."""
    turn = served.node.application.recorder._store.tail._turn
    turn.acquire()
    timer = Timer(seconds, turn.release)
    timer.start()
    yield
    timer.join()


def test_what_was_written_here_is_never_missing_there(nodes):
    here, there = nodes[0].as_("firm"), nodes[1].as_("firm")

    for number in range(40):
        told = here.post("/v1/pickups", json=pickup(f"seen-{number}")).json()
        params = {"min_position": told["position"]}
        found = there.get(f"/v1/history/shipment/{told['id']}", params=params)

        assert found.status_code == 200, found.text
        assert found.json()["events"]


def test_a_node_that_is_behind_waits_before_it_answers(nodes):
    here, there = nodes[0].as_("firm"), nodes[1].as_("firm")

    with held_up(nodes[1]):
        told = here.post("/v1/pickups", json=pickup("behind")).json()
        params = {"min_position": told["position"]}
        found = there.get(f"/v1/history/shipment/{told['id']}", params=params)

    assert found.status_code == 200, found.text


def test_a_node_that_is_behind_refuses_nothing_for_that(nodes):
    here, there = nodes[0].as_("coordinator"), nodes[1].as_("coordinator")
    alert = {
        "alert_id": "ice:lane:20200216T0350",
        "kind": "ice",
        "subject": "lane",
        "onset_time": "2020-02-16T11:50:00+08:00",
        "severity": "warning",
    }

    with held_up(nodes[1], 3):
        told = here.post("/v1/alerts", json=alert).json()
        seen = there.post(f"/v1/alerts/{told['id']}/acknowledgements", json={})
    unknown = there.post("/v1/alerts/none:such:1/acknowledgements", json={})

    assert seen.status_code == 201, seen.text
    assert (unknown.status_code, unknown.json()["code"]) == (404, "alert-not-found")


def test_an_application_begun_here_is_handed_in_there_with_its_papers(nodes):
    here, there = nodes[0], nodes[1]
    open_issuers(here)
    paper = uploaded(there.as_("firm"))
    papers = [{"kind": "vehicle_licence", "hash": paper}]
    body = PLATE | VAN | WEEK | {"documents": papers, "driver": {"name": "赵六"}}
    body["driver"]["licence_class"] = "B2"

    with held_up(there, 3):
        draft(here, "begun-here", PLATE["plate"])
        told = there.as_("firm").post("/v1/passes/begun-here/requests", json=body)

    assert told.status_code == 201, told.text
    a_pass = there.node.application.state("pass:begun-here")
    assert [one.hash for one in a_pass.documents] == [paper]


def test_papers_that_were_asked_for_here_are_handed_in_there(nodes):
    here, there = nodes[0], nodes[1]
    papers = [{"kind": "driving_licence", "hash": uploaded(there.as_("firm"))}]
    path = "/v1/passes/asked-here/information"

    with held_up(there, 3):
        draft(here, "asked-here", "鲁C10003")
        submit(here, "asked-here", "鲁C10003")
        wanted = {"missing": ["驾驶证"]}
        asked = decide(here, "asked-here", "information-requests", wanted)
        told = there.as_("firm").post(path, json={"documents": papers})

    assert asked.status_code == 201, asked.text
    assert told.status_code == 201, told.text
    assert there.node.application.state("pass:asked-here").documents


def test_one_document_sent_to_every_node_is_one_pickup(nodes):
    answers = [
        node.as_("firm").post("/v1/pickups", json=pickup("once")) for node in nodes
    ]

    told = [answer.json() for answer in answers]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert [one["replayed"] for one in told] == [False, True, True]
    assert len({one["id"] for one in told}) == 1


def test_what_every_node_wants_is_done_once(nodes):
    post = nodes[0].as_("checkpoint")
    body = {
        "fact_id": "long-wait-at-cp7",
        "checkpoint": "CP7",
        "direction": "outward",
        "wait_minutes": 40,
        "event_time": "2020-02-16T11:50:00+08:00",
    }
    told = post.post("/v1/waits", json=body)
    assert told.status_code == 201, told.text

    raised = []
    end = time.monotonic() + PATIENCE_SECONDS
    while not raised:
        assert time.monotonic() < end
        time.sleep(0.1)
        raised = alerts(nodes[0])
    for node in nodes:
        while node.node.wishes:
            assert time.monotonic() < end
            time.sleep(0.1)

    assert len(alerts(nodes[0])) == 1
    assert {node.node.application.recorder.stopped for node in nodes} == {None}


def alerts(served):
    rows = served.node.application.recorder.read_page(0, 10_000)
    return [
        r for r in rows if r[1].startswith("alert:checkpoint-wait:CP7") and r[2] == 1
    ]


def test_an_empty_node_catches_up_and_one_starts_from_a_backup(
    nodes, settings, tmp_path
):
    first, events = nodes[0].node, tmp_path / "backup" / "events.db"
    events.parent.mkdir()
    backup(first.settings.events_db, events)
    nodes[0].as_("firm").post("/v1/pickups", json=pickup("after the backup"))
    heard = []

    for folder in (tmp_path / "empty", tmp_path / "backup"):
        node = Node(
            Settings(data=folder, clock=CLOCK, kafka=settings),
            lambda done, end: heard.append((done, end)),
        )
        node.stop()

    first.application.recorder.barrier()
    digests = {
        verify(f / "events.db").digest for f in (tmp_path / "empty", events.parent)
    }
    assert digests == {first.application.recorder.digest()[1].hex()}
    assert [done for done, end in heard if done == end]
    assert all(done <= end for done, end in heard)


def test_the_bar_shows_how_far_a_node_has_come(capsys):
    with catching_up() as show:
        show(3, 10)
        show(10, 10)

    assert capsys.readouterr().out == ""


def test_copies_are_equal_row_by_row(nodes):
    for node in nodes:
        node.node.application.recorder.barrier()
    found = []
    for node in nodes:
        reader = Reader(node.node.settings.events_db)
        found.append(reader.page(0, 10_000))
        reader.close()

    shortest = min(map(len, found))
    assert shortest > 100
    assert found[0][:shortest] == found[1][:shortest] == found[2][:shortest]


def test_positions_told_to_one_node_move_the_truck_on_every_map(nodes):
    coordinator = nodes[0].as_("coordinator")
    waypoints = [
        {"name": f"w{n}", "point": {"lon": 118 + n / 10, "lat": 36}} for n in range(3)
    ]
    lane = {"lane": "L", "name": "L", "waypoints": waypoints, "checkpoints": []}
    coordinator.post("/v1/lanes", json=lane).raise_for_status()
    body = pickup("tracked", plate="鲁X00077", lane="L", stops=[])
    nodes[0].as_("firm").post("/v1/pickups", json=body).raise_for_status()
    device = {"plate": "鲁X00077", "plate_kind": "blue", "device": "phone-77"}
    since = {"from_time": "2020-02-16T05:00:00+08:00"}
    told = nodes[0].as_("admin").post("/v1/vehicles/devices", json=device | since)
    position = int(told.raise_for_status().json()["position"])
    assert nodes[0].node.runner.wait(["positions"], position, PATIENCE_SECONDS)

    fixes = [
        {"device": "phone-77", "time": f"2020-02-16T11:5{n}:00+08:00", "lon": 118.02}
        for n in range(5)
    ]
    answer = (
        nodes[0]
        .as_("firm")
        .post("/v1/positions", json=[fix | {"lat": 36.0} for fix in fixes])
    )
    end = time.monotonic() + PATIENCE_SECONDS
    while any(len(track(node)) < 5 for node in nodes):
        assert time.monotonic() < end
        time.sleep(0.05)

    assert answer.json()["counts"] == {"believed": 5}
    assert track(nodes[0]) == track(nodes[1]) == track(nodes[2])
    last = [node.node.positions.fleet.motions["鲁X00077"].last for node in nodes]
    assert len(set(last)) == 1
    assert nodes[1].node.positions.ring.heard()


def track(served):
    ring = served.node.positions.ring
    return [(fix.time, fix.lon) for fix in ring.track("firm.tracked", "鲁X00077")]
