"""Chromium on a real node; a request that leaves the host fails the test."""

import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.integration.conftest import Served, pickup

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SHELL = shutil.which("chromium-headless-shell") or CHROMIUM
"""The same engine without windows and profiles: half the work for each page."""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a page does every few seconds, it does ten times as often in a test.
OFTEN = """(() => {
  const every = setInterval;
  globalThis.setInterval = (work, ms, ...more) => every(work, ms / 10, ...more);
})()"""


@pytest.fixture(scope="session")
def chromium():
    if SHELL is None:
        pytest.skip("chromium is not installed: .ci/setup does it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=SHELL, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("browser"))
    coordinator = made.as_("coordinator", "")
    point = {"lon": 118.05, "lat": 36.8}
    place = {"place": "C01", "name": "和平小区", "kind": "community", "point": point}
    coordinator.post("/v1/places", json=place).raise_for_status()
    firm = made.as_("firm")
    firm.post("/v1/pickups", json=pickup("seen")).raise_for_status()
    body = {"stop": "C01", "goods": {"80#": 10}}
    firm.post("/v1/shipments/firm.seen/deliveries", json=body).raise_for_status()
    yield made
    made.stop()


@pytest.fixture
def page(chromium, served):
    """A page that must not fail, nor ask anybody but the node."""
    context = chromium.new_context(base_url=served.url, locale="zh-CN")
    context.add_init_script(OFTEN)
    opened = context.new_page()
    strayed, errors = [], []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on(
        "request",
        lambda r: None if r.url.startswith(served.url) else strayed.append(r.url),
    )
    yield opened
    assert [url for url in strayed if not url.startswith(("data:", "blob:"))] == []
    assert errors == []
    context.close()


@pytest.fixture
def invite(served):
    def link(*roles, organisation="", issuer="county"):
        body = {"name": "人", "roles": roles, "organisation": organisation}
        body |= {"issuer": issuer} if "reviewer" in roles else {}
        made = served.client("operator").post("/v1/invitations", json=body)
        return made.raise_for_status().json()["link"]

    return link


def sign_in(page, link, to=""):
    """The link is taken up as its page would do it, and `to` is opened."""
    node, _, invitation = link.partition("/sign-in#")
    access_id, _, secret = invitation.partition(".")
    path = f"{node}/v1/invitations/{access_id}/acceptances"
    answer = page.request.post(path, data={"secret": secret})
    assert answer.ok, answer.text()
    if to:
        page.goto(to)
