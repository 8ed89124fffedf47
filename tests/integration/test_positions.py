"""Trackers of every generation, over HTTP, onto the map."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from api.live_stream import Hub
from infra.positions import ring
from tests.integration.conftest import pickup

pytestmark = pytest.mark.integration
NOON = datetime.fromisoformat("2020-02-16T11:55:00+08:00")
LANE = [(118.0, 36.0), (118.1, 36.0), (118.1, 36.1)]
INDEXED = "SEARCH fix USING INDEX fix_by_shipment"
KNOTS = {"speed": "20", "bearing": "90", "accuracy": "5"}


@pytest.fixture(scope="module", autouse=True)
def road(served):
    coordinator = served.as_("coordinator", "")
    waypoints = [
        {"name": f"w{i}", "point": {"lon": lon, "lat": lat}}
        for i, (lon, lat) in enumerate(LANE)
    ]
    post = {"lon": 118.05, "lat": 36.0}
    body = {"checkpoint": "CP1", "name": "CP1", "lane": "L", "point": post}
    coordinator.post(
        "/v1/checkpoints", json=body | {"is_verified": True}
    ).raise_for_status()
    body = {"lane": "L", "name": "L", "waypoints": waypoints, "checkpoints": ["CP1"]}
    coordinator.post("/v1/lanes", json=body).raise_for_status()
    return coordinator


def load(served, number, device):
    """A truck under way with its tracker."""
    firm = served.as_("firm")
    plate = f"鲁X{number:05d}"
    body = pickup(f"p{number}", plate=plate, lane="L", stops=[])
    firm.post("/v1/pickups", json=body).raise_for_status()
    body = {"plate": plate, "plate_kind": "blue", "device": device}
    since = "2020-02-16T05:00:00+08:00"
    answer = served.as_("admin").post(
        "/v1/vehicles/devices", json=body | {"from_time": since}
    )
    position = answer.raise_for_status().json()["position"]
    assert served.node.runner.wait(["positions"], int(position), 5)
    return plate


def stamp(seconds=0):
    return str(int((NOON + timedelta(seconds=seconds)).timestamp()))


def truck(served, plate, **asked):
    told = served.as_("coordinator", "").get("/v1/live-map", params=asked).json()
    return next(t for t in told["trucks"] if t["plate"] == plate)


def query(client, device):
    fields = {"id": device, "lat": "36.0", "lon": "118.02", "timestamp": stamp()}
    return client.get("/v1/osmand", params=fields | KNOTS)


def form(client, device):
    fields = {"id": device, "lat": "36.0", "lon": "118.02", "timestamp": stamp()}
    return client.post("/v1/osmand", data=fields | KNOTS)


def query_posted(client, device):
    fields = {
        "deviceid": device,
        "location": "36.0,118.02",
        "timestamp": stamp() + "000",
    }
    return client.post("/v1/osmand", params=fields | KNOTS)


def nested(client, device):
    coords = {"latitude": 36.0, "longitude": 118.02, "accuracy": 5, "heading": 90}
    location = {"timestamp": NOON.isoformat(), "coords": coords | {"speed": 10.2889}}
    body = {"location": location | {"is_moving": True}, "device_id": device}
    return client.post("/v1/osmand", json=body)


def flat(client, device):
    item = {"id": device, "lat": 36.0, "lon": 118.02, "timestamp": int(stamp())}
    body = [item | {"speed": 20, "bearing": 90, "accuracy": 5}]
    return client.post("/v1/osmand", json=body)


@pytest.mark.parametrize("send", [query, form, query_posted, nested, flat])
def test_every_generation_says_the_same(served, send):
    number = 30 + [query, form, query_posted, nested, flat].index(send)
    plate = load(served, number, f"phone-{number}")

    answer = send(served.client(), f"phone-{number}")

    assert (answer.status_code, answer.text) == (200, "OK")
    seen = truck(served, plate)
    assert (seen["lon"], seen["lat"], seen["source"]) == (118.02, 36.0, "gps")
    assert seen["speed_kmh"] == pytest.approx(37.04, abs=0.01)
    assert seen["heading"] == 90
    assert seen["progress_m"] == pytest.approx(1805, abs=3)
    assert seen["time"] == "2020-02-16T03:55:00Z"


HUGE = '{"id": "x", "timestamp": 1, "lon": 118, "lat": 1' + "0" * 400 + "}"
NESTED = '{"timestamp": 1, "lon": 118, "lat": 36, "id": ' + "[" * 900 + "]" * 900 + "}"


def test_what_cannot_be_read_is_a_problem(served):
    client = served.client()
    good = {"id": "x", "lat": "36", "lon": "118", "timestamp": stamp()}
    for wrong in ({"lat": "north"}, {"lon": "nan"}, {"timestamp": "soon"}, {"id": ""}):
        answer = client.get("/v1/osmand", params=good | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid-position")
    for body in ("[1]", '{"location": {"coords": 1}}', '{"location": 5}', HUGE, NESTED):
        answer = client.post("/v1/osmand", content=body)
        assert answer.json()["code"] == "invalid-position"
    assert client.post("/v1/osmand", content="{").json()["code"] == "malformed-json"
    assert client.post("/v1/osmand", content=b"[" + b"1," * 2**20).status_code == 413


def batch(device, *places, step=20):
    return [
        {
            "device": device,
            "time": (NOON - timedelta(seconds=200 - step * number)).isoformat(),
            "lon": lon,
            "lat": 36.0,
        }
        for number, lon in enumerate(places)
    ]


def test_a_batch_counts_what_it_believed_and_what_not(served, road):
    plate = load(served, 50, "tracker-50")
    firm = served.as_("firm")
    items = batch("tracker-50", 118.01, 118.012, 119.5, 118.016)
    items += batch("nobody", 118.01)
    items[3]["accuracy_m"] = 900

    first = firm.post("/v1/positions", json=items).json()["counts"]
    again = firm.post("/v1/positions", json=items).json()["counts"]

    assert first == {"believed": 2, "jump": 1, "inaccurate": 1, "unassigned": 1}
    assert again == {"known": 5}
    assert truck(served, plate)["lon"] == 118.012
    told = road.get("/v1/positions").json()
    assert told["counts"]["jump"] >= 1
    assert [d["device"] for d in told["unassigned"]].count("nobody") == 1


def test_a_late_batch_finds_its_place(served):
    plate = load(served, 51, "tracker-51")
    items = batch("tracker-51", 118.01, 118.013, 118.016, 118.019)
    firm = served.as_("firm")

    firm.post("/v1/positions", json=items[:1] + items[3:]).raise_for_status()
    firm.post("/v1/positions", json=items[1:3]).raise_for_status()

    assert truck(served, plate)["lon"] == 118.019
    then = (NOON - timedelta(seconds=170)).isoformat()
    before = truck(served, plate, at=then)
    assert (before["lon"], before["source"]) == (118.013, "gps")
    assert before["progress_m"] == pytest.approx(1173, abs=5)


def test_positions_without_a_shipment_are_dropped_and_counted(served):
    load(served, 52, "tracker-52")
    early = batch("tracker-52", 118.01)
    early[0]["time"] = "2020-02-16T06:00:00+08:00"

    told = served.as_("firm").post("/v1/positions", json=early).json()

    assert told["counts"] == {"no-shipment": 1}
    ring = served.node.positions.ring
    assert not ring._readers.fetch("SELECT 1 FROM fix WHERE device = 'tracker-52'")


def told(served, path, **body):
    """A fact of the firm's, once positions have heard of it."""
    answer = served.as_("firm").post(path, json=body).raise_for_status().json()
    assert served.node.runner.wait(["positions"], int(answer["position"]), 5)


