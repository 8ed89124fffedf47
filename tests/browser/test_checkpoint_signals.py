"""What an officer hears, feels and need not touch: tones, buzzes, torch, a lit screen.

No machine of ours has a buzzer or a lamp: what the page asks of the browser is noted.
"""

import pytest

from tests.browser.phones import Phone, cleared
from tests.integration.conftest import Served
from tests.passes import stage

pytestmark = pytest.mark.browser
NOTED = """(() => {
  globalThis.noted = { buzzes: [], tones: [], locks: [], lamp: [] };
  navigator.vibrate = (pattern) => noted.buzzes.push(pattern);
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...given) {
    noted.tones.push(this.frequency.value);
    return start.apply(this, given);
  };
  navigator.wakeLock.request = async (kind) => noted.locks.push(kind);
  const stream = () => document.createElement("canvas").captureStream();
  navigator.mediaDevices.getUserMedia = async () => stream();
  MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
  MediaStreamTrack.prototype.applyConstraints = async ({ advanced }) =>
    noted.lamp.push(advanced[0].torch);
  HTMLMediaElement.prototype.play = async () => {};
})()"""
NEAREST = """async ([rows, now]) => {
  const { nearestFirst } = await import("/modules/checkpoint/expected.js");
  return nearestFirst(rows, now, new Set(["passed"])).map((row) => row.number);
}"""
NOW, HOUR = 1_581_830_000, 3600


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("signals"))
    stage(made)
    cleared(made, ["鲁X08001"])
    yield made
    made.stop()


@pytest.fixture(scope="module")
def phone(chromium, served):
    made = Phone(chromium, served)
    made.context.add_init_script(NOTED)
    made.enrol()
    yield made
    made.close()


def noted(phone, what):
    return phone.page.evaluate(f"() => noted.{what}.splice(0)")


def borrowed(phone):
    """The pass's plate is not the one on the truck."""
    phone.page.click("[data-act=compare]")
    phone.type_plate("鲁X07777")
    return phone.verdict()


def test_each_colour_sounds_and_shakes_in_its_own_way(phone):
    noted(phone, "tones"), noted(phone, "buzzes")

    green = phone.by_plate("鲁X08001"), noted(phone, "tones"), noted(phone, "buzzes")
    red = borrowed(phone), noted(phone, "tones"), noted(phone, "buzzes")
    phone.decide("turned_back")
    amber = phone.by_plate("鲁X09999"), noted(phone, "tones"), noted(phone, "buzzes")
    phone.decide("held")

    assert [each[0][0] for each in (green, amber, red)] == ["green", "amber", "red"]
    assert [len(each[1]) for each in (green, amber, red)] == [1, 2, 3]
    assert min(green[1]) > max(amber[1]) > max(red[1])
    assert [len(each[2]) for each in (green, amber, red)] == [1, 1, 1]
    assert len({sum(each[2][0]) for each in (green, amber, red)}) == 3


def test_the_lamp_goes_on_and_off(phone):
    lamp = phone.page.locator("#torch")

    lamp.click()
    phone.page.locator("#torch[aria-pressed=true]").wait_for()
    lamp.click()
    phone.page.locator("#torch[aria-pressed=false]").wait_for()

    assert noted(phone, "lamp") == [True, False]


def test_the_screen_stays_on_and_is_asked_to_again_when_it_was_put_away(phone):
    phone.page.reload()
    phone.page.locator("#freshness", has_text="辆").wait_for()
    assert noted(phone, "locks") == ["screen"]

    phone.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    assert noted(phone, "locks") == ["screen"]


def test_what_should_come_next_stands_first_and_what_has_passed_last(phone):
    rows = [
        {"number": name, "plate": name, "windowFrom": start, "windowUntil": end}
        for name, start, end in (
            ("passed", NOW, NOW + HOUR),
            ("no time", 0, 0),
            ("in two hours", NOW + 2 * HOUR, NOW + 3 * HOUR),
            ("late by one", NOW - 3 * HOUR, NOW - HOUR),
            ("now", NOW - HOUR, NOW + HOUR),
        )
    ]

    assert phone.page.evaluate(NEAREST, [rows, NOW]) == [
        "now",
        "late by one",
        "in two hours",
        "no time",
        "passed",
    ]
