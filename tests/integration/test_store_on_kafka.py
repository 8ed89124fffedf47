"""Nodes that share a topic of a real broker, and operators who spoil it."""

import secrets
import time
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest
from eventsourcing.persistence import (
    DataError,
    IntegrityError,
    OperationalError,
    StoredEvent,
)
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaConnectionError

from infra.event_store import (
    Factory,
    FileInUse,
    LogDiverged,
    LogUnsafe,
    OutcomeUnknown,
    kafka_fetcher,
    kafka_sender,
    wire,
)
from infra.event_store import frame as f
from infra.event_store.frame import Batch, Frame
from infra.event_store.kafka_topic import SETTINGS, KafkaTopic, Look, faults

pytestmark = pytest.mark.integration
PATIENCE_SECONDS = 90


def stored(stream, version=1, state=b"{}"):
    return StoredEvent(stream, version, "topic", state)


class Cluster:
    """A topic of its own, and nodes on it."""

    def __init__(self, bootstrap, folder):
        self.bootstrap, self.folder = bootstrap, folder
        self.topic = f"store-{secrets.token_hex(6)}"
        self.partition = TopicPartition(self.topic, 0)
        self.factories = []

    def node(self, name="x", topic=None, **env):
        made = Factory(
            {
                "EVENTS_DB": str(self.folder / f"{name}.db"),
                "ORIGINATOR_ID_TYPE": "text",
                "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
                "KAFKA_TOPIC": topic or self.topic,
                "KAFKA_LOOK_SECONDS": "0.3",
                **env,
            }
        )
        self.factories.append(made)
        return made.application_recorder()

    def admin(self, work):
        client = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            return work(client)
        finally:
            client.close()

    def create(self, partitions=1, **settings):
        configs = {name.replace("_", "."): value for name, value in settings.items()}
        wanted = {
            "num_partitions": partitions,
            "replication_factor": 1,
            "configs": {**SETTINGS, **configs},
        }
        self.admin(
            lambda a: a.create_topics({self.topic: wanted}, wait_for_metadata=True)
        )

    def alter(self, **settings):
        configs = {name.replace("_", "."): value for name, value in settings.items()}
        resource = ConfigResource(ConfigResourceType.TOPIC, self.topic, configs)
        self.admin(lambda a: a.alter_configs([resource]))

    def delete(self):
        self.admin(lambda a: a.delete_topics([self.topic]))
        wait_until(lambda: self.topic not in self.admin(lambda a: a.list_topics()))

    def delete_records(self):
        self.admin(lambda a: a.delete_records({self.partition: 2}))

    def add_partition(self):
        self.admin(lambda a: a.create_partitions({self.topic: 2}))

    def recreate(self):
        self.delete()
        self.create()

    def send(self, *records):
        producer = KafkaProducer(bootstrap_servers=self.bootstrap)
        for record in records:
            producer.send(self.topic, value=record, partition=0).get(10)
        producer.close()

    def close(self):
        for factory in self.factories:
            factory.close()
        self.factories.clear()


def wait_until(is_so):
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def cluster(kafka, tmp_path):
    made = Cluster(kafka, tmp_path)
    yield made
    made.close()


def test_what_one_node_wrote_the_other_reads_at_the_same_position(cluster):
    here, there = cluster.node("x"), cluster.node("y")

    (position,) = here.insert_events([stored("truck")])
    seen = there.wait_for(position - 1, PATIENCE_SECONDS)

    assert seen == position
    assert there.read_page(0, 10) == here.read_page(0, 10)
    assert there.digest() == here.digest()


def test_of_racing_nodes_one_writes_each_version(cluster):
    nodes = [cluster.node(name) for name in "xyz"]

    def attempt(number):
        try:
            return nodes[number % 3].insert_events([stored("truck", 1, b"%d" % number)])
        except IntegrityError:
            return None

    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(attempt, range(12)))
    for node in nodes:
        node.barrier()

    assert [o for o in outcomes if o] == [[1]]
    assert len({node.digest() for node in nodes}) == 1


def test_a_node_that_was_away_and_one_whose_file_is_lost_catch_up(cluster):
    here = cluster.node("x")
    here.insert_events([stored("first")])
    cluster.close()
    (cluster.folder / "y.db").write_bytes((cluster.folder / "x.db").read_bytes())
    (cluster.folder / "x.db").unlink()

    empty, away = cluster.node("x"), cluster.node("y")
    empty.insert_events([stored("second")])
    away.barrier()

    assert [row[1] for row in empty.read_page(0, 10)] == ["first", "second"]
    assert empty.digest() == away.digest()


