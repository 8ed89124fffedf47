import re
import time
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.axe import serious
from tests.browser.conftest import sign_in
from tests.integration.conftest import Served, pickup

pytestmark = pytest.mark.browser
START = datetime.fromisoformat("2020-02-16T11:00:00+08:00")
FIRM = {
    "enterprise_id": "firm",
    "name": "示例果品有限公司",
    "credit_code": "91370323MA0000001L",
    "town": "中庄镇",
    "sector": "logistics",
}
LANE = [(118.0, 36.0), (118.1, 36.05), (118.2, 36.1)]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("map"))
    yield made
    made.stop()


@pytest.fixture(scope="module", autouse=True)
def road(served):
    """A lane with a post, and three trucks: one drives, one stands, one is broken."""
    coordinator = served.as_("coordinator", "")
    waypoints = [
        {"name": f"w{i}", "point": {"lon": lon, "lat": lat}}
        for i, (lon, lat) in enumerate(LANE)
    ]
    post = {"checkpoint": "CP1", "name": "CP1 村口", "lane": "L"}
    point = {"lon": 118.1, "lat": 36.05}
    told = [coordinator.post("/v1/checkpoints", json=post | {"point": point})]
    lane = {
        "lane": "L",
        "name": "示例线",
        "waypoints": waypoints,
        "checkpoints": ["CP1"],
    }
    told.append(coordinator.post("/v1/lanes", json=lane))
    wait = {"checkpoint": "CP1", "direction": "outward", "wait_minutes": 14}
    wait["fact_id"] = "wait-on-the-map"
    told.append(served.as_("checkpoint").post("/v1/waits", json=wait))
    for number in (1, 2, 3):
        told += truck(served, number)
    told.append(served.as_("liaison", "").post("/v1/enterprises", json=FIRM))
    broken = "/v1/shipments/firm.m3/breakdowns"
    told.append(served.as_("firm").post(broken, json={"note": "变速箱"}))
    for answer in told:
        answer.raise_for_status()
    last = max(int(answer.json()["position"]) for answer in told)
    assert served.node.runner.wait(["positions"], last, 10)
    send(served, 1, 118.02)
    return served


@pytest.fixture(scope="module")
def delivering(road):
    """A fourth truck that has served one of its two communities, off the lane."""
    coordinator, firm = road.as_("coordinator", ""), road.as_("firm")
    for code, name, lon in (("C1", "和平小区", 118.202), ("C2", "天星小区", 118.203)):
        point = {"lon": lon, "lat": 36.101}
        place = {"place": code, "name": name, "kind": "community", "point": point}
        coordinator.post("/v1/places", json=place).raise_for_status()
    stops = [{"place": code, "planned": {"80#": 5}} for code in ("C1", "C2")]
    for answer in truck(road, 4, stops=stops):
        answer.raise_for_status()
    body = {"stop": "C1", "goods": {"80#": 5}}
    body |= {"event_time": road.node.clock().isoformat()}
    path = "/v1/shipments/firm.m4/deliveries"
    firm.post(path, json=body).raise_for_status()


def truck(served, number, **more):
    plate = f"鲁X7770{number}"
    since = {"event_time": START.isoformat()}
    body = pickup(f"m{number}", plate=plate, lane="L", **since, **more)
    yield served.as_("firm").post("/v1/pickups", json=body)
    away = {"event_time": (START + timedelta(minutes=5)).isoformat()}
    path = f"/v1/shipments/firm.m{number}/departures"
    yield served.as_("firm").post(path, json=away)
    body = {"plate": plate, "plate_kind": "blue", "device": f"map-{number}"}
    since = {"from_time": START.isoformat()}
    yield served.as_("admin").post("/v1/vehicles/devices", json=body | since)


def send(served, number, lon):
    now = served.node.clock()
    fields = {"id": f"map-{number}", "lon": lon, "lat": 36 + (lon - 118) / 2}
    fields |= {"timestamp": f"{now.timestamp():.0f}", "bearing": "60", "speed": "20"}
    served.client().get("/v1/osmand", params=fields).raise_for_status()


