"""From the form to the pass: what is checked, asked for and refused."""

import pytest
from PIL import Image

from tests.applications import apply, decide
from tests.browser.conftest import sign_in
from tests.browser.forms import at_form, card, fill, listed, served, wrong
from tests.browser.network import intercept

pytestmark = pytest.mark.browser
__all__ = ["at_form", "served"]


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
    intercept(
        at_form, "**/requests", lambda route: route.fulfill(status=409, json=HELD)
    )

    at_form.click("#submit")

    at_form.locator("#said", has_text="一车一证一线路").wait_for()


HELD = {"code": "vehicle-has-pass", "detail": "The vehicle has a pass", "status": 409}
