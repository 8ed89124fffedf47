"""The phones' opener beside the one in Python: the same vectors, the same attack."""

import json

import pytest

from tests.attack_passes import Attack, failures, in_page
from tests.make_vectors import VECTORS
from tests.opener_page import bare_page

pytestmark = pytest.mark.browser
JUDGE = """async (told) => {
  const load = (name) => import(`/modules/passes/${name}.js`);
  const { openPass } = await load("open");
  const { openTrustList, openStatusList, statusOf } = await load("lists");
  const { openSheet } = await load("sheet");
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const trust = await openTrustList(bytes(told.trust_list), told.root);
  const passes = [];
  for (const { text } of told.passes) {
    passes.push(await openPass(text, trust, told.now));
  }
  const open = {
    trust: (raw, held) => openTrustList(raw, told.root, held).then(() => ({})),
    status: async (raw, held) => {
      const list = await openStatusList(raw, trust, held);
      return [416, 417, 418, 999999].map((index) => statusOf(list, index));
    },
    sheet: async (raw, held) => openSheet(raw, trust, held),
  };
  const lists = [];
  for (const { kind, base64, held } of told.lists) {
    const refused = (error) => ({ problem: error.code ?? String(error) });
    lists.push(await open[kind](bytes(base64), held).catch(refused));
  }
  return { passes, lists };
}"""
SPELT = {
    "valid_from": "validFrom",
    "valid_until": "validUntil",
    "issued": "issuedAt",
    "crew_count": "crewCount",
    "id_check": "idCheck",
    "plate_kind": "plateKind",
}
KINDS = ("unknown", "blue", "yellow", "green", "white", "black")


@pytest.fixture(scope="module")
def told():
    return json.loads(VECTORS.read_text("utf-8"))


@pytest.fixture(scope="module")
def found(chromium, told):
    page = bare_page(chromium)
    yield page.evaluate(JUDGE, told)
    page.context.close()


def test_the_browser_judges_every_pass_as_the_vectors_say(told, found):
    for case, judged in zip(told["passes"], found["passes"], strict=True):
        assert judged.get("problem", "") == case["problem"], case["name"]
        if case["pass"]:
            read = judged.get("pass", judged)
            wanted = {SPELT.get(name, name): v for name, v in case["pass"].items()}
            wanted["plateKind"] = KINDS[wanted["plateKind"]]
            assert {name: read[name] for name in wanted} == wanted, case["name"]


def test_the_browser_judges_every_list_as_the_vectors_say(told, found):
    for case, judged in zip(told["lists"], found["lists"], strict=True):
        problem = judged.get("problem", "") if isinstance(judged, dict) else ""
        assert problem == case["problem"], case["name"]
        if case["sheet"]:
            (row,), (told_at_post,) = judged["rows"], judged["instructions"]
            read = {**row, **told_at_post, "cargo": row["cargo"]}
            assert {name: read[name] for name in case["sheet"]} == case["sheet"]
    by_name = dict(zip([c["name"] for c in told["lists"]], found["lists"], strict=True))
    assert by_name["status list"] == ["valid", "invalid", "suspended", "valid"]
    row = by_name["lane sheet"]["rows"][0]
    assert (row["plate"], row["plateKind"], row["status"]) == (
        "鲁X00001",
        "blue",
        "valid",
    )
    assert by_name["lane sheet"]["diversions"][0]["via"] == ["南线"]
    assert by_name["lane sheet"]["instructions"][0]["effect"] == "turn_back"


def test_the_browser_accepts_none_of_two_thousand_altered_passes(chromium):
    attack = Attack(seed=1)

    judged = in_page(chromium, attack, list(attack.texts(2000)))

    assert sum(judged.values()) >= 2000
    assert failures(judged) == {}