def until(page, script, seconds=10):
    """Strict policy forbids eval, and wait_for_function needs it."""
    deadline = time.monotonic() + seconds
    while not (found := page.evaluate(script)):
        assert time.monotonic() < deadline, script
        page.wait_for_timeout(50)
    return found


@pytest.fixture
def at_map(page, invite):
    sign_in(page, invite("coordinator"), "/map")
    page.locator("#state", has_text="实时").wait_for()
    page.locator("[data-id='firm.m1']").first.wait_for()
    return page


def test_the_map_shows_every_truck_with_its_state_and_age(at_map):
    rows = dict(
        row.split("\n", 1) for row in at_map.locator("#list .truck").all_inner_texts()
    )

    assert {"鲁X77701", "鲁X77702", "鲁X77703"} <= set(rows)
    assert "行驶中" in rows["鲁X77701"]
    assert "刚刚" in rows["鲁X77701"]
    assert "故障" in rows["鲁X77703"]
    assert until(at_map, "() => greenchannel.layer.stats.painted >= 3")
    at_map.locator("#strips", has_text="等候 14 分").wait_for()
    assert "演示数据" in at_map.inner_text("header")


def test_a_position_moves_the_truck_without_a_reload(at_map, served):
    seen = "() => greenchannel.store.trucks.get('firm.m1').lon"
    before = at_map.evaluate(seen)

    send(served, 1, before + 0.001)

    until(at_map, f"() => ({seen})() > {before}")


def test_list_map_and_strip_choose_the_same_truck(at_map):
    at_map.click("#list [data-id='firm.m3']")

    at_map.locator("#details h3", has_text="鲁X77703").wait_for()
    assert "故障" in at_map.inner_text("#details")
    assert at_map.locator("#strips .truck.chosen").count() == 1
    assert "truck=firm.m3" in at_map.url
    point = at_map.evaluate(
        "() => { const t = greenchannel.store.trucks.get('firm.m1');"
        " const p = greenchannelMap.latLngToContainerPoint([t.lat, t.lon]);"
        " const box = greenchannelMap.getContainer().getBoundingClientRect();"
        " return [box.x + p.x, box.y + p.y]; }"
    )
    at_map.mouse.click(*point)
    at_map.locator("#details h3", has_text="鲁X77701").wait_for()


def test_details_and_search_know_the_firm_by_its_name(at_map):
    at_map.click("#list [data-id='firm.m3']")

    at_map.locator("#details dd", has_text="示例果品有限公司").wait_for()
    at_map.fill("#search", "果品")
    assert until(at_map, "() => document.querySelectorAll('#list .truck').length") >= 3
    at_map.fill("#search", "药业")
    at_map.locator("#empty:not([hidden])").wait_for()


def test_the_list_puts_trouble_first_and_is_still_while_trucks_drive(at_map):
    found = at_map.evaluate(
        """async () => {
          const { filtered, store } = await import("/modules/map/store.js");
          const kept = store.trucks;
          const ago = (seconds) => new Date(new Date(store.at) - 1000 * seconds);
          const truck = (plate, look, seconds) =>
            [plate, { ...kept.get("firm.m1"), plate, look, time: ago(seconds) }];
          store.trucks = new Map([
            truck("C", "moving", 1), truck("A", "moving", 30), truck("B", "moving", 5),
            truck("D", "silent", 700), truck("E", "silent", 900),
            truck("F", "alarm", 0),
          ]);
          const order = filtered().shown.map((one) => one.plate).join("");
          store.trucks = kept;
          return order;
        }"""
    )

    assert found == "FEDABC"


