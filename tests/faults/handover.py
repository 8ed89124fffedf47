"""Write at one node, read at another: `python -m tests.faults.handover 10000 1`.

Real `greenchannel serve` processes. Whoever was told a position finds what he wrote,
or is asked to come again; never that it does not exist.
"""

import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from infra.bootstrap import EVENTS_TOPIC
from infra.kafka_broker.cluster import free_ports
from tests.faults.cluster import ROOT, Brokers, Trial, brokers_in, end_orderly
from tests.faults.nemesis import Nemesis

CLOCK = "2020-02-16T12:00+08:00@1"
CLIENTS = 8
START_SECONDS = 90
PATIENCE_SECONDS = 120
CUT_SECONDS = 0.2
REPORT_EACH = 500
BUSY = {429, 503}


class Served:
    def __init__(self, folder: Path, brokers: Brokers) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        (port,) = free_ports(1)
        command = [sys.executable, "-m", "cli", "serve", "--data", str(folder)]
        with (folder / "out.log").open("wb") as out:
            self.process = subprocess.Popen(
                [*command, "--port", str(port), "--clock", CLOCK],
                cwd=ROOT,
                stdout=out,
                stderr=out,
                env=os.environ | {"KAFKA_BOOTSTRAP_SERVERS": brokers.bootstrap},
            )
        self.url = f"http://127.0.0.1:{port}"

    def wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while not (self.folder / "node.json").exists():
            said = (self.folder / "out.log").read_text()
            assert self.process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.1)

    def client(self, key: str) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key.strip()}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Handover:
    """Counts every answer, and keeps those that nobody may get."""

    def __init__(self, here: Served, there: Served) -> None:
        self._here, self._there = here, there
        self.counts, self.wrong = Counter[str](), list[str]()
        self._lock = threading.Lock()
        self._key = self._issue((here.folder / "secrets" / "operator").read_text())

    def run(self, times: int) -> None:
        with ThreadPoolExecutor(CLIENTS) as pool:
            shares = [range(n, times, CLIENTS) for n in range(CLIENTS)]
            list(pool.map(self._share, shares))

    def _issue(self, operator: str) -> str:
        body = {"name": "firm", "roles": ["firm"], "organisation": "firm"}
        with self._here.client(operator) as client:
            told = self._insist(client, "key", "POST", "/v1/keys", json=body)
        return str(told["key"])

    def _share(self, numbers: range) -> None:
        with (
            self._here.client(self._key) as here,
            self._there.client(self._key) as there,
        ):
            for number in numbers:
                self._write_and_read(here, there, number)

    def _write_and_read(self, here, there, number: int) -> None:
        body = pickup(f"handover-{number}")
        told = self._insist(here, "write", "POST", "/v1/pickups", json=body)
        if not told:
            return
        path = f"/v1/history/shipment/{told['id']}"
        params = {"min_position": told["position"]}
        found = self._insist(there, "read", "GET", path, params=params)
        if found and not found["events"]:
            self._blame(f"{path} shows nothing: {found}")

    def _insist(self, client, what: str, method: str, path: str, **more) -> dict:
        """Again where a 503 asks for it: with its Retry-After, or it is wrong."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                answer = client.request(method, path, **more)
            except httpx.TransportError as error:  # a kept connection that had ended
                self._count(f"{what} {type(error).__name__}")
                time.sleep(CUT_SECONDS)
                continue
            self._count(f"{what} {answer.status_code}")
            if answer.status_code in {200, 201}:
                return answer.json()
            is_asked_again = answer.status_code in BUSY
            after = answer.headers.get("Retry-After", "")
            is_told_when = bool(re.fullmatch(r"[1-9]\d*", after))
            if not (is_asked_again and is_told_when):
                self._blame(f"{what} {answer.status_code}: {answer.text}")
                return {}
            time.sleep(min(1.0, float(after)))
        self._blame(f"{what} was put off for {PATIENCE_SECONDS} s")
        return {}

    def _count(self, what: str) -> None:
        with self._lock:
            self.counts[what] += 1
            if what == "read 200" and self.counts[what] % REPORT_EACH == 0:
                print(f"{self.counts[what]} written and found", flush=True)

    def _blame(self, what: str) -> None:
        with self._lock:
            self.wrong.append(what)


def pickup(document_no: str) -> dict:
    return {
        "document_no": document_no,
        "plate": "鲁X00001",
        "plate_kind": "blue",
        "lines": [
            {"code": "80#", "cases": 10, "case_mass_kg": 5, "unit_price_cny": 45}
        ],
        "stops": [{"place": "C01", "planned": {"80#": 10}}],
        "event_time": "2020-02-16T11:50:00+08:00",
    }


def run(brokers: Brokers, folder: Path, times: int, seed: int) -> Handover:
    served = [Served(folder / name, brokers) for name in ("here", "there")]
    try:
        for node in served:
            node.wait()
        handover = Handover(*served)
        trial = Trial(brokers, folder / "trial", EVENTS_TOPIC)
        nemesis = Nemesis(trial, seed, nodes=False)
        nemesis.start()
        try:
            handover.run(times)
        finally:
            nemesis.stop()
        return handover
    finally:
        for node in served:
            node.stop()


def lines(handover: Handover) -> Iterator[str]:
    yield from (f"wrong: {what}"[:1000] for what in handover.wrong[:20])
    yield f"{dict(sorted(handover.counts.items()))}, wrong {len(handover.wrong)}"


def main(times: int, seed: int) -> int:
    folder = Path(tempfile.mkdtemp(prefix="handover-"))
    with brokers_in(folder / "brokers") as brokers:
        handover = run(brokers, folder / "nodes", times, seed)
    print("\n".join(lines(handover)))
    return 1 if handover.wrong else 0


if __name__ == "__main__":
    end_orderly()
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
