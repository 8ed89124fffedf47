"""`make screens`: each page and state, in build/screens."""

import sys
import tempfile
import time
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from types import SimpleNamespace

from playwright.sync_api import sync_playwright

from cli.demo.backstage import Backstage
from cli.demo.script import START
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.phones import Phone
from tests.screens.states import SIZES, shoot_states

DAY = "2020-02-16T"
STATES = {
    "county": "/",
    "places": "/places",
    "phones": "/phones",
    "trust": "/trust",
    "apply": "/apply",
    "desk": "/desk",
    "report": "/report?week=2020-W07",
    "status": "/status",
    "map-now": "/map",
    "map-0745": f"/map?at={DAY}07:45:00%2B08:00",
    "map-0940": f"/map?at={DAY}09:40:00%2B08:00",
    "map-1215": f"/map?at={DAY}12:15:00%2B08:00&truck=guolanzi.20200216-G1",
    "map-1440": f"/map?at={DAY}14:40:00%2B08:00",
    "map-filtered": f"/map?at={DAY}09:40:00%2B08:00&look=alarm",
}

CHOSEN = "try {{ localStorage.setItem('greenchannel.language', '{}') }} catch {{}}"

DRAFT = {
    "organisation": "guolanzi",
    "issuer": "county",
    "plate": "鲁X00099",
    "plate_kind": "blue",
}


def states(stage):
    """Paths by name: the pages, and those that show one pass or one application."""
    found = stage.get("/v1/applications", limit="1000")["applications"]
    approved = next(one for one in found if one["status"] == "approved")
    draft = DRAFT | {"pass_id": f"screens-{time.time_ns()}"}
    told = stage.post("fruit", "/v1/passes", draft).raise_for_status().json()
    signed = stage.get(f"/v1/passes/{approved['pass_id']}/signed")
    return STATES | {
        "pass": f"/pass/{approved['pass_id']}",
        "check": f"/v/{signed['short_code']}?language={{language}}",
        "status-known": f"/status#{told['reference']}",
    }


def main(data: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with (
        served(data) as stage,
        tempfile.TemporaryDirectory() as empty,
        served(Path(empty)) as fresh,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        shown = states(stage)
        shoot_states(browser, stage, fresh, target, shown)
        for look in product(("zh", "en"), ("light", "dark"), SIZES):
            shoot(browser, stage, target, shown, *look)
        for language in ("zh", "en"):
            shoot_checkpoint(browser, stage, target, language)
        browser.close()


@contextmanager
def served(data):
    stage = Backstage(data, START, 0)
    try:
        stage.open()
        yield stage
    finally:
        stage.close()


def shoot(browser, stage, target, shown, language, scheme, size):
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=str(stage.http.base_url),
        color_scheme=scheme,
        viewport={"width": width, "height": height},
    )
    context.add_init_script(CHOSEN.format(language))
    page = context.new_page()
    page.on("pageerror", lambda error: print(f"! {error}", file=sys.stderr))
    page.goto("/map")
    page.wait_for_timeout(800)
    name = f"{language}-{scheme}-{size}"
    page.screenshot(path=target / f"signed-out-{name}.png")
    page.goto(stage.invite())
    page.wait_for_timeout(500)
    page.screenshot(path=target / f"sign-in-{name}.png")
    page.fill("#pin", "2468")
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    for state, path in shown.items():
        page.goto("about:blank")
        page.goto(path.format(language=language))
        page.wait_for_timeout(2000)
        page.screenshot(path=target / f"{state}-{name}.png")
        print(target / f"{state}-{name}.png")
    context.close()


PANELS = {
    "list": ["#by-list"],
    "plate": ["#by-plate"],
    "code": ["#by-code"],
    "more": ["#more"],
    "wait": ["#more", "[data-way=wait]"],
    "handover": ["#more", "[data-way=handover]"],
    "unsent": ["#unsent"],
}


def shoot_checkpoint(browser, stage, target, language):
    """The post's phone: on duty, in each panel, and with a verdict."""
    admin = SimpleNamespace(post=lambda path, json: stage.post("admin", path, json))
    url = str(stage.http.base_url).rstrip("/")
    phone = Phone(browser, SimpleNamespace(url=url, client=lambda _: admin))

    def picture(state):
        phone.page.wait_for_timeout(300)
        path = target / f"checkpoint-{state}-{language}.png"
        phone.page.screenshot(path=path)
        print(path)

    phone.enrol("CP2")
    phone.page.evaluate(f"localStorage.setItem('greenchannel.language', '{language}')")
    phone.page.reload()
    phone.page.wait_for_timeout(1500)
    picture("duty")
    for state, taps in PANELS.items():
        for tap in taps:
            phone.page.click(tap)
        picture(state)
        phone.page.click("#panel-close")
    phone.by_plate("鲁X09999")
    picture("amber")
    phone.decide("held")
    phone.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
