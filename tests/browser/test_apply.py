from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from tests.applications import all_of, apply, decide, one, open_issuers
from tests.browser.axe import serious
from tests.browser.conftest import sign_in
from tests.integration.conftest import Served

pytestmark = pytest.mark.browser
COUNTY = ZoneInfo("Asia/Shanghai")
FORM = {
    "vehicle_type": "厢式货车",
    "owner": "示例果蔬有限公司",
    "gross_mass_kg": "4490",
    "rated_load_kg": "1735",
    "load_kg": "1500",
    "seats": "3",
    "inspection_valid_until": "2020-09-30",
    "driver.name": "王小明",
    "driver.phone": "13800000000",
    "driver.id_number": "11010519491231002X",
    "driver.licence_class": "C1",
    "goods": "苹果",
}


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("apply"))
    open_issuers(made)
    yield made
    made.stop()


@pytest.fixture
def at_form(page, invite):
    sign_in(page, invite("firm", organisation="firm"), "/apply")
    page.locator("#new:enabled").click()
    page.locator("#form [name=plate]").wait_for()
    return page


def fill(page, plate, **changes):
    page.fill("[name=plate]", plate)
    for name, value in (FORM | changes).items():
        page.fill(f"[name='{name}']", value)
    page.select_option("[name=lane]", "zz-zd")
    page.check("#declaration")


def card(page, plate):
    return page.locator(".application", has_text=plate).first


def listed(served, plate):
    return [a for a in all_of(served) if a["plate"] == plate]


def wrong(page, field):
    return page.locator(f"[data-field='{field}'] .wrong")


def test_from_the_form_to_the_pass(at_form, served, invite, chromium):
    fill(at_form, "鲁C70001")
    at_form.click("text=加一人")
    for name, value in (("name", "李四"), ("id_number", "11010519491231002X")):
        at_form.fill(f"[name='crew.0.{name}']", value)
    at_form.locator("#left", has_text="可以提交").wait_for()
    at_form.click("#submit")
    link = at_form.locator("#reference", has_text="/status#").inner_text()

    desk = chromium.new_page(base_url=served.url)
    sign_in(desk, invite("reviewer"), "/desk")
    desk.click("#queue .row:has-text('鲁C70001')")
    desk.locator("#detail .people", has_text="2 人").wait_for()
    desk.keyboard.press("v")
    desk.locator("#detail .people", has_text="王小明 · 11010519491231002X").wait_for()
    for key in ("i", "3", "Enter"):
        desk.keyboard.press(key)
    desk.locator("#said", has_text="已要求").wait_for()

    mine = card(at_form, "鲁C70001")
    mine.filter(has_text="要补：随车人员身份证").wait_for()
    mine.locator("button", has_text="补材料").click()
    at_form.fill("#supply-note", "已重新拍照")
    at_form.click("#supply-send")
    mine.filter(has_text="待审批").wait_for()

    row = desk.locator("#queue .row", has_text="鲁C70001")
    row.filter(has_text="待审批").wait_for()
    row.click()
    desk.locator("#detail .findings", has_text="已重新拍照").wait_for()
    for key in ("a", "a"):
        desk.keyboard.press(key)
    desk.locator("#said", has_text="已批准").wait_for()
    desk.close()
    mine.locator("a", has_text="打开通行证").wait_for()
    at_form.goto(link)
    at_form.locator("#standing", has_text="已批准").wait_for()


def test_a_photograph_goes_up_small_and_the_desk_sees_it(
    at_form, served, invite, chromium, tmp_path
):
    photo = tmp_path / "licence.png"
    Image.effect_noise((2400, 1800), 60).save(photo)
    note = tmp_path / "licence.jpg"
    note.write_text("not a picture")
    fill(at_form, "鲁C70020")
    slot = at_form.locator("[data-kind=driving_licence]")

    slot.locator("input").set_input_files(note)
    slot.locator(".wrong", has_text="打不开这个文件").wait_for()
    slot.locator("input").set_input_files(photo)
    slot.locator("figcaption", has_text="已上传").wait_for()
    at_form.click("#submit")
    at_form.locator("#done").wait_for()

    desk = chromium.new_page(base_url=served.url)
    sign_in(desk, invite("reviewer"), "/desk")
    desk.click("#queue .row:has-text('鲁C70020')")
    desk.locator("#detail .findings", has_text="没有照片：行驶证").wait_for()
    desk.keyboard.press("1")
    image = desk.locator("#detail .paper img")
    image.wait_for()
    wide = desk.evaluate(
        "() => document.querySelector('#detail .paper img').decode()"
        ".then(() => document.querySelector('#detail .paper img').naturalWidth)"
    )
    image.click()
    desk.locator("#big[open]").wait_for()
    desk.close()
    assert wide == 1600
    page = served.node.application.recorder.select_notifications(1, 10_000)
    assert "greenchannel.DocumentRevealed" in {stored.topic for stored in page}


