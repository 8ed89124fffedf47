"""A liaison officer renews for a firm: its people come along, seen by nobody."""

from itertools import count

import pytest
from PIL import Image

from tests.applications import all_of, decide
from tests.browser.axe import serious
from tests.browser.conftest import sign_in
from tests.browser.forms import FORM, fill, served
from tests.browser.network import intercept

pytestmark = pytest.mark.browser
NUMBERS = count(1)
__all__ = ["served"]
SECRETS = [FORM[f"driver.{name}"] for name in ("name", "phone", "id_number")]


def renew(page, plate):
    """The draft of a renewal has the same plate, and may stand above the pass."""
    return page.locator(".application", has_text=plate).locator("text=续办").first


@pytest.fixture
def renewing(page, invite, served, tmp_path):
    """What the officer filed was approved, and is being renewed."""
    body = {"enterprise_id": "yaoye", "name": "示例药业", "town": "南麻街道"}
    body |= {"credit_code": "91370323MA0000001X", "sector": "pharmaceutical"}
    served.as_("liaison", "").post("/v1/enterprises", json=body)
    photo = tmp_path / "licence.jpg"
    Image.effect_noise((900, 600), 60).save(photo)
    plate = f"鲁C8000{next(NUMBERS)}"
    sign_in(page, invite("liaison"), "/apply")
    page.locator("#new:enabled").click()
    page.fill("#enterprise", "yaoye")
    page.locator("#enterprise").blur()
    fill(page, plate)
    page.locator("[data-kind=driving_licence] input").set_input_files(photo)
    page.locator("figcaption", has_text="已上传").wait_for()
    page.click("#submit")
    page.locator("#done").wait_for()
    (old,) = of_firm(served, plate)
    decide(served, old["pass_id"], "approvals").raise_for_status()
    renew(page, plate).click()
    page.locator("#editor-title", has_text="续办").wait_for()
    return page, plate, old


def of_firm(served, plate):
    return [a for a in all_of(served, "yaoye") if a["plate"] == plate]


def people(served, pass_id):
    path = f"/v1/passes/{pass_id}/persons"
    return served.as_("firm", "yaoye").get(path).json()["persons"]


def test_the_people_come_along_and_are_not_shown(renewing, served):
    page, plate, old = renewing

    page.locator("[data-group=sealed]", has_text="共 1 人，沿用原申请").wait_for()
    told = page.content() + page.evaluate("() => JSON.stringify({...localStorage})")
    assert not [secret for secret in SECRETS if secret in told]
    assert page.locator("[name='driver.name']").count() == 0
    assert serious(page) == []
    page.check("#declaration")
    page.click("#submit")
    page.locator("#done").wait_for()

    (fresh,) = (a for a in of_firm(served, plate) if a["pass_id"] != old["pass_id"])
    assert fresh["renews"] == old["pass_id"]
    (driver,) = people(served, fresh["pass_id"])
    assert [driver[name] for name in ("name", "phone", "id_number")] == SECRETS


def test_who_is_quicker_than_the_network_need_not_send_twice(renewing):
    page, plate, _ = renewing
    page.click("#close")
    held = []
    intercept(page, "**/v1/passes", lambda route: held.append(route))  # noqa: PLW0108 -- playwright marks it
    renew(page, plate).click()
    page.locator("[data-group=sealed]", has_text="共 1 人，沿用原申请").wait_for()
    page.check("#declaration")
    page.click("#submit")

    page.wait_for_timeout(300)
    told = page.inner_text("#said") if page.is_visible("#said") else ""
    for route in held:
        route.continue_()

    page.locator("#done").wait_for()
    assert told == ""


def test_others_may_be_named_instead(renewing, served):
    page, plate, old = renewing
    page.click("text=改填其他人员")

    for name in ("name", "phone", "id_number", "licence_class"):
        page.fill(f"[name='driver.{name}']", FORM[f"driver.{name}"])
    page.fill("[name='driver.name']", "新司机")
    page.check("#declaration")
    page.click("#submit")
    page.locator("#done").wait_for()

    (fresh,) = (a for a in of_firm(served, plate) if a["pass_id"] != old["pass_id"])
    assert [one["name"] for one in people(served, fresh["pass_id"])] == ["新司机"]


def looked_again(page):
    """The answer before the last one was drawn."""
    for _ in range(2):
        page.wait_for_event("requestfinished", lambda r: "/v1/applications" in r.url)


def test_a_button_stays_in_place_while_only_the_clocks_run(renewing):
    page, plate, _ = renewing
    page.click("#close")
    held = renew(page, plate).element_handle()
    held.focus()
    minutes = count(300)

    def later(route):
        told = route.fetch().json()
        for one in told["applications"]:
            one["in_hand_minutes"] = next(minutes)
        route.fulfill(json=told)

    page.route("**/v1/applications*", later)
    looked_again(page)
    page.locator(".application", has_text="5 小时").first.wait_for()
    looked_again(page)

    assert held.evaluate("(button) => button === document.activeElement")