def test_a_wrong_tap_that_was_corrected_leaves_the_truck_on_the_map(served):
    plate, trip = load(served, 58, "tracker-58"), "/v1/shipments/firm.p58"
    firm, items = served.as_("firm"), batch("tracker-58", 118.01, 118.012)
    before = (NOON - timedelta(seconds=300)).isoformat()

    told(served, f"{trip}/completions", fact_id="0170a1b2c3d4e558", event_time=before)
    lost = firm.post("/v1/positions", json=items[:1]).json()["counts"]
    mended = {"corrects": "0170a1b2c3d4e558", "reason": "误点", "did_not_occur": True}
    told(served, f"{trip}/corrections", fact_id="0170a1b2c3d4f558", **mended)
    seen = firm.post("/v1/positions", json=items[1:]).json()["counts"]

    assert (lost, seen) == ({"no-shipment": 1}, {"believed": 1})
    assert truck(served, plate)["lon"] == 118.012


def test_a_pickup_that_did_not_occur_takes_the_truck_off_the_map(served):
    load(served, 59, "tracker-59")
    firm, items = served.as_("firm"), batch("tracker-59", 118.01, 118.012)
    path = "/v1/history/shipment/firm.p59"
    lines = served.as_("coordinator", "").get(path).json()["events"]
    (fact_id,) = [x["fact_id"] for x in lines if x["what"] == "GoodsPickedUp"]

    seen = firm.post("/v1/positions", json=items[:1]).json()["counts"]
    mended = {"corrects": fact_id, "reason": "错车", "did_not_occur": True}
    told(
        served,
        "/v1/shipments/firm.p59/corrections",
        fact_id="0170a1b2c3d4f559",
        **mended,
    )
    lost = firm.post("/v1/positions", json=items[1:]).json()["counts"]

    assert (seen, lost) == ({"believed": 1}, {"no-shipment": 1})


