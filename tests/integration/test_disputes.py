"""A node that diverged while it ran: the log decides, and it alone stops."""

import secrets
import time

import pytest
from eventsourcing.persistence import OperationalError, StoredEvent
from kafka import KafkaProducer

from infra.event_store import Factory, LogDiverged, disputes, index, wire
from infra.event_store.frame import Batch, Frame
from infra.event_store.frame import Event as Logged

pytestmark = pytest.mark.integration
PATIENCE_SECONDS = 60


def stored(stream, version=1):
    return StoredEvent(stream, version, "topic", b"{}")


class Cluster:
    def __init__(self, bootstrap, folder):
        self.bootstrap, self.folder = bootstrap, folder
        self.topic = f"dispute-{secrets.token_hex(6)}"
        self.factories = {}

    def node(self, name):
        env = {
            "EVENTS_DB": str(self.folder / f"{name}.db"),
            "ORIGINATOR_ID_TYPE": "text",
            "KAFKA_BOOTSTRAP_SERVERS": self.bootstrap,
            "KAFKA_TOPIC": self.topic,
        }
        self.factories[name] = Factory(env)
        return self.factories[name].application_recorder()

    def close(self, *names):
        for name in names or tuple(self.factories):
            self.factories.pop(name).close()

    def send(self, *frames):
        producer = KafkaProducer(bootstrap_servers=self.bootstrap)
        for frame in frames:
            record = wire.encode(frame)
            producer.send(self.topic, value=record, partition=0).get(10)
        producer.close()


@pytest.fixture
def cluster(kafka, tmp_path):
    made = Cluster(kafka, tmp_path)
    yield made
    made.close()


@pytest.fixture
def nodes(cluster):
    made = [cluster.node(name) for name in "abc"]
    for version in range(1, 6):
        made[version % 3].insert_events([stored("truck", version)])
        for node in made:
            node.barrier()
    return made


def wait_until(is_so):
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def flip_digest(node):
    """A bit of memory: everything it derives from here on is another history."""
    index = node._store.tail.index
    wrong = bytes([index.head.digest[0] ^ 1]) + index.head.digest[1:]
    index.head = index.head._replace(digest=wrong)
    index._digests[index.head.position] = wrong


def forget_a_version(node):
    """It takes what all others refuse."""
    index = node._store.tail.index
    number, _ = index._streams["truck"]
    index._streams["truck"] = number, 4
    index._db.execute("DROP INDEX event_by_stream")


def write_wrongly(node):
    return node.insert_events([stored("truck", 5)])


def go_on(cluster, *healthy):
    """They write, agree with each other and with a node that reads it all anew."""
    healthy = [*healthy, cluster.node("fresh")]
    for number, node in enumerate(healthy):
        node.insert_events([stored(f"after-{number}")])
    for node in healthy:
        node.barrier()
    assert [node.stopped for node in healthy] == [None] * len(healthy)
    assert len({node.digest() for node in healthy}) == 1
    return healthy[0].read_page(0, 100)


@pytest.mark.parametrize("speaker", ["itself", "another"])
def test_a_node_that_judged_wrongly_is_told_when_anybody_speaks(
    cluster, nodes, speaker
):
    a, b, wrong = nodes
    forget_a_version(wrong)
    write_wrongly(wrong)

    talking = {"itself": wrong, "another": a}[speaker]
    for name in ("next", "then"):  # the second claims what the first came to
        talking.submit([stored(name)]).exception(PATIENCE_SECONDS)
    wait_until(lambda: wrong.stopped)
    rows = go_on(cluster, a, b)

    assert isinstance(wrong.stopped, LogDiverged)
    versions = [row[2] for row in rows if row[1] == "truck"]
    assert versions == [1, 2, 3, 4, 5]
    assert ("next" in {row[1] for row in rows}) == (speaker == "another")


