"""A decision taken back: what is told to the node is what was decided last."""

import pytest

from tests.browser.phones import Phone, cleared, scans_of
from tests.integration.conftest import Served
from tests.passes import stage

pytestmark = pytest.mark.browser
STOPPED = """async () => {
  const { get } = await import("/modules/checkpoint/store.js");
  return [(await get("open")) ?? []].flat().some((turn) => turn.isManual);
}"""


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("undo"))
    stage(made)
    cleared(made, ("鲁X05001", "鲁X05002"))
    yield made
    made.stop()


@pytest.fixture
def phone(chromium, served):
    made = Phone(chromium, served)
    made.device = made.enrol()
    yield made
    made.close()


def undo(phone):
    phone.page.click("#toast button")
    phone.verdict()


def look_for_long(phone):
    """Longer than a decision waits to be told, with every occasion to tell it."""
    phone.hurry()
    phone.page.wait_for_timeout(5500)


def decisions(phone, served):
    phone.hurry()
    phone.until_sent()
    return [scan.decision for scan in scans_of(served, phone.device)]


def lists_as_held(phone, plate):
    phone.page.click("#by-list")
    phone.page.locator(f"[data-held='{plate}']").wait_for()


def test_a_decision_can_be_undone_for_five_seconds(phone, served):
    phone.by_plate("鲁X08888")
    phone.decide("admitted")

    undo(phone)
    phone.decide("held")

    assert decisions(phone, served) == ["held"]
    lists_as_held(phone, "鲁X08888")


def test_what_was_undone_is_not_told_while_the_officer_looks(phone, served):
    phone.by_plate("鲁X08888")
    phone.decide("admitted")
    undo(phone)

    look_for_long(phone)
    assert scans_of(served, phone.device) == []
    assert phone.unsent() == 1
    phone.decide("held")

    assert decisions(phone, served) == ["held"]
    lists_as_held(phone, "鲁X08888")


def test_what_was_undone_stands_open_again_after_a_reload(phone, served):
    phone.by_plate("鲁X08888")
    phone.decide("admitted")
    undo(phone)

    phone.page.reload()
    assert phone.verdict() == ("amber", "not_listed")
    look_for_long(phone)
    assert scans_of(served, phone.device) == []
    phone.decide("turned_back")

    assert decisions(phone, served) == ["turned_back"]


LOSE_THE_TURN = """async () =>
  (await import("/modules/checkpoint/store.js")).put("open", null)"""


def test_what_was_undone_is_told_as_it_was_where_its_verdict_is_lost(phone, served):
    phone.by_plate("鲁X08888")
    phone.decide("admitted")
    undo(phone)
    phone.page.evaluate(LOSE_THE_TURN)

    phone.page.reload()
    phone.page.locator("#freshness", has_text="辆").wait_for()

    assert decisions(phone, served) == ["admitted"]


def test_an_undo_after_the_decision_was_told_makes_another_scan(phone, served):
    phone.by_plate("鲁X08888")
    phone.decide("admitted")
    assert decisions(phone, served) == ["admitted"]

    undo(phone)
    assert phone.verdict() == ("amber", "scanned_twice")
    phone.decide("held")

    assert decisions(phone, served) == ["admitted", "held"]
    lists_as_held(phone, "鲁X08888")


def test_an_undo_loses_neither_of_two_open_verdicts_to_a_reload(phone, served):
    phone.by_plate("鲁X08888")
    phone.decide("admitted")
    phone.by_plate("鲁X09999")
    undo(phone)
    phone.page.locator("#verdict .plate", has_text="鲁X·08888").wait_for()

    phone.page.reload()
    phone.verdict()
    assert "鲁X·08888" in phone.page.inner_text("#verdict .plate")
    phone.page.click("#verdict [data-act=held]")
    phone.page.locator("#verdict .plate", has_text="鲁X·09999").wait_for()
    phone.decide("turned_back")

    assert decisions(phone, served) == ["held", "turned_back"]


def test_a_green_verdict_that_somebody_stopped_waits_for_a_tap_after_a_reload(
    phone, served
):
    assert phone.by_plate("鲁X05001") == ("green", "ok")
    phone.page.click("[data-act=compare]")
    phone.until(STOPPED)

    phone.page.reload()

    assert phone.verdict() == ("green", "ok")
    phone.decide("held")
    assert decisions(phone, served) == ["held"]


def test_a_phone_that_is_enrolled_anew_counts_its_scans_anew(phone, served):
    phone.by_plate("鲁X08888")
    phone.decide("held")
    phone.context.set_offline(True)
    phone.by_plate("鲁X09999")
    phone.decide("held")
    phone.context.set_offline(False)

    again = phone.enrol(name="手机 B")
    phone.by_plate("鲁X07777")
    phone.decide("turned_back")
    phone.hurry()
    phone.until_sent()

    counted = [
        (scan.plate, scan.sequence)
        for device in (phone.device, again)
        for scan in scans_of(served, device)
    ]
    assert counted == [("鲁X08888", 1), ("鲁X09999", 2), ("鲁X07777", 1)]


def test_a_second_page_of_the_phone_waits_and_decides_nothing(phone, served):
    assert phone.by_plate("鲁X05002") == ("green", "ok")
    second = phone.context.new_page()
    second.goto("/checkpoint")
    second.locator("#gate", has_text="另一页正在值守").wait_for()
    phone.page.click("[data-act=stop]")
    phone.decide("held")
    assert decisions(phone, served) == ["held"]
    assert [scan.sequence for scan in scans_of(served, phone.device)] == [1]

    second.click("[data-act=use-here]")

    second.locator("#freshness", has_text="辆").wait_for()
    phone.page.locator("#gate", has_text="另一页正在值守").wait_for()
    second.close()
    phone.page.locator("#freshness", has_text="辆").wait_for()
