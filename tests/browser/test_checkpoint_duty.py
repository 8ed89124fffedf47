"""Duty without a camera: list, plate, code, photo, and what else an officer reports."""

import json

import pytest

from tests.browser.axe import serious
from tests.browser.phones import SCREEN, Phone, cleared, jpeg, picture, scans_of
from tests.integration.conftest import Served
from tests.passes import grant, stage

pytestmark = pytest.mark.browser
PLATES = (
    "鲁X02001",
    "鲁X02002",
    "鲁XD20035",
    "鲁X02004",
    "鲁X02005",
    "鲁X0206挂",
    "鲁X02007",
)


ON_TOP = """(css) => {
  const element = document.querySelector(css);
  const { left, top, width, height } = element.getBoundingClientRect();
  return document.elementFromPoint(left + width / 2, top + height / 2) === element;
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("duty"))
    stage(made)
    cleared(made, PLATES)
    scan = {"fact_id": "seen-before", "event_time": "2020-02-16T11:40:00+08:00"}
    scan |= {"checkpoint": "CP1", "direction": "outward", "plate": "鲁X02007"}
    scan |= {"verdict": "green", "decision": "held"}
    made.as_("checkpoint").post("/v1/scans", json=[scan]).raise_for_status()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def enrolled(chromium, served):
    made = Phone(chromium, served)
    made.device = made.enrol()
    yield made
    made.close()


@pytest.fixture
def phone(enrolled):
    enrolled.page.reload()
    enrolled.page.locator("#freshness", has_text="辆").wait_for()
    return enrolled


def signed(served, number):
    path = f"/v1/passes/p{number}/signed"
    return served.as_("firm").get(path).raise_for_status().json()


def last_scan(phone, served):
    phone.hurry()
    phone.until_sent()
    return scans_of(served)[-1]


def test_an_expected_truck_is_one_tap_and_green_needs_none(phone, served):
    assert phone.by_list("鲁X02001") == ("green", "ok")
    assert "鲁X·02001" in phone.page.inner_text("#verdict .plate")

    phone.page.locator("#toast", has_text="已放行").wait_for(timeout=12_000)
    assert phone.page.evaluate(ON_TOP, "#unsent")
    scan = last_scan(phone, served)

    assert (scan.plate, scan.verdict, scan.decision) == (
        "鲁X02001",
        "green",
        "admitted",
    )
    assert "assumed" in scan.flags
    assert scan.crew_count is None
    assert scan.device == phone.device
    assert scan.sequence == 1
    assert scan.lists.keys() == {"trust", "sheet", "status-370323"}


def test_a_verdict_names_lane_and_post_also_without_a_network(phone):
    phone.context.set_offline(True)
    phone.page.reload()

    phone.by_list("鲁X02007")

    facts = phone.page.inner_text("#verdict dl")
    phone.page.click("[data-act=stop]")
    phone.decide("held")
    phone.context.set_offline(False)
    assert "线路\n中庄—张店" in facts
    assert "l1" not in facts
    assert "上一卡口\n出县 11:40" in facts


def test_plates_are_typed_on_keys_for_gloves(phone):
    assert phone.by_plate("鲁XD20035") == ("green", "ok")
    phone.page.click("[data-act=stop]")
    phone.decide("admitted")

    assert phone.by_plate("鲁X0206挂") == ("green", "ok")
    phone.page.click("[data-act=stop]")
    phone.decide("admitted")

    assert phone.by_plate("鲁X09999") == ("amber", "not_listed")
    phone.decide("held")
    sizes = phone.page.evaluate(
        """() => [...document.querySelectorAll("button")]
             .filter((each) => each.offsetParent)
             .map((each) => each.getBoundingClientRect())
             .map(({ width, height }) => Math.min(width, height))"""
    )
    assert min(sizes) >= 56


def test_a_short_phone_shows_what_is_read_and_what_decides(phone, served):
    page = phone.page
    page.set_viewport_size({"width": 360, "height": 640})
    page.click("#by-plate")
    for sign in "鲁X":
        page.click(f"#panel [data-sign='{sign}']")
    seen = [page.evaluate(ON_TOP, ".offers button")]
    seen.append(page.evaluate(ON_TOP, "[data-act=plate-done]"))
    page.click("#panel-close")

    phone.by_list("鲁X02004")
    page.click("[data-act=stop]")
    phone.decide("held")
    page.locator("#toast", has_text="鲁X·02004").wait_for()
    phone.by_plate("鲁X02004")
    below = ("[data-act=high]", "#verdict dd", "#verdict .choice")
    seen += [page.evaluate(ON_TOP, css) for css in below]

    phone.decide("held")
    page.set_viewport_size(SCREEN)
    last_scan(phone, served)
    assert seen == [True] * 5


def test_a_short_code_is_looked_up_and_a_slip_is_told(phone, served):
    code = signed(served, 1)["short_code"]
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")

    phone.page.click("#by-code")
    for sign in wrong:
        phone.page.click(f"#panel [data-sign='{sign}']")
    phone.page.locator("#panel .problem", has_text="短码不对").wait_for()
    phone.page.click("#panel [data-sign='⌫']")
    phone.page.click(f"#panel [data-sign='{code[-1]}']")

    assert phone.verdict() == ("green", "ok")
    assert "鲁X·02002" in phone.page.inner_text("#verdict .plate")
    phone.page.click("[data-act=stop]")
    phone.decide("admitted")


def photo(phone, content, name="photo.jpg"):
    file = {"name": name, "mimeType": "image/jpeg", "buffer": content}
    phone.page.set_input_files("#photo", file)


def test_a_photo_serves_where_there_is_no_camera(phone, served):
    phone.page.locator("#aim", has_text="没有相机").wait_for()

    photo(phone, jpeg(picture(signed(served, 4)["text"])))

    assert phone.verdict() == ("green", "ok")
    phone.page.click("[data-act=stop]")
    phone.page.click("[data-act=normal]")
    phone.page.click("[data-act=crew-more]")
    assert phone.verdict() == ("amber", "crew_mismatch")
    phone.page.click("[data-act=crew-less]")
    assert phone.verdict() == ("green", "ok")
    phone.decide("admitted")
    scan = last_scan(phone, served)
    assert (scan.pass_number, scan.crew_count) == (signed(served, 4)["number"], 2)
    assert scan.temperature_normal is True
    assert "assumed" not in scan.flags


def test_codes_that_are_no_passes_are_told_apart(phone, served):
    text = signed(served, 4)["text"]
    place = len(text) // 2
    altered = text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]
    cases = {
        "https://example.org/menu": ("amber", "unreadable"),
        altered: ("red", "bad_signature"),
    }

    for content, wanted in cases.items():
        photo(phone, jpeg(picture(content)))
        assert phone.verdict() == wanted
        phone.decide("held")
    photo(phone, b"%PDF-1.7 no picture")
    phone.page.locator("#toast", has_text="这不是照片").wait_for()
    photo(phone, jpeg(picture("")))
    phone.page.locator("#toast", has_text="没有找到二维码").wait_for()


def test_a_pass_on_another_truck_is_red(phone, served):
    photo(phone, jpeg(picture(signed(served, 3)["text"])))
    phone.page.click("[data-act=compare]")

    phone.type_plate("鲁X07777")

    assert phone.verdict() == ("red", "plate_mismatch")
    phone.decide("turned_back")
    scan = last_scan(phone, served)
    assert (scan.plate, scan.reason) == ("鲁X07777", "plate_mismatch")
    assert scan.pass_number == signed(served, 3)["number"]
    assert scan.decision == "turned_back"


def test_a_truck_is_disinfected_on_the_spot_and_goes_on(phone, served):
    grant(served, "dirty", "鲁X02009")
    phone.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    phone.page.locator("#freshness", has_text="8 辆").wait_for()

    assert phone.by_list("鲁X02009") == ("amber", "disinfection_missing")
    phone.page.click("[data-act=disinfect]")
    phone.page.click("[data-agent='84消毒液']")
    phone.page.locator("#verdict.green").wait_for()
    phone.decide("admitted")
    last_scan(phone, served)

    board = served.as_("coordinator", "").get(
        "/v1/clearance", params={"plate": "鲁X02009"}
    )
    assert board.json()["vehicles"][0]["is_disinfected"]


def test_waits_paper_and_the_shift_are_told(phone, served):
    page = phone.page
    page.click("#more")
    page.click("[data-way=wait]")
    page.click("[data-minutes='15']")
    page.click("#more")
    page.click("[data-way=paper]")
    phone.type_plate("鲁X02005")
    page.fill("#panel input[type=datetime-local]", "2020-02-16T09:30")
    page.click("[data-act=paper-held]")
    page.locator("#toast", has_text="已补录").wait_for()
    page.click("#panel-close")
    page.click("#more")
    page.click("[data-way=handover]")
    page.fill("[aria-label='电量 %']", "64")
    page.fill("#panel input[type=password]", "1111")
    page.click("[data-act=hand-over]")
    page.locator("#panel .problem", has_text="口令不对").wait_for()
    page.fill("#panel input[type=password]", "2468")
    page.click("[data-act=hand-over]")
    page.locator("#toast", has_text="已交班").wait_for()
    phone.hurry()
    phone.until_sent()

    board = served.as_("coordinator", "").get("/v1/checkpoint-board").json()
    (post,) = board["checkpoints"]
    (paper,) = [scan for scan in scans_of(served) if scan.source == "paper"]
    assert post["wait_minutes"] == {"outward": 15}
    assert post["handover"]["battery_percent"] == 64
    assert paper.event_time.isoformat() == "2020-02-16T01:30:00+00:00"
    assert (paper.plate, paper.decision) == ("鲁X02005", "held")
    assert "paper" in paper.flags


def test_a_shift_handed_over_offline_owes_its_pin(phone):
    page = phone.page
    phone.context.set_offline(True)
    page.click("#more")
    page.click("[data-way=handover]")
    page.fill("[aria-label='电量 %']", "50")
    page.click("[data-act=hand-over]")
    page.locator("#toast", has_text="已交班").wait_for()

    phone.context.set_offline(False)
    page.evaluate("() => dispatchEvent(new Event('online'))")

    page.locator("#notice", has_text="请接班人点“未传”输口令").wait_for()
    page.click("#unsent")
    page.fill("#panel input[type=password]", "1111")
    page.click("[data-act=reopen]")
    page.locator("#toast", has_text="口令不对").wait_for()
    page.fill("#panel input[type=password]", "2468")
    page.click("[data-act=reopen]")
    page.locator("#notice").wait_for(state="hidden")


def test_inside_wechat_the_link_stays_good(chromium, served):
    agent = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"
    other = Phone(chromium, served, user_agent=agent)
    body = {"name": "人", "roles": ["checkpoint"], "checkpoint": "CP1"}
    operator = served.client("operator")
    link = operator.post("/v1/invitations", json=body).json()["link"]

    other.page.goto(link)

    other.page.locator("#gate", has_text="请在浏览器打开").wait_for()
    other.close()
    access_id = link.partition("#")[2].partition(".")[0]
    assert not served.node.application.state(f"access:{access_id}").is_accepted


def test_english_is_a_switch_away(phone):
    phone.page.click("#more")
    phone.page.locator("#panel button", has_text="English").click()
    phone.page.locator("#by-plate", has_text="Plate").wait_for()
    phone.page.locator("#panel").wait_for(state="hidden")
    assert phone.by_plate("鲁X06666") == ("amber", "not_listed")
    assert "Not on the sheet" in phone.page.inner_text("#verdict")
    phone.decide("held")
    phone.page.evaluate("() => localStorage.setItem('greenchannel.language', 'zh')")


def test_nothing_serious_keeps_officers_out(phone):
    seen = {"duty": serious(phone.page)}
    phone.page.click("#by-list")
    seen["list"] = serious(phone.page)
    phone.page.click("#panel-close")
    phone.page.click("#by-plate")
    seen["keyboard"] = serious(phone.page)
    phone.page.click("#panel-close")
    for plate in ("鲁X02004", "鲁X05555"):
        colour, _ = phone.by_plate(plate)
        if colour == "green":
            phone.page.click("[data-act=stop]")
        seen[colour] = serious(phone.page)
        phone.decide("held")
    assert {k: v for k, v in seen.items() if v} == {}, json.dumps(seen)


def test_the_other_language_leaves_no_panel_in_the_first(phone):
    phone.page.click("#more")
    phone.page.click("[data-act=language]")

    phone.page.locator("#panel").wait_for(state="hidden")
    phone.page.click("#more")
    assert phone.page.inner_text("[data-way=wait]") == "Waiting time"
    phone.page.click("[data-act=language]")
    phone.page.locator("#freshness", has_text="辆").wait_for()
