import pytest

from tests.browser.conftest import sign_in
from tests.integration.conftest import Served

pytestmark = pytest.mark.browser
GATE = {"longitude": 118.0331, "latitude": 36.7962}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("places"))
    coordinator = made.as_("coordinator", "")
    point = {"lon": 118.05, "lat": 36.8}
    place = {"place": "C01", "name": "和平小区", "kind": "community", "point": point}
    coordinator.post("/v1/places", json=place).raise_for_status()
    post = {"checkpoint": "CP1", "name": "村口", "lane": "L", "point": point}
    coordinator.post("/v1/checkpoints", json=post).raise_for_status()
    ends = [
        {"name": n, "point": {"lon": 118 + i, "lat": 36}} for i, n in enumerate("ab")
    ]
    lane = {"lane": "L", "name": "示例线", "waypoints": ends, "checkpoints": ["CP1"]}
    coordinator.post("/v1/lanes", json=lane).raise_for_status()
    yield made
    made.stop()


@pytest.fixture
def at_places(page, invite):
    sign_in(page, invite("coordinator"), "/places")
    page.locator(".place", has_text="和平小区").wait_for()
    return page


def entry(served, kind, code):
    told = served.as_("coordinator", "").get("/v1/register", params={"kind": kind})
    return next(e for e in told.json()["entries"] if e["code"] == code)


def test_who_stands_at_the_gate_taps_here(at_places, served):
    context = at_places.context
    context.grant_permissions(["geolocation"])
    context.set_geolocation(GATE | {"accuracy": 8})
    row = at_places.locator(".place", has_text="村口")
    row.locator("text=未核实").wait_for()
    row.locator("button", has_text="定位").click()

    at_places.click("#here")
    for number in range(40):
        wobble = GATE["longitude"] + (number % 5 - 2) * 1e-4
        context.set_geolocation(GATE | {"longitude": wobble, "accuracy": 8})
        if at_places.is_enabled("#save"):
            break
        at_places.wait_for_timeout(100)

    assert number >= 17, "twenty fixes, of which the browser may repeat some"
    at_places.click("#save")
    row.locator("text=位置已核实").wait_for()
    posts = served.as_("coordinator", "").get("/v1/checkpoint-board").json()
    (post,) = posts["checkpoints"]
    assert post["is_verified"]
    assert post["point"]["lon"] == pytest.approx(GATE["longitude"], abs=4e-5)
    assert post["point"]["lat"] == pytest.approx(GATE["latitude"], abs=1e-6)


def test_a_point_pasted_from_amap_is_converted(at_places, served):
    row = at_places.locator(".place", has_text="和平小区")
    row.locator("button", has_text="定位").click()
    at_places.fill("#pasted", "118.039214,36.796738")
    at_places.locator("#preview", has_text="118.033").wait_for()

    at_places.click("#save")
    row.locator("text=位置已核实").wait_for()

    place = entry(served, "community", "C01")
    assert place["is_verified"]
    assert place["point"]["lon"] == pytest.approx(118.033185, abs=2e-6)
    assert place["point"]["lat"] == pytest.approx(36.796275, abs=2e-6)


def test_a_lane_is_closed_with_a_reason_and_reopened(at_places, served):
    at_places.on("dialog", lambda dialog: dialog.accept("结冰"))
    row = at_places.locator(".place", has_text="示例线")

    row.locator("button", has_text="关闭").click()
    row.locator("text=关闭 · 结冰").wait_for()
    assert entry(served, "lane", "L")["status"] == "closed"

    row.locator("button", has_text="恢复").click()
    row.locator("text=开放").wait_for()


def test_without_permission_the_page_says_what_to_do(at_places):
    at_places.context.clear_permissions()
    row = at_places.locator(".place", has_text="和平小区")
    row.locator("button", has_text="定位").click()

    at_places.click("#here")

    at_places.locator("#preview", has_text="HTTPS").wait_for()
    at_places.fill("#pasted", "没有坐标")
    assert not at_places.is_enabled("#save")
