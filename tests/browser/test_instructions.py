"""A coordinator says what holds today; the phones at the barrier act on it."""

import pytest

from tests.browser.conftest import sign_in
from tests.browser.phones import Phone, cleared
from tests.integration.conftest import Served
from tests.passes import stage

pytestmark = pytest.mark.browser
OURS, THEIRS = "鲁X06001", "鄂A06002"
FRESH = """async () => {
  dispatchEvent(new Event("online"));
  const { get } = await import("/modules/checkpoint/store.js");
  return (await get("list-sheet"))?.etag !== "ETAG";
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("instructions"))
    stage(made)
    cleared(made, (OURS, THEIRS))
    yield made
    made.stop()


@pytest.fixture
def at_places(page, invite):
    sign_in(page, invite("coordinator"), "/places")
    page.locator(".place", has_text="出县").wait_for()
    return page


@pytest.fixture
def phone(chromium, served):
    made = Phone(chromium, served)
    made.enrol()
    yield made
    made.close()


def post(page, words, effect, provinces="", goods=""):
    page.locator("button", has_text="发布要求").first.click()
    page.fill("#instruct-text", words)
    page.check(f"#instruct [value={effect}]")
    page.fill("#instruct-provinces", provinces)
    page.fill("#instruct-cargo", goods)
    page.click("#instruct [type=submit]")


def fetched(phone, act):
    """What `act` changed stands on the phone's sheet."""
    script = """async () =>
      (await (await import("/modules/checkpoint/store.js")).get("list-sheet")).etag"""
    before = phone.page.evaluate(script)
    act()
    phone.until(FRESH.replace("ETAG", before.replace('"', '\\"')))
    phone.page.wait_for_timeout(300)


def test_what_turns_a_province_back_turns_its_green_verdict_red(at_places, phone):
    assert phone.by_plate(THEIRS) == ("green", "ok")
    phone.page.click("[data-act=stop]")
    phone.decide("held")

    def turn_back():
        post(at_places, "湖北车辆一律劝返", "turn_back", "鄂")
        at_places.locator(".instruction", has_text="湖北车辆").wait_for()

    fetched(phone, turn_back)

    assert phone.by_plate(THEIRS) == ("red", "instruction_turn_back")
    assert "今日要求：劝返" in phone.page.inner_text("#verdict-title")
    assert "湖北车辆一律劝返" in phone.page.inner_text("#verdict .instructions")
    phone.decide("turned_back")
    assert phone.by_plate(OURS) == ("green", "ok")


def test_goods_to_be_checked_are_amber_by_code_and_by_plate(at_places, phone, served):
    fetched(phone, lambda: post(at_places, "苹果抽检", "check", "鲁", "苹果"))

    assert phone.by_plate(OURS) == ("amber", "instruction_check")
    phone.decide("held")
    text = served.as_("firm").get("/v1/passes/p0/signed").json()["text"]
    assert "instruction_check" in by_code(phone, text)["reasons"]


def test_an_instruction_is_ended_on_the_page(at_places, served):
    post(at_places, "只到一会儿", "check", "豫")
    row = at_places.locator(".instruction", has_text="只到一会儿")
    row.locator("text=核查").wait_for()

    row.locator("button", has_text="结束").click()

    row.locator("text=至").wait_for()
    board = served.as_("coordinator", "").get("/v1/checkpoint-board").json()
    told = [i for p in board["checkpoints"] for i in p["instructions"]]
    (ended,) = [one for one in told if one["text"] == "只到一会儿"]
    assert ended["until_time"] is not None


def test_what_is_no_province_is_said_before_it_is_sent(at_places):
    post(at_places, "不会发布", "check", "湖北")

    at_places.locator("#instruct-problem", has_text="“湖”不是省份简称").wait_for()
    assert at_places.locator(".instruction", has_text="不会发布").count() == 0


def by_code(phone, text):
    """The verdict on a pass as its code says it, with the lists of this phone."""
    return phone.page.evaluate(
        """async (text) => {
          const { App } = await import("/modules/checkpoint/app.js");
          const app = new App();
          await app.load();
          await app.lists.load(app.device);
          const opened = await app.lists.open(text);
          return app.judge({ by: "qr", ...opened }, app.clock.now());
        }""",
        text,
    )
