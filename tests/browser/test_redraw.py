"""Pages ask again every few seconds, and take nothing out of anybody's hands."""

import pytest

from tests.applications import apply, decide, open_issuers
from tests.browser.conftest import sign_in
from tests.browser.test_map import FIRM, until
from tests.integration.conftest import Served, pickup

pytestmark = pytest.mark.browser
HOLD = """(css) => {
  globalThis.held = document.querySelector(css);
  held.focus();
  getSelection().selectAllChildren(held);
}"""
IS_HELD = "() => held.isConnected && document.activeElement === held"
IS_SELECTED = """() =>
  held.isConnected && getSelection().toString().trim() === held.textContent"""
PARTS = """async (facts) => {
  const { part, redraw } = await import("/modules/redraw.js");
  const root = document.querySelector("main");
  const one = (name, fact) => part(name, fact, () => {
    const found = document.createElement("p");
    const button = document.createElement("button");
    button.dataset.act = name === "b" ? fact : "same";
    found.append(button, `${name} ${fact}`);
    return found;
  });
  redraw(root, Object.entries(facts).map(([name, fact]) => one(name, fact)));
}"""
FOCUS = "(at) => document.querySelectorAll('main button')[at].focus()"
FOCUSED = """() => {
  const { tagName, textContent, parentElement } = document.activeElement;
  return `${tagName} ${textContent || parentElement.textContent}`;
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("redraw"))
    open_issuers(made)
    coordinator = made.as_("coordinator", "")
    point = {"lon": 118.05, "lat": 36.8}
    place = {"place": "C01", "name": "和平小区", "kind": "community", "point": point}
    coordinator.post("/v1/places", json=place).raise_for_status()
    post = {"checkpoint": "CP1", "name": "出县卡口", "lane": "zz-zd", "point": point}
    coordinator.post("/v1/checkpoints", json=post).raise_for_status()
    made.as_("firm").post("/v1/pickups", json=pickup("first")).raise_for_status()
    made.as_("liaison", "").post("/v1/enterprises", json=FIRM).raise_for_status()
    yield made
    made.stop()


def enrol(served, name):
    body = {"name": name, "roles": ["checkpoint"], "checkpoint": "CP1"}
    link = served.client("operator").post("/v1/invitations", json=body).json()["link"]
    access_id, _, secret = link.partition("#")[2].partition(".")
    path = f"/v1/invitations/{access_id}/acceptances"
    body = {"secret": secret, "pin": "2468"}
    served.client().post(path, json=body).raise_for_status()


def test_a_line_that_is_read_stays_selected_and_in_place(page, invite, served):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(page, invite("coordinator"), "/")
    page.locator("[data-table=live_routes] td", has_text="鲁X00001").wait_for()
    page.evaluate(HOLD, "[data-table=live_routes] td")
    panel = page.locator("[data-table=live_routes]")
    panel.evaluate("(panel) => { panel.scrollLeft = 60 }")

    more = pickup("second", plate="鲁X00002")
    served.as_("firm").post("/v1/pickups", json=more).raise_for_status()
    panel.locator("td", has_text="鲁X00002").wait_for()

    assert page.evaluate(IS_SELECTED)
    assert panel.evaluate("(panel) => panel.scrollLeft") == 60


def test_a_button_is_still_under_the_finger_when_another_phone_comes(
    page, invite, served
):
    enrol(served, "甲班手机")
    sign_in(page, invite("coordinator"), "/phones")
    page.locator(".place", has_text="甲班手机").wait_for()
    page.evaluate(HOLD, ".place button")

    enrol(served, "乙班手机")
    page.locator(".place", has_text="乙班手机").wait_for()

    assert page.evaluate(IS_HELD)


def test_the_link_to_the_pass_is_held_while_the_clocks_run(page, served):
    told, _ = apply(served, "held", "鲁C60001")
    decide(served, "held", "approvals").raise_for_status()
    page.goto(f"/status#{told['reference']}")
    page.locator("#standing a").wait_for()
    page.evaluate(HOLD, "#standing a")

    def later(route):
        told = route.fetch().json()
        route.fulfill(json=told | {"in_hand_minutes": 200})

    page.route("**/v1/pass-status", later)
    page.locator("#standing", has_text="3 小时 20 分").wait_for()

    assert page.evaluate(IS_HELD)


@pytest.mark.parametrize(
    ("before", "at", "after", "focused"),
    [
        ({"a": 1, "b": 1}, 0, {"a": 2, "b": 1}, "BUTTON a 2"),
        ({"a": 1, "b": 1}, 1, {"a": 1, "b": 2}, "P b 2"),
        ({"a": 1, "b": 1}, 0, {"b": 1}, "MAIN b 1"),
        ({"a": 1, "b": 1}, 1, {"b": 1, "a": 1}, "BUTTON b 1"),
    ],
    ids=["same-control", "another-control", "part-gone", "moved"],
)
def test_what_must_be_made_anew_gives_the_focus_back(page, before, at, after, focused):
    page.goto("/trust")
    page.locator("#none").wait_for()
    page.evaluate(PARTS, before)
    page.evaluate(FOCUS, at)

    page.evaluate(PARTS, after)

    assert page.evaluate(FOCUSED) == focused


def test_nothing_is_written_again_that_says_the_same(page, invite):
    sign_in(page, invite("coordinator"), "/")
    page.locator("#state", has_text="实时").wait_for()
    page.evaluate("""() => {
      globalThis.written = 0;
      globalThis.asked = 0;
      const count = () => { written += 1; };
      const deep = { childList: true, characterData: true, subtree: true };
      new MutationObserver(count).observe(document.querySelector("#state"), deep);
      const send = fetch;
      globalThis.fetch = (...given) => { asked += 1; return send(...given); };
    }""")

    until(page, "() => asked > 24")

    assert page.evaluate("() => written") == 0
