"""`make screens`: each page and state of a finished demo, in build/screens."""

import sys
from itertools import product
from pathlib import Path

from playwright.sync_api import sync_playwright

from cli.demo.backstage import Backstage
from cli.demo.script import START
from tests.browser.conftest import CHROMIUM, QUIET

SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
DAY = "2020-02-16T"
STATES = {
    "county": "/",
    "places": "/places",
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


def main(data: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    stage = Backstage(data, START, 0)
    stage.open()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
            for look in product(("zh", "en"), ("light", "dark"), SIZES):
                shoot(browser, stage, target, *look)
            browser.close()
    finally:
        stage.close()


def shoot(browser, stage, target, language, scheme, size):
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=str(stage.http.base_url),
        color_scheme=scheme,
        viewport={"width": width, "height": height},
    )
    page = context.new_page()
    page.on("pageerror", lambda error: print(f"! {error}", file=sys.stderr))
    page.goto("/map")
    page.wait_for_timeout(800)
    name = f"{language}-{scheme}-{size}"
    page.screenshot(path=target / f"signed-out-{name}.png")
    page.goto(stage.invite())
    page.fill("#pin", "2468")
    page.click("button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.evaluate(f"localStorage.setItem('greenchannel.language', '{language}')")
    for state, path in STATES.items():
        page.goto(path)
        page.wait_for_timeout(2000)
        page.screenshot(path=target / f"{state}-{name}.png")
        print(target / f"{state}-{name}.png")
    context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