def test_two_nodes_on_one_file_are_refused(cluster, tmp_path):
    cluster.node("x")
    (tmp_path / "x.db").rename(tmp_path / "y.db")
    (tmp_path / "x.db-lock").rename(tmp_path / "y.db-lock")

    with pytest.raises(FileInUse):
        cluster.node("y")


def test_a_batch_that_no_record_holds_is_refused_and_large_ones_share_out(cluster):
    node = cluster.node()

    with pytest.raises(DataError, match="the log takes 900000"):
        node.insert_events([stored("big", 1, bytes(900_001))])
    with ThreadPoolExecutor(8) as pool:
        batches = [[stored(f"b{n}", 1, bytes(400_000))] for n in range(8)]
        positions = list(pool.map(node.insert_events, batches))

    assert sorted(p for (p,) in positions) == list(range(1, 9))
    assert isinstance(
        node.submit([stored("c", 1, bytes(10**6))]).exception(), DataError
    )


def test_foreign_records_have_no_effect(cluster):
    node = cluster.node()
    cluster.send(b"hello", b"", wire.encode_genesis(wire.Genesis("another")))

    assert node.insert_events([stored("a")]) == [1]
    node.barrier()
    cluster.close()
    assert cluster.node().insert_events([stored("b")]) == [2]


@pytest.mark.parametrize("how", ["rule", "cut"])
def test_a_record_that_this_version_cannot_judge_stops_every_node(cluster, how):
    nodes = [cluster.node("x"), cluster.node("y")]
    nodes[0].insert_events([stored("a")])
    batch = Batch([f.Event("b", 1, "t", b"")])
    record = bytearray(wire.encode(Frame(b"w", 1, -1, b"", [batch])))
    if how == "rule":
        record[5] += 1

    cluster.send(bytes(record[: -3 if how == "cut" else None]))
    wait_until(lambda: all(node.stopped for node in nodes))

    assert all(isinstance(node.stopped, LogDiverged) for node in nodes)
    assert [node.read_page(0, 9)[0][1] for node in nodes] == ["a", "a"]
    with pytest.raises(OutcomeUnknown):
        nodes[0].insert_events([stored("c")])


SPOILING = {
    "retention_ms": lambda c: c.alter(retention_ms="60000"),
    "retention_bytes": lambda c: c.alter(retention_bytes="1000000"),
    "compaction": lambda c: c.alter(cleanup_policy="compact"),
    "small_records": lambda c: c.alter(max_message_bytes="1000"),
    "unclean": lambda c: c.alter(unclean_leader_election_enable="true"),
    "partitions": lambda c: c.add_partition(),
    "deleted": lambda c: c.delete(),
    "recreated": lambda c: c.recreate(),
    "history_deleted": lambda c: c.delete_records(),
}


@pytest.mark.parametrize("how", SPOILING)
def test_a_topic_that_is_spoilt_while_it_is_used_stops_the_node(cluster, how):
    node = cluster.node()
    node.insert_events([stored("a")])
    node.insert_events([stored("b")])

    SPOILING[how](cluster)
    wait_until(lambda: node.stopped)

    assert isinstance(node.stopped, LogDiverged)
    with pytest.raises(OutcomeUnknown):
        node.insert_events([stored("c")])
    assert [row[1] for row in node.read_page(0, 10)][:2] == ["a", "b"]


@pytest.mark.parametrize("how", SPOILING)
def test_a_topic_that_was_spoilt_meanwhile_is_refused_at_the_start(cluster, how):
    node = cluster.node()
    node.insert_events([stored("a")])
    node.insert_events([stored("b")])
    cluster.close()

    SPOILING[how](cluster)

    with pytest.raises(LogDiverged):
        cluster.node()


def test_a_topic_that_somebody_else_made_must_be_safe(cluster):
    cluster.create(retention_ms="604800000")

    with pytest.raises(LogUnsafe, match=r"retention\.ms is 604800000"):
        cluster.node()


def test_a_file_of_another_log_is_refused(cluster):
    cluster.node("x").insert_events([stored("a")])
    cluster.close()

    with pytest.raises(LogUnsafe, match="is gone"):
        cluster.node("x", topic=f"other-{secrets.token_hex(6)}")


def test_kafka_that_does_not_answer_is_named(tmp_path):
    nowhere = Cluster("127.0.0.1:1", tmp_path)

    with pytest.raises(OperationalError, match=r"Kafka at 127\.0\.0\.1:1.*is Kafka up"):
        nowhere.node(KAFKA_START_SECONDS="1")


