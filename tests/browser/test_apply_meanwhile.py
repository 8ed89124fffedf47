"""What somebody does while an application's photographs still go up."""

import pytest
from PIL import Image

from tests.applications import decide
from tests.browser.forms import at_form, card, fill, listed, served
from tests.browser.network import intercept

pytestmark = pytest.mark.browser
__all__ = ["at_form", "served"]


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "licence.jpg"
    Image.effect_noise((300, 200), 60).save(path)
    return path


def held_upload(page, photo):
    """A photograph that is on its way until the test lets it arrive."""
    held = []
    intercept(page, "**/v1/documents", lambda route: held.append(route))  # noqa: PLW0108 -- playwright marks it
    slot = page.locator("#photos [data-kind=driving_licence]")
    slot.locator("input").set_input_files(photo)
    slot.locator("figcaption").wait_for()
    return held


def arrive(page, held):
    for route in held:
        route.continue_()
    page.unroute("**/v1/documents")


def test_the_application_that_was_handed_in_is_sent_whatever_is_opened_meanwhile(
    at_form, served, photo
):
    fill(at_form, "鲁C71001")
    held = held_upload(at_form, photo)
    at_form.click("#submit")
    at_form.wait_for_timeout(300)

    at_form.evaluate("() => document.querySelector('#close').click()")
    at_form.click("#new")
    at_form.fill("[name=plate]", "鲁C71002")
    at_form.locator("[name=plate]").blur()
    at_form.locator("#contact", has_text="已登记").wait_for()
    arrive(at_form, held)
    at_form.locator("#reference", has_text="/status#").wait_for()

    assert [one["status"] for one in listed(served, "鲁C71001")] == ["requested"]
    assert [one["status"] for one in listed(served, "鲁C71002")] == ["drafted"]
    assert at_form.input_value("[name=plate]") == "鲁C71002"
    at_form.reload()
    at_form.locator("#kept p", has_text="鲁C71002").wait_for()


def test_an_application_that_is_put_away_while_it_is_sent_is_handed_in(
    at_form, served, photo
):
    fill(at_form, "鲁C71003")
    held = held_upload(at_form, photo)
    at_form.click("#submit")
    at_form.wait_for_timeout(300)

    at_form.click("#close")
    arrive(at_form, held)

    at_form.locator("#reference", has_text="/status#").wait_for()
    assert [one["status"] for one in listed(served, "鲁C71003")] == ["requested"]
    assert at_form.is_hidden("#said")


def test_a_photograph_of_one_application_is_not_shown_with_another(at_form, photo):
    fill(at_form, "鲁C71005")
    held = held_upload(at_form, photo)
    at_form.click("#close")
    at_form.click("#new")

    arrive(at_form, held)
    at_form.wait_for_timeout(1000)

    assert at_form.locator("#photos figure").count() == 0
    at_form.click("#close")
    kept = at_form.locator("#kept p", has_text="鲁C71005")
    kept.locator("button", has_text="继续填写").click()
    at_form.locator("#photos figcaption", has_text="已上传").wait_for()


def test_what_was_typed_last_is_kept_when_the_form_is_put_away_at_once(at_form):
    fill(at_form, "鲁C71006")
    at_form.evaluate(
        """() => {
          const goods = document.querySelector("[name=goods]");
          goods.value = "梨";
          goods.dispatchEvent(new Event("input", { bubbles: true }));
          document.querySelector("#close").click();
        }"""
    )
    at_form.wait_for_timeout(600)
    at_form.reload()

    kept = at_form.locator("#kept p", has_text="鲁C71006")
    kept.locator("button", has_text="继续填写").click()
    assert at_form.input_value("[name=goods]") == "梨"


def test_what_is_typed_while_it_is_sent_is_not_handed_in_unchecked(
    at_form, served, photo
):
    fill(at_form, "鲁C71004")
    held = held_upload(at_form, photo)
    at_form.click("#submit")
    at_form.wait_for_timeout(300)

    at_form.fill("[name=goods]", "")
    arrive(at_form, held)

    at_form.locator("#reference", has_text="/status#").wait_for()
    (found,) = listed(served, "鲁C71004")
    assert found["goods"] == "苹果"


def asked_for_more(page, served, plate):
    fill(page, plate)
    page.click("#submit")
    page.locator("#done").wait_for()
    (found,) = listed(served, plate)
    missing = {"missing": ["行驶证照片"]}
    decide(served, found["pass_id"], "information-requests", missing)
    return card(page, plate).locator("button", has_text="补材料")


def test_what_is_supplied_is_what_was_written_for_that_application(
    at_form, served, photo
):
    first = asked_for_more(at_form, served, "鲁C71007")
    at_form.click("#new")
    second = asked_for_more(at_form, served, "鲁C71008")
    first.click()
    held = []
    intercept(at_form, "**/v1/documents", lambda route: held.append(route))  # noqa: PLW0108 -- playwright marks it
    slot = at_form.locator("#supply [data-kind=vehicle_licence]")
    slot.locator("input").set_input_files(photo)
    slot.locator("figcaption").wait_for()
    at_form.fill("#supply-note", "第一辆")
    at_form.click("#supply-send")
    at_form.click("#supply-close")

    second.click()
    at_form.fill("#supply-note", "第二辆")
    arrive(at_form, held)
    card(at_form, "鲁C71007").filter(has_text="待审批").wait_for()

    assert at_form.is_visible("#supply[open]")
    assert at_form.input_value("#supply-note") == "第二辆"
    at_form.click("#supply-send")
    card(at_form, "鲁C71008").filter(has_text="待审批").wait_for()
    notes = {p: listed(served, p)[0]["note"] for p in ("鲁C71007", "鲁C71008")}
    assert notes == {"鲁C71007": "第一辆", "鲁C71008": "第二辆"}


def test_a_photograph_that_arrives_leaves_the_others_alone(at_form, photo):
    slot = at_form.locator("#photos [data-kind=vehicle_licence]")
    slot.locator("input").set_input_files(photo)
    slot.locator("figcaption", has_text="已上传").wait_for()
    slot.locator("img").evaluate("image => (globalThis.before = image)")
    held = held_upload(at_form, photo)
    slot.locator("[data-act='apply.remove_photo']").focus()

    arrive(at_form, held)
    sent = at_form.locator("#photos [data-kind=driving_licence] figcaption")
    sent.filter(has_text="已上传").wait_for()

    assert at_form.evaluate("() => globalThis.before.isConnected")
    focused = "() => document.activeElement.dataset.act"
    assert at_form.evaluate(focused) == "apply.remove_photo"
