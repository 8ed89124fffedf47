"""Several reviewers at one queue, and a desk that asks again while somebody works."""

import pytest

from tests.applications import apply, decide, one
from tests.browser.conftest import sign_in
from tests.browser.desks import open_plate, opened, serving, three_wait
from tests.browser.reviewing import complete

pytestmark = pytest.mark.browser
LOOK = """() => {
  const line = document.querySelector("#detail .fields dd");
  getSelection().selectAllChildren(line);
  const detail = document.querySelector("#detail");
  detail.scrollTop = 40;
  return [detail.scrollTop, line.textContent];
}"""
SEEN = """() =>
  [document.querySelector("#detail").scrollTop, getSelection().toString().trim()]"""
FOCUSED = """() => {
  const { id, dataset } = document.activeElement;
  return id || dataset.act || dataset.pass;
}"""


@pytest.fixture
def served(tmp_path):
    with serving(tmp_path) as made:
        yield made


@pytest.fixture
def three(served):
    three_wait(served)


@pytest.fixture
def at_desk(page, invite, three):
    _ = three
    return opened(page, invite("reviewer"))


def test_a_new_application_appears_without_a_reload(at_desk, served):
    apply(served, "fresh", "鲁C10004", contact="11:59")

    at_desk.locator("#queue .row.fresh", has_text="鲁C10004").wait_for()
    assert "鲁C10004" in at_desk.inner_text("#announced")
    assert open_plate(at_desk) == "鲁C10001"


def test_two_reviewers_do_not_decide_one_application_twice(at_desk, served):
    at_desk.keyboard.press("a")
    decide(served, "late", "refusals", {"reason": "x"}).raise_for_status()

    at_desk.keyboard.press("a")

    at_desk.locator("#said", has_text="状态已变").wait_for()
    at_desk.locator("#queue .row", has_text="鲁C10001").wait_for(state="detached")


def polled(page, times=4):
    for _ in range(times):
        page.wait_for_event("requestfinished", lambda r: "/v1/pass-desk" in r.url)


@pytest.fixture
def at_whole(page, invite, served, three):
    """The most urgent application has people and photographs."""
    _ = three
    complete(served, "whole", "鲁C10000", contact="05:00")
    page.set_viewport_size({"width": 1280, "height": 500})
    sign_in(page, invite("reviewer"), "/desk")
    page.locator("#detail .people button").wait_for()
    page.focus("#detail")
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "desk.reveal"
    return page


def test_what_a_reviewer_is_at_stays_while_the_desk_asks_again(at_whole, served):
    looked = at_whole.evaluate(LOOK)
    assert looked[0] == 40

    decide(served, "calm", "refusals", {"reason": "x"}).raise_for_status()
    at_whole.locator("#queue .row", has_text="鲁C10003").wait_for(state="detached")
    polled(at_whole)

    assert at_whole.evaluate(SEEN) == looked
    assert at_whole.evaluate(FOCUSED) == "desk.reveal"


def test_a_row_of_the_queue_keeps_the_focus_too(at_whole, served):
    at_whole.focus("#queue .row >> nth=1")

    apply(served, "fresh", "鲁C10004", contact="05:10")
    at_whole.locator("#queue .row", has_text="鲁C10004").wait_for()
    polled(at_whole)

    held = at_whole.locator("#queue .row:focus")
    assert "鲁C10001" in held.inner_text()


def test_what_another_reviewer_asked_for_is_shown_and_the_focus_stays(at_whole, served):
    missing = {"missing": ["押运员身份证"]}

    decide(served, "whole", "information-requests", missing).raise_for_status()

    at_whole.locator("#detail .findings", has_text="押运员身份证").wait_for()
    assert at_whole.evaluate(FOCUSED) == "desk.reveal"


def test_what_another_reviewer_decided_goes_and_nothing_takes_its_place(
    at_whole, served
):
    decide(served, "whole", "refusals", {"reason": "x"}).raise_for_status()

    at_whole.locator("#detail", has_text="鲁C10000 已由他人处理").wait_for()
    assert "鲁C10000" in at_whole.inner_text("#announced")
    assert at_whole.evaluate(FOCUSED) == "detail"
    polled(at_whole)
    at_whole.keyboard.press("a")
    assert at_whole.locator("dialog[open]").count() == 0
    at_whole.click("#detail [data-act='desk.open_next']")
    at_whole.locator("#detail .plate.big", has_text="鲁C10001").wait_for()


def test_where_the_last_one_went_no_next_one_is_offered(page, invite, served):
    apply(served, "only", "鲁C10001")
    sign_in(page, invite("reviewer"), "/desk")
    page.locator("#approve-it:enabled").wait_for()

    decide(served, "only", "approvals").raise_for_status()

    page.locator("#detail", has_text="已由他人处理").wait_for()
    assert page.locator("#detail button:visible").count() == 0


def test_a_decision_is_on_the_application_that_was_asked_about(at_desk, served):
    at_desk.keyboard.press("a")
    at_desk.locator("#approve", has_text="鲁C10001").wait_for()
    decide(served, "late", "refusals", {"reason": "x"}).raise_for_status()
    at_desk.locator("#queue .row", has_text="鲁C10001").wait_for(state="detached")

    at_desk.keyboard.press("a")

    at_desk.locator("#said", has_text="状态已变").wait_for()
    assert one(served, "near")["status"] == "requested"
    assert one(served, "late")["status"] == "refused"
