"""Every page's words come from one place: what stands there when they do not come."""

import pytest

from tests.browser.axe import serious
from tests.browser.network import intercept

pytestmark = pytest.mark.browser
TEXTS = "**/texts/*.json"
PAGES = ("/sign-in", "/", "/map", "/desk", "/apply", "/status", "/report")
PAGES += ("/places", "/phones", "/trust", "/checkpoint", "/pass/none")


def lost(page):
    return page.locator(".lost-words")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_without_its_words_says_so_in_both_languages(page, path):
    page.route(TEXTS, lambda route: route.abort())

    page.goto(path)

    lost(page).wait_for()
    said = lost(page).inner_text()
    assert "页面文字没有载入" in said
    assert "did not load" in said
    assert not page.is_visible("body > main")


def test_the_sign_in_page_works_after_a_retry(page):
    page.route(TEXTS, lambda route: route.abort(), times=2)
    page.goto("/sign-in")
    lost(page).wait_for()

    page.click(".lost-words button")
    lost(page).wait_for()
    page.click(".lost-words button")

    page.locator("#enter:enabled").wait_for()
    assert page.inner_text("#enter") == "进入"
    assert lost(page).count() == 0


def test_the_words_come_by_themselves_when_the_network_is_back(page):
    page.route(TEXTS, lambda route: route.abort(), times=1)
    page.goto("/sign-in")
    lost(page).wait_for()

    page.evaluate("() => dispatchEvent(new Event('online'))")

    page.locator("#enter:enabled").wait_for()


@pytest.mark.parametrize("answer", [{"status": 503, "body": "{}"}, {"body": "<html>"}])
def test_an_answer_that_holds_no_words_is_none(page, answer):
    page.route(TEXTS, lambda route: route.fulfill(**answer), times=1)
    page.goto("/sign-in")
    lost(page).wait_for()

    page.click(".lost-words button")

    page.locator("#enter:enabled").wait_for()


def test_a_switch_that_fails_leaves_the_page_as_it_was(page):
    page.goto("/sign-in")
    page.locator("#enter:enabled").wait_for()
    intercept(page, TEXTS, lambda route: route.abort(), times=1)

    page.click("#language")
    lost(page).wait_for()
    assert page.is_visible("#enter")
    page.click(".lost-words button")

    page.locator("#enter", has_text="Enter").wait_for()


def test_nothing_serious_keeps_people_out(page):
    page.route(TEXTS, lambda route: route.abort())
    page.goto("/sign-in")
    lost(page).wait_for()

    assert serious(page) == []
