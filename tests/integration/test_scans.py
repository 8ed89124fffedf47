"""The intake of scans: whatever a phone kept is taken, once, and flagged."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from cli.serve import Running
from tests.integration.conftest import Served

QUEUE = 1000
YEARS = [
    "1970-01-01T00:01:00Z",
    "2090-05-01T08:00:00+08:00",
    "9998-12-31T23:00:00-12:00",
]


@pytest.fixture(scope="module")
def node(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scans")
    made = Served(folder)
    told = {"url": made.url, "pid": Running(made.url, os.getpid()).pid}
    (folder / "node.json").write_text(json.dumps(told))
    made.folder = folder
    yield made
    made.stop()


def scan(name, **more):
    return {
        "fact_id": f"scan-{name}",
        "checkpoint": "CP1",
        "direction": "outward",
        "plate": "鲁X00001",
        "verdict": "green",
        "decision": "admitted",
        "event_time": "2020-02-16T11:50:00+08:00",
    } | more


def queue(name, count=QUEUE, **more):
    return [
        scan(
            f"{name}-{n:04d}", device=name, sequence=n + 1, plate=f"鲁X{n:05d}", **more
        )
        for n in range(count)
    ]


def enrol(node, device):
    body = {"device": device, "name": "手机"}
    node.as_("coordinator").post("/v1/devices", json=body).raise_for_status()


def revoke(node, device):
    path = f"/v1/devices/{device}/revocations"
    node.as_("coordinator").post(path, json={"reason": "遗失"}).raise_for_status()


def post(node, body):
    return node.as_("checkpoint").post("/v1/scans", json=body)


def test_a_thousand_scans_come_in_together_and_a_second_upload_changes_nothing(node):
    enrol(node, "full")
    body = queue("full")

    first = post(node, body).json()["items"]
    before = node.newest
    again = post(node, body).json()["items"]

    assert [item["known"] for item in first] == [False] * QUEUE
    assert [item["known"] for item in again] == [True] * QUEUE
    assert node.newest == before


def test_a_queue_costs_a_few_commits_and_not_one_for_each_scan(node):
    before = commits(node)

    post(node, queue("few", 600))

    assert commits(node) - before <= 20


def test_a_queue_that_comes_twice_at_once_is_taken_once(node):
    sent = queue("twin", 300)
    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(lambda _: post(node, sent).json()["items"], range(2))

    assert not [item for item in (*one, *other) if "problem" in item]
    taken = [[bool(item["events"]) for item in items] for items in (one, other)]
    assert all(a != b for a, b in zip(*taken, strict=True))
    written = [e for e in events(node) if e["event"].get("device") == "twin"]
    assert len(written) == 300


def commits(node):
    """The log leaves a checkpoint with each: what policies write is counted too."""
    path = f"file:{node.folder / 'events.db'}?mode=ro"
    with closing(sqlite3.connect(path, uri=True)) as db:
        return db.execute("SELECT count(*) FROM checkpoint").fetchone()[0]


def test_one_scan_more_than_a_thousand_is_another_request(node):
    answer = post(node, queue("over", QUEUE + 1))

    assert (answer.status_code, answer.json()["code"]) == (422, "too-many-items")


def test_a_queue_that_was_cut_off_is_sent_again_and_only_the_rest_is_new(node):
    enrol(node, "cut")
    body = queue("cut", 40)
    post(node, body[:25])

    items = post(node, body).json()["items"]

    assert [item["known"] for item in items] == [True] * 25 + [False] * 15


def test_a_phone_that_nobody_enrolled_is_heard_and_flagged(node):
    told = post(node, scan("stranger", device="stranger"))

    assert told.status_code == 201
    assert "device_unknown" in told.json()["flags"]


def test_what_a_revoked_phone_had_not_sent_is_taken_and_flagged(node):
    enrol(node, "lost")
    revoke(node, "lost")

    told = post(node, scan("unsent", device="lost"))

    assert told.status_code == 201
    assert "device_revoked" in told.json()["flags"]


def test_a_revoked_key_sends_nothing_more(node):
    phone = node.as_("checkpoint", "withdrawn")
    key_id = phone.get("/v1/session").json()["id"]
    path = f"/v1/keys/{key_id}/revocations"
    node.client("operator").post(path, json={}).raise_for_status()
    before = node.newest

    answer = phone.post("/v1/scans", json=[scan("after")])

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert node.newest == before


@pytest.mark.parametrize("time_", YEARS)
def test_a_wrong_clock_is_no_reason_and_stops_no_board(node, time_):
    name = f"clock-{time_[:4]}"
    odd = scan(name, event_time=time_, skew_seconds=-1.58e9, sequence=1, device=name)

    told = post(node, odd)
    after = post(node, scan(f"{name}-next"))

    assert told.status_code == 201
    assert {"late", "clock_ahead"} & set(told.json()["flags"])
    board = node.as_("coordinator").get(
        "/v1/checkpoint-board", params={"min_position": after.json()["position"]}
    )
    assert board.status_code == 200, board.text
    kept = next(e for e in events(node) if e["event"].get("fact_id") == odd["fact_id"])
    assert kept["event"]["skew_seconds"] == -1.58e9


@pytest.mark.parametrize(
    "more",
    [
        {"sequence": 10**30},
        {"sequence": -1},
        {"skew_seconds": 1e300},
        {"lists": {"sheet": 2**64}},
        {"lists": {f"list-{n}": 1 for n in range(17)}},
        {"device": "x" * 65},
        {"event_time": "0001-01-01T00:00:00+14:00"},
        {"event_time": "9999-12-31T23:59:59-14:00"},
    ],
    ids=str,
)
def test_what_no_board_could_hold_is_unreadable(node, more):
    answer = post(node, scan("huge", **more))

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-body")


def export(path, lines):
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


def run_import(node, file):
    command = [sys.executable, "-m", "cli", "import", "scans", str(file), "--json"]
    command += ["--data", str(node.folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def test_the_operator_brings_in_what_a_revoked_phone_exported(node, tmp_path):
    enrol(node, "drawer")
    revoke(node, "drawer")
    lines = [json.dumps(one).encode() for one in queue("drawer", 600)]
    file = export(tmp_path / "phone.jsonl", lines)

    code, first = run_import(node, file)
    again_code, again = run_import(node, file)

    assert (code, again_code) == (0, 0)
    assert (first["taken"], first["known"], first["rejected"]) == (600, 0, 0)
    assert first["flags"]["device_revoked"] == 600
    assert (again["taken"], again["known"]) == (0, 600)


def test_lines_that_are_no_scans_come_back_with_their_reason(node, tmp_path):
    good = json.dumps(scan("good-line", plate="鲁X00009")).encode()
    bad = [b"{", b"[]", b"\xff\xfe", b'{"fact_id": "scan-x-1"}', b"x" * 5000]
    file = export(tmp_path / "phone.jsonl", [b"\xef\xbb\xbf" + good, b"", *bad])

    code, told = run_import(node, file)

    rejects = (tmp_path / "phone.jsonl.rejected").read_bytes()
    assert code == 1
    assert (told["lines"], told["taken"], told["rejected"]) == (6, 1, 5)
    assert all(line in rejects for line in bad)
    assert b"malformed-json" in rejects
    assert b"invalid-body" in rejects


def events(node):
    for _, _, _, topic, state in node.node.application.recorder.read_page(0, 10_000):
        yield {"topic": topic, "event": json.loads(state)}


def test_nothing_of_all_this_stopped_a_read_model(node):
    deadline = time.monotonic() + 30
    while (health := node.client().get("/health").json())["views"]:
        if all(v["lag"] == 0 and not v["error"] for v in health["views"].values()):
            return
        assert time.monotonic() < deadline, health
        time.sleep(0.05)