def test_thousands_are_dots_and_none_hides_an_alarm(at_map):
    found = at_map.evaluate(
        """() => {
          const { layer, store } = greenchannel;
          const one = store.trucks.get("firm.m1");
          const crowd = Array.from({ length: 3000 }, (_, i) =>
            ({ ...one, shipment_id: `${i}`, look: i === 7 ? "alarm" : "moving" }));
          layer.show(crowd, null);
          const { width, height } = document.querySelector("canvas.trucks");
          const context = document.querySelector("canvas.trucks").getContext("2d");
          const data = context.getImageData(0, 0, width, height).data;
          const dots = [...new Uint32Array(data.buffer)].filter(Boolean);
          return [layer.stats.painted, new Set(dots).size, dots.length];
        }"""
    )

    assert found == [3000, 1, 25]


def test_marks_that_would_hide_each_other_are_spread_and_gathered(at_map):
    found = at_map.evaluate(
        """async () => {
          const clusters = await import("/modules/map/clusters.js");
          const marks = [["a", 0, 0], ["b", 3, 2], ["c", 90, 0]];
          const towns = [
            { x: 0, y: 0, state: "delivered" },
            { x: 9, y: 9, state: "not_visited" },
            { x: 9, y: 0, state: "refused" },
            { x: 99, y: 0 },
          ];
          const groups = clusters.gathered(towns, 48);
          const apart = clusters.spread(marks, 18).map(([, x]) => x);
          const sizes = groups.map((group) => group.length);
          return [apart, sizes, clusters.tallied(groups[0])];
        }"""
    )

    apart, sizes, tally = found
    assert apart == [0, 21, 90]
    assert sizes == [3, 1]
    assert tally == {"all": 3, "done": 1, "worst": "refused"}


@pytest.mark.usefixtures("delivering")
def test_a_delivering_truck_says_where_and_stands_past_the_last_post(at_map):
    row = at_map.locator("#list .truck", has_text="鲁X77704")
    row.filter(has_text="在和平小区配送 · 已送 1/2 站").wait_for()
    assert "往" not in row.inner_text()
    row.click()
    at_map.locator("#details dd", has_text="在和平小区配送").wait_for()
    assert "行驶" not in at_map.inner_text("#details dl")
    assert "配送 1" in at_map.inner_text("#looks")

    post = at_map.locator("#strips .post").bounding_box()
    mark = at_map.locator("#strips [data-id='firm.m4']").bounding_box()
    assert mark["x"] > post["x"] + post["width"]
    at_map.evaluate("() => greenchannelMap.setZoom(10)")
    at_map.locator(".label.crowd", has_text="小区已送 1/2").wait_for()


def test_a_wait_says_when_it_was_told(at_map):
    told = at_map.locator(".label.post", has_text="等候 14 分钟")

    told.filter(has_text=re.compile(r"（\d\d/\d\d \d\d:\d\d 报）")).wait_for()


def test_a_wait_told_over_an_hour_ago_is_drawn_fainter_and_explained(at_map):
    at_map.locator("#strips", has_text="等候 14 分").wait_for()
    post = at_map.locator("#strips .post")
    assert post.get_attribute("style").count("stroke-opacity") == 0

    def earlier(route):
        told = route.fetch().json()
        for one in told["checkpoints"]:
            one["wait_time"] = "2020-02-16T10:30:00+08:00"
        route.fulfill(json=told)

    at_map.route("**/v1/checkpoint-board*", earlier)

    at_map.locator("#strips .post[style*=stroke-opacity]").wait_for()
    at_map.unroute_all(behavior="wait")
    legend = at_map.inner_text("#legend")
    assert "1 小时前报的等候" in legend
    assert "已关闭" in legend
    assert "大圈" in legend


@pytest.mark.parametrize("width", [1280, 1440])
def test_one_date_stands_in_a_header_of_one_line(at_map, width):
    at_map.set_viewport_size({"width": width, "height": 800})
    at_map.click("#language")
    at_map.locator("#state", has_text="Live").wait_for()

    high = at_map.locator("header").bounding_box()["height"]
    title = at_map.locator("header h1").bounding_box()
    button = at_map.locator("#language").bounding_box()
    dates = re.findall(r"\d\d/\d\d \d\d:\d\d", at_map.inner_text("header"))
    at_map.click("#language")

    assert button["y"] < title["y"] + title["height"]
    assert high < 2 * button["height"]
    assert len(dates) == 1


