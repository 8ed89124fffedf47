"""The opener that phones run, in Chromium, on what the node signs."""

import pytest

from tests.passes import grant, stage

pytestmark = pytest.mark.browser
OPEN = """async ([passId, checkpoint, position]) => {
  const load = (name) => import(`/modules/passes/${name}.js`);
  const { openPass } = await load("open");
  const { openTrustList, openStatusList, statusOf } = await load("lists");
  const { openSheet } = await load("sheet");
  const { isShortCode } = await load("short-code");
  const bytes = async (path) => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path} ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const told = async (path) => (await fetch(path)).json();
  const root = await told("/v1/trust-root");
  const trust = await openTrustList(await bytes("/v1/trust-list"), root);
  const shown = await told(`/v1/passes/${passId}/signed`);
  const now = Date.parse((await told("/health")).now) / 1000;
  const pass = await openPass(shown.text, trust, now);
  const newest = (path) => bytes(`${path}?min_position=${position}`);
  const status = await openStatusList(await newest("/v1/status-lists/370323"), trust);
  const sheet = await openSheet(await newest(`/v1/lane-sheets/${checkpoint}`), trust);
  const row = sheet.rows.find((one) => one.number === pass.number);
  return {
    shown, pass, row,
    phone: sheet.phone,
    status: statusOf(status, pass.statusIndex),
    isCode: row && isShortCode(row.shortCode.toLowerCase()),
    late: await openPass(shown.text, trust, now + 30 * 86400),
  };
}"""


@pytest.fixture(scope="module", autouse=True)
def staged(served):
    stage(served)


def test_pass_and_lists_of_the_node_open_in_the_browser(page, served, invite):
    grant(served, "seen-1", "鲁X02001")
    link = invite("coordinator")
    page.goto(link)
    page.fill("#pin", "2468")
    page.click("button[type=submit]")
    page.wait_for_url("**/")

    found = page.evaluate(OPEN, ["seen-1", "CP1", str(served.newest)])

    told = found["pass"]
    assert "problem" not in told, told
    assert told["number"] == found["shown"]["number"]
    assert (told["plate"], told["plateKind"], told["crewCount"]) == (
        "鲁X02001",
        "blue",
        2,
    )
    assert (told["origin"], told["waypoints"], told["cargo"]) == (
        370323,
        [370304, 370302],
        "苹果",
    )
    assert (found["status"], found["row"]["status"], found["phone"]) == (
        "valid",
        "valid",
        "0533-1",
    )
    assert found["row"]["shortCode"] == found["shown"]["short_code"]
    assert found["isCode"]
    assert found["late"]["problem"] == "expired"
    assert found["late"]["pass"]["number"] == told["number"]