def test_a_node_whose_digest_flipped_and_who_writes_first_stops_alone(cluster, nodes):
    a, b, wrong = nodes
    flip_digest(wrong)

    wrong.submit([stored("from-nowhere")])
    wait_until(lambda: wrong.stopped)
    rows = go_on(cluster, a, b)

    assert "file is wrong" in str(wrong.stopped)
    assert "from-nowhere" not in {row[1] for row in rows}


def test_a_node_whose_digest_flipped_and_who_only_reads_stops_alone(cluster, nodes):
    a, b, wrong = nodes
    flip_digest(wrong)

    a.insert_events([stored("written")])
    wait_until(lambda: wrong.stopped)
    rows = go_on(cluster, a, b)

    assert "file is wrong" in str(wrong.stopped)
    assert "written" in {row[1] for row in rows}


def test_of_two_nodes_the_one_that_is_right_goes_on(cluster, nodes):
    a, _, wrong = nodes
    cluster.close("b")
    flip_digest(wrong)

    a.insert_events([stored("written")])
    wait_until(lambda: wrong.stopped)

    go_on(cluster, a)


def test_a_file_that_the_log_refuted_is_refused_and_an_empty_one_joins(cluster, nodes):
    a, b, wrong = nodes
    flip_digest(wrong)
    a.insert_events([stored("written")])
    wait_until(lambda: wrong.stopped)
    cluster.close("c")

    with pytest.raises(LogDiverged, match="diverged from"):
        cluster.node("c")
    for part in ("", "-wal", "-shm"):
        (cluster.folder / f"c.db{part}").unlink(missing_ok=True)

    go_on(cluster, a, b, cluster.node("c"))


def test_a_node_that_spoke_for_what_its_file_does_not_say_stops_alone(cluster, nodes):
    a, b, wrong = nodes
    index = wrong._store.tail.index
    index.head = index.head._replace(digest=b"flipped for once")

    outcome = wrong.submit([stored("from-nowhere")])
    wait_until(lambda: wrong.stopped)

    assert "spoke for another history" in str(wrong.stopped)
    assert isinstance(outcome.exception(), OperationalError)
    assert "from-nowhere" not in {row[1] for row in go_on(cluster, a, b)}


def strange(seq, seen=5):
    """Of a writer that had another history, and is somebody else's."""
    batch = Batch([Logged(f"strange-{seq}", 1, "topic", b"")])
    return Frame(b"stranger", seq, seen, b"another history.", [batch])


def test_what_long_ago_was_so_is_known_by_every_node(cluster, nodes, monkeypatch):
    """A node that remembers less looks into its file: the verdict is the same."""
    a, b, c = nodes
    for node in nodes:
        node._store.tail.index._digests.clear()
    monkeypatch.setattr(index, "REMEMBERED", 0)
    _, digest = cluster.node("fresh").digest()
    right = Frame(b"slow", 1, 1, a.digest_at(1), strange(1).batches)

    cluster.send(strange(2, seen=1), right, strange(3, seen=999))
    rows = go_on(cluster, a, b, c)

    assert digest == a.digest_at(5)
    streams = {row[1] for row in rows}
    assert "strange-1" in streams
    assert not streams & {"strange-2", "strange-3"}


def test_who_insists_though_the_log_was_read_stops_all(cluster, nodes):
    """Two rules under one version: no history is safe, and an operator must choose."""
    a, b, _ = nodes
    for seq in range(1, disputes.INSISTED + 1):
        cluster.send(strange(seq))
        a.barrier()
        b.barrier()
    before = (a.stopped, b.stopped)

    for seq in range(100, 104):
        cluster.send(strange(seq))
    wait_until(lambda: a.stopped and b.stopped)

    assert before == (None, None)
    assert "two rules at work" in str(a.stopped)


def test_a_node_that_is_accused_wrongly_says_so_and_goes_on(cluster, nodes):
    a, b, c = nodes
    tail = a._store.tail

    cluster.send(Frame(b"stranger", 1, 5, a.digest_at(5), [], tail._writer.id))
    a.barrier()

    assert tail._disputes._refuted == {b"stranger": 0}
    go_on(cluster, a, b, c)