def test_papers_that_were_asked_for_stand_beside_the_first(
    at_form, served, invite, chromium, tmp_path
):
    photo = tmp_path / "card.jpg"
    Image.effect_noise((900, 600), 60).save(photo)
    fill(at_form, "鲁C70021")
    at_form.click("#submit")
    at_form.locator("#done").wait_for()
    (found,) = listed(served, "鲁C70021")
    missing = {"missing": ["行驶证照片"]}
    decide(served, found["pass_id"], "information-requests", missing)

    mine = card(at_form, "鲁C70021")
    mine.locator("button", has_text="补材料").click()
    slot = at_form.locator("#supply [data-kind=vehicle_licence]")
    slot.locator("input").set_input_files(photo)
    slot.locator("figcaption", has_text="已上传").wait_for()
    at_form.click("#supply-send")
    mine.filter(has_text="待审批").wait_for()

    desk = chromium.new_page(base_url=served.url)
    sign_in(desk, invite("reviewer"), "/desk")
    desk.click("#queue .row:has-text('鲁C70021')")
    desk.locator("#detail .paper", has_text="行驶证").wait_for()
    desk.close()


def test_the_in_hand_clock_starts_with_the_plate(at_form, served):
    at_form.fill("[name=plate]", "鲁c·70002")
    at_form.locator("[name=plate]").blur()

    at_form.locator("#contact", has_text="已登记").wait_for()
    (found,) = listed(served, "鲁C70002")
    assert found["status"] == "drafted"
    assert at_form.locator("#issuers input").first.is_disabled()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("plate", "鲁C1", "号牌不对"),
        ("load_kg", "1800", "超过核定载质量 1735 千克"),
        ("driver.id_number", "110105194912310021", "核对 18 位和末位校验码"),
        ("driver.licence_class", "C5", "此车须"),
        ("inspection_valid_until", "2020-02-17", "检验有效期早于"),
        ("owner", "", "请填写"),
    ],
)
def test_wrong_input_is_said_beside_its_field(at_form, field, value, said):
    fill(at_form, "鲁C70003")
    at_form.fill(f"[name='{field}']", value)
    at_form.locator(f"[name='{field}']").blur()

    wrong(at_form, field).filter(has_text=said).wait_for()
    at_form.click("#submit")

    assert at_form.is_visible("#editor")
    focused = at_form.evaluate("() => document.activeElement.name")
    assert focused == field


def test_a_heavy_truck_is_asked_for_its_permit(at_form):
    assert not at_form.is_visible("[name=road_transport_permit]")

    fill(at_form, "鲁C70004", gross_mass_kg="18000")
    at_form.fill("[name='driver.licence_class']", "B2")

    at_form.fill("[name=road_transport_permit]", "370323000001")
    at_form.locator("#left", has_text="可以提交").wait_for()


def test_more_people_than_seats_is_said(at_form):
    fill(at_form, "鲁C70005", seats="1")
    at_form.locator("[name=seats]").blur()
    at_form.click("text=加一人")

    wrong(at_form, "seats").filter(has_text="车上 2 人，核定 1 人").wait_for()


def test_what_the_node_refuses_is_said_in_words(at_form, served):
    apply(served, "holder", "鲁C70006")
    decide(served, "holder", "approvals").raise_for_status()
    fill(at_form, "鲁C70006")
    at_form.route("**/requests", lambda route: route.fulfill(status=409, json=HELD))

    at_form.click("#submit")

    at_form.locator("#said", has_text="一车一证一线路").wait_for()


HELD = {"code": "vehicle-has-pass", "detail": "The vehicle has a pass", "status": 409}


