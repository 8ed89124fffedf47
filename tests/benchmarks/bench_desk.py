"""The reviewer's desk: seconds for an application, by a keystroke-level model."""

import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

from tests.applications import open_issuers
from tests.benchmarks.harness import compared
from tests.browser.conftest import CHROMIUM, QUIET, sign_in
from tests.browser.reviewing import ALLOWED, Reviewer, complete
from tests.integration.conftest import Served

REVIEWED = 5


def run():
    with tempfile.TemporaryDirectory(prefix="desk-") as folder:
        served = Served(Path(folder) / "data")
        open_issuers(served)
        for number in range(REVIEWED + 1):
            complete(served, f"whole-{number}", f"鲁C5000{number}")
        efforts = reviewed(served)
        served.stop()
    for effort in efforts:
        print(effort)
    yield compared(
        "s allowed for a complete application at the desk, 3 photographs",
        ALLOWED,
        "s",
        "s by the model (K, M, R and reading), nobody timed",
        median(effort.seconds for effort in efforts),
        1.0,
    )


def reviewed(served):
    body = {"name": "审核员", "roles": ["reviewer"], "issuer": "county"}
    operator = served.client("operator")
    link = operator.post("/v1/invitations", json=body).json()["link"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_page(base_url=served.url, locale="zh-CN")
        sign_in(page, link, "/desk")
        page.locator("#detail .fields").wait_for()
        efforts = [Reviewer(page).approve() for _ in range(REVIEWED)]
        browser.close()
    return efforts
