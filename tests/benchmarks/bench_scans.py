"""Scans into one node over HTTP, and what judging them costs."""

import tempfile
import threading
import time
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec

from domain.findings import Watch
from infra.kafka_broker import BrokerMissingError, Cluster, find_classpath
from infra.views.view import SqliteView
from projections import findings
from projections.model import Moment
from tests.benchmarks.bench_views import Nothing
from tests.benchmarks.harness import compared
from tests.integration.conftest import Served
from tests.unit.domain.given import NOW
from tests.unit.domain.sightings import ROAD, enrolled, scan

QUEUE, PHONES = 1000, 4
JUDGED, PLATES = 10_000, 1000
CODES = ("CP1", "CP2", "CP3", "CP4")
JSON = {"Content-Type": "application/json"}


def run():
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder)
        return [*over_http(path), *over_kafka(path), *judging(path)]


def over_http(folder):
    """One phone's queue after a day without a network; then four phones at once.

    Beside the clock stands the CPU of the whole node until its read models have seen
    all of it: on a shared machine that is the figure that stays.
    """
    served = Served(folder / "node")
    headers = served.as_("checkpoint").headers
    phones = [f"phone-{n}" for n in range(PHONES)]
    enrol(served, ["alone", *phones])
    seconds = uploaded(served, headers, ["alone"])
    caught_up(served)
    spent = time.process_time()
    together = uploaded(served, headers, phones)
    caught_up(served)
    spent = time.process_time() - spent
    served.stop()
    return [
        compared("s allowed for 1,000 queued scans", 1.0, "s", "s taken", seconds, 1.0),
        compared(
            "scans in batches of 1,000, four phones at once, a whole node",
            PHONES * QUEUE / together,
            "scans/s",
            "wanted",
            1000,
            1.0,
        ),
        compared(
            "the same per second of CPU, all read models and policies included",
            PHONES * QUEUE / spent,
            "scans/s",
            "wanted",
            500,
            1.0,
        ),
    ]


def over_kafka(folder):
    """The same queue where the log is a broker's; its first upload warms both up."""
    try:
        classpath = find_classpath()
    except BrokerMissingError as missing:
        print(missing)
        return
    cluster = Cluster(classpath, folder / "broker", 1)
    cluster.start()
    settings = {"KAFKA_BOOTSTRAP_SERVERS": cluster.bootstrap}
    served = Served(folder / "on-kafka", kafka=settings)
    headers = served.as_("checkpoint").headers
    enrol(served, ["warm", "alone"])
    uploaded(served, headers, ["warm"])
    caught_up(served)
    seconds = uploaded(served, headers, ["alone"])
    served.stop()
    cluster.stop()
    work = "s allowed for 1,000 queued scans on Kafka"
    yield compared(work, 1.0, "s", "s taken", seconds, 1.0)


def enrol(served, phones):
    for phone in phones:
        body = {"device": phone, "name": phone}
        answer = served.as_("coordinator").post("/v1/devices", json=body)
        answer.raise_for_status()


def caught_up(served):
    last = served.node.application.recorder.max_notification_id()
    assert served.node.runner.wait(list(served.node.views), last, 300)


def uploaded(served, headers, phones):
    now = served.node.clock()
    threads = [
        threading.Thread(target=post, args=(served.url, headers, body(phone, now)))
        for phone in phones
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun


def body(phone, now):
    """Each phone saw lorries of its own: copies would be another matter."""
    own = sum(phone.encode()) % 10
    queue = [
        {
            "fact_id": f"{phone}-{number:06d}",
            "checkpoint": CODES[number % 4],
            "direction": "outward",
            "plate": f"鲁X{own}{number:04d}",
            "pass_number": f"3703235{own}{number:04d}",
            "verdict": "green",
            "decision": "admitted",
            "event_time": now - timedelta(seconds=80 * (QUEUE - number)),
            "device": phone,
            "sequence": number,
            "lists": {"sheet": 1, "status": 1},
        }
        for number in range(QUEUE)
    ]
    return msgspec.json.encode(queue)


def post(url, headers, content):
    with httpx.Client(base_url=url, headers=headers, timeout=120) as client:
        answer = client.post("/v1/scans", content=content, headers=JSON)
        assert not any("problem" in item for item in answer.json()["items"])


def judging(folder):
    """What one scan costs the read model and the policy, and a day costs its board."""
    view = SqliteView(folder / "f.db", findings.Findings(), Nothing(), is_durable=False)
    view.start("log")
    phones = [enrolled(f"phone-{code}") for code in CODES]
    told = list(enumerate([*ROAD, *phones, *scans()], start=1))
    begun = time.process_time()
    for start in range(0, len(told), 1000):
        view.apply(told[start : start + 1000])
    fold = (time.process_time() - begun) / JUDGED
    begun = time.process_time()
    found = findings.board({"findings": view}, Moment(), NOW)
    asked = time.process_time() - begun
    assert found.findings == ()
    view.close()
    watch = Watch()
    begun = time.process_time()
    for position, event in told:
        watch.follow(event, position)
    followed = (time.process_time() - begun) / JUDGED
    return [
        compared(
            "µs of CPU allowed per scan, read model", 200, "µs", "µs", fold * 1e6, 1.0
        ),
        compared(
            "µs of CPU allowed per scan, policy", 500, "µs", "µs", followed * 1e6, 1.0
        ),
        compared(
            "ms of CPU allowed for the board of a day of 10,000 scans",
            1000,
            "ms",
            "ms taken",
            asked * 1000,
            1.0,
        ),
    ]


def scans():
    """A day: a thousand lorries, out and home twice a day, forty minutes a leg."""
    for number in range(JUDGED):
        lorry, leg = number % PLATES, number // PLATES
        there, back = divmod(leg, 8)
        post_ = CODES[min(back, 7 - back)]
        way = "outward" if back < len(CODES) else "return"
        offset = 60 * leg + lorry / PLATES + 12 * there - 600
        yield scan(
            str(number),
            offset,
            post_,
            plate=f"鲁X{lorry:05d}",
            direction=way,
            device=f"phone-{post_}",
        )