def test_offline_the_draft_is_kept_and_registered_when_the_node_is_back(
    at_form, served
):
    at_form.context.set_offline(True)
    fill(at_form, "鲁C70007")
    at_form.locator("[name=goods]").blur()
    at_form.locator("#contact", has_text="离线").wait_for()
    at_form.locator("#notice", has_text="可以继续填写").wait_for()
    at_form.wait_for_timeout(600)
    at_form.context.set_offline(False)

    at_form.reload()
    kept = at_form.locator("#kept p", has_text="鲁C70007")
    kept.wait_for()
    kept.locator("button", has_text="继续填写").click()

    assert at_form.input_value("[name='driver.name']") == "王小明"
    at_form.locator("#contact", has_text="已登记").wait_for()
    at_form.click("#submit")
    at_form.locator("#done").wait_for()
    assert at_form.locator("#kept p", has_text="鲁C70007").count() == 0
    assert [a["status"] for a in listed(served, "鲁C70007")] == ["requested"]


def test_the_page_opens_again_without_a_node_and_the_draft_goes_on(chromium, tmp_path):
    node = Served(tmp_path)
    open_issuers(node)
    body = {"name": "人", "roles": ["firm"], "organisation": "firm"}
    link = node.client("operator").post("/v1/invitations", json=body).json()["link"]
    context = chromium.new_context(base_url=node.url)
    page = context.new_page()
    sign_in(page, link, "/apply")
    page.locator("body[data-kept]").wait_for()
    page.locator("#new:enabled").click()
    fill(page, "鲁C70030")
    page.wait_for_timeout(600)
    node.stop()

    page.reload()
    page.locator("#notice", has_text="可以继续填写").wait_for()
    page.locator("#kept button", has_text="继续填写").click()
    page.fill("[name=goods]", "苹果和梨")
    page.wait_for_timeout(600)
    again = Served(tmp_path, port=int(node.url.rsplit(":", 1)[1]))

    page.locator("#state", has_text="实时").wait_for()
    page.click("#submit")
    page.locator("#done").wait_for()
    found = listed(again, "鲁C70030")
    context.close()
    again.stop()
    assert [(a["status"], a["goods"]) for a in found] == [("requested", "苹果和梨")]


def test_an_answer_that_was_lost_is_asked_for_again_and_nothing_is_doubled(
    at_form, served
):
    fill(at_form, "鲁C70008")

    def lose(route):
        route.fetch()
        route.abort()

    at_form.route("**/requests", lose)
    at_form.click("#submit")
    at_form.locator("#said", has_text="连不上").wait_for()
    at_form.unroute("**/requests")
    at_form.click("#submit")

    at_form.locator("#done").wait_for()
    assert [a["status"] for a in listed(served, "鲁C70008")] == ["requested"]


def test_a_renewal_is_one_tap_and_brings_everything_along(at_form, served, tmp_path):
    photo = tmp_path / "licence.jpg"
    Image.effect_noise((900, 600), 60).save(photo)
    fill(at_form, "鲁C70010")
    slot = at_form.locator("[data-kind=driving_licence]")
    slot.locator("input").set_input_files(photo)
    slot.locator("figcaption", has_text="已上传").wait_for()
    at_form.click("#submit")
    at_form.locator("#done").wait_for()
    old = listed(served, "鲁C70010")[0]["pass_id"]
    decide(served, old, "approvals").raise_for_status()

    card(at_form, "鲁C70010").locator("button", has_text="续办").click()

    at_form.locator("#editor-title", has_text="续办").wait_for()
    assert at_form.input_value("[name=load_kg]") == "1500"
    assert at_form.input_value("[name='driver.id_number']") == "11010519491231002X"
    ends = datetime.fromisoformat(one(served, old)["valid_until"])
    begins = f"{ends.astimezone(COUNTY):%Y-%m-%dT%H:%M}"
    assert at_form.input_value("[name=valid_from]") == begins
    slot.filter(has_text="沿用上次的材料").wait_for()
    at_form.check("#declaration")
    at_form.click("#submit")
    at_form.locator("#done").wait_for()
    fresh = listed(served, "鲁C70010")[0]
    assert fresh["renews"] == old
    path = "/v1/applications"
    whole = served.as_("firm").get(path, params={"pass_id": fresh["pass_id"]}).json()
    kinds = [document["kind"] for document in whole["request"]["documents"]]
    assert kinds == ["driving_licence"]