def test_a_producer_that_sits_on_its_records_is_replaced(cluster, monkeypatch):
    node = cluster.node()
    sender = node._store.tail.log._sender
    monkeypatch.setattr(kafka_sender, "STUCK_SECONDS", 0.5)
    monkeypatch.setattr(sender, "_producer", Stuck(sender._producer))

    position = node.insert_events([stored("a")])

    assert position == [1]
    assert sender.rebuilt == 1


def test_a_consumer_that_gives_nothing_is_replaced(cluster, monkeypatch):
    node = cluster.node()
    fetcher = node._store.tail.log._fetcher
    monkeypatch.setattr(kafka_fetcher, "SILENT_SECONDS", 0.5)
    silent = Silent(fetcher._consumer)
    monkeypatch.setattr(fetcher, "_consumer", silent)
    assert silent.asked.wait(PATIENCE_SECONDS)

    position = node.insert_events([stored("a")])

    assert position == [1]
    assert fetcher.rebuilt == 1


def test_a_consumer_that_hangs_is_closed_so_that_it_is_replaced(cluster, monkeypatch):
    node = cluster.node()
    fetcher = node._store.tail.log._fetcher
    monkeypatch.setattr(kafka_fetcher, "SILENT_SECONDS", 0.5)
    hanging = Hanging(fetcher._consumer)
    monkeypatch.setattr(fetcher, "_consumer", hanging)
    assert hanging.asked.wait(PATIENCE_SECONDS)

    position = node.insert_events([stored("a")])

    assert position == [1]
    assert fetcher.rebuilt == 1


class Silent:
    def __init__(self, consumer):
        self.close, self.asked = consumer.close, Event()

    def seek(self, *_):
        pass

    def poll(self, timeout_ms):
        self.asked.set()
        time.sleep(timeout_ms / 1000)
        return {}


class Hanging:
    """Comes back when it is closed, and not before."""

    def __init__(self, consumer):
        self._consumer, self._closed = consumer, Event()
        self.asked = Event()

    def seek(self, *_):
        pass

    def poll(self, _):
        self.asked.set()
        assert self._closed.wait(PATIENCE_SECONDS)
        raise KafkaConnectionError

    def close(self):
        self._closed.set()
        self._consumer.close()


class Stuck:
    def __init__(self, producer):
        self.close = producer.close

    def send(self, *_, **__):
        return Never()


class Never:
    def add_callback(self, _):
        pass

    add_errback = add_callback


def look(**changed):
    settings = {**SETTINGS, "min.insync.replicas": "2"}
    settings |= {k: v for k, v in changed.items() if "." in k}
    facts = {"topic_id": "t", "partitions": 1, "replication": 3, "brokers": 3}
    facts |= {k: v for k, v in changed.items() if "." not in k}
    return Look(**facts, settings=settings)


def test_three_brokers_must_keep_three_copies_two_of_them_in_step():
    assert faults(look()) == []
    assert faults(look(replication=1)) == ["1 replicas on 3 brokers"]
    assert faults(look(**{"min.insync.replicas": "1"})) == ["min.insync.replicas is 1"]
    assert faults(look(brokers=5)) == []
    assert faults(look(brokers=1, replication=1, **{"min.insync.replicas": "1"})) == []


def test_fresh_nodes_that_start_together_agree_on_one_log(cluster):
    with ThreadPoolExecutor(3) as pool:
        nodes = list(pool.map(cluster.node, "xyz"))
    nodes[0].insert_events([stored("a")])
    for node in nodes:
        node.barrier()

    assert len({node.identity() for node in nodes}) == 1
    assert len({node.digest() for node in nodes}) == 1


def test_who_waits_while_the_node_closes_learns_that_the_outcome_is_open(cluster):
    node = cluster.node()
    sender = node._store.tail.log._sender
    sender._producer = Stuck(sender._producer)
    waiting = node.submit([stored("a")])

    cluster.close()

    assert isinstance(waiting, Future)
    assert isinstance(waiting.exception(5), OutcomeUnknown)


def test_the_topic_is_made_with_what_is_asked_of_it(cluster):
    node = cluster.node()
    topic = node._store.tail.log._topic

    def settings(admin):
        resource = ConfigResource(ConfigResourceType.TOPIC, cluster.topic)
        found = admin.describe_configs([resource], config_filter="all")
        return {k: v["value"] for k, v in found["topic"][cluster.topic].items()}

    assert isinstance(topic, KafkaTopic)
    assert cluster.admin(settings).items() >= SETTINGS.items()
