"""Three nodes on three brokers, played on as if they were one."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock, RLock
from typing import Any, NamedTuple, TypeVar

import httpx

from cli.console import fail, say
from cli.demo.backstage import Backstage
from infra import event_store
from infra.event_store import Reader
from infra.event_store.readers import Row
from infra.kafka_broker import BrokerMissingError, Cluster, find_classpath
from infra.kafka_broker.cluster import find_cluster

NODES = BROKERS = 3
SENDING_SECONDS = 120.0
PAUSE_SECONDS = 0.2
UNAVAILABLE = 503
Sent = TypeVar("Sent")


class Acknowledged(NamedTuple):
    position: int
    subject: str
    events: tuple[str, ...]

    def is_in(self, rows: Sequence[Row]) -> bool:
        """Those events of that subject; whose person was erased no answer tells."""
        streams, topics = {row[1] for row in rows}, {row[3] for row in rows}
        is_there = any(
            stream.endswith(f":{self.subject}") or stream.startswith("person:")
            for stream in streams
        )
        return is_there and topics >= {f"greenchannel.{name}" for name in self.events}


class ClusterStage:
    """Whoever sends takes the next node that runs, and sends again until one answers.

    All that was acknowledged is kept, to be looked for at the end.
    """

    def __init__(self, data: Path, start: datetime, port: int) -> None:
        self._data, self._now = data, start
        self.brokers = _brokers(data / "kafka")
        env = {"KAFKA_BOOTSTRAP_SERVERS": self.brokers.bootstrap}
        self._nodes = [
            Backstage(data / f"node-{n + 1}", start, port and port + n, env)
            for n in range(NODES)
        ]
        self._turn, self._down = 0, set[int]()
        self._acknowledged: list[Acknowledged] = []
        self._lock = RLock()
        self.peace = Lock()

    def open(self) -> None:
        """The first node makes the secrets; the others are given them."""
        with self.peace:
            self.brokers.start()
            for number, node in enumerate(self._nodes):
                if node.is_running:
                    continue
                if number:
                    _share_secrets(self._nodes[0].data, node.data)
                self.revive_node(number)
        self.settle()

    def kill(self) -> None:
        """The script's power cut takes a node and a broker at once."""
        with self.peace:
            self.kill_node(1)
            self.brokers.brokers[1].kill()

    def kill_node(self, number: int) -> None:
        with self._lock:
            self._down.add(number)
            self._nodes[number].kill()

    def revive_node(self, number: int) -> None:
        """Its clock is set before anybody is sent to it."""
        node = self._nodes[number]
        node.open()
        node.drive(self._now)
        with self._lock:
            self._down.discard(number)

    def close(self) -> None:
        for node in self._nodes:
            node.close()
        self.brokers.stop()

    def wait(self) -> None:
        self._nodes[0].wait()

    def settle(self) -> None:
        """Nothing is killed meanwhile. It looks twice: something may be under way."""
        with self.peace:
            while not (seen := self._still()) or seen != self._still_later():
                time.sleep(PAUSE_SECONDS)

    def drive(self, now: datetime) -> datetime:
        with self._lock:
            self._now = max(self._now, now)
            return max(
                self._again(lambda number: self._nodes[number].drive(now), [number])
                for number in self._up()
            )

    def post(
        self, sender: str, path: str, body: dict[str, Any], key: str = ""
    ) -> httpx.Response:
        def send(number: int) -> httpx.Response:
            return self._nodes[number].post(sender, path, body, key)

        answer = self._again(send, self._in_turn())
        self._note(answer)
        return answer

    def track(self, fields: dict[str, str]) -> httpx.Response:
        """A phone keeps to one node for as long as it answers."""
        own = sum(fields["id"].encode()) % NODES
        order = [(own + n) % NODES for n in range(NODES)]
        return self._again(lambda number: self._nodes[number].track(fields), order)

    def get(self, path: str, **params: str) -> Any:
        return self._again(
            lambda number: self._nodes[number].get(path, **params), self._in_turn()
        )

    def invite(self) -> str:
        return self._nodes[0].invite()

    def copies_agree(self) -> bool:
        """Says what the nodes hold, and whether that is right; they must be closed."""
        found = list(self._faults())
        for fault in found:
            say(fault)
        return not found

    def _faults(self) -> Iterator[str]:
        files = [node.data / "events.db" for node in self._nodes]
        reports = [event_store.verify(path) for path in files]
        for path, report in zip(files, reports, strict=True):
            yield from (f"{path}: {found}" for found in report.findings)
        heads = {(report.position, report.digest) for report in reports}
        if len(heads) > 1:
            yield f"the nodes differ: {heads}"
        missing = [one for path in files for one in self._missing(path)]
        yield from (f"acknowledged, but missing: {one}" for one in missing)
        ((position, digest), *_) = heads
        say(
            f"{NODES} nodes, agree {'yes' if len(heads) == 1 else 'no'} · position"
            f" {position} · digest {digest} · acknowledged"
            f" {len(self._acknowledged)}, missing {len(missing)}"
        )

    def _still(self) -> int:
        """The position that all nodes have reached and nobody adds to; else 0."""
        healths = [node.health() for node in self._nodes]
        if not all(healths):
            return 0
        positions = {health["position"] for health in healths}
        lags = [v["lag"] for h in healths for v in h["views"].values()]
        is_busy = any(lags) or any(health["wishes"] for health in healths)
        return 0 if is_busy or len(positions) > 1 else int(positions.pop())

    def _still_later(self) -> int:
        time.sleep(PAUSE_SECONDS)
        return self._still()

    def _missing(self, path: Path) -> Iterator[Acknowledged]:
        reader = Reader(path)
        for one in self._acknowledged:
            count = len(one.events) + 1
            if not one.is_in(reader.page(max(0, one.position - count), count)):
                yield one
        reader.close()

    def _note(self, answer: httpx.Response) -> None:
        told = answer.json() if answer.is_success else {}
        if isinstance(told, dict) and told.get("events") and not told.get("replayed"):
            events = tuple(told["events"])
            one = Acknowledged(int(told["position"]), told["id"], events)
            self._acknowledged.append(one)

    def _up(self) -> list[int]:
        return [n for n in range(NODES) if n not in self._down]

    def _in_turn(self) -> list[int]:
        self._turn += 1
        return [(self._turn + n) % NODES for n in range(NODES)]

    def _again(self, send: Callable[[int], Sent], order: Sequence[int]) -> Sent:
        """Until a node answers; one that was killed or waits for Kafka is passed by."""
        end = time.monotonic() + SENDING_SECONDS
        while time.monotonic() < end:
            for number in order:
                if number in self._down:
                    continue
                try:
                    found = send(number)
                except (httpx.TransportError, httpx.HTTPStatusError):
                    continue
                if getattr(found, "status_code", 0) != UNAVAILABLE:
                    return found
            time.sleep(PAUSE_SECONDS)
        msg = f"No node answered within {SENDING_SECONDS:g} s"
        raise TimeoutError(msg)


def _brokers(folder: Path) -> Cluster:
    try:
        return Cluster(find_classpath(), folder, BROKERS)
    except BrokerMissingError as missing:
        fail(str(missing))


def stop_left(data: Path) -> None:
    """Brokers of a run that was killed go on without it."""
    if find_cluster(data / "kafka"):
        Cluster("", data / "kafka").stop()


def _share_secrets(source: Path, target: Path) -> None:
    """As an operator would: one folder of secrets for all nodes."""
    (target / "secrets").mkdir(parents=True, mode=0o700, exist_ok=True)
    shutil.copytree(source / "secrets", target / "secrets", dirs_exist_ok=True)
