"""A topic that was lost is written anew from one node's file; the others follow."""

import secrets

import pytest
from eventsourcing.persistence import DataError, StoredEvent, Tracking
from kafka import KafkaAdminClient
from typer.testing import CliRunner

from cli.main import app
from infra.event_store import (
    Factory,
    FileInUse,
    LogDiverged,
    TopicNotEmpty,
    backup,
    republish,
    verify,
)

pytestmark = pytest.mark.integration
LARGE = 300_000


def stored(stream, version=1, state=b"{}"):
    return StoredEvent(stream, version, "topic", state)


class Cluster:
    def __init__(self, bootstrap, folder):
        self.folder, self.factories = folder, []
        self.topic = f"again-{secrets.token_hex(6)}"
        self.env = {"KAFKA_BOOTSTRAP_SERVERS": bootstrap, "KAFKA_TOPIC": self.topic}

    def path(self, name):
        return self.folder / f"{name}.db"

    def node(self, name, **more):
        env = {"EVENTS_DB": str(self.path(name)), "ORIGINATOR_ID_TYPE": "text"}
        self.factories.append(Factory(env | self.env | more))
        return self.factories[-1].process_recorder()

    def close(self):
        for factory in self.factories:
            factory.close()
        self.factories.clear()

    def lose_topic(self):
        admin = KafkaAdminClient(bootstrap_servers=self.env["KAFKA_BOOTSTRAP_SERVERS"])
        admin.delete_topics([self.topic])
        admin.close()
        self.topic = self.env["KAFKA_TOPIC"] = f"{self.topic}-2"

    def republish(self, name, told=None):
        def progress(*what):
            if told is not None:
                told.append(what)

        return republish.republish(self.path(name), self.env.get, self.topic, progress)


@pytest.fixture
def cluster(kafka, tmp_path):
    made = Cluster(kafka, tmp_path)
    yield made
    made.close()


@pytest.fixture
def lost(cluster):
    """Two nodes that agreed, and no topic any more."""
    here, there = cluster.node("here"), cluster.node("there")
    for number in range(30):
        (here, there)[number % 2].insert_events([stored(f"s-{number % 7}-{number}")])
    here.insert_events([stored("grown", 1), stored("grown", 2, bytes(LARGE))])
    there.insert_events([stored("grown", 3, bytes(LARGE))])
    for version in (4, 5, 6):
        here.insert_events(
            [stored("grown", version, bytes(LARGE))],
            tracking=Tracking("upstream", version),
        )
    here.barrier()
    there.barrier()
    cluster.digest = here.digest()
    cluster.rows = here.read_page(0, 100)
    cluster.close()
    cluster.lose_topic()
    return cluster


def test_every_event_stands_where_it_stood_and_the_digest_is_the_same(lost):
    told = []

    done = lost.republish("here", told)

    position, digest = lost.digest
    assert (done.position, done.digest) == (position, digest.hex())
    assert {what for what, *_ in told} == {"verify", "publish", "read back"}
    node = lost.node("here")
    assert node.digest() == lost.digest
    assert node.read_page(0, 100) == lost.rows
    assert verify(done.kept).digest == digest.hex()


def test_nodes_go_on_from_the_topic_and_from_a_backup(lost):
    lost.republish("here")
    backup(lost.path("here"), lost.path("copied"))

    nodes = [lost.node(name) for name in ("here", "copied", "empty")]
    nodes[2].insert_events([stored("grown", 7)])
    for node in nodes:
        node.barrier()

    assert len({node.digest() for node in nodes}) == 1
    assert nodes[0].digest()[0] == lost.digest[0] + 1


def test_what_was_tracked_upstream_is_not_taken_twice(lost):
    lost.republish("here")

    assert lost.node("here").max_tracking_id("upstream") == 6
    assert lost.node("empty").max_tracking_id("upstream") == 6


def test_the_file_of_another_node_is_of_the_old_log_and_is_refused(lost):
    lost.republish("here")

    with pytest.raises(LogDiverged, match="The log is"):
        lost.node("there")


def test_a_topic_that_holds_something_is_left_alone(lost):
    lost.node("stranger").insert_events([stored("a")])
    lost.close()
    before = lost.path("here").read_bytes()

    with pytest.raises(TopicNotEmpty, match="holds 2 records"):
        lost.republish("here")

    assert lost.path("here").read_bytes() == before


def test_a_damaged_file_is_not_published(lost):
    data = bytearray(lost.path("here").read_bytes())
    data[data.index(b"s-3-3")] ^= 1
    lost.path("here").write_bytes(data)

    with pytest.raises(LogDiverged, match="damaged"):
        lost.republish("here")

    lost.node("empty")
    assert lost.node("empty").digest()[0] == 0


def test_a_file_that_a_node_uses_is_left_alone(cluster):
    cluster.node("here").insert_events([stored("a")])

    with pytest.raises(FileInUse):
        cluster.republish("here")


def test_a_node_that_ran_alone_moves_to_a_cluster(cluster):
    alone = cluster.node("here", KAFKA_BOOTSTRAP_SERVERS="")
    alone.insert_events([stored("a")])
    digest = alone.digest()
    cluster.close()

    cluster.republish("here")

    assert cluster.node("there").digest() == digest


def test_an_event_that_no_record_holds_is_named_before_anything_is_written(cluster):
    alone = cluster.node("here", KAFKA_BOOTSTRAP_SERVERS="")
    alone.insert_events([stored("a"), stored("b", 1, bytes(900_001))])
    cluster.close()

    with pytest.raises(DataError, match="Position 2 takes 9"):
        cluster.republish("here")

    assert cluster.node("empty").digest()[0] == 0


def test_an_operator_does_it_with_one_command(lost, monkeypatch):
    data = lost.folder / "data"
    data.mkdir()
    lost.path("here").rename(data / "events.db")
    for name, value in lost.env.items():
        monkeypatch.setenv(name, value)

    done = CliRunner().invoke(app, ["kafka", "republish", "--data", str(data)])
    again = CliRunner().invoke(app, ["kafka", "republish", "--data", str(data)])

    assert (done.exit_code, again.exit_code) == (0, 2)
    assert f"digest {lost.digest[1].hex()}" in done.output
    assert "delete it, or name another" in again.output
