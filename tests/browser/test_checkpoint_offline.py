"""Without a network, with a wrong clock, revoked, full: nothing is lost."""

import json
import socket
import threading
from contextlib import suppress
from datetime import timedelta

import pytest

from tests.browser.network import intercept
from tests.browser.phones import FILL, Phone, cleared, scans_of
from tests.integration.conftest import Served
from tests.passes import stage

pytestmark = pytest.mark.browser
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    made = Served(tmp_path_factory.mktemp("offline"))
    stage(made)
    cleared(made, ("鲁X03001", "鲁X03002"))
    yield made
    made.stop()


@pytest.fixture
def phone(chromium, served):
    made = Phone(chromium, served)
    made.device = made.enrol()
    yield made
    made.close()


def admit(phone, plate):
    said = phone.by_plate(plate)
    if phone.page.locator("[data-act=stop]").count():
        phone.page.click("[data-act=stop]")
    phone.decide("admitted")
    return said


def test_a_reload_without_a_network_loses_nothing_and_sends_once(phone, served):
    phone.context.set_offline(True)
    phone.page.reload()
    phone.page.locator("#freshness", has_text="2 辆").wait_for()
    assert admit(phone, "鲁X03001") == ("green", "ok")

    phone.page.reload()
    phone.page.locator("#unsent", has_text="离线 · 未传 1").wait_for()
    assert phone.unsent() == 1
    phone.hurry()
    phone.context.set_offline(False)
    phone.until_sent()

    (scan,) = scans_of(served, phone.device)
    assert (scan.plate, scan.device, scan.sequence) == ("鲁X03001", phone.device, 1)
    phone.page.locator("#unsent", has_text="未传 0").wait_for()


def test_a_verdict_that_waits_survives_the_phone(phone):
    phone.context.set_offline(True)
    phone.by_plate("鲁X09999")

    phone.page.reload()

    assert phone.verdict() == ("amber", "not_listed")
    phone.decide("turned_back")
    assert phone.unsent() == 1


def test_a_day_offline_is_told_at_its_true_times(chromium, tmp_path):
    served = Served(tmp_path)
    stage(served)
    cleared(served, ["鲁X03001"])
    phone = Phone(chromium, served)
    phone.device = phone.enrol()
    phone.context.set_offline(True)
    phone.set_clock(DAY_MS + 3_600_000)
    assert admit(phone, "鲁X03001") == ("amber", "lists_old")
    at = phone.page.evaluate("() => new Date().toISOString()")

    served.as_("admin", "").post(
        "/v1/clock",
        json={"now": (served.node.clock() + timedelta(hours=25)).isoformat()},
    ).raise_for_status()
    phone.hurry()
    phone.context.set_offline(False)
    phone.until_sent()

    (scan,) = scans_of(served, phone.device)
    now = served.node.clock()
    phone.close()
    served.stop()
    assert scan.verdict == "amber"
    assert scan.event_time.isoformat()[:15] == at[:15]
    true_time = scan.event_time - timedelta(seconds=scan.skew_seconds)
    assert abs((now - true_time).total_seconds()) < 60


def test_an_answer_that_was_lost_leaves_one_scan(phone, served):
    lost = []

    def lose(route):
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    intercept(phone.page, "**/v1/scans", lose, times=1)
    admit(phone, "鲁X03001")
    phone.hurry()
    phone.until("() => document.querySelector('#unsent').textContent.includes('1')")
    phone.hurry()
    phone.until_sent()

    assert len(lost) == 1
    assert len(scans_of(served, phone.device)) == 1


@pytest.mark.parametrize("year", [1970, 2090])
def test_a_phone_in_another_year_scans_on(chromium, served, year):
    ahead_ms = (year - 2026) * 365 * DAY_MS
    phone = Phone(chromium, served, ahead_ms)
    phone.device = phone.enrol()

    assert admit(phone, "鲁X03001") == ("green", "ok")
    phone.context.set_offline(True)
    phone.set_clock(ahead_ms + 50 * 365 * DAY_MS)
    assert admit(phone, "鲁X03002") == ("amber", "clock_wrong")
    phone.page.locator("#notice", has_text="本机时间不对").wait_for()
    phone.context.set_offline(False)
    phone.hurry()
    phone.until_sent()
    phone.close()

    first, second = scans_of(served, phone.device)
    assert abs(first.event_time.year - year) <= 1
    true_time = first.event_time - timedelta(seconds=first.skew_seconds)
    assert abs((served.node.clock() - true_time).total_seconds()) < 60
    assert second.plate == "鲁X03002"


