import json
from pathlib import Path

import pytest

from tests.applications import apply, draft, submit
from tests.browser.conftest import sign_in
from tests.browser.desks import serving
from tests.browser.test_map import FIRM
from tests.passes import stage

pytestmark = pytest.mark.browser


def take_up(page, link):
    page.goto(link)
    page.fill("#pin", "2468")
    page.click("button[type=submit]")


@pytest.mark.parametrize(
    ("role", "first"), [("coordinator", "/"), ("reviewer", "/desk"), ("firm", "/apply")]
)
def test_a_link_signs_in_and_leads_to_what_the_role_does(page, invite, role, first):
    take_up(page, invite(role, organisation="firm" if role == "firm" else ""))

    page.wait_for_url(f"**{first}")
    page.locator("#state", has_text="实时").wait_for()


def test_the_county_shows_its_figures(page, invite):
    sign_in(page, invite("coordinator"), "/")

    page.wait_for_selector(".figure")
    figures = page.locator(".figure").all_inner_texts()
    assert figures[1].startswith("100\n斤")
    assert figures[2].startswith("450\n元")
    page.wait_for_selector("[data-table=deliveries] table")
    assert "和平小区" in page.inner_text("[data-table=deliveries]")
    assert page.inner_text("#state") == "实时"
    assert page.is_visible("#demo")


def test_every_read_model_has_a_table_and_says_when_it_is_empty(page, invite):
    sign_in(page, invite("coordinator"), "/")

    page.locator("#state", has_text="实时").wait_for()
    tables = page.locator("[data-table]")
    assert tables.count() == 6
    page.locator("[data-table=alerts] .empty", has_text="暂无").wait_for()


def test_english_is_one_tap_away_and_stays(page, invite):
    sign_in(page, invite("coordinator"), "/")
    page.wait_for_selector(".figure")

    page.click("#language")
    page.locator("html[lang=en]").wait_for(state="attached")

    assert "jin" in page.inner_text("#figures")
    page.reload()
    page.wait_for_selector(".figure")
    assert page.title() == "Green channel · the county"


def test_a_pin_typed_before_the_page_is_ready_is_kept(page, invite):
    held = []
    page.route("**/texts/*.json", lambda route: held.extend([route]))
    page.goto(invite("coordinator"))
    page.fill("#pin", "2468")
    page.press("#pin", "Enter")

    assert page.is_disabled("#enter")
    held[0].continue_()
    page.locator("#enter:enabled").wait_for()
    assert page.input_value("#pin") == "2468"
    page.click("#enter")
    page.wait_for_url("**/")


def test_without_a_session_the_page_says_what_to_do(page):
    page.goto("/")

    page.wait_for_selector("#notice:visible")
    assert "邀请链接" in page.inner_text("#notice")
    assert page.inner_text("#state") == "未登录"


def test_the_wrong_role_is_told_so(page, invite):
    sign_in(page, invite("firm", organisation="firm"), "/")

    page.wait_for_selector("#notice:visible")
    assert page.inner_text("#state") == "无权查看"


def test_offline_keeps_what_was_read_and_says_so(page, invite):
    sign_in(page, invite("coordinator"), "/")
    page.wait_for_selector(".figure")

    page.context.set_offline(True)
    page.locator("#state", has_text="连不上节点").wait_for(timeout=15_000)

    assert page.locator(".figure").count() == 7
    page.context.set_offline(False)
    page.locator("#state", has_text="实时").wait_for(timeout=15_000)


def test_a_used_link_says_so_and_a_pin_opens_again(page, invite):
    link = invite("coordinator")
    take_up(page, link)
    page.wait_for_url("**/")
    page.context.clear_cookies()

    page.goto("/sign-in")
    page.fill("#pin", "2468")
    page.click("button[type=submit]")
    page.wait_for_url("**/")
    page.goto("about:blank")
    page.goto(link)
    page.fill("#pin", "1111")
    page.click("button[type=submit]")

    page.wait_for_selector("#problem:visible")
    assert "已用过" in page.inner_text("#problem")


def test_both_languages_have_every_text():
    texts = Path(__file__).parents[2] / "web" / "texts"
    zh, en = (
        json.loads((texts / name).read_text("utf-8")) for name in ("zh.json", "en.json")
    )

    assert zh.keys() == en.keys()
    assert all(zh.values())
    assert all(en.values())


def test_firms_and_posts_are_called_by_their_names(page, served, invite):
    served.as_("liaison", "").post("/v1/enterprises", json=FIRM)
    stage(served)
    draft(served, "named", "鲁C90001")
    submit(served, "named", "鲁C90001", lane="l1")
    wait = {"fact_id": "long-wait", "checkpoint": "CP1", "direction": "outward"}
    wait["wait_minutes"] = 90
    served.as_("checkpoint").post("/v1/waits", json=wait).raise_for_status()

    sign_in(page, invite("coordinator"), "/")

    alerts = page.locator("[data-table=alerts]")
    alerts.locator("td", has_text="出县").wait_for()
    assert "CP1" not in alerts.inner_text()
    assert FIRM["name"] in page.inner_text("[data-table=pass_desk]")


def test_alerts_are_read_on_a_phone_without_scrolling_sideways(chromium, tmp_path):
    with serving(tmp_path) as served:
        apply(served, "overdue", "鲁C10001", contact="05:30")
        body = {"name": "人", "roles": ["coordinator"]}
        asked = served.client("operator").post("/v1/invitations", json=body)
        small = {"width": 360, "height": 640}
        page = chromium.new_page(base_url=served.url, viewport=small)
        take_up(page, asked.raise_for_status().json()["link"])

        alerts = page.locator("[data-table=alerts]")
        alerts.locator("td.words").first.wait_for()
        sideways = alerts.evaluate("panel => panel.scrollWidth - panel.clientWidth")
        page.close()

    assert sideways == 0
