"""A real camera as far as Chromium can tell: it plays a clip of passes held up."""

from itertools import pairwise

import pytest

from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.phones import Phone, cleared, clip, scans_of
from tests.integration.conftest import Served
from tests.passes import stage

pytestmark = pytest.mark.browser
CONVOY = 5
EACH_FRAMES = 45


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("camera"))
    stage(made)
    cleared(made, [f"鲁X0400{number}" for number in range(CONVOY)])
    yield made
    made.stop()


@pytest.fixture(scope="module")
def convoy(chromium, served, tmp_path_factory):
    """A Chromium whose camera shows five passes, one after the other, in a loop;

    a whole one: its shell grants every camera.
    """
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: .ci/setup does it")
    firm = served.as_("firm")
    texts = [
        firm.get(f"/v1/passes/p{number}/signed").json()["text"]
        for number in range(CONVOY)
    ]
    path = clip(tmp_path_factory.mktemp("clip") / "convoy.mjpeg", texts, EACH_FRAMES)
    fake = "--use-fake-device-for-media-stream"
    args = [*QUIET, fake, f"--use-file-for-fake-video-capture={path}"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=args)
    yield browser
    browser.close()


def test_a_green_convoy_passes_without_a_tap(convoy, served):
    phone = Phone(convoy, served, permissions=["camera"])
    phone.enrol()
    phone.page.locator("#verdict.amber").wait_for(timeout=60_000)
    reason = phone.page.get_attribute("#verdict", "data-reason")
    for _ in range(200):
        if len(scans := scans_of(served)) >= CONVOY:
            break
        phone.page.wait_for_timeout(100)
    phone.close()

    assert reason == "scanned_twice"
    assert sorted(scan.plate for scan in scans) == [
        f"鲁X0400{number}" for number in range(CONVOY)
    ]
    assert {(scan.verdict, scan.decision) for scan in scans} == {("green", "admitted")}
    assert all("assumed" in scan.flags for scan in scans)
    times = sorted(scan.event_time for scan in scans)
    gaps = [b - a for a, b in pairwise(times)]
    assert max(gap.total_seconds() for gap in gaps) < 10


def test_a_denied_camera_leaves_the_other_ways(convoy, served):
    phone = Phone(convoy, served, permissions=["geolocation"])
    phone.enrol()

    phone.page.locator("#aim", has_text="相机未获许可").wait_for()

    assert phone.by_plate("鲁X04000")[0] in {"green", "amber"}
    phone.close()