def test_no_plate_is_written_on_another_name(at_map):
    post = [112, 88, 240, 112]
    near = "[['a', 100, 100], ['b', 104, 102], ['c', 107, 99], ['d', 101, 97]]"

    names = at_map.evaluate(
        "async () => { const { placed } = await import('/modules/map/labels.js');"
        f" const found = {near}.map(([id, x, y]) =>"
        " [{ shipment_id: id, plate: id }, x, y]);"
        f" return placed(found, () => 60, [{post}], 'c')"
        ".map(([truck, x, y]) => [truck.plate, x, y]); }"
    )

    boxes = [(x, y - 9, x + 60, y) for _, x, y in names]
    assert names[0][0] == "c", "the chosen one first"
    assert len(names) > 2
    for box, other in combinations([*boxes, post], 2):
        assert not (
            box[0] < other[2]
            and other[0] < box[2]
            and box[1] < other[3]
            and other[1] < box[3]
        )


def test_following_keeps_the_truck_in_the_middle_until_it_is_ended(at_map):
    at_map.click("#list [data-id='firm.m1']")
    at_map.click("#details button")
    pill = at_map.locator("#following", has_text="鲁X77701")
    pill.wait_for()

    away = (
        "() => { const t = greenchannel.store.trucks.get('firm.m1');"
        " const c = greenchannelMap.getCenter();"
        " return Math.abs(c.lng - t.lon) + Math.abs(c.lat - t.lat) < 0.002; }"
    )
    until(at_map, away)
    pill.click()
    pill.wait_for(state="hidden")


def test_details_are_read_in_peace_while_the_truck_drives(at_map, served):
    at_map.click("#list [data-id='firm.m1']")
    at_map.locator("#details h3").wait_for()
    at_map.evaluate(
        "() => getSelection().selectAllChildren(document.querySelector('#details h3'))"
    )
    seen = "() => greenchannel.store.trucks.get('firm.m1').lon"
    before = at_map.evaluate(seen)

    for step in range(1, 6):
        send(served, 1, before + step / 5000)
        at_map.wait_for_timeout(600)

    assert at_map.evaluate(seen) > before
    assert at_map.evaluate("() => getSelection().toString()") == "鲁X77701"


def test_filters_count_and_stand_in_the_address(at_map):
    alarm = at_map.locator("[data-look=alarm]")
    assert alarm.inner_text().strip() == "异常 1"

    alarm.click()

    at_map.locator("[data-id='firm.m1']").first.wait_for(state="detached")
    assert "look=alarm" in at_map.url
    at_map.reload()
    at_map.locator("#list [data-id='firm.m3']").wait_for()
    assert at_map.locator("#list .truck").count() == 1
    at_map.fill("#search", "没有这辆车")
    at_map.locator("#empty", has_text="没有符合").wait_for()


def test_the_language_changes_everything_but_the_data(at_map):
    at_map.click("#language")

    at_map.locator("#state", has_text="Live").wait_for()
    shown = at_map.inner_text("header") + at_map.inner_text("#looks")
    assert "Green channel" in shown
    assert not [c for c in shown.replace("中文", "") if "一" <= c <= "鿿"]
    at_map.click("#language")


def test_the_slider_goes_back_and_marks_what_was_told_later(at_map, served):
    told = {"event_time": "2020-02-16T11:20:00+08:00", "checkpoint": "CP1"}
    path = "/v1/shipments/firm.m2/checkpoint-passages"
    body = told | {"direction": "outward"}
    served.as_("firm").post(path, json=body).raise_for_status()

    at_map.evaluate(
        "() => { const s = document.getElementById('slider'); s.value = 690;"
        " s.dispatchEvent(new Event('input', { bubbles: true })); }"
    )

    at_map.locator("#state", has_text="11:30").wait_for()
    at_map.locator("h1", has_text="回看地图").wait_for()
    assert "实时" not in at_map.title()
    row = at_map.locator("#list .truck", has_text="鲁X77702")
    row.filter(has_text="补报").wait_for()
    row.click()
    at_map.locator("#details .late", has_text="补报于").first.wait_for()
    at_map.check("#then")
    row.filter(has_text="补报").wait_for(state="detached")
    assert "at=" in at_map.url
    at_map.click("#live")
    at_map.locator("#state", has_text="实时").wait_for()


