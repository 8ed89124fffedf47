"""The shared vectors in Python; the browser's opener reads the same file."""

import base64
import json

import pytest

from infra.passes.keys import PublicKey, from_point
from infra.passes.opener import open_pass
from infra.passes.refused import Refused
from infra.passes.sheet import open_sheet
from infra.passes.status import Status, open_status_list
from infra.passes.trust import open_trust_list
from tests.attack_passes import Attack, failures, in_python
from tests.make_vectors import VECTORS, said, shown
from tests.passes import from_base64url

TOLD = json.loads(VECTORS.read_text("utf-8"))
POINT = [from_base64url(TOLD["root"][name]) for name in "xy"]
ROOT = PublicKey(bytes.fromhex(TOLD["root"]["kid"]), from_point(*POINT))
TRUST = open_trust_list(base64.b64decode(TOLD["trust_list"]), ROOT)


def name_of(case):
    return case["name"]


@pytest.mark.parametrize("case", TOLD["passes"], ids=name_of)
def test_a_pass_is_judged_as_the_vectors_say(case):
    try:
        opened = open_pass(case["text"], TRUST, TOLD["now"])
    except Refused as refused:
        found = (refused.code, None)
    else:
        told = json.loads(json.dumps(shown(opened.a_pass)))
        found = (opened.problem, told)

    assert found == (case["problem"], case["pass"])


@pytest.mark.parametrize("case", TOLD["lists"], ids=name_of)
def test_a_list_is_judged_as_the_vectors_say(case):
    raw, held = base64.b64decode(case["base64"]), case["held"]

    if case["problem"]:
        with pytest.raises(Refused) as caught:
            read_list(case, raw, held)
        assert caught.value.code == case["problem"]
    else:
        read_list(case, raw, held)


def read_list(case, raw, held):
    match case["kind"]:
        case "trust":
            assert open_trust_list(raw, ROOT, held).version == held
        case "status":
            found = open_status_list(raw, TRUST, held)
            assert found.status(417) == Status.INVALID
        case _:
            assert said(open_sheet(raw, TRUST, held).sheet) == case["sheet"]


def test_ten_thousand_altered_passes_are_refused_without_a_crash():
    attack = Attack()

    found = in_python(attack, attack.texts(10_000))

    assert sum(found.values()) >= 10_000
    assert failures(found) == {}
