"""Three brokers behind proxies, three nodes, a stranger that writes beside them."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec
from confluent_kafka import Producer
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from infra.event_store import Reader, verify
from infra.kafka_broker import Cluster, find_classpath
from infra.kafka_broker.broker import Ports
from infra.kafka_broker.cluster import QUICK
from tests.faults.checker import Report, Violation, check
from tests.faults.history import Entry, Final, Recorder, read
from tests.faults.node import Config
from tests.faults.proxy import Network

NAMES = ("north", "east", "south")
ROOT = Path(__file__).parents[2]
SETTLED_SECONDS = 60
WITNESS_SECONDS = 0.7
SETTINGS = QUICK | {
    "replica.socket.timeout.ms": "4000",
    "replica.fetch.wait.max.ms": "500",
    "controller.quorum.election.timeout.ms": "1000",
    "controller.quorum.fetch.timeout.ms": "2000",
}


class Brokers:
    """Clients' links and brokers' links are apart: either may suffer alone."""

    def __init__(self, folder: Path, count: int = 3) -> None:
        self.network = Network()
        self.client_links = [self.network.link() for _ in range(count)]
        self.inner_links = [self.network.link() for _ in range(count)]
        self.links = self.client_links + self.inner_links
        told = tuple(
            Ports(client.port, inner.port, 0)
            for client, inner in zip(self.client_links, self.inner_links, strict=True)
        )
        self.folder = folder
        self._cluster = Cluster(
            find_classpath(), folder, count, advertised=told, settings=SETTINGS
        )
        self.all = self._cluster.brokers
        for broker, client, inner in zip(
            self.all, self.client_links, self.inner_links, strict=True
        ):
            client.target, inner.target = broker.ports.client, broker.ports.inner
        self.bootstrap = self._cluster.bootstrap

    def start(self) -> None:
        self._cluster.start()

    def stop(self) -> None:
        self.heal()
        self._cluster.stop()
        self.network.close()

    def heal(self) -> None:
        for link in self.links:
            link.set("ok")
        for broker in self.all:
            broker.signal(signal.SIGCONT)
            broker.start()
        for broker in self.all:
            broker.wait()

    def leader(self, topic: str) -> int:
        """Whose number - 1 is its place; -1 while there is none to be found."""
        with suppress(KafkaError), self.admin() as admin:
            (found,) = admin.describe_topics([topic])
            return int(found["partitions"][0]["leader_id"]) - 1
        return -1

    def controller(self) -> int:
        """As the brokers' own files say; a stopped one may say what it knew."""
        states = self.folder.glob("broker-*/data/__cluster_metadata-0/quorum-state")
        told = [re.search(r'"leaderId":(\d+)', path.read_text()) for path in states]
        ids = [int(found[1]) for found in told if found]
        return max(set(ids), key=ids.count) - 1 if ids else -1

    @contextmanager
    def admin(self):
        admin = KafkaAdminClient(
            bootstrap_servers=self.bootstrap.split(","), request_timeout_ms=4000
        )
        try:
            yield admin
        finally:
            admin.close()