def test_an_address_that_nobody_can_read_shows_the_present(at_map):
    at_map.goto("/map?at=yesterday&look=nothing&truck=nobody")

    at_map.locator("#state", has_text="实时").wait_for()
    at_map.locator("[data-id='firm.m1']").first.wait_for()
    assert "at=" not in at_map.url


def test_a_post_that_nobody_verified_says_so_on_the_map(at_map):
    point = at_map.evaluate(
        "() => { const post = greenchannel.store.lanes[0].posts[0];"
        " const p = greenchannelMap.latLngToContainerPoint([post.lat, post.lon]);"
        " const box = greenchannelMap.getContainer().getBoundingClientRect();"
        " return [box.x + p.x, box.y + p.y]; }"
    )

    at_map.mouse.click(*point)

    at_map.locator(".leaflet-popup", has_text="位置未核实：不作电子围栏").wait_for()


@pytest.mark.parametrize("speed", [1, 10, 60])
def test_playing_goes_on_at_the_chosen_speed_and_ends_in_the_present(at_map, speed):
    """Half a second at a time, however late the machine comes to it."""
    asked = []
    at_map.on("request", lambda request: asked.append(moment_of(request.url)))
    at_map.select_option("#speed", str(speed))
    at_map.click("#play")
    while len(moments := sorted({moment for moment in asked if moment})) < 4:
        at_map.wait_for_event("request")

    at_map.locator("#state", has_text="回看").wait_for()
    assert {b - a for a, b in pairwise(moments)} == {timedelta(seconds=speed / 2)}
    at_map.click("#live")
    at_map.locator("#state", has_text="实时").wait_for()


def moment_of(url):
    """What was asked of the map, if that is what the request is for."""
    asked = parse_qs(urlsplit(url).query)
    is_of_the_map = urlsplit(url).path == "/v1/live-map" and "at" in asked
    return datetime.fromisoformat(asked["at"][0]) if is_of_the_map else None


def test_a_phone_and_the_dark_have_everything_too(chromium, served, invite):
    context = chromium.new_context(
        base_url=served.url,
        color_scheme="dark",
        viewport={"width": 390, "height": 844},
        has_touch=True,
    )
    page = context.new_page()
    sign_in(page, invite("coordinator"), "/map")
    page.locator("#list [data-id='firm.m1']").wait_for()

    wide = page.evaluate("() => document.documentElement.scrollWidth")
    paper = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    context.close()

    assert wide <= 390
    assert paper == "rgb(16, 20, 15)"


def test_who_is_not_signed_in_is_told_so(page):
    page.goto("/map")

    page.locator("#notice", has_text="邀请链接").wait_for()


def test_a_lost_node_is_said_and_found_again(chromium, tmp_path):
    node = Served(tmp_path)
    body = {"name": "人", "roles": ["coordinator"]}
    link = node.client("operator").post("/v1/invitations", json=body).json()["link"]
    for answer in truck(node, 1):
        answer.raise_for_status()
    page = chromium.new_page()
    sign_in(page, link, f"{node.url}/map")
    page.locator("#list [data-id='firm.m1']").wait_for()

    node.stop()
    page.locator("#notice", has_text="连不上节点").wait_for()
    assert page.locator("#list .truck").count() == 1
    again = Served(tmp_path, port=int(node.url.rsplit(":", 1)[1]))

    page.locator("#state", has_text="实时").wait_for()
    page.close()
    again.stop()


@pytest.mark.parametrize("path", ["/map", "/"])
def test_nothing_serious_keeps_people_out(at_map, path):
    at_map.goto(path)
    at_map.wait_for_timeout(1000)

    assert serious(at_map) == []
