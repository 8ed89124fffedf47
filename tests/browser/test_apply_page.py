"""What else the application page does: again, for others, for every reader."""

from datetime import datetime

import pytest
from PIL import Image

from tests.applications import all_of, apply, decide, one
from tests.browser.axe import serious
from tests.browser.conftest import sign_in
from tests.browser.forms import COUNTY, at_form, card, fill, listed, served

pytestmark = pytest.mark.browser
__all__ = ["at_form", "served"]


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
