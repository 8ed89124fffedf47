"""The application page where the node is slow, away, or answers in vain."""

import pytest

from tests.applications import open_issuers
from tests.browser.conftest import sign_in
from tests.browser.forms import at_form, fill, listed, served
from tests.browser.network import intercept
from tests.integration.conftest import Served

pytestmark = pytest.mark.browser
__all__ = ["at_form", "served"]


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

    intercept(at_form, "**/requests", lose)
    at_form.click("#submit")
    at_form.locator("#said", has_text="连不上").wait_for()
    at_form.unroute("**/requests")
    at_form.click("#submit")

    at_form.locator("#done").wait_for()
    assert [a["status"] for a in listed(served, "鲁C70008")] == ["requested"]


def test_a_node_that_is_slow_is_not_asked_again_meanwhile(page, invite):
    sign_in(page, invite("firm", organisation="firm"), "/apply")
    page.locator("#new:enabled").wait_for()
    held = []
    page.route("**/v1/applications*", lambda route: held.append(route))  # noqa: PLW0108 -- playwright marks it

    page.wait_for_event("request", lambda asked: "/v1/applications" in asked.url)
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
