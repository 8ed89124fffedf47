"""A node with a queue of its own, and the desk that shows it."""

from contextlib import contextmanager

from tests.applications import apply, open_issuers
from tests.browser.conftest import sign_in
from tests.integration.conftest import Served


@contextmanager
def serving(folder):
    """A node for each test: the queue is what the test put there."""
    made = Served(folder)
    open_issuers(made)
    yield made
    made.stop()


def three_wait(served):
    """One overdue, one near, one with time."""
    apply(served, "late", "鲁C10001", contact="05:30")
    apply(served, "near", "鲁C10002", contact="06:30")
    apply(served, "calm", "鲁C10003", contact="11:00")


def opened(page, link):
    sign_in(page, link, "/desk")
    page.wait_for_url("**/desk")
    page.locator("#queue .row").first.wait_for()
    page.locator("#detail .fields").wait_for()
    return page


def plates(page):
    return page.locator("#queue .row .plate").all_inner_texts()


def open_plate(page):
    return page.locator("#detail .plate.big").inner_text()