def test_a_device_that_was_revoked_offline_keeps_and_exports_its_scans(phone, served):
    phone.context.set_offline(True)
    admit(phone, "鲁X03001")
    path = f"/v1/devices/{phone.device}/revocations"
    coordinator = served.as_("coordinator", "")
    coordinator.post(path, json={"reason": "遗失"}).raise_for_status()
    phone.hurry()

    phone.context.set_offline(False)
    phone.page.locator("#notice", has_text="本机已停用").wait_for()
    phone.page.click("#unsent")
    with phone.page.expect_download() as download:
        phone.page.click("[data-act=export]")

    lines = download.value.path().read_text("utf-8").splitlines()
    assert scans_of(served, phone.device) == []
    assert phone.unsent() == 1
    assert [json.loads(line)["plate"] for line in lines] == ["鲁X03001"]
    coordinator.post("/v1/scans", json=[json.loads(lines[0])]).raise_for_status()
    (scan,) = scans_of(served, phone.device)
    assert "device_revoked" in scan.flags


def test_a_session_that_ended_is_opened_again_by_the_pin(phone, served):
    phone.context.clear_cookies()
    admit(phone, "鲁X03001")
    phone.hurry()
    phone.page.locator("#notice", has_text="登录已过期").wait_for()

    phone.page.click("#unsent")
    phone.page.fill("#panel input[type=password]", "2468")
    phone.page.click("[data-act=reopen]")
    phone.until_sent()

    assert len(scans_of(served, phone.device)) == 1


STUFF = """async () => {
  const store = await import("/modules/checkpoint/store.js");
  let refused = 0;
  for (let size = 1 << 16, i = 0; size >= 64 && i < 2000; i += 1) {
    const noise = crypto.getRandomValues(new Uint8Array(size));
    const isFilled = await store.put(`stuff-${i}`, noise);
    if (!isFilled) [size, refused] = [size / 4, refused + 1];
  }
  return refused;
}"""


def test_a_full_phone_says_so_aloud(chromium, served):
    phone = Phone(chromium, served)
    session = phone.context.new_cdp_session(phone.page)
    quota = {"origin": served.url, "quotaSize": 6 << 20}
    session.send("Storage.overrideQuotaForOrigin", quota)
    phone.device = phone.enrol()
    phone.context.set_offline(True)
    assert phone.page.evaluate(STUFF) > 1

    phone.by_plate("鲁X03001")
    phone.page.click("[data-act=stop]")
    phone.page.click("#verdict [data-act=admitted]")

    phone.page.locator("#alarm", has_text="没有存下").wait_for()
    assert "鲁X·03001" in phone.page.inner_text("#alarm")
    phone.page.click("[data-act=understood]")
    phone.context.set_offline(False)
    phone.page.wait_for_timeout(500)
    phone.by_plate("鲁X03002")
    phone.page.click("[data-act=stop]")
    phone.page.click("#verdict [data-act=admitted]")
    phone.page.locator("#alarm", has_text="已直接上传").wait_for()
    phone.close()
    assert [scan.plate for scan in scans_of(served, phone.device)] == ["鲁X03002"]


def test_a_thousand_scans_go_in_one_batch_in_order(phone, served):
    phone.context.set_offline(True)
    phone.page.evaluate(FILL, [1000, phone.device])
    assert phone.unsent() == 1000

    phone.context.set_offline(False)
    phone.until_sent()

    assert sorted(scan.sequence for scan in scans_of(served, phone.device)) == [
        *range(1, 1001)
    ]


class Meter:
    """A loopback proxy that counts what comes down the wire."""

    def __init__(self, url):
        self.target = url.rpartition(":")[2]
        self.received = 0
        self.sockets = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", int(self.target)))
            self.sockets += [near, far]
            for source, sink, counts in ((near, far, False), (far, near, True)):
                pump = threading.Thread(
                    target=self._pump, args=(source, sink, counts), daemon=True
                )
                pump.start()

    def _pump(self, source, sink, counts):
        try:
            while data := source.recv(65536):
                self.received += len(data) if counts else 0
                sink.sendall(data)
        except OSError:
            pass

    def close(self):
        """Shut down first: closing alone does not wake who waits in accept."""
        for each in (self.listener, *self.sockets):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self.acceptor.join(5)
        for each in (self.listener, *self.sockets):
            each.close()


KEPT = """async () => {
  const [name] = await caches.keys();
  return (await (await caches.open(name)).keys()).length;
}"""


def test_the_first_load_with_all_it_keeps_is_below_a_megabyte(chromium, served):
    meter = Meter(served.url)
    page = chromium.new_page(base_url=meter.url)
    page.goto("/checkpoint")
    page.locator("#gate", has_text="尚未启用").wait_for()
    for _ in range(100):
        if page.evaluate("() => navigator.serviceWorker.controller !== null"):
            break
        page.wait_for_timeout(100)
    kept = page.evaluate(KEPT)
    page.close()
    meter.close()
    print(f"first load and everything kept for offline: {meter.received:,} B")

    assert kept > 20
    assert meter.received < 1_000_000