def test_two_phones_on_board_are_one_truck(served, road):
    plate = load(served, 53, "phone-a")
    body = {"plate": plate, "plate_kind": "blue", "device": "phone-b"}
    since = {"from_time": "2020-02-16T05:00:00+08:00"}
    answer = served.as_("admin").post("/v1/vehicles/devices", json=body | since)
    served.node.runner.wait(["positions"], int(answer.json()["position"]), 5)
    one, other = batch("phone-a", 118.01, 118.012), batch("phone-b", 118.0102, 118.0122)

    told = served.as_("firm").post("/v1/positions", json=one + other).json()

    assert told["counts"] == {"believed": 4}
    assert truck(served, plate)["lon"] in {118.012, 118.0122}
    trucks = road.get("/v1/live-map").json()["trucks"]
    assert [t["plate"] for t in trucks].count(plate) == 1


def test_a_device_in_another_datum_lands_on_the_same_road(served):
    plate = load(served, 54, "gcj-54")
    body = {"plate": plate, "plate_kind": "blue", "device": "gcj-54", "datum": "gcj02"}
    since = {"from_time": "2020-02-16T05:30:00+08:00"}
    answer = served.as_("admin").post("/v1/vehicles/devices", json=body | since)
    served.node.runner.wait(["positions"], int(answer.json()["position"]), 5)

    item = batch("gcj-54", 118.02)[0]
    served.as_("firm").post("/v1/positions", json=[item]).raise_for_status()

    seen = truck(served, plate)
    assert 0.004 < 118.02 - seen["lon"] < 0.007


def test_a_firm_sees_its_own_trucks_and_nobody_elses(served):
    load(served, 55, "tracker-55")
    own = served.as_("firm").get("/v1/live-map").json()["trucks"]
    other = served.as_("firm", "else").get("/v1/live-map").json()["trucks"]

    assert {t["organisation"] for t in own} == {"firm"}
    assert other == []


def test_the_stream_begins_with_all_and_goes_on_with_what_changed(served):
    plate = load(served, 56, "tracker-56")
    coordinator = served.as_("coordinator", "")
    with coordinator.stream("GET", "/v1/live-map/stream") as stream:
        lines = stream.iter_lines()
        snap = message(lines)
        time.sleep(1.5)
        items = batch("tracker-56", 118.03)
        served.as_("firm").post("/v1/positions", json=items).raise_for_status()
        for _ in range(60):
            kind, diff = message(lines)
            if diff["trucks"]:
                break
        items = batch("tracker-56", 118.0, 118.031)[1:]
        served.as_("firm").post("/v1/positions", json=items).raise_for_status()
        for _ in range(60):
            _, then = message(lines)
            if then["moved"]:
                break

    assert (then["moved"]["lon"], then["moved"]["lat"]) == (118.031, 36.0)
    assert len(then["moved"]["shipment_id"]) == 1
    assert snap[0] == "snap"
    assert {lane["code"] for lane in snap[1]["lanes"]} == {"L"}
    assert kind == "diff"
    assert [(t["plate"], t["lon"]) for t in diff["trucks"]] == [(plate, 118.03)]


def message(lines):
    event = next(line for line in lines if line.startswith("event: "))
    return event[7:], json.loads(next(lines)[6:])


@pytest.mark.parametrize("query", [ring._LAST, ring._TRACK, ring._PROGRESS])
def test_who_asks_for_a_shipment_reads_no_other(tmp_path, query):
    kept = ring.Ring(tmp_path / "positions.db")
    asked = ["firm.1", 0, 0][: query.count("?")]

    plan = kept._readers.fetch(f"EXPLAIN QUERY PLAN {query}", asked)

    assert [row[3].split(" (")[0] for row in plan] == [INDEXED]
    kept.close()


def test_driving_through_a_fence_is_a_passage(served):
    load(served, 57, "tracker-57")
    items = batch("tracker-57", 118.044, 118.047, 118.0515, 118.055)
    served.as_("firm").post("/v1/positions", json=items).raise_for_status()
    deadline = time.monotonic() + 10
    path = "/v1/history/shipment/firm.p57"
    while True:
        told = served.as_("coordinator", "").get(path).json()["events"]
        if passed := [line for line in told if line["what"] == "CheckpointReached"]:
            break
        assert time.monotonic() < deadline
        time.sleep(0.1)

    (line,) = passed
    assert line["details"]["checkpoint"] == "CP1"
    time_told = datetime.fromisoformat(line["event_time"])
    since = (time_told - (NOON - timedelta(seconds=180))).total_seconds()
    assert since == pytest.approx(20 * 3 / 4.5, abs=0.5)
    waits = served.as_("coordinator", "").get("/v1/live-map").json()["waits"]
    assert waits["CP1"] < 1


def test_whoever_opens_the_map_together_is_told_by_one_look(served):
    hub = Hub(served.node)

    async def joined():
        first, second = await asyncio.gather(hub.snapshot(), hub.snapshot())
        hub._send(b"what changed")
        return first, second, await hub.snapshot()

    with ThreadPoolExecutor(1) as apart:  # a browser's tests leave a loop in this one
        first, second, after = apart.submit(asyncio.run, joined()).result()

    assert first is second
    assert after is not first
