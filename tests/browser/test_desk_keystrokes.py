"""How much a complete application asks of a reviewer: counted, and by the keyboard."""

import pytest

from tests.applications import one, open_issuers
from tests.browser.conftest import sign_in
from tests.browser.network import intercept
from tests.browser.reviewing import PAPERS, Reviewer, complete
from tests.integration.conftest import Served

pytestmark = pytest.mark.browser
IN_VIEW = """(image) => {
  const { top, bottom } = image.getBoundingClientRect();
  const box = document.querySelector("#detail").getBoundingClientRect();
  return top >= box.top - 1 && bottom <= box.bottom + 1;
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("keystrokes"))
    open_issuers(made)
    for number in range(3):
        complete(made, f"whole-{number}", f"鲁C4000{number}", f"0{7 + number}:00")
    yield made
    made.stop()


@pytest.fixture
def at_desk(page, invite):
    page.set_viewport_size({"width": 1440, "height": 800})
    sign_in(page, invite("reviewer"), "/desk")
    page.locator("#detail .fields").wait_for()
    return page


def scrolled(page):
    return page.evaluate("() => document.querySelector('#detail').scrollTop")


def test_a_photograph_comes_into_view_at_its_key_and_is_enlarged_by_it(at_desk):
    press, last = at_desk.keyboard.press, at_desk.locator(".paper >> nth=2")
    for key in "123":
        press(key)
        at_desk.locator(f".paper:nth-of-type({key}) img").wait_for()
    at_desk.wait_for_timeout(100)
    assert last.locator("img").evaluate(IN_VIEW)

    press("3")
    at_desk.locator("#big[open]").wait_for()
    press("1")
    first = at_desk.locator(".paper img").first.get_attribute("src")
    at_desk.locator(f"#big[open] img[src='{first}']").wait_for()
    press("1")

    at_desk.locator("#big").wait_for(state="hidden")


def test_what_is_read_stays_where_it_is_while_the_desk_reads_anew(at_desk):
    for key in "123":
        at_desk.keyboard.press(key)
        at_desk.locator(f".paper:nth-of-type({key}) img").wait_for()
    for _ in range(5):
        at_desk.keyboard.press("PageUp")
    assert scrolled(at_desk) == 0
    at_desk.keyboard.press("PageDown")
    at_desk.evaluate("() => (document.querySelector('.paper img').isSame = true)")
    before = scrolled(at_desk)

    for _ in range(2):
        at_desk.wait_for_event("response", lambda r: "/v1/pass-desk" in r.url)
    at_desk.wait_for_timeout(100)

    assert scrolled(at_desk) == before > 100
    assert at_desk.evaluate("() => document.querySelector('.paper img').isSame")


def test_a_photograph_that_did_not_come_is_asked_for_again(at_desk):
    intercept(at_desk, "**/v1/documents/*", lambda route: route.abort(), times=1)
    at_desk.keyboard.press("1")
    at_desk.locator(".paper .bad").wait_for()

    at_desk.keyboard.press("1")

    at_desk.locator(".paper:nth-of-type(1) img").wait_for()


def test_a_complete_application_is_three_keys_and_one_for_each_photograph(
    at_desk, served
):
    assert at_desk.locator("#detail .findings li").all_inner_texts() == [
        "机器核对：全部相符"
    ]
    efforts = [Reviewer(at_desk).approve(), Reviewer(at_desk).approve()]

    for effort in efforts:
        print(effort)
        assert effort.pictures == len(PAPERS)
        assert effort.keys == effort.pictures + 3
        assert effort.pointers == 0
        assert 150 < effort.characters <= 260
    states = [one(served, f"whole-{number}")["status"] for number in range(3)]
    assert states == ["approved", "approved", "requested"]
    assert at_desk.inner_text("#detail .plate.big") == "鲁C40002"