class Node:
    """One process of tests.faults.node; a new life with each start."""

    def __init__(self, folder: Path, bootstrap: str, topic: str, name: str, **more):
        self.name, self.folder, self._more = name, folder, more
        self.path = folder / f"{name}.db"
        self.history = folder / f"{name}.jsonl"
        self._env = {
            "EVENTS_DB": str(self.path),
            "ORIGINATOR_ID_TYPE": "text",
            "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
            "KAFKA_TOPIC": topic,
            "KAFKA_LOOK_SECONDS": "10",
        }
        self._life = 0
        self._process: subprocess.Popen | None = None
        self._said: queue.Queue[str] = queue.Queue()

    def start(self) -> None:
        self._life += 1
        self._said = queue.Queue()
        config = Config(
            self.name, self._life, str(self.folder), self._env, **self._more
        )
        command = [sys.executable, "-m", "tests.faults.node"]
        with (self.folder / f"{self.name}.err").open("ab") as errors:
            self._process = subprocess.Popen(
                [*command, msgspec.json.encode(config)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._hearing = threading.Thread(target=self._listen, args=(self._process,))
        self._hearing.start()

    def ask(self, line: str) -> str:
        assert self._process
        with suppress(OSError):
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
        return self.answer()

    def answer(self) -> str:
        """What it says; where it hangs, that stands in its .err."""
        said = self.hear(SETTLED_SECONDS)
        if not said:
            self.signal(signal.SIGUSR1)
        return said

    def hear(self, seconds: float) -> str:
        """What it says by itself; "" where it says nothing."""
        try:
            return self._said.get(timeout=seconds)
        except queue.Empty:
            return ""

    @property
    def pid(self) -> int:
        return self._process.pid if self._process else 0

    def signal(self, number: int) -> None:
        assert self._process
        self._process.send_signal(number)

    def end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._hearing.join()
            with suppress(OSError):
                self._process.stdin.close()
            self._process = None

    def final(self) -> Final:
        """What its file holds, and what `verify` finds wrong with it."""
        report = verify(self.path)
        reader = Reader(self.path)
        rows = reader.page(0, 10**9)
        reader.close()
        entries = (
            Entry(row[0], row[1], row[2], bytes(row[4]).decode()) for row in rows
        )
        found = tuple(finding.what for finding in report.findings)
        return Final(self.name, report.digest, tuple(entries), found)

    def _listen(self, process: subprocess.Popen) -> None:
        for line in process.stdout:
            self._said.put(line.strip())
        self._said.put("gone")
        process.stdout.close()


class Witness(threading.Thread):
    """A fresh librdkafka producer each time; what it writes is no frame of ours."""

    def __init__(self, bootstrap: str, topic: str, history: Recorder) -> None:
        super().__init__(daemon=True)
        self._servers, self._topic, self._history = bootstrap, topic, history
        self._stopping = threading.Event()

    def run(self) -> None:
        while not self._stopping.wait(WITNESS_SECONDS):
            op = self._history.invoke("witness")
            self._history.answer(op, "ok" if self._can_write() else "fail")

    def stop(self) -> None:
        self._stopping.set()
        self.join()

    def _can_write(self) -> bool:
        told = []
        settings = {
            "bootstrap.servers": self._servers,
            "acks": "all",
            "message.timeout.ms": 3000,
            "log_level": 0,
        }
        producer = Producer(settings)
        producer.produce(
            self._topic,
            b"stranger",
            on_delivery=lambda error, _: told.append(error is None),
        )
        producer.flush(4)
        return told == [True]


class Trial:
    """One topic, its nodes and its history on brokers that may serve many trials."""

    def __init__(
        self, brokers: Brokers, folder: Path, topic: str, seed=1, mutants=("",) * 3
    ) -> None:
        self.brokers, self.topic, self.folder = brokers, topic, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.history = Recorder(folder / "trial.jsonl", "trial")
        self.nodes = [
            Node(folder, brokers.bootstrap, topic, name, seed=seed, mutant=mutant)
            for name, mutant in zip(NAMES, mutants, strict=True)
        ]
        self._witness = Witness(brokers.bootstrap, topic, self.history)
        self.ended: list[str] = []

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        for node in self.nodes:
            self.expect(node, "up")
        self._witness.start()

    def expect(self, node: Node, wanted: str, said: str | None = None) -> bool:
        said = node.answer() if said is None else said
        if said != wanted:
            self.ended.append(f"{node.name} said {said!r}, not {wanted!r}")
        return said == wanted

    def listen(self, seconds: float) -> None:
        """Whether a node ends that was not told to."""
        for node in self.nodes:
            said = node.hear(seconds)
            if said:
                self.expect(node, "", said)

    def finish(self) -> Report:
        """All healed: each node writes once more, then nothing but the end."""
        for node in self.nodes:
            self.expect(node, "ok", node.ask("healed"))
        self._witness.stop()
        for node in self.nodes:
            self.expect(node, "stopped", node.ask("stop"))
        for node in self.nodes:
            self.expect(node, "ok", node.ask("barrier"))
        self.ended += [f"{name} is busy with nothing" for name in busy(self.nodes)]
        for node in self.nodes:
            self.expect(node, "closed", node.ask("quit"))
        self.end()
        operations = read(
            [*(n.history for n in self.nodes), self.folder / "trial.jsonl"]
        )
        report = check(operations, [node.final() for node in self.nodes])
        report.violations.extend(Violation("ended", what) for what in self.ended)
        return report

    def end(self) -> None:
        if self._witness.is_alive():
            self._witness.stop()
        for node in self.nodes:
            node.end()


def end_orderly() -> None:
    """Told to end, a run stops its brokers first: they outlive whoever started them."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


@contextmanager
def brokers_in(folder: Path, count: int = 3):
    made = Brokers(folder, count)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def busy(nodes: list[Node], seconds: float = 1.0) -> list[str]:
    """Who uses more than half a core while nobody asks for anything."""
    before = {node: _cpu_seconds(node) for node in nodes}
    time.sleep(seconds)
    return [n.name for n in nodes if _cpu_seconds(n) - before[n] > seconds / 2]


def _cpu_seconds(node: Node) -> float:
    try:
        stat = Path(f"/proc/{node.pid}/stat").read_text()
    except FileNotFoundError:
        return 0.0
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
