"""What the brokers keep of a person who was erased: after compaction, nothing.

A broker of this test's own, so that its files can be searched; its cleaner is quick.
"""

import os
import shutil
import subprocess
import sys
import time

import pytest
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType

from infra.event_store.kafka_clients import Clients
from infra.kafka_broker import Cluster, find_classpath
from infra.kafka_broker.cluster import QUICK
from infra.keys import DEFAULT_TOPIC
from tests.integration.conftest import Served
from tests.integration.test_cli_privacy import PAPER, applied, states
from tests.integration.test_documents import PDF, uploaded
from tests.integration.test_persons import TEXTS, WHOLE, persons
from tests.readable import aligned, found_in

pytestmark = pytest.mark.integration
PATIENCE_SECONDS = 60
HURRY = {
    "min.compaction.lag.ms": "0",
    "max.compaction.lag.ms": "500",
    "segment.ms": "500",
    "file.delete.delay.ms": "100",
}
"""What takes hours as the nodes set it; they refuse to work on such a topic."""


@pytest.fixture
def brokers(tmp_path):
    made = Cluster(
        find_classpath(),
        tmp_path / "kafka",
        settings=QUICK | {"log.cleaner.backoff.ms": "200"},
    )
    made.start()
    yield made
    made.stop()


@pytest.fixture
def made():
    """Stopped whatever happens, also where the second never came up."""
    served = []
    yield served
    for node in served:
        if node.thread.is_alive():
            node.stop()


@pytest.fixture
def nodes(brokers, made, tmp_path):
    """Two with a folder of secrets each, and one folder of documents."""
    kafka = {"KAFKA_BOOTSTRAP_SERVERS": brokers.bootstrap}
    one, two = tmp_path / "one", tmp_path / "two"
    made.append(Served(one, kafka=kafka))
    (one / "documents").mkdir(exist_ok=True)
    shutil.copytree(one / "secrets", two / "secrets")
    (two / "documents").symlink_to(one / "documents")
    made.append(Served(two, kafka=kafka))
    made[1].keys = made[0].keys
    for node in made:
        running = f'{{"url": "{node.url}", "pid": 1}}'
        (node.node.settings.data / "node.json").write_text(running)
    body = {"issuer": "county", "name": "县", "division_code": "370323"}
    body |= {"serial_from": 0, "serial_until": 99, "validity_days": 14}
    made[0].as_("admin").post("/v1/issuers", json=body).raise_for_status()
    return made


def greenchannel(node, *words):
    command = [sys.executable, "-m", "cli", *words]
    command += ["--data", str(node.node.settings.data)]
    env = os.environ | dict(node.node.settings.kafka)
    return subprocess.run(command, capture_output=True, text=True, env=env)


def together(nodes):
    for node in nodes:
        node.node.application.recorder.barrier()
        last = node.newest
        assert node.node.runner.wait(list(node.node.views), last, PATIENCE_SECONDS)


def test_after_erasure_rotation_and_compaction_nothing_is_in_any_file_or_topic(
    nodes, brokers, tmp_path
):
    one, two = nodes
    paper = uploaded(one.as_("firm"), PDF)
    named = [{"kind": "application_form", "hash": paper}]
    applied(one, "gone", **WHOLE | {"documents": named})
    applied(one, "kept")
    together(nodes)
    reviewer = two.as_("reviewer", "")
    seen = persons(reviewer, "gone").json()["persons"]
    assert {person["state"] for person in seen} == {"readable"}
    assert reviewer.get(f"/v1/documents/{paper}").content == PDF
    subjects = [person["subject"] for person in seen]
    subjects.append(two.node.documents._head(paper).subject)
    keys = wrapped_keys(two, subjects, tmp_path)

    erase_and_rotate(one, two)

    for node in nodes:
        node.node._retire_keks()
        assert len([*node.node.settings.keks.iterdir()]) == 1
        assert states(node, "gone") == ["erased"] * 3
        assert states(node, "kept") == ["readable"]
    assert found_in(tmp_path / "one", (*TEXTS, PAPER), *keys) == []
    assert found_in(tmp_path / "two", (*TEXTS, PAPER), *keys) == []
    for node in nodes:
        node.stop()
    compact(brokers.bootstrap, tmp_path / "kafka", keys)
    assert found_in(tmp_path, (*TEXTS, PAPER), *keys) == []
    (tmp_path / "topics").mkdir()
    in_topics = b"\n".join(records(brokers.bootstrap))
    (tmp_path / "topics" / "all").write_bytes(in_topics)
    assert all(f"{DEFAULT_TOPIC}/{one}=".encode() in in_topics for one in subjects)
    assert found_in(tmp_path / "topics", (*TEXTS, PAPER), *keys) == []


def wrapped_keys(node, subjects, folder):
    """In every form; each is in every node's files and the brokers', no text is."""
    wrapped = [node.node._keys.find(subject).sealed for subject in subjects]
    for name in ("one", "two", "kafka"):
        found = {key for _, key in found_in(folder / name, (), *wrapped)}
        assert len(found) == len(wrapped), name
    assert found_in(folder, (*TEXTS, PAPER)) == []
    return [form for key in wrapped for form in forms(key)]


def erase_and_rotate(one, two):
    """A KEK is not rotated before the other node has it."""
    erased = greenchannel(two, "erase", "--pass", "gone")
    asked = greenchannel(one, "vault", "rotate")
    copy_keks(one, two)
    rotated = greenchannel(one, "vault", "rotate")

    assert (erased.returncode, asked.returncode) == (0, 2), erased.stderr
    assert "Copy it into secrets/kek of" in asked.stderr
    assert str(two.node.settings.data) in asked.stderr
    assert rotated.returncode == 0, rotated.stderr


def forms(key):
    """As it is, the ciphertext without its nonce, and both as Base64."""
    for raw in (key, key[12:44]):
        yield raw
        yield from (aligned(raw, offset) for offset in range(3))


def copy_keks(source, target):
    keks = source.node.settings.keks
    shutil.copytree(keks, target.node.settings.keks, dirs_exist_ok=True)


def compact(bootstrap, folder, keys):
    """As the brokers do by themselves within hours; a last record rolls a segment."""
    clients = Clients({"KAFKA_BOOTSTRAP_SERVERS": bootstrap}.get)
    resource = ConfigResource(ConfigResourceType.TOPIC, DEFAULT_TOPIC, configs=HURRY)
    with clients.admin() as admin:
        admin.alter_configs([resource])
    producer = clients.producer(DEFAULT_TOPIC)
    end = time.monotonic() + PATIENCE_SECONDS
    while found_in(folder, (), *keys):
        assert time.monotonic() < end, "the brokers still have it"
        producer.send(DEFAULT_TOPIC, key=b"node:test", value=b"-").get(10)
        time.sleep(0.6)
    producer.close()


def records(bootstrap):
    """Topic, key and value of every record, uncompressed."""
    clients = Clients({"KAFKA_BOOTSTRAP_SERVERS": bootstrap}.get)
    consumer = clients.consumer(reset="earliest")
    partitions = [
        TopicPartition(topic, number)
        for topic in sorted(consumer.topics())
        for number in consumer.partitions_for_topic(topic)
    ]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    ends = consumer.end_offsets(partitions)
    while any(consumer.position(place) < ends[place] for place in partitions):
        for some in consumer.poll(500).values():
            for record in some:
                name = record.topic.encode() + b"/" + (record.key or b"")
                yield name + b"=" + (record.value or b"")
    consumer.close()