def test_a_truck_swap_asks_for_the_truck_alone(at_form, served):
    apply(served, "stuck", "鲁C70011")
    decide(served, "stuck", "approvals").raise_for_status()

    mine = card(at_form, "鲁C70011")
    mine.locator("button", has_text="换车").click()

    at_form.locator("#editor-title", has_text="30 分钟").wait_for()
    assert at_form.input_value("[name=plate]") == ""
    assert at_form.input_value("[name=goods]") == "苹果"
    fill(at_form, "鲁C70012")
    at_form.click("#submit")
    at_form.locator("#done").wait_for()
    (fresh,) = listed(served, "鲁C70012")
    assert (fresh["replaces"], fresh["promise_minutes"]) == ("stuck", 30)


def test_a_liaison_officer_applies_on_behalf_of_an_enterprise(page, invite, served):
    body = {"enterprise_id": "yaoye", "name": "示例药业", "town": "南麻街道"}
    body |= {"credit_code": "91370323MA0000001X", "sector": "pharmaceutical"}
    served.as_("liaison", "").post("/v1/enterprises", json=body)
    sign_in(page, invite("liaison"), "/apply")
    page.locator("#new:enabled").click()

    page.fill("#enterprise", "yaoye")
    page.locator("#enterprise").blur()
    fill(page, "鲁C70013")
    page.click("#submit")

    page.locator("#done").wait_for()
    mine = card(page, "鲁C70013")
    mine.filter(has_text="代办：yaoye").wait_for()
    assert [a["plate"] for a in all_of(served, "yaoye")] == ["鲁C70013"]


def test_an_empty_list_and_the_notice_of_personal_data_are_there(page, invite):
    sign_in(page, invite("firm", organisation="nobody"), "/apply")

    page.locator("#list .empty", has_text="还没有申请").wait_for()
    page.locator("#new:enabled").click()
    assert "逐人加密" in page.inner_text("#editor")


def test_without_a_session_the_page_says_what_to_do(page):
    page.goto("/apply")

    page.locator("#notice", has_text="邀请链接").wait_for()


def test_a_phone_has_everything_in_its_width(chromium, served, invite):
    context = chromium.new_context(
        base_url=served.url, viewport={"width": 390, "height": 844}, has_touch=True
    )
    phone = context.new_page()
    sign_in(phone, invite("firm", organisation="firm"), "/apply")
    phone.tap("#new:enabled")
    phone.locator("#form [name=plate]").wait_for()

    wide = phone.evaluate("() => document.documentElement.scrollWidth")
    short = phone.evaluate(
        "() => [...document.querySelectorAll('#editor button')]"
        ".filter((b) => b.offsetHeight && b.offsetHeight < 34).length"
    )
    context.close()

    assert wide <= 390
    assert short == 0


def test_english_is_one_tap_away_and_keeps_what_was_typed(at_form):
    at_form.fill("[name=goods]", "苹果")

    at_form.click("#language")

    at_form.locator("#editor-title", has_text="New application").wait_for()
    assert at_form.input_value("[name=goods]") == "苹果"
    labels = at_form.locator(".label, legend").all_inner_texts()
    assert not [c for c in "".join(labels) if "一" <= c <= "鿿"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_serious_keeps_people_out(at_form, scheme):
    at_form.emulate_media(color_scheme=scheme)
    at_form.click("text=加一人")
    at_form.click("#submit")

    assert serious(at_form) == []


def test_a_node_that_is_slow_is_not_asked_again_meanwhile(page, invite):
    sign_in(page, invite("firm", organisation="firm"), "/apply")
    page.locator("#new:enabled").wait_for()
    held = []
    page.route("**/v1/applications*", lambda route: held.append(route))  # noqa: PLW0108 -- playwright marks it

    page.wait_for_event("request")
    page.wait_for_timeout(1500)

    assert len(held) == 1
    held[0].continue_()


def test_what_is_being_typed_is_not_taken_away(page, invite):
    """The page asks the node every few seconds; the enterprise is not yet told."""
    sign_in(page, invite("liaison"), "/apply")
    page.locator("#new:enabled").click()
    page.fill("#enterprise", "yaoye")

    for _ in range(3):
        page.wait_for_event("requestfinished")

    assert page.input_value("#enterprise") == "yaoye"
