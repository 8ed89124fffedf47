"""librdkafka's mock cluster: Kafka's protocol where no broker can be had.

It keeps nothing, knows no settings of topics and no administration: what the store asks
of a topic is left out, and a topic is made by asking after it.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import confluent_kafka
from kafka import KafkaProducer

from infra.event_store import kafka_fetcher, kafka_log
from infra.event_store.kafka_clients import Clients
from infra.event_store.kafka_topic import KafkaTopic

SPOKEN = (2, 3)
"""Its answer to newer clients, that it does not know them, cannot be read."""
EMPTY_FETCH_MS = 5
PRODUCER = 0
START_SECONDS = 30


class MockClients(Clients):
    def __init__(self, setting):
        super().__init__(setting)
        self._common["api_version"] = SPOKEN


class MockTopic(KafkaTopic):
    def ensure(self, **_):
        producer = KafkaProducer(
            bootstrap_servers=self.clients.bootstrap, api_version=SPOKEN
        )
        producer.partitions_for(self.name)
        producer.close()

    def check(self, *_):
        pass


def adopt(monkeypatch):
    """The store in this process speaks as the mock does."""
    monkeypatch.setattr(kafka_log, "Clients", MockClients)
    monkeypatch.setattr(kafka_log, "KafkaTopic", MockTopic)
    monkeypatch.setattr(kafka_fetcher, "FETCH_WAIT_MS", EMPTY_FETCH_MS)


def start(folder):
    """In a process of its own, for it outlives the worker that starts it."""
    told = folder / "mock"
    subprocess.run([sys.executable, "-m", "tests.mock_kafka", str(told)], check=True)
    end = time.monotonic() + START_SECONDS
    while not told.exists():
        assert time.monotonic() < end, "the mock cluster did not start"
        time.sleep(0.01)
    return told.read_text().split()[1]


def stop(folder):
    told = folder / "mock"
    if told.exists():
        os.kill(int(told.read_text().split()[0]), signal.SIGTERM)
        told.unlink()


def load():
    (path,) = Path(confluent_kafka.__file__).parent.parent.glob(
        "confluent_kafka.libs/librdkafka-*.so*"
    )
    library = ctypes.CDLL(str(path))
    for name in ("conf_new", "new", "mock_cluster_new"):
        getattr(library, f"rd_kafka_{name}").restype = ctypes.c_void_p
    library.rd_kafka_mock_cluster_bootstraps.restype = ctypes.c_char_p
    return library


def main(told):
    if os.fork():
        return
    library, error = load(), ctypes.create_string_buffer(512)
    conf = ctypes.c_void_p(library.rd_kafka_conf_new())
    client = ctypes.c_void_p(library.rd_kafka_new(PRODUCER, conf, error, len(error)))
    cluster = ctypes.c_void_p(library.rd_kafka_mock_cluster_new(client, 1))
    bootstrap = library.rd_kafka_mock_cluster_bootstraps(cluster).decode()
    draft = told.with_suffix(".new")
    draft.write_text(f"{os.getpid()} {bootstrap}")
    draft.rename(told)
    signal.sigwait({signal.SIGTERM})


if __name__ == "__main__":
    main(Path(sys.argv[1]))
