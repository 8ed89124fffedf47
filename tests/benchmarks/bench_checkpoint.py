"""The checkpoint app in Chromium: a camera's frame to its verdict, and the queue."""

import tempfile
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from playwright.sync_api import sync_playwright

from tests.benchmarks.harness import compared
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.phones import FILL, Phone, cleared, clip
from tests.integration.conftest import Served
from tests.passes import stage

TRUCKS = [f"鲁X0600{number}" for number in range(6)]
EACH_FRAMES = 20
SAMPLES = 40
QUEUED = 1000
DECIDING = """() => setInterval(
  () => document.querySelector("#verdict:not([hidden]) [data-act=held]")?.click(),
  20)"""
TAKEN = """() =>
  performance.getEntriesByName("frame-to-verdict").map(({ duration }) => duration)"""


def run():
    with tempfile.TemporaryDirectory(prefix="checkpoint-") as folder:
        served = Served(Path(folder) / "data")
        stage(served)
        cleared(served, TRUCKS)
        with sync_playwright() as playwright:
            yield frames(playwright, served, Path(folder))
            yield queue(playwright, served)
        served.stop()


def frames(playwright, served, folder):
    firm = served.as_("firm")
    paths = [f"/v1/passes/p{number}/signed" for number in range(len(TRUCKS))]
    texts = [firm.get(path).json()["text"] for path in paths]
    film = clip(folder / "convoy.mjpeg", texts, EACH_FRAMES)
    args = ["--use-fake-device-for-media-stream"]
    args.append(f"--use-file-for-fake-video-capture={film}")
    phone = opened(playwright, served, *args)
    phone.page.evaluate(DECIDING)
    while len(found := phone.page.evaluate(TAKEN)) < SAMPLES:
        phone.page.wait_for_timeout(500)
    phone.context.browser.close()
    p95 = quantiles(found, n=20)[-1]
    return compared(
        "ms allowed from a camera's frame to the verdict, p95",
        150,
        "ms",
        f"ms taken, {len(found)} passes",
        p95,
        1.0,
    )


def queue(playwright, served):
    """From the moment the network is back until the phone's queue is empty."""
    phone = opened(playwright, served)
    phone.context.set_offline(True)
    phone.page.evaluate(FILL, [QUEUED, phone.device])
    begun = perf_counter()
    phone.context.set_offline(False)
    while phone.unsent():
        pass
    spent = (perf_counter() - begun) * 1000
    phone.context.browser.close()
    return compared(
        f"ms allowed to sync {QUEUED:,} queued scans",
        1000,
        "ms",
        "ms taken",
        spent,
        1.0,
    )


def opened(playwright, served, *args):
    chromium = playwright.chromium
    browser = chromium.launch(executable_path=CHROMIUM, args=[*QUIET, *args])
    phone = Phone(browser, served, permissions=["camera"])
    phone.device = phone.enrol()
    return phone
