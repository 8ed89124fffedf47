"""Five minutes before an open map: does the page's memory stay what it was?

Only run when it is asked for: `make bench ONLY=soak`.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.benchmarks.driving import driven, populate
from tests.benchmarks.harness import compared
from tests.browser.conftest import CHROMIUM, QUIET, sign_in
from tests.integration.conftest import Served

TRUCKS = 400
FIRST_MINUTE, LAST_MINUTES = 60, 4 * 60
ALLOWED = 1.1
COLLECTIONS = 7
MESSAGES = 100_000


def run():
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd()) as folder,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        rows = list(soaked(Path(folder), browser))
        browser.close()
    return rows


def soaked(folder, browser):
    node = Served(folder)
    populate(node, TRUCKS)
    body = {"name": "soak", "roles": ["coordinator"]}
    link = node.client("operator").post("/v1/invitations", json=body).json()["link"]
    page = browser.new_page()
    sign_in(page, link, f"{node.url}/map")
    with driven(node, TRUCKS) as drive:
        page.wait_for_timeout(FIRST_MINUTE * 1000)
        early = heap_mb(page)
        page.wait_for_timeout(LAST_MINUTES * 1000)
        late = heap_mb(page)
    page.close()
    node.stop()
    told = drive.ticks() * TRUCKS
    yield compared("positions in five minutes", told, "", "wanted", MESSAGES, 1.0)
    work = "MB of heap allowed after five minutes"
    yield compared(work, early * ALLOWED, "MB", "MB in use", late, 1.0)


def heap_mb(page):
    """After a forced garbage collection: the least of some, for now and then one
    message more or less is being worked upon."""
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.enable")
    found = []
    for _ in range(COLLECTIONS):
        session.send("HeapProfiler.collectGarbage")
        found.append(session.send("Runtime.getHeapUsage")["usedSize"] / 2**20)
        page.wait_for_timeout(700)
    return min(found)
